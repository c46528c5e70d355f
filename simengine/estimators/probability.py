"""The probability of something that a path did or did not do."""

from __future__ import annotations

import math

import numpy as np

from simengine.estimators.estimate import CONFIDENCE, Estimate, normal_score
from simengine.estimators.mean import mean_difference


def probability(hits: np.ndarray, confidence: float = CONFIDENCE) -> Estimate:
    """Share of paths on which `hits` is true, with Wilson's score interval.

    Wilson (1927), "Probable inference, the law of succession, and statistical inference", JASA 22, 209: it
    stays within [0, 1] and is not empty at 0 or n hits. The standard error is sqrt(p (1 - p) / n).
    """
    marks = np.asarray(hits, dtype=bool)
    if marks.ndim != 1 or not marks.size:
        raise ValueError(f"one mark per path is needed, got an array of shape {marks.shape}")
    return probability_of_count(int(np.count_nonzero(marks)), marks.size, confidence)


def probability_of_count(n_hits: int, n_paths: int, confidence: float = CONFIDENCE) -> Estimate:
    """The same, from counts."""
    if not 0 <= n_hits <= n_paths or n_paths < 1:
        raise ValueError(f"{n_hits} hits on {n_paths} paths cannot be")
    z = normal_score(confidence)
    share = n_hits / n_paths
    spread = share * (1.0 - share) / n_paths
    scale = 1.0 + z * z / n_paths
    centre = (share + z * z / (2 * n_paths)) / scale
    reach = z * math.sqrt(spread + (z / (2 * n_paths)) ** 2) / scale
    low = 0.0 if n_hits == 0 else centre - reach
    high = 1.0 if n_hits == n_paths else centre + reach
    return Estimate(share, math.sqrt(spread), low, high)


def probability_difference(one: np.ndarray, other: np.ndarray, confidence: float = CONFIDENCE) -> Estimate:
    """P(one) less P(other) on the same paths, with the error of the paired differences."""
    first, second = (np.asarray(hits, dtype=bool).astype(np.float64) for hits in (one, other))
    return mean_difference(first, second, confidence)
