"""Sums and differences of several quantiles or tail means on the same paths, with one error for the whole."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from simengine.estimators.estimate import CONFIDENCE, Estimate, around, checked
from simengine.estimators.order_statistics import exact_level
from simengine.estimators.quantile import quantile
from simengine.estimators.tvar import tvar

# A weight, one value per path, and a level.
Term = tuple[float, np.ndarray, float]


def quantile_combination(terms: Sequence[Term], confidence: float = CONFIDENCE) -> Estimate:
    """Σ weight · quantile(values, level), such as what parts' P90 add up to beyond the P90 of their sum.

    By the influence functions, the error of a quantile is that of the share of paths at or below it over the
    density there. So the error of the sum is that of one average over paths,

        mean of Σ weight · c · (level - mark),

    with mark 1 where the path lies at or below the quantile, and each scale c from the quantile's own
    order-statistic error: c = se sqrt(n / (level (1 - level))). Terms that cancel on each path give 0.

    Parameters
    ----------
    terms
        Weight, one value per path, and level between 0 and 1; all of the same paths.
    """
    value, influence = 0.0, _zeros(terms)
    for weight, values, level in terms:
        array = checked(values)
        at = quantile(array, level, confidence)
        scale = at.standard_error * math.sqrt(array.size / (level * (1.0 - level)))
        value += weight * at.value
        influence -= weight * scale * (array <= at.value)
    return _estimate(value, influence, confidence)


def tvar_combination(terms: Sequence[Term], confidence: float = CONFIDENCE) -> Estimate:
    """Σ weight · TVaR(values, level), by the influence functions (x - q)+ / (1 - level).

    Of parts less that of their sum it is never below 0: TVaR is subadditive (Acerbi and Tasche 2002).
    """
    value, influence = 0.0, _zeros(terms)
    for weight, values, level in terms:
        array = checked(values)
        at = tvar(array, level, confidence)
        value += weight * at.value
        excess = np.maximum(array - quantile(array, level, confidence).value, 0.0)
        known = 1.0 if math.isfinite(at.standard_error) else math.nan
        influence += known * weight / float(1 - exact_level(level)) * excess
    return _estimate(value, influence, confidence)


def _zeros(terms: Sequence[Term]) -> np.ndarray:
    sizes = {len(values) for _, values, _ in terms}
    if len(sizes) != 1:
        raise ValueError(f"terms need as many paths each, at least one term; got {sorted(sizes)}")
    return np.zeros(sizes.pop())


def _estimate(value: float, influence: np.ndarray, confidence: float) -> Estimate:
    if influence.size == 1 or not np.isfinite(influence).all():
        return Estimate(value, math.nan, -math.inf, math.inf)
    return around(value, float(influence.std(ddof=0)) / math.sqrt(influence.size), confidence)
