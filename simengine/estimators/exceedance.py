"""Exceedance curves: how likely is more than this, and what is exceeded once in so many years."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from simengine.estimators.estimate import CONFIDENCE, normal_score
from simengine.estimators.mean import Table, mean_difference
from simengine.estimators.observations import Observations
from simengine.estimators.order_statistics import enclosing_ranks, rank
from simengine.estimators.probability import wilson
from simengine.estimators.quantile import correlation

RETURN_PERIODS = (2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 250.0, 500.0, 1000.0)
N_POINTS = 200


@dataclass(frozen=True, slots=True)
class ExceedanceCurve:
    """P(X > threshold) at each threshold: arrays of one length, thresholds ascending.

    `value` is the probability, `standard_error` its Monte Carlo error, `ci_low` to `ci_high` its interval.
    """

    threshold: np.ndarray
    value: np.ndarray
    standard_error: np.ndarray
    ci_low: np.ndarray
    ci_high: np.ndarray
    n_paths: int
    n_observations: int


@dataclass(frozen=True, slots=True)
class ReturnPeriodCurve:
    """What is exceeded with probability 1 / return period: arrays of one length.

    `value` is the loss, in the unit of the observations; `standard_error` is NaN and a limit infinite where
    the paths do not suffice to tell them.
    """

    return_period: np.ndarray
    probability: np.ndarray
    value: np.ndarray
    standard_error: np.ndarray
    ci_low: np.ndarray
    ci_high: np.ndarray
    n_paths: int
    n_observations: int


def exceedance(
    values: np.ndarray,
    thresholds: Sequence[float] | np.ndarray | None = None,
    confidence: float = CONFIDENCE,
    *,
    n_points: int = N_POINTS,
) -> ExceedanceCurve:
    """The probability of more than each threshold, with Wilson's interval.

    Parameters
    ----------
    values
        One per path, or (path, year): then every year of every path is one observation, and errors are
        clustered by path, since the years of a path depend on one another.
    thresholds
        In the unit of the values, finite. By default up to `n_points` of the values themselves, half of them
        evenly down to 1 in 20, half evenly on a logarithmic scale beyond.
    """
    seen = Observations(values)
    if thresholds is None:
        at = _spread_thresholds(seen, n_points)
    else:
        at = np.unique(np.asarray(thresholds, dtype=np.float64))
        if not at.size or not np.isfinite(at).all():
            raise ValueError(f"thresholds must be finite numbers, at least one, got {thresholds!r}")
    share, error, effective = seen.share_above(at)
    low, high = wilson(share, effective, confidence)
    return ExceedanceCurve(at, share, error, low, high, seen.n_paths, seen.size)


def return_periods(
    values: Table,
    periods: Sequence[float] = RETURN_PERIODS,
    confidence: float = CONFIDENCE,
    *,
    n_each: int | None = None,
) -> ReturnPeriodCurve:
    """What is exceeded once in so many observations (years): the type-1 quantile at 1 - 1 / period.

    Intervals are those of order statistics, as of any quantile. Observations of (path, year) are clustered by
    path: ranks are those of the effective sample size at the quantile (Woodruff 1952; Francisco and Fuller
    1991, "Quantile estimation with a complex survey design", Annals of Statistics 19, 454).

    Parameters
    ----------
    values
        One per path, or (path, year).
    periods
        Return periods above 1, in observations.
    n_each
        How many of a path's observations count, from the first; all, unless given.
    """
    seen = Observations(values, n_each)
    exact = [exact_period(period) for period in periods]
    levels = [1 - 1 / period for period in exact]
    value = seen.at([rank(seen.size, level) for level in levels])
    enclosing = [
        clustered_ranks(seen, x, level, confidence) for x, level in zip(value.tolist(), levels, strict=True)
    ]
    below, above = np.array(enclosing, dtype=np.int64).reshape(-1, 2).T
    inside = seen.at(np.clip([below, above], 0, seen.size - 1))
    low = np.where(below >= 0, inside[0], -np.inf)
    high = np.where(above < seen.size, inside[1], np.inf)
    return curve_of_limits(exact, value, low, high, seen.n_paths, seen.size, confidence)


def curve_of_limits(
    exact: Sequence[Fraction],
    value: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    n_paths: int,
    n_observations: int,
    confidence: float,
) -> ReturnPeriodCurve:
    """A curve from values and limits; the error is half the interval's length over z, if it has one."""
    error = (high - low) / (2.0 * normal_score(confidence))
    error = np.where(np.isfinite(error), error, np.nan)
    period = np.array([float(p) for p in exact])
    return ReturnPeriodCurve(period, 1.0 / period, value, error, low, high, n_paths, n_observations)


