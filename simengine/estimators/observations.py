"""Several observations on each path, such as its years: independent between paths, not within one."""

from __future__ import annotations

import numpy as np


class Observations:
    """Values of (path,), or of (path, year) with years that depend on one another; sorted once, asked often.

    Pooled, all observations count alike. Errors are those of paths: the share of observations above x is the
    mean over paths of each path's own share, and its variance that of independent paths (the ultimate
    cluster; Korn and Graubard 1999, "Analysis of Health Surveys", section 2.3).
    """

    def __init__(self, values: np.ndarray) -> None:
        array = np.asarray(values, dtype=np.float64)
        if array.ndim not in (1, 2):
            raise ValueError(f"paths, or paths by years, are needed, got an array of shape {array.shape}")
        if not array.size:
            raise ValueError("no paths: nothing can be estimated from an empty array")
        self.n_paths = len(array)
        self.n_each = array.size // self.n_paths
        self.pooled = np.sort(array, axis=None)
        # Column k holds each path's k-th largest observation, sorted over paths.
        self._by_rank = [self.pooled]
        if self.n_each > 1:
            ascending = np.sort(array, axis=1)
            self._by_rank = [np.sort(ascending[:, -1 - k]) for k in range(self.n_each)]

    @property
    def size(self) -> int:
        return self.pooled.size

    def share_above(self, thresholds: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Share of observations above each threshold, its standard error, and the effective sample size.

        With c of its observations above x, a path has c² = Σ (2k - 1) over its c largest, so that counts of
        the k-th largest ones give the sum of squares for any threshold. The effective size is that of as many
        independent observations with the same error, at most the number of observations; it is the number of
        paths where no error is seen (a share of 0 or 1).
        """
        hits, squares = np.zeros(len(thresholds)), np.zeros(len(thresholds))
        for k, ordered in enumerate(self._by_rank):
            above = ordered.size - np.searchsorted(ordered, thresholds, side="right")
            hits += above
            squares += (2 * k + 1) * above
        share = hits / self.size
        spread = share * (1.0 - share)
        if self.n_each == 1:
            return share, np.sqrt(spread / self.size), np.full(len(thresholds), float(self.size))
        if self.n_paths == 1:
            nothing = np.full(len(thresholds), np.nan)
            return share, nothing, np.ones(len(thresholds))
        variance = np.maximum(squares - hits**2 / self.n_paths, 0.0) / (self.n_paths - 1)
        error = np.sqrt(variance / self.n_paths) / self.n_each
        seen = (error > 0.0) & (spread > 0.0)
        effective = np.full(len(thresholds), float(self.n_paths))
        effective[seen] = np.minimum(spread[seen] / error[seen] ** 2, self.size)
        return share, error, effective
