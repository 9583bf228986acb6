"""Statistics: against scipy and by hand, and simulated often enough to see that a test keeps what it promises."""

import math

import numpy as np
import pytest
from scipy.stats import binomtest

from eval.statistics import (
    adjusted,
    auroc,
    compared,
    interval,
    kappa,
    least_difference,
    mcnemar,
    permutation_p,
    power,
    risk_coverage,
)

SIMULATED = 1000


def rejected(difference: float, deviation: float, questions: int, seed: int) -> float:
    rng = np.random.default_rng(seed)
    draws = rng.normal(difference, deviation, (SIMULATED, questions))
    return sum(permutation_p(row, seed=n, resamples=999) < 0.05 for n, row in enumerate(draws)) / SIMULATED


@pytest.mark.slow
def test_without_a_difference_a_five_percent_test_rejects_five_percent() -> None:
    assert 0.035 <= rejected(0.0, 0.3, 40, seed=7) <= 0.065


@pytest.mark.slow
@pytest.mark.parametrize(("difference", "questions"), [(0.1, 60), (0.06, 100)])
def test_the_power_that_is_printed_is_right(difference: float, questions: int) -> None:
    assert rejected(difference, 0.3, questions, seed=11) == pytest.approx(power(difference, 0.3, questions), abs=0.05)


def test_least_difference_is_the_one_that_is_found_four_times_in_five() -> None:
    least = least_difference(0.3, 60)
    assert least == pytest.approx((1.959964 + 0.841621) * 0.3 / math.sqrt(60), abs=1e-5)
    assert power(least, 0.3, 60) == pytest.approx(0.8, abs=1e-4)
    assert power(0.1, 0.0, 60) == 1
    assert least_difference(0.3, 1) == math.inf


def test_mcnemar_is_the_exact_binomial_test_of_the_changes() -> None:
    a = [1, 1, 1, 1, 1, 1, 0, 0, 1, 0]
    b = [1, 0, 0, 0, 0, 0, 1, 0, 1, 0]
    assert mcnemar(a, b) == pytest.approx(binomtest(1, 6).pvalue) == pytest.approx(2 * (1 + 6) / 64)
    assert mcnemar(a, a) == 1


def test_holm_by_hand() -> None:
    # 0.01 × 4, 0.02 × 3, 0.03 × 2 → as the one before, 0.5 × 1
    assert adjusted([0.03, 0.01, 0.5, 0.02]) == pytest.approx([0.06, 0.04, 0.5, 0.06])


def test_an_interval_holds_the_mean_and_is_the_same_again() -> None:
    values = [0.0, 1.0, 1.0, 0.5, 0.25] * 8
    low, high = interval(values)
    assert low < np.mean(values) < high
    assert interval(values) == (low, high)
    assert interval([1.0, 1.0]) == (1.0, 1.0)


def test_a_comparison_tells_what_changed() -> None:
    a = [0.0] * 20 + [1.0] * 20
    b = [1.0] * 12 + a[12:]
    (found,) = compared({"right": (a, b)}, frozenset({"right"}))
    assert found.difference == pytest.approx(12 / 40)
    assert found.significant
    assert found.low > 0
    (same,) = compared({"right": (a, a)}, frozenset())
    assert (same.p, same.difference, same.power, same.significant) == (1.0, 0.0, 0.0, False)


def test_auroc_and_risk_by_hand() -> None:
    assert auroc([2.0, 1.0], [0.0, 1.0]) == (1 + 1 + 1 + 0.5) / 4
    assert math.isnan(auroc([], [1.0]))
    # answered in the order 3, 2, 1 of four questions: right, wrong, right
    assert risk_coverage([1.0, 3.0, 2.0], [True, True, False], 4) == [(1 / 4, 0), (2 / 4, 1 / 2), (3 / 4, 1 / 3)]
    assert risk_coverage([1.0, 1.0], [True, False], 2) == risk_coverage([1.0, 1.0], [False, True], 2) == [(1, 1 / 2)]


def test_kappa_by_hand() -> None:
    # agree on 3 of 4; by chance (3 × 2 + 1 × 2) / 16 = 1 / 2
    assert kappa(["a", "a", "a", "b"], ["a", "a", "b", "b"]) == pytest.approx((3 / 4 - 1 / 2) / (1 - 1 / 2))
    assert kappa(["a"], ["a"]) == 1
    assert math.isnan(kappa([], []))
