"""Bring what is known of a question and a paragraph onto one scale, so that what knows decides.

Eighteen features describe a pair (`FEATURES`): how near the vectors are, how well the pieces match by meaning, how many
of the question's terms are there, and of those that say what it is about; as a whole, and in the best sentence or two;
and how near the paragraphs beside it are. Their weighted sum is the score. A question in another language shares no
term with the paragraph: the shares are near 0 for every candidate and decide nothing, and what compares meanings gets
more weight by the features that count across scripts alone. Rank fusion knows neither.

The weights are fitted on the questions of CMRC, DRCD and XQuAD dev, the last in four directions
(`python -m eval.fit.fusion`): a softmax over the candidates of each question must put the right one first (listwise,
Cao et al. 2007).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["FEATURES", "Candidate", "Features", "fuse", "log_odds", "weights"]

FEATURES = (
    "cosine",
    "late whole",
    "late sentence",
    "late two sentences",
    "bm25 share",
    "terms sentence",
    "terms two sentences",
    "terms whole",
    "content sentence",
    "content two sentences",
    "content whole",
    "cosine beside",
    "other script",
    "other script cosine",
    "other script late whole",
    "other script late sentence",
    "other script late two sentences",
    "other script cosine beside",
)
_WEIGHTS = (
    *(6.524, 3.633, 6.266, 2.905, 8.544, 1.121, 0.380, -0.620, 2.800, 2.784, 3.524, 2.694),
    *(-0.094, 9.877, 2.465, 5.731, 2.843, 2.539),
)
_BIAS = -16.356

Features = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row with its scores: `score` in [0, 1], `cosine` in [-1, 1], `bm25` >= 0; higher is better."""

    row: int
    score: float
    cosine: float
    bm25: float


def log_odds(score: float, least: float = 1e-6) -> float:
    """Give the log odds of a score in [0, 1]; it and its complement count as `least` where they are less."""
    return math.log(max(score, least) / max(1 - score, least))


def weights() -> NDArray[np.float64]:
    """Give the weights of FEATURES."""
    return np.array(_WEIGHTS)


def fuse(rows: Sequence[int], features: Features, bm25: Sequence[float]) -> list[Candidate]:
    """Score the candidates, best first, ties as they come. `features` is (n, 18), in the order of FEATURES."""
    sums = np.einsum("ij,j->i", features.astype(np.float64), weights()) + _BIAS
    scores = 1 / (1 + np.exp(-sums))
    found = [
        Candidate(row, float(score), float(own[0]), bm)
        for row, score, own, bm in zip(rows, scores, features, bm25, strict=True)
    ]
    return sorted(found, key=lambda c: -c.score)
