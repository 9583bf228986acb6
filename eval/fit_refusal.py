"""Fit the weights that decide whether the articles answer a question (rag/answer/refusal.py).

    python -m eval.fit_refusal cmrc2018_dev.json DRCD_dev.json
    python -m eval.fit_refusal --questions xquad.en.json xquad.zh.json

Files are in SQuAD's format. Each question is asked of all paragraphs, which hold its answer, and of the half of them
that does not. The intercept is set so that the stated share of answerable questions is refused.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from eval.sets import library_of, read_squad
from rag.answer.refusal import features
from rag.retrieve.retriever import Retriever

_RIDGE = 1.0


def _features(retriever: Retriever, question: str) -> tuple[float, ...]:
    evidence = retriever.search(question, 8)
    library = retriever.library
    articles = [library.article_of(e.paragraph) for e in evidence]
    return (*features(question, evidence, articles, library.lexical.statistics), 1.0)


def _rows(texts: Path, questions: Path, most: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give features with the constant 1 last, and whether the question was answerable."""
    paragraphs = [{"id": str(n), "text": p.text} for n, p in enumerate(read_squad(texts))]
    asked = [p.questions for p in read_squad(questions)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        everything = library_of(folder, "all", paragraphs)
        halves = [library_of(folder, f"half{h}", paragraphs[h::2]) for h in (0, 1)]
        rows, labels = [], []
        pairs = [(n, question) for n, own in enumerate(asked) for question in own]
        for n, question in pairs[:: max(1, len(pairs) // most)]:
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
    parser.add_argument("--most", type=int, default=1000, help="questions of a file, evenly spaced")
    settings = parser.parse_args()
    parts = [_rows(path, settings.questions or path, settings.most) for path in settings.files]
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
