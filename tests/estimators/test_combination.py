"""Sums of quantiles and tail means: closed forms, exact zeros, and errors that hold what they say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from simengine.estimators import quantile, tvar
from simengine.estimators.combination import quantile_combination, tvar_combination

LEVEL = 0.9
# By how many standard deviations independent normal parts with 1 and 2 of them exceed their sum.
SPREAD = 1.0 + 2.0 - math.sqrt(5.0)


def parts(n_paths: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(10.0, 1.0, n_paths), rng.normal(20.0, 2.0, n_paths)


def excess(combination, n_paths: int, seed: int):
    one, other = parts(n_paths, seed)
    return combination([(1.0, one, LEVEL), (1.0, other, LEVEL), (-1.0, one + other, LEVEL)])


@pytest.mark.parametrize(
    ("combination", "truth"),
    [
        (quantile_combination, SPREAD * norm.ppf(LEVEL)),
        (tvar_combination, SPREAD * norm.pdf(norm.ppf(LEVEL)) / (1.0 - LEVEL)),
    ],
    ids=["quantile", "tvar"],
)
def test_independent_normal_parts(combination, truth: float) -> None:
    """Closed form within 4 standard errors, and the errors themselves right within 10% over 400 replications.

    A standard deviation estimated from 400 replications has a relative error of 3.5%: 10% is 2.8 of them.
    """
    estimate = excess(combination, 200_000, 1)
    assert abs(estimate.value - truth) < 4.0 * estimate.standard_error
    found = [excess(combination, 2_000, seed) for seed in range(400)]
    seen = np.std([one.value for one in found], ddof=1)
    told = np.mean([one.standard_error for one in found])
    assert abs(told / seen - 1.0) < 0.10


@pytest.mark.parametrize(
    ("combination", "single"), [(quantile_combination, quantile), (tvar_combination, tvar)]
)
def test_one_term_is_that_estimate(combination, single) -> None:
    values = parts(5_000, 3)[0]
    combined, own = combination([(1.0, values, LEVEL)]), single(values, LEVEL)
    assert combined.value == own.value
    assert combined.standard_error == pytest.approx(own.standard_error, rel=0.01)


@pytest.mark.parametrize("combination", [quantile_combination, tvar_combination])
def test_what_cancels_is_nothing(combination) -> None:
    values = parts(1_000, 4)[0]
    nothing = combination([(1.0, values, LEVEL), (-1.0, values.copy(), LEVEL)])
    assert (nothing.value, nothing.standard_error, nothing.low, nothing.high) == (0.0, 0.0, 0.0, 0.0)


def test_the_same_paths_at_two_levels() -> None:
    """P90 less P50 of one normal law, whose marks overlap."""
    values = parts(200_000, 5)[0]
    estimate = quantile_combination([(1.0, values, 0.9), (-1.0, values, 0.5)])
    assert abs(estimate.value - norm.ppf(0.9)) < 4.0 * estimate.standard_error
    alone = [quantile(values, level).standard_error for level in (0.9, 0.5)]
    assert estimate.standard_error < math.hypot(*alone)


@pytest.mark.parametrize("combination", [quantile_combination, tvar_combination])
def test_too_few_paths_tell_no_error(combination) -> None:
    one, other = parts(8, 6)
    estimate = combination([(1.0, one, LEVEL), (1.0, other, LEVEL)])
    assert math.isfinite(estimate.value)
    assert math.isnan(estimate.standard_error)
    assert (estimate.low, estimate.high) == (-math.inf, math.inf)


@pytest.mark.parametrize("combination", [quantile_combination, tvar_combination])
def test_terms_must_be_of_the_same_paths(combination) -> None:
    with pytest.raises(ValueError, match="as many paths"):
        combination([(1.0, np.ones(3), 0.5), (1.0, np.ones(4), 0.5)])
    with pytest.raises(ValueError, match="at least one term"):
        combination([])
