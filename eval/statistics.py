"""Is a difference between two runs more than chance? Paired tests over the questions that both answered.

All tests pair the two values of a question: what makes a question hard is hard for both. Sources: Efron and Tibshirani
1993 (bootstrap, chapter 13), Dror et al. 2018 (which test for which metric, ACL), McNemar 1947, Holm 1979, Card et al.
2020 (power in NLP, arXiv 2010.06595).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Difference",
    "adjusted",
    "auroc",
    "compared",
    "interval",
    "kappa",
    "least_difference",
    "mcnemar",
    "permutation_p",
    "power",
    "risk_coverage",
]

LEVEL = 0.05
_RESAMPLES = 9999
_POWER = 0.8  # with which a smallest difference is stated

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Difference:
    """B less A on one metric, over the questions that have a value in both."""

    metric: str
    questions: int
    a: float  # means
    b: float
    low: float  # 95 % interval of the difference
    high: float
    p: float
    adjusted_p: float  # Holm over the metrics
    least: float  # smallest difference found with a power of 0.8
    power: float  # with which a difference as large as this one is found

    @property
    def difference(self) -> float:
        """B less A."""
        return self.b - self.a

    @property
    def significant(self) -> bool:
        """Whether it is more than chance at 5 %, all metrics taken together."""
        return self.adjusted_p < LEVEL


def interval(values: Sequence[float], seed: int = 1) -> tuple[float, float]:
    """Give the 95 % bootstrap interval of a mean (percentiles)."""
    from scipy.stats import bootstrap

    found = np.asarray(values, dtype=np.float64)
    if len(found) < 2 or (found == found[0]).all():
        mean = float(found.mean()) if len(found) else math.nan
        return mean, mean
    made = bootstrap((found,), np.mean, n_resamples=_RESAMPLES, batch=500, method="percentile", rng=seed)
    return float(made.confidence_interval.low), float(made.confidence_interval.high)


def permutation_p(differences: Sequence[float], seed: int = 1, resamples: int = _RESAMPLES) -> float:
    """Give the two-sided p of a mean difference of 0: signs of the paired differences are flipped by chance."""
    from scipy.stats import permutation_test

    found = np.asarray(differences, dtype=np.float64)
    if not found.any():
        return 1.0
    made = permutation_test(
        (found,),
        lambda x, axis: np.mean(x, axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=resamples,
        batch=1000,
        rng=seed,
    )
    return float(min(1.0, made.pvalue))


def mcnemar(a: Sequence[float], b: Sequence[float]) -> float:
    """Give the two-sided p of McNemar's exact test on yes/no values: do changes one way outweigh the others?"""
    from scipy.stats import binomtest

    better = sum(y > x for x, y in zip(a, b, strict=True))
    worse = sum(y < x for x, y in zip(a, b, strict=True))
    return float(binomtest(better, better + worse).pvalue) if better + worse else 1.0


def adjusted(p_values: Sequence[float]) -> list[float]:
    """Correct p-values for their number (Holm 1979): the chance of any false alarm stays below the level."""
    order = sorted(range(len(p_values)), key=lambda n: p_values[n])
    found = [1.0] * len(p_values)
    highest = 0.0
    for place, n in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - place) * p_values[n]))
        found[n] = highest
    return found


def power(difference: float, deviation: float, questions: int, level: float = LEVEL) -> float:
    """Give the chance that a true difference is found by a paired test (normal approximation)."""
    from scipy.stats import norm

    if questions < 2:
        return 0.0
    if deviation == 0:
        return 1.0 if difference else 0.0
    shift = abs(difference) / deviation * math.sqrt(questions)
    bound = norm.ppf(1 - level / 2)
    return float(norm.sf(bound - shift) + norm.cdf(-bound - shift))


def least_difference(deviation: float, questions: int, level: float = LEVEL, wanted: float = _POWER) -> float:
    """Give the smallest true difference that a paired test finds with the wanted power (normal approximation)."""
    from scipy.stats import norm

    if questions < 2:
        return math.inf
    return float((norm.ppf(1 - level / 2) + norm.ppf(wanted)) * deviation / math.sqrt(questions))


def compared(
    pairs: Mapping[str, tuple[Sequence[float], Sequence[float]]], yes_no: frozenset[str], seed: int = 1
) -> list[Difference]:
    """Compare two runs: for each metric the values of A and B, question by question."""
    rows = []
    for metric, (a, b) in pairs.items():
        differences = np.asarray(b, dtype=np.float64) - np.asarray(a, dtype=np.float64)
        low, high = interval(differences.tolist(), seed)
        p = mcnemar(a, b) if metric in yes_no else permutation_p(differences.tolist(), seed)
        count = len(differences)
        deviation = float(differences.std(ddof=1)) if count > 1 else 0.0
        rows.append((metric, count, float(np.mean(a)), float(np.mean(b)), low, high, p, deviation))
    corrected = adjusted([row[6] for row in rows])
    return [
        Difference(
            *row[:7],
            adjusted_p=fixed,
            least=least_difference(row[7], row[1]),
            power=power(row[3] - row[2], row[7], row[1]),
        )
        for row, fixed in zip(rows, corrected, strict=True)
    ]


def auroc(answerable: Sequence[float], unanswerable: Sequence[float]) -> float:
    """Give the probability that an answerable question has higher odds than one that is not; NaN without either."""
    from scipy.stats import rankdata

    n, m = len(answerable), len(unanswerable)
    if not n or not m:
        return math.nan
    ranks = rankdata(np.concatenate([answerable, unanswerable]))
    return float((ranks[:n].sum() - n * (n + 1) / 2) / (n * m))


def risk_coverage(odds: Sequence[float], right: Sequence[bool], questions: int) -> list[tuple[float, float]]:
    """Give coverage and risk as the bound falls: the share of all questions answered, and of these the share wrong.

    `odds` and `right` are of the questions that were answered, of `questions` in all: what an answer to the others
    would have been is not known. Questions of the same odds come together. Source: El-Yaniv and Wiener 2010 (JMLR 11).
    """
    order = sorted(range(len(odds)), key=lambda n: -odds[n])
    wrong = 0
    found = []
    for count, n in enumerate(order, 1):
        wrong += not right[n]
        if count == len(order) or odds[order[count]] < odds[n]:
            found.append((count / questions, wrong / count))
    return found


def kappa(one: Sequence[object], other: Sequence[object]) -> float:
    """Give Cohen's κ of two labellers (Cohen 1960); NaN where there is nothing to agree on, 1 where all agree."""
    count = len(one)
    if not count:
        return math.nan
    same = sum(a == b for a, b in zip(one, other, strict=True)) / count
    labels = set(one) | set(other)
    chance = sum(list(one).count(x) * list(other).count(x) for x in labels) / count**2
    return 1.0 if chance == 1 else (same - chance) / (1 - chance)