def exceedance_difference(
    one: np.ndarray,
    other: np.ndarray,
    thresholds: Sequence[float] | np.ndarray,
    confidence: float = CONFIDENCE,
) -> ExceedanceCurve:
    """P(one > threshold) less P(other > threshold) on the same paths, with the error of paired differences.

    Both are (path,) or (path, year); the years of a path are taken together.
    """
    first, second = _alike(one, other)
    at = np.unique(np.asarray(thresholds, dtype=np.float64))
    estimates = [mean_difference((first > x).mean(axis=1), (second > x).mean(axis=1), confidence) for x in at]
    numbers = np.array([(e.value, e.standard_error, e.low, e.high) for e in estimates]).reshape(-1, 4)
    value, error, low, high = numbers.T
    return ExceedanceCurve(at, value, error, low, high, len(first), first.size)


def return_period_difference(
    one: np.ndarray,
    other: np.ndarray,
    periods: Sequence[float] = RETURN_PERIODS,
    confidence: float = CONFIDENCE,
) -> ReturnPeriodCurve:
    """What `one` exceeds once in so many observations, less what `other` does, on the same paths.

    The errors of the two quantiles correlate as each path's count of observations above them does; see
    `quantile_difference`, to which this comes down with one observation a path.
    """
    first, second = _alike(one, other)
    curves = return_periods(first, periods, confidence), return_periods(second, periods, confidence)
    at_one, at_other = (list(zip(curve.value, curve.standard_error, strict=True)) for curve in curves)
    differences = curves[0].value - curves[1].value
    errors = np.array(
        [
            _paired_error(first > value, second > its_value, error, its_error)
            for (value, error), (its_value, its_error) in zip(at_one, at_other, strict=True)
        ]
    )
    reach = np.where(np.isnan(errors), np.inf, normal_score(confidence) * errors)
    return replace(
        curves[0],
        value=differences,
        standard_error=errors,
        ci_low=differences - reach,
        ci_high=differences + reach,
    )


def _alike(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both as (path, observation)."""
    first, second = (np.asarray(values, dtype=np.float64) for values in (one, other))
    if first.shape != second.shape or first.ndim not in (1, 2) or not first.size:
        raise ValueError(f"pairs need the same paths on both sides, got {first.shape} and {second.shape}")
    return first.reshape(len(first), -1), second.reshape(len(first), -1)


def _paired_error(above_one: np.ndarray, above_other: np.ndarray, se_one: float, se_other: float) -> float:
    """The error of a difference whose two errors correlate as counts over the paths."""
    ones, others = above_one.sum(axis=1), above_other.sum(axis=1)
    r = correlation(_covariance(ones, others), _covariance(ones, ones), _covariance(others, others))
    return math.sqrt(max(se_one**2 + se_other**2 - 2.0 * r * se_one * se_other, 0.0))


def _covariance(one: np.ndarray, other: np.ndarray) -> int:
    """n² times the covariance of two counts."""
    return int(one @ other) * len(one) - int(one.sum()) * int(other.sum())


def exact_period(period: float) -> Fraction:
    if not (math.isfinite(period) and period > 1.0):
        raise ValueError(f"a return period must be a number above 1, got {period}")
    return Fraction(repr(float(period)))


def clustered_ranks(
    seen: Observations, value: float, level: Fraction, confidence: float = CONFIDENCE
) -> tuple[int, int]:
    """`enclosing_ranks` of as many independent observations as these are worth, as ranks of all of them."""
    if seen.n_each == 1:
        return enclosing_ranks(seen.size, level, confidence)
    effective = max(1, int(seen.share_above(np.array([value]))[2][0]))
    return ranks_of_effective(seen.size, effective, level, confidence)


def ranks_of_effective(size: int, effective: int, level: Fraction, confidence: float) -> tuple[int, int]:
    """Ranks among all of `size` observations that are worth `effective` independent ones."""
    below, above = enclosing_ranks(effective, level, confidence)
    from_below = (below + 1) * size // effective
    from_above = (effective - above) * size // effective
    return from_below - 1, size - from_above


def _spread_thresholds(seen: Observations, n_points: int) -> np.ndarray:
    """Values at ranks that are even above 1 in 20, and even on a logarithmic scale in the tail."""
    n = seen.size
    shares = np.concatenate(
        [np.linspace(1.0, 0.05, max(2, n_points // 2)), np.geomspace(0.05, 0.5 / n, max(2, n_points // 2))]
    )
    at = np.clip(np.ceil((1.0 - shares) * n).astype(np.int64) - 1, 0, n - 1)
    return np.unique(seen.at(at))
