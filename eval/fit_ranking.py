"""Fit the weights that rank sentences (rag/answer/ranking.json) on questions whose answering sentence is known.

python -m eval.fit_ranking DEV_FOLDER

A softmax over the sentences of the evidence must put a right one first: one in which a gold answer begins. Every set
counts the same. Printed is the share of questions of which the best one, two, three sentences hold a gold answer, with
weights fitted on all sets and on the others alone.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from eval.sets import AnsweredQuestion, library_of, read_answered
from rag.answer.ranking import PLAIN, RANKING_FEATURES, SentenceRanker

__all__ = ["OTHER_SCRIPT", "SAME_SCRIPT", "RankedQuestion", "fitted", "hit_rate", "ranked_questions"]

SAME_SCRIPT = {
    "CMRC": ("cmrc2018/cmrc2018_dev.json", "cmrc2018/cmrc2018_dev.json"),
    "DRCD": ("drcd/DRCD_dev.json", "drcd/DRCD_dev.json"),
    "XQuAD zh→zh": ("xquad/xquad.zh.json", "xquad/xquad.zh.json"),
    "XQuAD en→en": ("xquad/xquad.en.json", "xquad/xquad.en.json"),
}
OTHER_SCRIPT = {
    "XQuAD en→zh": ("xquad/xquad.zh.json", "xquad/xquad.en.json"),
    "XQuAD zh→en": ("xquad/xquad.en.json", "xquad/xquad.zh.json"),
}
_RIDGE, _RIDGE_SIGNS = 3e-4, 3e-3  # the signs of a kind are seen on fewer questions
_PASSAGES = 8
_OUT = Path(__file__).parents[1] / "rag" / "answer" / "ranking.json"

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RankedQuestion:
    """The sentences of a question's evidence: features (n, f), which begin a gold answer, which hold one."""

    features: NDArray[np.float32]
    right: NDArray[np.bool_]
    holds: NDArray[np.bool_]


def ranked_questions(texts: Path, questions: Path) -> list[RankedQuestion]:
    """Ask the questions of one file of the paragraphs of a parallel one, and describe what is found."""
    rows, asked = read_answered(texts, questions)
    with tempfile.TemporaryDirectory() as folder:
        retriever = library_of(Path(folder), "library", rows)
        ranker = SentenceRanker(retriever.library, retriever.tokens)

        def ranked(question: AnsweredQuestion) -> RankedQuestion:
            found = ranker.rank(question.text, retriever.search(question.text, _PASSAGES))
            return RankedQuestion(
                np.stack([s.features for s in found]),
                np.array(
                    [
                        s.evidence.paragraph.id == question.paragraph
                        and any(s.span[0] <= start < s.span[1] for start in question.starts)
                        for s in found
                    ]
                ),
                np.array([any(gold in s.text for gold in question.answers) for s in found]),
            )

        return [ranked(question) for question in asked]


def fitted(sets: Sequence[Sequence[RankedQuestion]]) -> Matrix:
    """Fit the weights of RANKING_FEATURES."""
    kept = [(q, 1 / len(questions) / len(sets)) for questions in sets for q in questions if q.right.any()]
    lengths = np.array([len(q.features) for q, _ in kept])
    starts = np.cumsum(lengths) - lengths
    owner = np.repeat(np.arange(len(kept)), lengths)
    features = np.concatenate([q.features for q, _ in kept]).astype(np.float64)
    right = np.concatenate([q.right for q, _ in kept])
    shares = np.array([share for _, share in kept])
    ridge = np.where(np.arange(len(RANKING_FEATURES)) < len(PLAIN), _RIDGE, _RIDGE_SIGNS)

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        sums = features @ weights
        exp = np.exp(sums - np.maximum.reduceat(sums, starts)[owner])
        p = exp / np.add.reduceat(exp, starts)[owner]
        found = np.add.reduceat(p * right, starts).clip(min=1e-12)
        gap = shares[owner] * (p - p * right / found[owner])
        return float((ridge * weights * weights).sum() - shares @ np.log(found)), 2 * ridge * weights + gap @ features

    weights: Matrix = minimize(loss, np.zeros(len(RANKING_FEATURES)), jac=True, method="L-BFGS-B").x
    return weights


def hit_rate(questions: Sequence[RankedQuestion], weights: Matrix, most: int) -> float:
    """Give the share of questions of which one of the best `most` sentences holds a gold answer."""
    hits = [q.holds[np.argsort(-(q.features @ weights), kind="stable")[:most]].any() for q in questions]
    return float(np.mean(hits))


def main() -> None:
    """Fit, write, and print what is reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dev", type=Path, help="folder with xquad/, cmrc2018/, drcd/")
    parser.add_argument("--out", type=Path, default=_OUT)
    settings = parser.parse_args()
    stored = {}
    print(f"{'best sentences that hold the answer':36} {'1':>6} {'2':>6} {'3':>6}   without it: {'2':>6}")
    for script, files in (("same script", SAME_SCRIPT), ("other script", OTHER_SCRIPT)):
        found = {name: ranked_questions(*(settings.dev / f for f in pair)) for name, pair in files.items()}
        weights = fitted(list(found.values()))
        stored[script] = {n: round(float(w), 4) for n, w in zip(RANKING_FEATURES, weights, strict=True) if w}
        for name, questions in found.items():
            rates = " ".join(f"{hit_rate(questions, weights, most):6.3f}" for most in (1, 2, 3))
            others = fitted([q for other, q in found.items() if other != name])
            print(f"{name:36} {rates}               {hit_rate(questions, others, 2):6.3f}", flush=True)
    settings.out.write_text(json.dumps(stored, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
