"""Bring the two searches onto one scale, so that the one that knows decides."""

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Fused", "fuse"]

# Weight of the share of the best possible BM25 against the cosine, chosen among 0.5 to 6 (eval/reports/log.md):
# nDCG@10 zh→zh 0.949, en→zh 0.624, CMRC 0.978, DRCD 0.959; at 1 it is 0.905, 0.632, 0.940, 0.881.
_LEXICAL_WEIGHT = 4.0


@dataclass(frozen=True, slots=True)
class Fused:
    """A row with its scores: `score` in [0, 1], `cosine` in [-1, 1], `bm25` >= 0; higher is better."""

    row: int
    score: float
    cosine: float
    bm25: float


def fuse(cosines: Mapping[int, float], bm25: Mapping[int, float], best_possible: float) -> list[Fused]:
    """Score every row of `cosines`, best first.

    BM25 enters as a share of the most that any paragraph could reach for this question. A question that shares no
    word with the articles (another language) leaves that share near 0 everywhere, and the cosine decides; where a
    paragraph holds all that is asked for, the share outweighs the cosine. Rank fusion knows neither.
    """
    top = max(best_possible, 1e-9)
    rows = []
    for row, cosine in cosines.items():
        share = min(bm25.get(row, 0.0) / top, 1.0)
        score = (min(max(cosine, 0.0), 1.0) + _LEXICAL_WEIGHT * share) / (1 + _LEXICAL_WEIGHT)
        rows.append(Fused(row, score, cosine, bm25.get(row, 0.0)))
    return sorted(rows, key=lambda f: (-f.score, f.row))
