"""The standard deviation over paths."""

from __future__ import annotations

import math

import numpy as np

from simengine.estimators.estimate import CONFIDENCE, Estimate, around, checked, normal_score, paired


def standard_deviation(values: np.ndarray, confidence: float = CONFIDENCE) -> Estimate:
    """The standard deviation s (with n - 1), with the error of its influence function.

    ((x - mean)² - s²) / (2 s) averages to the error of s to first order (Cramér 1946, "Mathematical Methods
    of Statistics", section 28.2), so its own standard deviation over sqrt(n) is the standard error. The law
    must have a finite fourth moment. The interval is even on a logarithmic scale, s exp(± z se / s), since
    a spread is positive and its error skewed.
    """
    return mean_and_standard_deviation(values, confidence)[1]


def mean_and_standard_deviation(
    values: np.ndarray, confidence: float = CONFIDENCE
) -> tuple[Estimate, Estimate]:
    """`mean` and `standard_deviation`, in the passes over the values that they share."""
    array = checked(values)
    n = array.size
    average = float(array.mean())
    if n == 1:
        return Estimate(average, math.nan, -math.inf, math.inf), Estimate(math.nan, math.nan, 0.0, math.inf)
    deviations = array - average
    s = math.sqrt(_squares(deviations) / (n - 1))
    of_mean = around(average, s / math.sqrt(n), confidence)
    if not s > 0.0:  # a constant; or NaN, which stays one
        return of_mean, Estimate(s, s, s, s)
    # By now squared; how they spread is the spread of the influences, times 2 s.
    deviations -= deviations.mean()
    error = math.sqrt(_squares(deviations) / (n - 1)) / (2.0 * s) / math.sqrt(n)
    factor = math.exp(normal_score(confidence) * error / s)
    return of_mean, Estimate(s, error, s / factor, s * factor)


def _squares(deviations: np.ndarray) -> float:
    """Their sum of squares; they are squared in place."""
    np.square(deviations, out=deviations)
    return float(deviations.sum())


def standard_deviation_difference(
    one: np.ndarray, other: np.ndarray, confidence: float = CONFIDENCE
) -> Estimate:
    """Standard deviation of `one` less that of `other` on the same paths, by paired influence functions."""
    first, second = paired(one, other)
    if first.size == 1:
        return Estimate(math.nan, math.nan, -math.inf, math.inf)
    s_first, influence = _influence(first)
    s_second, influence_second = _influence(second)
    influence -= influence_second
    error = float(influence.std(ddof=1)) / math.sqrt(first.size)
    return around(s_first - s_second, error, confidence)


def _influence(array: np.ndarray) -> tuple[float, np.ndarray]:
    """s, and each value's influence on it; 0 where nothing varies."""
    influence = array - array.mean()
    np.square(influence, out=influence)
    s = math.sqrt(float(influence.sum()) / (array.size - 1))
    influence -= s * s
    if s > 0.0:
        influence /= 2.0 * s
    return s, influence
