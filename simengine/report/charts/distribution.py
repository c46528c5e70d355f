"""The distribution of one metric over the futures, as shares of bins with round edges."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simengine.analysis.of_summary import Summarised, sketch_of
from simengine.estimators import Estimate, mean, probability, quantile
from simengine.estimators.probability import probability_of_count
from simengine.estimators.sketch import Bins, quantile_of_bins
from simengine.results.dataset import Result

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
    size = spread.size
    edges = _edges(lambda level: float(spread[min(size - 1, int(level * size))]), size, spread[0], spread[-1])
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


def distribution_of(result: Result, metric: str) -> Distribution | None:
    """The distribution of a metric of one strategy, from its paths or its sketch.

    None where neither was kept, or the metric is the same on every path.
    """
    if metric in result:
        values = result[metric]
        return None if values.min() == values.max() else distribution(values)
    bins = sketch_of(result, metric)
    if bins is None or Summarised(result).mean(metric).standard_error == 0.0:
        return None
    return distribution_of_bins(bins, Summarised(result).mean(metric))


def distribution_of_bins(bins: Bins, average: Estimate) -> Distribution:
    """The same from a sketch: each of its bins, which are far narrower, counts where its middle lies."""
    n_paths = int(bins.counts.sum())
    zeros = int(bins.counts[0]) if bins.low[0] == bins.high[0] == 0.0 else 0
    is_atom = LEAST_ATOM * n_paths < zeros < n_paths
    middle, counts = (bins.middle[1:], bins.counts[1:]) if is_atom else (bins.middle, bins.counts)
    reached = np.cumsum(counts)
    size = int(reached[-1])

    def at(level: float) -> float:
        return float(middle[np.searchsorted(reached, min(size - 1, int(level * size)), side="right")])

    edges = _edges(at, size, float(middle[0]), float(middle[-1]))
    in_bins = np.histogram(middle, bins=edges, weights=counts)[0]
    return Distribution(
        edges,
        [probability_of_count(round(count), n_paths) for count in in_bins.tolist()],
        (0.0, probability_of_count(zeros, n_paths)) if is_atom else None,
        probability_of_count(size - round(float(in_bins.sum())), n_paths),
        average,
        {level: quantile_of_bins(bins, level) for level in MARKS},
    )


def _edges(at: Callable[[float], float], n: int, least: float, greatest: float) -> np.ndarray:
    """Round edges, about as far apart as Freedman and Diaconis (1981) advise: 2 IQR / n^(1/3).

    `at` gives the value that a share of the `n` futures does not exceed.
    """
    middle = at(0.5)
    low = max(at(0.001), middle - REACH * (middle - at(0.1)))
    high = min(at(0.999), middle + REACH * (at(0.9) - middle))
    if not high > low:
        low, high = float(least), float(greatest)
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
