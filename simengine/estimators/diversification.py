"""Percentiles do not add up: what the parts' own come to, less that of their total."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from simengine.estimators.combination import quantile_combination
from simengine.estimators.estimate import CONFIDENCE, Estimate


def diversification(
    parts: Iterable[np.ndarray], total: np.ndarray, level: float, confidence: float = CONFIDENCE
) -> Estimate:
    """Sum of the parts' quantiles less the quantile of their total, on the same paths.

    Above 0 the parts seldom are high together, and a budget of the parts' own quantiles would be too large
    (for each part on its own it is not).

    Parameters
    ----------
    parts
        Of each part one value per path, in the order of the total.
    level
        Between 0 and 1.
    """
    return quantile_combination([*((1.0, part, level) for part in parts), (-1.0, total, level)], confidence)
