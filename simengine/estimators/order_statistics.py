"""Ranks: which of n sorted values is a quantile, and which two enclose the true one."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import numpy as np

from simengine.estimators.estimate import CONFIDENCE


@lru_cache(maxsize=1024)
def exact_level(level: float | Fraction) -> Fraction:
    """The level as it is written: 0.07 is 7/100, so that 0.07 of 100 paths are 7, not 7.000000000000001."""
    if isinstance(level, Fraction) and 0 < level < 1:
        return level
    level = float(level)
    if not 0.0 < level < 1.0:
        hint = f"; for P{level:g} write {level / 100:g}" if 1.0 <= level < 100.0 else ""
        raise ValueError(f"a level must lie between 0 and 1, got {level}{hint}")
    return Fraction(repr(level))


@lru_cache(maxsize=1024)
def rank(n_paths: int, level: float | Fraction) -> int:
    """Position from 0 of the type-1 quantile among sorted values: the least with `level` at or below it."""
    share = exact_level(level) * n_paths
    return -(-share.numerator // share.denominator) - 1


@lru_cache(maxsize=1024)
def enclosing_ranks(n_paths: int, level: float | Fraction, confidence: float = CONFIDENCE) -> tuple[int, int]:
    """Positions from 0 of the sorted values between which the true quantile lies with this confidence.

    How many of n paths lie at or below the true quantile is binomial(n, level); its tails of half of
    1 - confidence give the ranks (David and Nagaraja 2003, "Order Statistics", section 7.1), free of any
    assumption on the law, atoms included. The first is -1, the second n_paths, where so few paths enclose
    nothing.
    """
    tail = 0.5 * (1.0 - confidence)
    below = _binomial_quantile(n_paths, float(exact_level(level)), tail)
    above = n_paths - _binomial_quantile(n_paths, float(1 - exact_level(level)), tail)
    return below - 1, above


def _binomial_quantile(n: int, share: float, tail: float) -> int:
    """The least k with P(binomial(n, share) <= k) > tail.

    Sums the probabilities themselves, from the ratio of neighbours, within 20 standard deviations of the
    mean: what is left out is below 1e-80.
    """
    centre, reach = n * share, 20.0 * (n * share * (1.0 - share)) ** 0.5 + 20.0
    first, last = max(0, int(centre - reach)), min(n, int(centre + reach) + 1)
    k = np.arange(first, last, dtype=np.float64)
    steps = np.log((n - k) / (k + 1.0) * (share / (1.0 - share)))
    logarithms = np.concatenate([[0.0], np.cumsum(steps)])
    weights = np.exp(logarithms - logarithms.max())
    cumulative = np.cumsum(weights)
    return first + int(np.searchsorted(cumulative, tail * cumulative[-1], side="right"))
