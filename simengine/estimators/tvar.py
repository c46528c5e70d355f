"""Tail value at risk: the mean of the worst paths."""

from __future__ import annotations

import math

import numpy as np

from simengine.estimators.estimate import CONFIDENCE, Estimate, around, checked, paired
from simengine.estimators.order_statistics import enclosing_ranks, exact_level, rank


def tvar(
    values: np.ndarray, level: float, confidence: float = CONFIDENCE, *, ordered: bool = False
) -> Estimate:
    """Mean of exactly the worst 1 - level of probability mass, high values being bad.

    Acerbi and Tasche (2002), "On the coherence of expected shortfall", def. 2.6, for the upper tail: the
    atom at the quantile q counts with the part of it that is needed to fill the mass,

        TVaR = q + mean((x - q)+) / (1 - level).

    The standard error is that of the influence function, s((x - q)+) / ((1 - level) sqrt(n)): an error in q
    itself cancels to first order. The law must have a finite variance. Where the paths are too few to
    enclose the quantile (72 at level 0.95), they tell no error either: with 10 of them the tail is a part of
    the largest value, from which nothing deviates.

    Parameters
    ----------
    values
        One per path.
    level
        Between 0 and 1.
    ordered
        Whether `values` are sorted already.
    """
    array = checked(values)
    if not ordered:
        array = np.sort(array)
    q = float(array[rank(array.size, level)])
    above = array[rank(array.size, level) :] - q
    return _from_excess(q, above, array.size, level, confidence)


def tvar_difference(
    one: np.ndarray,
    other: np.ndarray,
    level: float,
    confidence: float = CONFIDENCE,
    *,
    ordered: tuple[np.ndarray, np.ndarray] | None = None,
) -> Estimate:
    """TVaR of `one` less TVaR of `other` on the same paths, with the error of the paired influence functions.

    Parameters
    ----------
    one, other
        One value per path, in the same order of paths.
    ordered
        Both sorted, if they are at hand.
    """
    first, second = paired(one, other)
    sorted_first, sorted_second = ordered or (np.sort(first), np.sort(second))
    at = rank(first.size, level)
    q_first, q_second = float(sorted_first[at]), float(sorted_second[at])
    excess = np.maximum(first - q_first, 0.0) - np.maximum(second - q_second, 0.0)
    return _from_excess(q_first - q_second, excess, first.size, level, confidence)


def _from_excess(q: float, excess: np.ndarray, n_paths: int, level: float, confidence: float) -> Estimate:
    """q plus the mean excess over the tail's mass; paths that are not in `excess` exceed by 0."""
    tail = float(1 - exact_level(level))
    average = float(excess.sum()) / n_paths
    value = q + average / tail
    if n_paths == 1 or enclosing_ranks(n_paths, level, confidence)[1] >= n_paths:
        return Estimate(value, math.nan, -math.inf, math.inf)
    squares = float(np.square(excess - average).sum()) + (n_paths - excess.size) * average**2
    return around(value, math.sqrt(squares / (n_paths - 1) / n_paths) / tail, confidence)
