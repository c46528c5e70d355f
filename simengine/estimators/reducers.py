"""Reducers: what becomes of the blocks of a run, one block of paths at a time.

A reducer is updated with each block's arrays, can be merged with another one that saw other blocks of the
same run, and is finalised once. What comes out depends on the blocks alone, never on the order in which
they arrived: partial results are kept by the block's position and folded in order of path, so neither the
number of threads nor the machine that computed a block shows in a number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol, Self

import numpy as np

Block = Mapping[str, np.ndarray]


class Reducer(Protocol):
    """`start` is the position in the run of the block's first path (from 0), `size` its number of paths."""

    def update(self, block: Block, start: int, size: int) -> None: ...

    def merge(self, other: Self) -> None: ...

    def finalise(self) -> Any: ...


class Covered:
    """Which positions a reducer has seen; a gap or an overlap is a fault of the engine, and is named."""

    def __init__(self) -> None:
        self._stops: dict[int, int] = {}

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """Start and stop of each block, in order of path."""
        return iter(sorted(self._stops.items()))

    def add(self, start: int, size: int) -> None:
        if size < 1:
            raise ValueError(f"the block at path {start} has no paths")
        if start in self._stops:
            raise ValueError(f"the block at path {start} arrived twice")
        self._stops[start] = start + size

    def merge(self, other: Covered) -> None:
        for start, stop in other:
            self.add(start, stop - start)

    def check(self, n_paths: int | None = None) -> None:
        """Raise unless blocks arrived and follow one another from 0, to `n_paths` if that is given."""
        reached = 0
        for start, stop in self:
            if start != reached:
                what = "missing" if start > reached else "covered twice"
                raise ValueError(f"paths from {min(start, reached)} to {max(start, reached)} are {what}")
            reached = stop
        if not reached or (n_paths is not None and reached != n_paths):
            raise ValueError(f"{reached} paths arrived of {n_paths or 'at least one'}")


class Retain:
    """Keeps one array per path, whole: allocated once, filled by position, returned without a copy.

    Parameters
    ----------
    name
        The block's array to keep.
    out
        Where to keep it: its first dimension is `path`. It may be a part of a larger array, such as one
        strategy's share of a comparison.
    offset
        The position in the run of the path with which `out` begins.
    """

    def __init__(self, name: str, out: np.ndarray, offset: int = 0) -> None:
        self.name = name
        self.out = out
        self.offset = offset
        self._covered = Covered()

    def update(self, block: Block, start: int, size: int) -> None:
        at = start - self.offset
        self._covered.add(at, size)
        self.out[at : at + size] = block[self.name]

    def merge(self, other: Retain) -> None:
        self._covered.merge(other._covered)
        for start, stop in other._covered:
            self.out[start:stop] = other.out[start:stop]

    def finalise(self) -> np.ndarray:
        """The array that was given; raises ValueError where paths are missing."""
        self._covered.check(len(self.out))
        return self.out


class RetainRagged:
    """Keeps arrays of any length per block, such as occurrences, joined in order of path.

    Parameters
    ----------
    names
        The block's arrays to keep, all of one length in a block.
    path
        The one among them that holds path numbers, counted from the block's first path.
    first_path
        The number of the run's first path; `path` comes out as absolute numbers.
    """

    def __init__(self, names: tuple[str, ...], path: str, first_path: int = 0) -> None:
        self.names = names
        self.path = path
        self.first_path = first_path
        self._covered = Covered()
        self._blocks: dict[int, dict[str, np.ndarray]] = {}

    def update(self, block: Block, start: int, size: int) -> None:
        self._covered.add(start, size)
        kept = {name: np.array(block[name]) for name in self.names}
        kept[self.path] += self.first_path + start
        self._blocks[start] = kept

    def merge(self, other: RetainRagged) -> None:
        self._covered.merge(other._covered)
        self._blocks.update(other._blocks)

    def finalise(self) -> dict[str, np.ndarray]:
        """One array per name; raises ValueError where paths are missing."""
        self._covered.check()
        ordered = [self._blocks[start] for start in sorted(self._blocks)]
        return {name: np.concatenate([block[name] for block in ordered]) for name in self.names}


class Moments:
    """Count, mean and sum of squared deviations of an array over paths, column by column.

    Within a block numpy's pairwise sums, between blocks Chan's update (Chan, Golub and LeVeque 1983,
    eq. 2.1) in order of path. Equal blocks give equal bits; another block size may move the last bit.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._covered = Covered()
        self._partial: dict[int, tuple[int, np.ndarray, np.ndarray]] = {}

    def update(self, block: Block, start: int, size: int) -> None:
        self._covered.add(start, size)
        values = np.asarray(block[self.name], dtype=np.float64)
        mean = values.mean(axis=0)
        self._partial[start] = (size, mean, np.square(values - mean).sum(axis=0))

    def merge(self, other: Moments) -> None:
        self._covered.merge(other._covered)
        self._partial.update(other._partial)

    def finalise(self) -> tuple[int, np.ndarray, np.ndarray]:
        """Count, mean and M2 (sum of squared deviations from the mean); the last two have no path."""
        self._covered.check()
        ordered = [self._partial[start] for start in sorted(self._partial)]
        count, mean, deviations = ordered[0]
        for more, mean_of_more, deviations_of_more in ordered[1:]:
            total = count + more
            step = mean_of_more - mean
            mean = mean + step * (more / total)
            deviations = deviations + deviations_of_more + np.square(step) * (count * more / total)
            count = total
        return count, mean, deviations
