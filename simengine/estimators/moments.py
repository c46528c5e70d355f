"""Mean and variance of columns over paths, from sums that do not depend on who added what.

Each block of paths gives, for each column, the sum of its values and of the squares of their distance from a
pivot; those are added exactly over blocks (`ExactSum`). Within a block the sums are rounded, along a fixed
tree of halves, so that they have the same bits on every machine. So the result depends on the values and on
where blocks begin and end, which the path numbers say alone: never on threads, shards or the order of either.

The pivot, near what the column takes, keeps the squares small: one that varies by a millionth of its size
keeps its digits. A column that never varies has a variance of exactly 0, whatever the pivot: that of a run
that does not begin at path 0 may be a value that none of its paths has.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction

import numpy as np

from simengine.estimators.estimate import CONFIDENCE, Estimate, around
from simengine.estimators.exact_sum import ExactSum


def tree_sum(values: np.ndarray, *, spoil: bool = False) -> np.ndarray:
    """The sum of each column of (path, column): halves are added to halves, so rounding grows with log2.

    With `spoil` the values are overwritten on the way.
    """
    rows = values
    while len(rows) > 1:
        half, is_odd = divmod(len(rows), 2)
        out = rows[:half] if spoil else None
        added = np.add(rows[:half], rows[half : 2 * half], out=out)
        if is_odd:
            added[0] += rows[-1]
        rows, spoil = added, True
    return rows[0]


class ColumnMoments:
    """Sum and sum of squared deviations of each column.

    Parameters
    ----------
    pivot
        Near what each column's values lie; every part of a run must have the same.
    """

    def __init__(self, pivot: np.ndarray) -> None:
        self.pivot = np.array(pivot, dtype=np.float64)
        self.n_paths = 0
        self._sums = ExactSum(len(self.pivot))
        self._squares = ExactSum(len(self.pivot))
        # What a column was on every path so far; nan once it was two things.
        self._only = np.full(len(self.pivot), np.nan)

    def add(self, parts: Iterable[np.ndarray]) -> None:
        """Add a block's values: (path, column), in parts of the columns that follow one another.

        Each part is gone through several times, so that it had better stay in a core's cache.
        """
        sums, squares = np.empty_like(self.pivot), np.empty_like(self.pivot)
        n_paths = stop = 0
        for values in parts:
            n_paths = len(values)
            start, stop = stop, stop + values.shape[1]
            self._see_what_varies(values, self._only[start:stop])
            sums[start:stop] = tree_sum(values)
            distance = values - self.pivot[start:stop]
            distance *= distance
            squares[start:stop] = tree_sum(distance, spoil=True)
        self.n_paths += n_paths
        self._sums.add(sums)
        self._squares.add(squares)

    def merge(self, other: ColumnMoments) -> None:
        if not np.array_equal(self.pivot, other.pivot):
            raise ValueError("parts of one run must have the same pivots")
        if other.n_paths:
            self._meet(other._only)
        self.n_paths += other.n_paths
        self._sums.merge(other._sums)
        self._squares.merge(other._squares)

    def finalise(self) -> tuple[np.ndarray, np.ndarray]:
        """Sum, and sum of squared deviations from the mean, of each column; both rounded once."""
        if not self.n_paths:
            raise ValueError("no paths: nothing can be estimated of them")
        sums, deviations = [], []
        columns = zip(self.pivot, self._sums.exactly(), self._squares.exactly(), strict=True)
        for pivot, total, squares in columns:
            distance = total - self.n_paths * Fraction(float(pivot))
            sums.append(float(total))
            # Below 0 by no more than rounding within blocks.
            deviations.append(max(0.0, float(squares - distance * distance / self.n_paths)))
        return np.array(sums), np.where(np.isnan(self._only), deviations, 0.0)

    def _see_what_varies(self, values: np.ndarray, only: np.ndarray) -> None:
        """`only` is what the columns were so far."""
        if not self.n_paths:
            only[:] = values[0]
        # What varied once is not looked at again.
        at = np.flatnonzero(~np.isnan(only))
        only[at] = np.where((values[:, at] == only[at]).all(axis=0), only[at], np.nan)

    def _meet(self, only: np.ndarray) -> None:
        """What more paths take alone, before they are counted."""
        self._only = np.where(self._only == only, only, np.nan) if self.n_paths else only


def mean_of_moments(
    total: float, deviations: float, n_paths: int, confidence: float = CONFIDENCE
) -> Estimate:
    """`mean` from a sum and a sum of squared deviations."""
    value = total / n_paths
    if n_paths == 1:
        return Estimate(value, math.nan, -math.inf, math.inf)
    return around(value, math.sqrt(deviations / (n_paths - 1) / n_paths), confidence)
