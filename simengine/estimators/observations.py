"""Several observations on each path, such as its years: independent between paths, not within one."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from simengine.estimators.mean import Table

ROWS_AT_ONCE = 8192


class Observations:
    """Values of (path,), or of (path, year) with years that depend on one another; sorted once, asked often.

    Pooled, all observations count alike. Errors are those of paths: the share of observations above x is the
    mean over paths of each path's own share, and its variance that of independent paths (the ultimate
    cluster; Korn and Graubard 1999, "Analysis of Health Surveys", section 2.3).

    Parameters
    ----------
    values
        In memory, or read a few paths at a time.
    n_each
        How many of a path's observations count, from the first; all, unless given.
    """

    def __init__(self, values: Table, n_each: int | None = None) -> None:
        if len(values.shape) not in (1, 2):
            raise ValueError(f"paths, or paths by years, are needed, got an array of shape {values.shape}")
        if not math.prod(values.shape):
            raise ValueError("no paths: nothing can be estimated from an empty array")
        self.n_paths = values.shape[0]
        # Row k holds each path's k-th largest observation, sorted over paths.
        self._by_rank = descending(values, n_each)
        self._by_rank.sort(axis=1)
        self.n_each = len(self._by_rank)

    @property
    def size(self) -> int:
        return self._by_rank.size

    def at(self, ranks: Sequence[int] | np.ndarray) -> np.ndarray:
        """The observations at these positions, from 0, of all in their order."""
        ranks = np.asarray(ranks, dtype=np.int64)
        if self.n_each == 1:
            return self._by_rank[0][ranks]
        # Of each row the least value that enough observations do not exceed; of these the least.
        found = np.full(ranks.shape, np.inf)
        for own in self._by_rank:
            low, high = np.zeros_like(ranks), np.full_like(ranks, len(own))
            while (low < high).any():
                middle = np.minimum((low + high) // 2, len(own) - 1)
                enough = self._at_or_below(own[middle]) > ranks
                open_still = low < high
                low = np.where(open_still & ~enough, middle + 1, low)
                high = np.where(open_still & enough, middle, high)
            within = low < len(own)
            found[within] = np.minimum(found[within], own[low[within]])
        return found

    def share_above(self, thresholds: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Share of observations above each threshold, its standard error, and the effective sample size."""
        above = [
            ordered.size - np.searchsorted(ordered, thresholds, side="right") for ordered in self._by_rank
        ]
        return share_of_counts(np.array(above), self.n_paths)

    def _at_or_below(self, values: np.ndarray) -> np.ndarray:
        return sum(
            (np.searchsorted(ordered, values, side="right") for ordered in self._by_rank),
            np.zeros(values.shape, dtype=np.int64),
        )


def descending(values: Table, n_each: int | None = None) -> np.ndarray:
    """(observation, path) from (path, observation): each path's largest first, a block of paths at a time.

    `n_each` as of `Observations`.
    """
    n_paths, n_columns = values.shape[0], math.prod(values.shape[1:])
    out = np.empty((n_columns if n_each is None else n_each, n_paths))
    for start in range(0, n_paths, ROWS_AT_ONCE):
        block = values[start : start + ROWS_AT_ONCE]
        block = np.sort(block.reshape(len(block), -1)[:, : len(out)], axis=1)
        out[:, start : start + len(block)] = block[:, ::-1].T
    return out


def share_of_counts(above: np.ndarray, n_paths: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """`Observations.share_above` from counts: on how many paths the k-th largest observation is above.

    With c of its observations above x, a path has c² = Σ (2k - 1) over its c largest, so that counts of the
    k-th largest ones give the sum of squares for any threshold. The effective size is that of as many
    independent observations with the same error, at most the number of observations; it is the number of
    paths where no error is seen (a share of 0 or 1).

    Parameters
    ----------
    above
        (k, threshold).
    """
    n_each, n_thresholds = above.shape
    size = n_each * n_paths
    hits, squares = np.zeros(n_thresholds), np.zeros(n_thresholds)
    for k, counts in enumerate(above):
        hits += counts
        squares += (2 * k + 1) * counts
    share = hits / size
    spread = share * (1.0 - share)
    if n_each == 1:
        return share, np.sqrt(spread / size), np.full(n_thresholds, float(size))
    if n_paths == 1:
        return share, np.full(n_thresholds, np.nan), np.ones(n_thresholds)
    variance = np.maximum(squares - hits**2 / n_paths, 0.0) / (n_paths - 1)
    error = np.sqrt(variance / n_paths) / n_each
    seen = (error > 0.0) & (spread > 0.0)
    effective = np.full(n_thresholds, float(n_paths))
    effective[seen] = np.minimum(spread[seen] / error[seen] ** 2, size)
    return share, error, effective
