"""Percentiles do not add up: what the parts' own come to, less that of their total."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from simengine.estimators.estimate import CONFIDENCE, Estimate, around, checked
from simengine.estimators.quantile import quantile


def diversification(
    parts: Iterable[np.ndarray], total: np.ndarray, level: float, confidence: float = CONFIDENCE
) -> Estimate:
    """Sum of the parts' quantiles less the quantile of their total, on the same paths.

    Above 0 the parts seldom are high together, and a budget of the parts' own quantiles would be too large
    (for each part on its own it is not). Errors correlate over the paths, as in `quantile_difference`: that
    of each quantile goes with the mark "at or below it".

    Parameters
    ----------
    parts
        Of each part one value per path, in the order of the total.
    level
        Between 0 and 1.
    """
    whole = checked(total)
    at = quantile(whole, level, confidence)
    value = -at.value
    influence = -_influence(whole, at)
    for part in parts:
        own = checked(part)
        if own.shape != whole.shape:
            raise ValueError(f"a part needs as many paths as the total, got {own.size} and {whole.size}")
        at = quantile(own, level, confidence)
        value += at.value
        influence += _influence(own, at)
    error = float(influence.std())
    if math.isnan(error):
        return Estimate(value, error, -math.inf, math.inf)
    return around(value, error, confidence)


def _influence(values: np.ndarray, at: Estimate) -> np.ndarray:
    """What each path has to do with a quantile's error, scaled to that error's standard deviation."""
    marks = values > at.value
    share = float(np.count_nonzero(marks)) / values.size
    spread = math.sqrt(share * (1.0 - share))
    return (marks - share) * (at.standard_error / spread if spread > 0.0 else at.standard_error)
