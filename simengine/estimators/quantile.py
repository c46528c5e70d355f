"""Quantiles over paths: the inverse empirical distribution (type 1)."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from simengine.estimators.estimate import CONFIDENCE, Estimate, around, checked, normal_score, paired
from simengine.estimators.order_statistics import enclosing_ranks, rank


def quantile(
    values: np.ndarray, level: float | Fraction, confidence: float = CONFIDENCE, *, ordered: bool = False
) -> Estimate:
    """The least of the values with at least `level` of the paths at or below it ("P90" for level 0.9).

    Type 1 of Hyndman and Fan (1996): always a value that a path took, so an atom (a disruption of 0 on most
    paths) is told as it is. The interval lies between two order statistics and assumes nothing about the
    law; the standard error is half its length over z (Woodruff 1952), 0 inside an atom, and NaN where the
    paths are too few to enclose the quantile.

    Parameters
    ----------
    values
        One per path.
    level
        Between 0 and 1.
    ordered
        Whether `values` are sorted already, to sort once for many levels.
    """
    array = checked(values)
    if not ordered:
        array = np.sort(array)
    below, above = enclosing_ranks(array.size, level, confidence)
    low = float(array[below]) if below >= 0 else -math.inf
    high = float(array[above]) if above < array.size else math.inf
    error = (high - low) / (2.0 * normal_score(confidence))
    value = float(array[rank(array.size, level)])
    return Estimate(value, error if math.isfinite(error) else math.nan, low, high)


def quantile_difference(
    one: np.ndarray,
    other: np.ndarray,
    level: float,
    confidence: float = CONFIDENCE,
    *,
    ordered: tuple[np.ndarray, np.ndarray] | None = None,
) -> Estimate:
    """Quantile of `one` less quantile of `other` on the same paths.

    By the influence functions, the error of each quantile is the error of the share of paths at or below
    it, over the density there. So the two errors correlate as the marks "at or below its quantile" do
    over the paths, and

        se² = se_one² + se_other² - 2 r se_one se_other

    with each error from its order statistics and r the correlation of the marks. Equal arrays give exactly
    0. This is the difference of the quantiles, which is not the quantile of the difference.

    Parameters
    ----------
    one, other
        One value per path, in the same order of paths.
    ordered
        Both sorted, if they are at hand.
    """
    first, second = paired(one, other)
    sorted_first, sorted_second = ordered or (np.sort(first), np.sort(second))
    at_first = quantile(sorted_first, level, confidence, ordered=True)
    at_second = quantile(sorted_second, level, confidence, ordered=True)
    r = _correlation(first <= at_first.value, second <= at_second.value)
    se_first, se_second = at_first.standard_error, at_second.standard_error
    variance = se_first**2 + se_second**2 - 2.0 * r * se_first * se_second
    error = math.sqrt(max(variance, 0.0)) if not math.isnan(variance) else math.nan
    difference = at_first.value - at_second.value
    if math.isnan(error):
        return Estimate(difference, error, -math.inf, math.inf)
    return around(difference, error, confidence)


def value_at_risk(
    values: np.ndarray, level: float, confidence: float = CONFIDENCE, *, ordered: bool = False
) -> Estimate:
    """VaR at a level, high values being bad: the type-1 quantile by its other name."""
    return quantile(values, level, confidence, ordered=ordered)


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Correlation of two marks over the paths, 0 where one of them never varies."""
    n = one.size
    ones, others, both = (int(np.count_nonzero(marks)) for marks in (one, other, one & other))
    return correlation(both * n - ones * others, ones * (n - ones), others * (n - others))


def correlation(both: int, one: int, other: int) -> float:
    """From a covariance and two variances in whole numbers; 0 where one of them never varies.

    Whole numbers to the last step, so that what agrees everywhere correlates at exactly 1.
    """
    if both == one == other:
        return 1.0 if one else 0.0
    return both / math.sqrt(one) / math.sqrt(other) if one and other else 0.0
