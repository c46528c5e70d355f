"""The distribution of one metric over the futures, as shares of bins with round edges."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simengine.estimators import Estimate, mean, probability, quantile
from simengine.estimators.probability import probability_of_count

MARKS = (0.05, 0.5, 0.95)
LEAST_ATOM = 0.02
FEWEST_BINS, MOST_BINS = 16, 56
# Bins reach to P99.9, or to so many times the way from the median to the P90 if a tail is longer than that.
REACH = 5.0


@dataclass(frozen=True)
class Distribution:
    """Shares of the futures in bins; what lies beyond them, and an atom at the least value, apart.

    `shares` are of all futures, so that bins, atom and what is beyond sum to 1.
    """

    edges: np.ndarray
    shares: list[Estimate]
    atom: tuple[float, Estimate] | None
    beyond: Estimate
    average: Estimate
    marks: dict[float, Estimate]


def distribution(values: np.ndarray) -> Distribution:
    """Bin one value per path; see `Distribution`."""
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    n_paths = ordered.size
    least = float(ordered[0])
    n_least = int(np.searchsorted(ordered, least, side="right"))
    is_atom = n_least > LEAST_ATOM * n_paths and n_least < n_paths
    spread = ordered[n_least:] if is_atom else ordered
    edges = _edges(spread)
    counts = np.histogram(spread, bins=edges)[0]
    beyond = spread.size - int(counts.sum())
    return Distribution(
        edges,
        [probability_of_count(int(count), n_paths) for count in counts],
        (least, probability(ordered <= least)) if is_atom else None,
        probability_of_count(beyond, n_paths),
        mean(ordered),
        {level: quantile(ordered, level, ordered=True) for level in MARKS},
    )


def _edges(ordered: np.ndarray) -> np.ndarray:
    """Round edges, about as far apart as Freedman and Diaconis (1981) advise: 2 IQR / n^(1/3)."""
    n = ordered.size
    at = lambda level: float(ordered[min(n - 1, int(level * n))])  # noqa: E731
    middle = at(0.5)
    low = max(at(0.001), middle - REACH * (middle - at(0.1)))
    high = min(at(0.999), middle + REACH * (at(0.9) - middle))
    if not high > low:
        low, high = float(ordered[0]), float(ordered[-1])
    if not high > low:
        width = abs(low) / 10.0 or 1.0
        return np.array([low - width / 2.0, low + width / 2.0])
    advised = 2.0 * (at(0.75) - at(0.25)) / n ** (1.0 / 3.0)
    advised = min(max(advised, (high - low) / MOST_BINS), (high - low) / FEWEST_BINS)
    width = _round_width(advised)
    first, last = math.floor(low / width), math.ceil(high / width)
    return np.arange(first, max(last, first + 1) + 1) * width


def _round_width(width: float) -> float:
    """The least of 1, 2, 2.5 and 5 times a power of ten that is no less."""
    power = 10.0 ** math.floor(math.log10(width))
    return next(step * power for step in (1.0, 2.0, 2.5, 5.0, 10.0) if step * power >= width * (1.0 - 1e-9))
