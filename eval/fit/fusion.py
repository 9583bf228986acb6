"""Fit the weights of the fusion on question sets: a softmax over the candidates must put a right one first.

python -m eval.fit.fusion DEV_FOLDER
"""

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from eval.retrieval import ndcg_at_10
from eval.sets import QuestionSet, library_of, read_dev_sets
from rag.embed.registry import NO_ENCODER
from rag.retrieve.fusion import FEATURES
from rag.retrieve.retriever import Retriever

__all__ = ["FITTED_ON", "Described", "described", "fitted", "intercept", "mean_ndcg"]

_RIDGE = 1e-5
# Without the sets whose questions have one right paragraph in each language: fitted on them too, en→zh+en is 0.873
# instead of 0.907, and zh→zh 0.0005 lower.
FITTED_ON = ("XQuAD zh→zh", "XQuAD en→zh", "XQuAD zh→en", "XQuAD en→en", "CMRC", "DRCD")

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Described:
    """A question's candidates: ids, features (n, len(FEATURES)), which are right, and the ids that are."""

    ids: Sequence[str]
    features: Matrix
    right: NDArray[np.bool_]
    gold: frozenset[str]


def described(retriever: Retriever, asked: QuestionSet) -> list[Described]:
    """Describe the candidates of every question of a set."""
    out = []
    for question, gold in asked.questions:
        rows, features, _ = retriever.candidates(question)
        ids = [retriever.library.paragraph(row).id for row in rows]
        out.append(Described(ids, features.astype(np.float64), np.array([i in gold for i in ids]), gold))
    return out


def fitted(sets: Sequence[Sequence[Described]], columns: Sequence[int], *, ridge: float = _RIDGE) -> Matrix:
    """Fit weights for `columns` of the features, every set counting the same; the others are 0."""
    chosen = list(columns)
    kept = [(d, 1 / len(questions) / len(sets)) for questions in sets for d in questions if d.right.any()]
    most = max(len(d.ids) for d, _ in kept)
    features = np.zeros((len(kept), most, len(chosen)))
    right, there = np.zeros((2, len(kept), most), dtype=np.bool_)
    for n, (d, _) in enumerate(kept):
        features[n, : len(d.ids)] = d.features[:, chosen]
        right[n, : len(d.ids)] = d.right
        there[n, : len(d.ids)] = True
    shares = np.array([share for _, share in kept])

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        sums = np.where(there, features @ weights, -np.inf)
        exp = np.exp(sums - sums.max(axis=1, keepdims=True))
        p = exp / exp.sum(axis=1, keepdims=True)
        found = (p * right).sum(axis=1).clip(min=1e-12)
        gap = shares[:, None] * (p - p * right / found[:, None])
        slope = np.einsum("ij,ijk->k", gap, features)
        return float(ridge * weights @ weights - shares @ np.log(found)), 2 * ridge * weights + slope

    weights = np.zeros(len(FEATURES))
    weights[chosen] = minimize(loss, np.zeros(len(chosen)), jac=True, method="L-BFGS-B").x
    return weights


def intercept(sets: Sequence[Sequence[Described]], weights: Matrix) -> float:
    """Give the bias with which the scores of the candidates, as probabilities, add up to the right ones."""
    sums = np.concatenate([d.features @ weights for questions in sets for d in questions])
    right = sum(int(d.right.sum()) for questions in sets for d in questions)
    low, high = -200.0, 200.0
    for _ in range(80):
        middle = (low + high) / 2
        expected = float((1 / (1 + np.exp(-np.clip(sums + middle, -500, 500)))).sum())
        low, high = (middle, high) if expected < right else (low, middle)
    return middle


def mean_ndcg(questions: Sequence[Described], weights: Matrix) -> float:
    """Give the mean nDCG@10 of ranking by weighted features."""
    values = []
    for d in questions:
        order = np.lexsort((np.arange(len(d.ids)), -(d.features @ weights)))
        values.append(ndcg_at_10([d.ids[n] for n in order], d.gold))
    return float(np.mean(values))


def main() -> None:
    """Print the weights, and what they reach on sets that they were and were not fitted on."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dev", type=Path, help="folder with xquad/, cmrc2018/, drcd/, statutes/")
    settings = parser.parse_args()
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for n, asked in enumerate(read_dev_sets(settings.dev)):
            found[asked.name] = described(library_of(Path(folder), str(n), asked.paragraphs, encoder=NO_ENCODER), asked)
    own = [name for name in found if name in FITTED_ON]
    columns = range(len(FEATURES))
    weights = fitted([found[name] for name in own], columns)
    print(f"{'set':18} {'all sets':>9} {'without it':>11}")
    for name, questions in found.items():
        family = name.split()[0]
        others = [found[other] for other in own if not other.startswith(family)]
        print(f"{name:18} {mean_ndcg(questions, weights):9.4f} {mean_ndcg(questions, fitted(others, columns)):11.4f}")
    for feature, weight in zip(FEATURES, weights, strict=True):
        print(f"{feature:20} {weight:8.3f}")
    print(f"{'intercept':20} {intercept([found[name] for name in own], weights):8.3f}")


if __name__ == "__main__":
    main()
