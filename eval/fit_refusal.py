"""Fit the weights that decide whether the articles answer a question (rag/answer/refusal.py).

    python -m eval.fit_refusal cmrc2018_dev.json DRCD_dev.json
    python -m eval.fit_refusal --questions xquad.en.json xquad.zh.json

Files are in SQuAD's format. Each question is asked of all paragraphs, which hold its answer, and of the half of them
that does not. The intercept is set so that the stated share of answerable questions is refused.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from rag.answer.refusal import features
from rag.config import Settings
from rag.retrieve.retriever import Retriever
from rag.session import index_sources, open_retriever

_RIDGE = 1.0


def _paragraphs(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Give (text, questions) for each paragraph."""
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            yield paragraph["context"], [q["question"] for q in paragraph["qas"]]


def _library(folder: Path, name: str, texts: Sequence[str]) -> Retriever:
    source = folder / f"{name}.jsonl"
    rows = (json.dumps({"id": f"{name}-{n}", "text": t}, ensure_ascii=False) for n, t in enumerate(texts))
    source.write_text("\n".join(rows), encoding="utf-8")
    settings = Settings(library=folder / name)
    index_sources(settings, [source])
    return open_retriever(settings)


def _features(retriever: Retriever, question: str) -> tuple[float, ...]:
    evidence = retriever.search(question, 8)
    library = retriever.library
    articles = [library.article_of(e.paragraph) for e in evidence]
    return (*features(question, evidence, articles, library.lexical.statistics), 1.0)


def _rows(texts: Path, questions: Path) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give features with the constant 1 last, and whether the question was answerable."""
    pairs = list(zip(_paragraphs(texts), _paragraphs(questions), strict=True))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        everything = _library(folder, "all", [text for (text, _), _ in pairs])
        halves = [_library(folder, f"half{h}", [text for (text, _), _ in pairs[h::2]]) for h in (0, 1)]
        rows, labels = [], []
        for n, (_, (_, asked)) in enumerate(pairs):
            for question in asked:
                rows += [_features(everything, question), _features(halves[1 - n % 2], question)]
                labels += [1.0, 0.0]
    return np.array(rows), np.array(labels)


def _fit(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    def loss(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        z = x @ w
        gap = 1 / (1 + np.exp(-z)) - y
        return float((np.logaddexp(0, z) - y * z).sum() + _RIDGE * w @ w / 2), x.T @ gap + _RIDGE * w

    result: Any = minimize(loss, np.zeros(x.shape[1]), jac=True)
    return np.asarray(result.x)


def main() -> None:
    """Fit, print the weights and the two error rates of each file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--questions", type=Path, help="take the questions from this file, parallel to the one given")
    parser.add_argument("--refused", type=float, default=0.03, help="share of answerable questions that is refused")
    settings = parser.parse_args()
    parts = [_rows(path, settings.questions or path) for path in settings.files]
    x, y = np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])
    weights = _fit(x, y)
    weights[-1] -= np.quantile((x @ weights)[y == 1], settings.refused)
    print("weights:", ", ".join(f"{w:.3f}" for w in weights))
    for path, (rows, labels) in zip(settings.files, parts, strict=True):
        odds = rows @ weights
        refused, caught = (odds[labels == 1] < 0).mean(), (odds[labels == 0] < 0).mean()
        print(f"{path.name}: answerable refused {refused:.1%}, unanswerable refused {caught:.1%}")


if __name__ == "__main__":
    main()
