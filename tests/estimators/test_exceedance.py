"""Exceedance and return periods against counting, path by path."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simengine.estimators import (
    exceedance,
    exceedance_difference,
    mean_difference,
    quantile,
    quantile_difference,
    return_period_difference,
    return_periods,
)
from simengine.estimators.exceedance import clustered_ranks
from simengine.estimators.observations import Observations
from simengine.estimators.order_statistics import enclosing_ranks
from simengine.estimators.probability import probability_of_count

RNG = np.random.default_rng(21)
# Three years that share what a path draws once; a third of them is 0.
COMMON = RNG.standard_normal((4000, 1))
YEARS = np.where(RNG.random((4000, 3)) < 1 / 3, 0.0, np.exp(COMMON + 0.5 * RNG.standard_normal((4000, 3))))


def naive_share(values: np.ndarray, threshold: float) -> tuple[float, float]:
    """Share of observations above, and its error over paths, one path at a time."""
    shares = [sum(x > threshold for x in path) / len(path) for path in values.tolist()]
    average = sum(shares) / len(shares)
    variance = sum((share - average) ** 2 for share in shares) / (len(shares) - 1)
    return average, math.sqrt(variance / len(shares))


small_years = st.lists(
    st.lists(st.integers(0, 4), min_size=3, max_size=3), min_size=2, max_size=12
).map(lambda rows: np.array(rows, dtype=float))  # fmt: skip


@given(small_years, st.sampled_from([-0.5, 0.0, 1.0, 2.5, 4.0]))
def test_shares_by_year_are_counts_and_their_errors_those_of_paths(values: np.ndarray, at: float) -> None:
    share, error, effective = (float(part[0]) for part in Observations(values).share_above(np.array([at])))
    expected, expected_error = naive_share(values, at)
    assert share == pytest.approx(expected, abs=1e-15)
    assert error == pytest.approx(expected_error, abs=1e-9)
    assert 1.0 <= effective <= values.size
    if error == 0.0:
        assert effective == len(values)
    else:
        assert effective == pytest.approx(min(expected * (1 - expected) / expected_error**2, values.size))


def test_one_observation_a_path_is_a_plain_probability() -> None:
    values = YEARS[:, 0]
    curve = exceedance(values, [3.0, 0.0, 1.0, 1.0, 1e9])
    assert list(curve.threshold) == [0.0, 1.0, 3.0, 1e9]
    for k, threshold in enumerate(curve.threshold):
        plain = probability_of_count(int((values > threshold).sum()), len(values))
        assert curve.value[k] == plain.value
        assert (curve.standard_error[k], curve.ci_low[k], curve.ci_high[k]) == pytest.approx(
            (plain.standard_error, plain.low, plain.high), abs=1e-15
        )


def test_clustering_lengthens_intervals_and_copies_of_a_year_add_nothing() -> None:
    at = [0.5, 2.0]
    clustered, pooled = exceedance(YEARS, at), exceedance(YEARS.reshape(-1), at)
    assert (clustered.value == pooled.value).all()
    assert (clustered.standard_error > 1.1 * pooled.standard_error).all()
    copies = np.repeat(YEARS[:, :1], 3, axis=1)
    assert exceedance(copies, at).standard_error == pytest.approx(
        exceedance(YEARS[:, 0], at).standard_error,
        rel=2e-4,  # n - 1 against n
    )
    assert (exceedance(copies, at).n_paths, exceedance(copies, at).n_observations) == (4000, 12000)


def test_the_default_thresholds_describe_the_whole_curve() -> None:
    curve = exceedance(YEARS[:, 0])
    assert (np.diff(curve.threshold) > 0).all()
    assert (np.diff(curve.value) < 0).all()
    assert curve.threshold[0] == 0.0
    assert curve.threshold[-1] == YEARS[:, 0].max()
    assert curve.value[-1] == 0.0
    assert curve.ci_high[-1] > 0.0
    assert 100 <= len(curve.threshold) <= 200
    assert np.abs(np.diff(np.append(1.0, curve.value))[1:]).max() < 0.02


@pytest.mark.parametrize("period", [2.0, 3.0, 10.0, 100.0, 1e6])
def test_a_return_period_is_a_quantile(period: float) -> None:
    values = YEARS[:, 0]
    curve = return_periods(values, [period])
    level = 1 - 1 / Fraction(period)
    # By the definition: the least value that at most 1 in `period` of the observations exceed.
    expected = min(x for x in values if (values > x).sum() * period <= len(values))
    assert curve.value[0] == expected
    plain = quantile(values, level)
    assert (curve.ci_low[0], curve.ci_high[0]) == (plain.low, plain.high)
    assert curve.probability[0] == 1.0 / period


def test_return_periods_are_exact_at_whole_ranks() -> None:
    """1 - 1 / 3 is 0.6666666666666667 in binary, which must not become the third of three."""
    assert list(return_periods(np.array([1.0, 2.0, 3.0]), [3.0]).value) == [2.0]
    assert list(return_periods(np.arange(1.0, 1001.0), [2.0, 10.0, 200.0]).value) == [500.0, 900.0, 995.0]


def test_years_are_pooled_and_ranks_are_those_of_the_effective_size() -> None:
    curve = return_periods(YEARS, [10.0])
    ordered = np.sort(YEARS, axis=None)
    assert curve.value[0] == quantile(ordered, 0.9).value
    _, error = naive_share(YEARS, float(curve.value[0]))
    share = (ordered > curve.value[0]).mean()
    effective = int(share * (1 - share) / error**2)
    assert len(YEARS) < effective < YEARS.size
    below, above = enclosing_ranks(effective, 0.9)
    low = ordered[math.floor((below + 1) * YEARS.size / effective) - 1]
    high = ordered[YEARS.size - math.floor((effective - above) * YEARS.size / effective)]
    assert (curve.ci_low[0], curve.ci_high[0]) == (low, high)
    # Copies of one year are worth that one year.
    copies = return_periods(np.repeat(YEARS[:, :1], 3, axis=1), [10.0])
    alone = return_periods(YEARS[:, 0], [10.0])
    assert copies.value[0] == alone.value[0]
    assert copies.standard_error[0] == pytest.approx(alone.standard_error[0], rel=0.1)


def test_too_few_years_bound_nothing() -> None:
    curve = return_periods(YEARS[:20], [1000.0])
    assert math.isnan(curve.standard_error[0])
    assert curve.ci_high[0] == math.inf
    assert curve.value[0] == YEARS[:20].max()
    alone = return_periods(YEARS[:1], [2.0])
    assert (alone.ci_low[0], alone.ci_high[0]) == (-math.inf, math.inf)
    assert exceedance(YEARS[:1], [0.5]).n_observations == 3


def test_clustered_ranks_stay_among_the_observations() -> None:
    for n in (2, 3, 7, 50):
        seen = Observations(YEARS[:n])
        for level in (Fraction(1, 2), Fraction(9, 10), Fraction(999, 1000)):
            value = float(np.quantile(YEARS[:n], float(level), method="inverted_cdf"))
            below, above = clustered_ranks(seen, value, level)
            assert -1 <= below < above <= seen.size


def test_differences_with_one_observation_a_path_are_the_plain_ones() -> None:
    one, other = YEARS[:, 0], YEARS[:, 1]
    curve = return_period_difference(one, other, [10.0, 20.0])
    for k, level in enumerate((0.9, 0.95)):
        plain = quantile_difference(one, other, level)
        assert curve.value[k] == plain.value
        assert curve.standard_error[k] == pytest.approx(plain.standard_error, rel=1e-9)
        assert (curve.ci_low[k], curve.ci_high[k]) == pytest.approx((plain.low, plain.high), rel=1e-9)
    by_threshold = exceedance_difference(one, other, [1.0])
    plain = mean_difference((one > 1.0).astype(float), (other > 1.0).astype(float))
    assert by_threshold.value[0] == plain.value
    assert by_threshold.standard_error[0] == pytest.approx(plain.standard_error)


@pytest.mark.parametrize("n", [500, 4000])
def test_equal_years_differ_by_exactly_nothing(n: int) -> None:
    for curve in (
        return_period_difference(YEARS[:n], YEARS[:n].copy(), [2.0, 7.0, 20.0]),
        exceedance_difference(YEARS[:n], YEARS[:n].copy(), [0.0, 1.0]),
    ):
        for numbers in (curve.value, curve.standard_error, curve.ci_low, curve.ci_high):
            assert (numbers == 0.0).all()


@pytest.mark.parametrize("bad", [1.0, 0.5, 0.0, -3.0, math.inf, math.nan])
def test_what_is_no_return_period_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="above 1"):
        return_periods(YEARS, [bad])


def test_what_is_no_sample_is_refused() -> None:
    for estimate in (exceedance, return_periods):
        with pytest.raises(ValueError, match="no paths"):
            estimate(np.empty((0, 3)))
        with pytest.raises(ValueError, match="shape"):
            estimate(np.zeros((2, 2, 2)))
    with pytest.raises(ValueError, match="finite"):
        exceedance(YEARS, [math.nan])
    for difference in (exceedance_difference, return_period_difference):
        with pytest.raises(ValueError, match="same paths"):
            difference(YEARS, YEARS[1:], [2.0])
