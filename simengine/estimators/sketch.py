"""Quantile sketches: how many paths fell into each of a fixed set of bins, which are the float's own bits.

A bin holds the doubles that agree in sign, exponent and the first 9 bits of the mantissa: its width is at
most 1/512 of its lower end, so its middle is within 1/1024, less than 0.1%, of all that it holds. Zeros are
counted apart. Counts are whole numbers, and the bins the same for everybody: sketches of parts of a run, in
any order, add up to that of the whole, to the last count. (Numbers below 2**-1022 have bins of an absolute
width of 2**-1031.)

docs/decisions/0012-sketch.md says what else was weighed, and what this one costs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from simengine.estimators.estimate import CONFIDENCE, Estimate, around, normal_score
from simengine.estimators.exceedance import (
    ReturnPeriodCurve,
    curve_of_limits,
    exact_period,
    ranks_of_effective,
)
from simengine.estimators.observations import share_of_counts
from simengine.estimators.order_statistics import enclosing_ranks, exact_level, rank

MANTISSA_BITS = 9
# The middle of a bin is within this part of every value in it.
RELATIVE_ERROR = 2.0 ** -(MANTISSA_BITS + 1)
_BINS = 1 << MANTISSA_BITS
_SHIFT = np.uint64(52 - MANTISSA_BITS)
# Sign and exponent; a page of bins for each that occurs.
_PAGES = 1 << 12
_SPECIAL = 0x7FF
# The page that no column has: zeros go there, which are counted apart.
_NOWHERE = 0


class Bins(NamedTuple):
    """The bins of one column that hold anything, in the order of their values; 0 has one from 0 to 0."""

    low: np.ndarray
    high: np.ndarray
    counts: np.ndarray

    @property
    def middle(self) -> np.ndarray:
        return 0.5 * self.low + 0.5 * self.high


class Sketch:
    """The sketches of several columns.

    Memory: 4 KiB for each power of two that a column reaches over, and at most 32 KiB for each column.
    """

    def __init__(self, n_columns: int) -> None:
        self.n_columns = n_columns
        self.zeros = np.zeros(n_columns, dtype=np.int64)
        self._page = np.zeros((n_columns, _PAGES), dtype=np.int64)  # all _NOWHERE
        self._counts = np.zeros((n_columns + 1, _BINS), dtype=np.int64)
        self._n_pages = 1

    def add(self, values: np.ndarray) -> None:
        """Count a block's values, (path, column)."""
        block = np.ascontiguousarray(values, dtype=np.float64)
        is_zero = block == 0.0
        keys = (block.view(np.uint64) >> _SHIFT).view(np.int64)
        places = (keys >> MANTISSA_BITS) + _PAGES * np.arange(self.n_columns)
        pages = self._page.take(places)
        missing = (pages == _NOWHERE) > is_zero
        if missing.any():
            wanted = np.unique(places[missing])
            if ((wanted & _SPECIAL) == _SPECIAL).any():
                raise ValueError("a sketch of values that are not finite")
            self._make_pages([divmod(place, _PAGES) for place in wanted.tolist()])
            pages = self._page.take(places)
        keys &= _BINS - 1
        keys += _BINS * pages
        keys[is_zero] = _NOWHERE
        np.add.at(self._counts.reshape(-1), keys.reshape(-1), 1)
        self.zeros += is_zero.sum(axis=0)

    def merge(self, other: Sketch) -> None:
        """Add another's counts."""
        self.zeros += other.zeros
        held = np.argwhere(other._page != _NOWHERE)
        self._make_pages((c, p) for c, p in held.tolist() if self._page[c, p] == _NOWHERE)
        for column, page in held.tolist():
            self._counts[self._page[column, page]] += other._counts[other._page[column, page]]

    def bins(self, column: int) -> Bins:
        """What one column holds."""
        pages = np.flatnonzero(self._page[column] != _NOWHERE)
        counts = self._counts[self._page[column, pages]]
        which, bins = np.nonzero(counts)
        keys = (pages[which].astype(np.uint64) << np.uint64(MANTISSA_BITS)) | bins.astype(np.uint64)
        near = (keys << _SHIFT).view(np.float64)
        far = ((keys + np.uint64(1)) << _SHIFT).view(np.float64)
        # The bin after the largest is infinity.
        far = np.where(np.isinf(far), np.copysign(np.finfo(np.float64).max, near), far)
        low, high, count = np.minimum(near, far), np.maximum(near, far), counts[which, bins]
        if self.zeros[column]:
            low, high = np.append(low, 0.0), np.append(high, 0.0)
            count = np.append(count, self.zeros[column])
        order = np.lexsort((high, low))
        return Bins(low[order], high[order], count[order])

    def _make_pages(self, wanted: Iterable[tuple[int, int]]) -> None:
        for column, page in wanted:
            if self._n_pages == len(self._counts):
                self._counts = np.concatenate([self._counts, np.zeros_like(self._counts)])
            self._page[column, page] = self._n_pages
            self._n_pages += 1


