"""What each part of a total adds to the total's mean and to its tail mean, so that parts sum to the whole."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simengine.estimators.estimate import CONFIDENCE, Estimate, around, checked
from simengine.estimators.order_statistics import enclosing_ranks, exact_level, rank


@dataclass(frozen=True)
class Tail:
    """The worst 1 - level of probability mass of a total, as paths with weights.

    Parameters
    ----------
    paths
        Positions of the paths in the tail, ascending.
    share
        How much of each counts: 1 above the quantile, and of every path at the quantile the one part that
        fills the mass (Acerbi and Tasche 2002). Their sum is (1 - level) n.
    near
        Positions of the paths at the quantile, or of the nearest ones where few are at it.
    mass
        1 - level.
    n_paths
        All paths.
    known
        Whether the paths suffice to tell an error.
    """

    paths: np.ndarray
    share: np.ndarray
    near: np.ndarray
    mass: float
    n_paths: int
    known: bool


def tail_of(total: np.ndarray, level: float, confidence: float = CONFIDENCE) -> Tail:
    """The tail of a total, high values being bad; one partial sort serves every part."""
    array = checked(total)
    n = array.size
    at = rank(n, level)
    reach = math.isqrt(n) // 2
    first, last = max(0, at - reach), min(n - 1, at + reach)
    sorted_there = np.partition(array, (first, at, last))
    low, q, high = (float(sorted_there[k]) for k in (first, at, last))
    del sorted_there
    paths = np.flatnonzero(array >= q)
    above = array[paths] > q
    n_above = int(np.count_nonzero(above))
    n_at = paths.size - n_above
    wanted = (1 - exact_level(level)) * n - n_above
    share = np.where(above, 1.0, float(wanted / n_at))
    # Many ties are an atom, and the paths at it its own; else whoever lies around the quantile stands for it.
    is_atom = n_at > last - first
    near = paths[~above] if is_atom else np.flatnonzero((array >= low) & (array <= high))
    known = n > 1 and enclosing_ranks(n, level, confidence)[1] < n
    return Tail(paths, share, near, float(1 - exact_level(level)), n, known)


def tail_contribution(part: np.ndarray, tail: Tail, confidence: float = CONFIDENCE) -> Estimate:
    """Mean of a part of the total over the total's tail (co-TVaR, the Euler allocation of TVaR).

    Tasche (1999), "Risk contributions and performance measurement", eq. 4.19, with the atom at the quantile
    counting in the share that fills the mass, as in TVaR: the contributions of parts that add up to the
    total add up to its TVaR, ties or not. The influence of a path on it is

        share (part - m) / (1 - level) + m - contribution

    with m the mean of the part given that the total is at its quantile, estimated from the paths `near` it;
    an error in the quantile itself enters through m. So the standard error is s(share (part - m)) /
    ((1 - level) sqrt(n)).

    Parameters
    ----------
    part
        One value per path, in the order of the total.
    tail
        Of the total, from `tail_of`.
    """
    in_tail = part[tail.paths].astype(np.float64)
    value = float((tail.share * in_tail).sum()) / (tail.mass * tail.n_paths)
    if not tail.known:
        return Estimate(value, math.nan, -math.inf, math.inf)
    m = float(part[tail.near].mean())
    excess = tail.share * (in_tail - m)
    average = float(excess.sum()) / tail.n_paths
    squares = float(np.square(excess - average).sum()) + (tail.n_paths - excess.size) * average**2
    error = math.sqrt(squares / (tail.n_paths - 1) / tail.n_paths) / tail.mass
    return around(value, error, confidence)
