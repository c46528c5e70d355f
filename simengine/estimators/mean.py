"""The mean over paths."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np

from simengine.estimators.estimate import CONFIDENCE, Estimate, around, checked, paired

ROWS_AT_ONCE = 4096


def mean(values: np.ndarray, confidence: float = CONFIDENCE) -> Estimate:
    """The mean, with its standard error s / sqrt(n) and the normal interval.

    The interval leans on the central limit theorem: with 1,000 paths or more it holds what it says unless
    one path in a thousand carries the mean.
    """
    array = checked(values)
    if array.size == 1:
        return Estimate(float(array[0]), math.nan, -math.inf, math.inf)
    return around(float(array.mean()), float(array.std(ddof=1)) / math.sqrt(array.size), confidence)


def mean_difference(one: np.ndarray, other: np.ndarray, confidence: float = CONFIDENCE) -> Estimate:
    """Mean of `one` less mean of `other` on the same paths, with the error of the paired differences."""
    first, second = paired(one, other)
    return mean(first - second, confidence)


class Table(Protocol):
    """What is read a few rows at a time: an array, or what lies on the disk."""

    @property
    def shape(self) -> tuple[int, ...]: ...
    def __getitem__(self, rows: slice, /) -> np.ndarray: ...


def mean_by_column(values: Table, confidence: float = CONFIDENCE) -> list[Estimate]:
    """The mean of each column of (path, column), in two passes over rows that stay in the cache.

    Of what is no array in memory a few rows are summed at a time, so that the last bits of a mean may be
    others than those of the same numbers in an array, unless these are whole.
    """
    array = values
    if len(array.shape) != 2 or not array.shape[0]:
        raise ValueError(f"paths by columns are needed, got an array of shape {array.shape}")
    n_paths = array.shape[0]
    if isinstance(array, np.ndarray):
        averages = array.sum(axis=0, dtype=np.float64) / n_paths
    else:
        starts = range(0, n_paths, ROWS_AT_ONCE)
        sums = (array[start : start + ROWS_AT_ONCE].sum(axis=0, dtype=np.float64) for start in starts)
        averages = sum(sums, np.zeros(array.shape[1])) / n_paths
    squares = np.zeros(array.shape[1])
    for start in range(0, n_paths, ROWS_AT_ONCE):
        deviations = array[start : start + ROWS_AT_ONCE] - averages
        squares += np.einsum("ij,ij->j", deviations, deviations)
    if n_paths == 1:
        return [Estimate(float(value), math.nan, -math.inf, math.inf) for value in averages]
    errors = np.sqrt(squares / (n_paths - 1) / n_paths)
    return [around(float(m), float(e), confidence) for m, e in zip(averages, errors, strict=True)]
