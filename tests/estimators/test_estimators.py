"""Estimators against definitions, SciPy and exact small cases."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simengine.estimators import (
    Estimate,
    mean,
    mean_by_column,
    mean_difference,
    probability,
    probability_difference,
    quantile,
    quantile_difference,
    tvar,
    tvar_difference,
    value_at_risk,
)
from simengine.estimators.order_statistics import enclosing_ranks
from simengine.estimators.probability import probability_of_count
from tests.estimators.laws import LAWS

SAMPLE = LAWS["zero-inflated"].draw(np.random.default_rng(11), (5000,))
LEVELS = st.sampled_from([0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.8, 0.9, 0.95, 0.99, 0.999])


def test_mean_and_its_error() -> None:
    result = mean(np.array([1.0, 2.0, 3.0, 6.0]))
    assert result.value == 3.0
    assert result.standard_error == pytest.approx(math.sqrt(14 / 3 / 4))
    assert (result.low, result.high) == pytest.approx((3 - 1.959964 * 1.0801234, 3 + 1.959964 * 1.0801234))


@pytest.mark.parametrize("n_paths", [1, 7, 10_000])
def test_columns_are_means_one_by_one(n_paths: int) -> None:
    columns = (
        SAMPLE[:n_paths, None] * np.array([1.0, 2.0, 1e6]) if n_paths < 5001 else np.tile(SAMPLE, (3, 2)).T
    )
    for together, column in zip(mean_by_column(columns), columns.T, strict=True):
        alone = mean(column)
        assert together.value == pytest.approx(alone.value, rel=1e-13)
        assert together.standard_error == pytest.approx(alone.standard_error, rel=1e-12, nan_ok=True)


@pytest.mark.parametrize(("hits", "n"), [(0, 50), (1, 50), (25, 50), (50, 50), (3, 100_000)])
def test_probability_agrees_with_scipy(hits: int, n: int) -> None:
    result = probability(np.arange(n) < hits)
    expected = stats.binomtest(hits, n).proportion_ci(0.95, method="wilson")
    assert (result.low, result.high) == pytest.approx((expected.low, expected.high), abs=1e-15)
    assert result.value == hits / n
    assert probability_of_count(hits, n) == result


@pytest.mark.parametrize(("hits", "n"), [(0, 50), (1, 50), (25, 50), (50, 50), (3, 100_000)])
def test_clopper_and_pearson_agree_with_scipy(hits: int, n: int) -> None:
    result = probability(np.arange(n) < hits, method="clopper_pearson")
    expected = stats.binomtest(hits, n).proportion_ci(0.95, method="exact")
    assert (result.low, result.high) == pytest.approx((expected.low, expected.high), rel=1e-12)
    wilson = probability_of_count(hits, n)
    assert (result.value, result.standard_error) == (wilson.value, wilson.standard_error)


def test_an_unknown_interval_is_refused() -> None:
    with pytest.raises(ValueError, match="wilson, clopper_pearson"):
        probability_of_count(1, 4, method="wald")  # pyright: ignore[reportArgumentType]


def test_value_at_risk_is_the_quantile() -> None:
    assert value_at_risk(SAMPLE, 0.995) == quantile(SAMPLE, 0.995)


@given(st.lists(st.integers(0, 6), min_size=1, max_size=60), LEVELS)
def test_quantile_is_numpys_inverted_cdf(values: list[int], level: float) -> None:
    array = np.array(values, dtype=float)
    # By the definition, in whole numbers: the least value with at least level * n values at or below it.
    per_mille = round(level * 1000)
    least = min(x for x in values if 1000 * sum(v <= x for v in values) >= per_mille * len(values))
    assert quantile(array, level).value == least


def test_quantile_takes_levels_as_they_are_written() -> None:
    """0.07 * 100 is 7.000000000000001 in binary, which must not become the eighth value."""
    assert quantile(np.arange(1.0, 101.0), 0.07).value == 7.0
    assert quantile(np.arange(1.0, 101.0), 0.29).value == 29.0


@pytest.mark.parametrize("n", [1, 5, 30, 400, 100_000, 3_000_000])
@pytest.mark.parametrize("level", [0.001, 0.05, 0.5, 0.9, 0.99])
def test_enclosing_ranks_are_binomial(n: int, level: float) -> None:
    below, above = enclosing_ranks(n, level)
    binomial = stats.binom(n, level)
    # With B paths at or below the true quantile, sorted value i (from 0) lies above it if B <= i.
    assert binomial.cdf(below) <= 0.025 + 1e-12 < binomial.cdf(below + 1) + 2e-12
    assert binomial.sf(above) <= 0.025 + 1e-12 < binomial.sf(above - 1) + 2e-12


def test_too_few_paths_bound_nothing() -> None:
    result = quantile(np.arange(20.0), 0.99)
    assert (result.value, result.high) == (19.0, math.inf)
    assert math.isnan(result.standard_error)
    for estimate in (mean, lambda x: tvar(x, 0.9), lambda x: mean_difference(x, x)):
        alone = estimate(np.array([4.0]))
        assert math.isnan(alone.standard_error)
        assert (alone.low, alone.high) == (-math.inf, math.inf)


@pytest.mark.parametrize(("level", "enough"), [(0.5, 6), (0.95, 72), (0.99, 368)])
def test_a_tail_within_the_largest_value_has_no_known_error(level: float, enough: int) -> None:
    few, many = SAMPLE[: enough - 1], SAMPLE[:enough]
    for result in (tvar(few, level), tvar_difference(few, few[::-1], level)):
        assert math.isnan(result.standard_error)
        assert (result.low, result.high) == (-math.inf, math.inf)
    assert math.isfinite(tvar(many, level).high)
    assert math.isnan(tvar(np.array([4.0]), 0.01).standard_error)


def test_an_atom_has_no_error() -> None:
    assert quantile(SAMPLE, 0.5) == Estimate(0.0, 0.0, 0.0, 0.0)


@given(st.lists(st.integers(0, 9), min_size=2, max_size=40), LEVELS)
def test_tvar_is_the_mean_of_exactly_the_worst_mass(values: list[int], level: float) -> None:
    """Each path is cut into 1000 equal parts: the worst n * per_mille parts are then a whole number."""
    array = np.array(values, dtype=float)
    parts = np.sort(np.repeat(array, 1000))
    worst = round((1.0 - level) * 1000) * len(values)
    assert tvar(array, level).value == pytest.approx(parts[-worst:].mean(), rel=1e-12)


def test_tvar_error_is_that_of_the_excess_when_the_quantile_is_known() -> None:
    result = tvar(SAMPLE, 0.9)
    excess = np.maximum(SAMPLE - quantile(SAMPLE, 0.9).value, 0.0)
    assert result.standard_error == pytest.approx(excess.std(ddof=1) / math.sqrt(SAMPLE.size) / 0.1)


def test_sorting_once_changes_nothing() -> None:
    ordered = np.sort(SAMPLE)
    other = SAMPLE[::-1].copy()
    both = (ordered, np.sort(other))
    for level in (0.5, 0.81, 0.99):
        assert quantile(ordered, level, ordered=True) == quantile(SAMPLE, level)
        assert tvar(ordered, level, ordered=True) == tvar(SAMPLE, level)
        for difference in (quantile_difference, tvar_difference):
            assert difference(SAMPLE, other, level, ordered=both) == difference(SAMPLE, other, level)


DIFFERENCES: list[Callable[[np.ndarray, np.ndarray], Estimate]] = [
    mean_difference,
    lambda a, b: quantile_difference(a, b, 0.9),
    lambda a, b: tvar_difference(a, b, 0.95),
    lambda a, b: probability_difference(a > 1.0, b > 1.0),
]


@pytest.mark.parametrize("difference", DIFFERENCES, ids=["mean", "quantile", "tvar", "probability"])
@pytest.mark.parametrize("n", [501, 1000, 3333, 5000])
def test_equal_arrays_differ_by_exactly_nothing(
    n: int, difference: Callable[[np.ndarray, np.ndarray], Estimate]
) -> None:
    assert difference(SAMPLE[:n], SAMPLE[:n].copy()) == Estimate(0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("difference", DIFFERENCES[:3], ids=["mean", "quantile", "tvar"])
def test_a_constant_shift_is_known_exactly(difference: Callable[[np.ndarray, np.ndarray], Estimate]) -> None:
    whole = np.round(SAMPLE * 64.0)
    result = difference(whole + 4096.0, whole)
    assert result.value == pytest.approx(4096.0, abs=1e-9)
    assert result.standard_error <= 1e-9


def test_pairing_beats_independence() -> None:
    noise = np.random.default_rng(12).normal(size=SAMPLE.size) * 0.01
    alone, against = quantile(SAMPLE, 0.95), quantile_difference(SAMPLE, SAMPLE + noise, 0.95)
    assert against.standard_error < 0.3 * alone.standard_error


@pytest.mark.parametrize("level", [0.0, 1.0, -0.1, 1.5, math.nan])
def test_levels_outside_are_refused(level: float) -> None:
    for estimate in (quantile, tvar):
        with pytest.raises(ValueError, match="between 0 and 1"):
            estimate(SAMPLE, level)


def test_a_percentage_is_recognised() -> None:
    with pytest.raises(ValueError, match=r"for P99.5 write 0.995"):
        quantile(SAMPLE, 99.5)


def test_what_is_no_sample_is_refused() -> None:
    for estimate in (mean, probability):
        with pytest.raises(ValueError, match=r"shape|no paths"):
            estimate(np.empty(0))
        with pytest.raises(ValueError, match="shape"):
            estimate(np.zeros((3, 2)))
    with pytest.raises(ValueError, match="as many paths"):
        mean_difference(SAMPLE, SAMPLE[1:])
    with pytest.raises(ValueError, match="confidence"):
        mean(SAMPLE, confidence=95)
    with pytest.raises(ValueError, match="cannot be"):
        probability_of_count(5, 4)