def quantile_of_bins(bins: Bins, level: float, confidence: float = CONFIDENCE) -> Estimate:
    """`quantile` from a sketch: the middle of its bin, in the interval from the low end of the bin of the
    lower rank to the high end of that of the upper one, so that it covers whatever lies within bins."""
    reached = np.cumsum(bins.counts)
    n_paths = int(reached[-1])

    def bin_of(position: int) -> int:
        return int(np.searchsorted(reached, position, side="right"))

    below, above = enclosing_ranks(n_paths, level, confidence)
    low = float(bins.low[bin_of(below)]) if below >= 0 else -math.inf
    high = float(bins.high[bin_of(above)]) if above < n_paths else math.inf
    error = (high - low) / (2.0 * normal_score(confidence))
    value = float(bins.middle[bin_of(rank(n_paths, level))])
    return Estimate(value, error if math.isfinite(error) else math.nan, low, high)


def tvar_of_bins(bins: Bins, level: float, confidence: float = CONFIDENCE) -> Estimate:
    """`tvar` from a sketch, every value at the middle of its bin; the interval is wider by what that may be
    wrong by, `RELATIVE_ERROR` of the value."""
    reached = np.cumsum(bins.counts)
    n_paths = int(reached[-1])
    at = int(np.searchsorted(reached, rank(n_paths, level), side="right"))
    q, tail = float(bins.middle[at]), float(1 - exact_level(level))
    excess, count = bins.middle[at:] - q, bins.counts[at:]
    average = float(np.sum(excess * count)) / n_paths
    value = q + average / tail
    if n_paths == 1 or enclosing_ranks(n_paths, level, confidence)[1] >= n_paths:
        return Estimate(value, math.nan, -math.inf, math.inf)
    squares = float(np.sum(np.square(excess - average) * count))
    squares += (n_paths - int(count.sum())) * average**2
    estimate = around(value, math.sqrt(squares / (n_paths - 1) / n_paths) / tail, confidence)
    largest = max(abs(float(bins.middle[at])), abs(float(bins.middle[-1])), abs(value))
    wrong = RELATIVE_ERROR * (abs(value) if q >= 0.0 else largest)
    return Estimate(value, estimate.standard_error, estimate.low - wrong, estimate.high + wrong)


# Makes one estimate of a column's bins, at a confidence.
OfBins = Callable[[Bins, float], Estimate]


def difference_of_bins(one: Bins, other: Bins, estimated: OfBins, confidence: float = CONFIDENCE) -> Estimate:
    """A statistic of `one` less that of `other`, whatever their paths have to do with each other.

    Sketches do not tell how two columns vary together. So the interval is the widest: each side's at half of
    the doubt (Bonferroni), the low end of one less the high end of the other. It covers at least what it
    says, and more where the columns vary together. Of many paths the width of bins is the greater part.
    """
    doubt = 0.5 * (1.0 - confidence)
    ours, theirs = estimated(one, 1.0 - doubt), estimated(other, 1.0 - doubt)
    low, high = ours.low - theirs.high, ours.high - theirs.low
    error = (high - low) / (2.0 * normal_score(confidence))
    return Estimate(ours.value - theirs.value, error if math.isfinite(error) else math.nan, low, high)


def return_periods_of_bins(
    by_rank: Sequence[Bins], periods: Sequence[float], confidence: float = CONFIDENCE
) -> ReturnPeriodCurve:
    """`return_periods` from sketches of each path's largest observation, its second largest, and so on.

    A value is the middle of its bin. How many observations, and of which paths, lie above a bin is known
    exactly, so errors are clustered as they are there; the interval reaches from the low end of the bin of
    the lower rank to the high end of that of the upper one.

    Parameters
    ----------
    by_rank
        Sketches of the k-th largest observation of the paths; all count the same paths.
    periods
        Return periods above 1, in observations.
    """
    n_paths = int(by_rank[0].counts.sum())
    size = n_paths * len(by_rank)
    ends = np.unique(
        [(low, high) for bins in by_rank for low, high in zip(bins.low, bins.high, strict=True)], axis=0
    )
    pooled = np.zeros((len(by_rank), len(ends)), dtype=np.int64)
    for counts, bins in zip(pooled, by_rank, strict=True):
        counts[_places(ends, bins)] = bins.counts
    reached = np.cumsum(pooled.sum(axis=0))
    above_bin = n_paths - np.cumsum(pooled, axis=1)
    exact = [exact_period(period) for period in periods]
    rows = []
    for level in (1 - 1 / period for period in exact):
        at = int(np.searchsorted(reached, rank(size, level), side="right"))
        effective = max(1, int(share_of_counts(above_bin[:, at : at + 1], n_paths)[2][0]))
        below, above = ranks_of_effective(size, effective, level, confidence)
        low = ends[int(np.searchsorted(reached, below, side="right")), 0] if below >= 0 else -math.inf
        high = ends[int(np.searchsorted(reached, above, side="right")), 1] if above < size else math.inf
        rows.append((0.5 * ends[at, 0] + 0.5 * ends[at, 1], low, high))
    value, low, high = np.array(rows, dtype=np.float64).reshape(-1, 3).T
    return curve_of_limits(exact, value, low, high, n_paths, size, confidence)


def _places(ends: np.ndarray, bins: Bins) -> np.ndarray:
    """Where a sketch's bins stand among those of all, which hold them."""
    order = {(low, high): k for k, (low, high) in enumerate(ends.tolist())}
    own = zip(bins.low.tolist(), bins.high.tolist(), strict=True)
    return np.array([order[pair] for pair in own], dtype=np.int64)
