"""The probability of something that a path did or did not do."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from simengine.estimators.estimate import CONFIDENCE, Estimate, normal_score
from simengine.estimators.mean import mean_difference

Method = Literal["wilson", "clopper_pearson"]


def probability(hits: np.ndarray, confidence: float = CONFIDENCE, *, method: Method = "wilson") -> Estimate:
    """Share of paths on which `hits` is true, with Wilson's score interval or Clopper and Pearson's.

    Wilson (1927), "Probable inference, the law of succession, and statistical inference", JASA 22, 209: it
    stays within [0, 1], is not empty at 0 or n hits, and covers what it says on average over probabilities
    (for a single one down to 92%, near n p = 1). Clopper and Pearson (1934), "The use of confidence or
    fiducial limits illustrated in the case of the binomial", Biometrika 26, 404: never covers less, and is
    wider for it. The standard error is sqrt(p (1 - p) / n).
    """
    marks = np.asarray(hits, dtype=bool)
    if marks.ndim != 1 or not marks.size:
        raise ValueError(f"one mark per path is needed, got an array of shape {marks.shape}")
    return probability_of_count(int(np.count_nonzero(marks)), marks.size, confidence, method=method)


def probability_of_count(
    n_hits: int, n_paths: int, confidence: float = CONFIDENCE, *, method: Method = "wilson"
) -> Estimate:
    """The same, from counts."""
    if not 0 <= n_hits <= n_paths or n_paths < 1:
        raise ValueError(f"{n_hits} hits on {n_paths} paths cannot be")
    if method not in INTERVALS:
        raise ValueError(f"no interval {method!r} for a probability; there are {', '.join(INTERVALS)}")
    share = n_hits / n_paths
    low, high = INTERVALS[method](np.array([share]), np.array([float(n_paths)]), confidence)
    return Estimate(share, math.sqrt(share * (1.0 - share) / n_paths), float(low[0]), float(high[0]))


def wilson(share: np.ndarray, n: np.ndarray, confidence: float = CONFIDENCE) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's limits for shares of n observations each; n need not be whole (an effective size)."""
    z = normal_score(confidence)
    spread = share * (1.0 - share) / n
    scale = 1.0 + z * z / n
    centre = (share + z * z / (2 * n)) / scale
    reach = z * np.sqrt(spread + (z / (2 * n)) ** 2) / scale
    low = np.where(share == 0.0, 0.0, centre - reach)
    high = np.where(share == 1.0, 1.0, centre + reach)
    return low, high


def clopper_pearson(
    share: np.ndarray, n: np.ndarray, confidence: float = CONFIDENCE
) -> tuple[np.ndarray, np.ndarray]:
    """Clopper and Pearson's limits, as quantiles of beta laws; n need not be whole."""
    from scipy.special import betaincinv  # when asked for: a run that is only printed needs no SciPy

    normal_score(confidence)  # refuses what is no confidence
    tail = 0.5 * (1.0 - confidence)
    hits = share * n
    misses = n - hits
    with np.errstate(invalid="ignore"):
        low = np.where(share == 0.0, 0.0, betaincinv(np.where(hits > 0, hits, 1.0), misses + 1.0, tail))
        high = np.where(
            share == 1.0, 1.0, betaincinv(hits + 1.0, np.where(misses > 0, misses, 1.0), 1.0 - tail)
        )
    return low, high


INTERVALS = {"wilson": wilson, "clopper_pearson": clopper_pearson}


def probability_difference(one: np.ndarray, other: np.ndarray, confidence: float = CONFIDENCE) -> Estimate:
    """P(one) less P(other) on the same paths, with the error of the paired differences."""
    first, second = (np.asarray(hits, dtype=bool).astype(np.float64) for hits in (one, other))
    return mean_difference(first, second, confidence)
