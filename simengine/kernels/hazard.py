"""The integral of one pair's intensity over a stretch without breakpoints, and its inverse.

On such a stretch, x days long, the intensity per day is

    constant * prod_j (1 + a_j exp(-b_j x)) + s exp(-beta x)

Expanding the product gives 2^k exponentials, each with a closed integral. k counts the excitations that are
decaying at that moment: 0 or 1 nearly always.
"""

from __future__ import annotations

import numpy as np

from simengine.rng.accelerate import jit
from simengine.rng.elementary import exp, expm1


@jit
def decayed(rate: float, x: float) -> float:
    """The integral of exp(-rate t) over [0, x]."""
    return x if rate == 0.0 else -expm1(-rate * x) / rate


@jit
def integral(
    constant: float, k: int, a: np.ndarray, b: np.ndarray, own: float, own_decay: float, x: float
) -> float:
    """Expected occurrences in the next x days."""
    if k == 0:
        total = constant * x
    else:
        total = 0.0
        for subset in range(1 << k):
            weight = constant
            rate = 0.0
            for j in range(k):
                if (subset >> j) & 1:
                    weight *= a[j]
                    rate += b[j]
            total += weight * decayed(rate, x)
    if own > 0.0:
        total += own * decayed(own_decay, x)
    return total


@jit
def intensity(
    constant: float, k: int, a: np.ndarray, b: np.ndarray, own: float, own_decay: float, x: float
) -> float:
    """Occurrences per day x days from now."""
    value = constant
    for j in range(k):
        value *= 1.0 + a[j] * exp(-b[j] * x)
    if own > 0.0:
        value += own * exp(-own_decay * x)
    return value


@jit
def invert(
    constant: float,
    k: int,
    a: np.ndarray,
    b: np.ndarray,
    own: float,
    own_decay: float,
    wanted: float,
    longest: float,
) -> float:
    """The x in [0, longest] at which the integral reaches `wanted`: Newton's steps inside a bracket."""
    if k == 0 and own == 0.0:
        return min(wanted / constant, longest)
    low, high = 0.0, longest
    # The start may have no intensity at all (a factor of 0 that wears off): compare, do not divide.
    start = intensity(constant, k, a, b, own, own_decay, 0.0)
    x = wanted / start if wanted < start * longest else longest
    for _ in range(200):
        gap = integral(constant, k, a, b, own, own_decay, x) - wanted
        if gap > 0.0:
            high = x
        else:
            low = x
        slope = intensity(constant, k, a, b, own, own_decay, x)
        step = x - gap / slope if slope > 0.0 else low
        following = step if low < step < high else 0.5 * (low + high)
        if abs(following - x) <= 4e-16 * longest or gap == 0.0:
            return following if gap != 0.0 else x
        x = following
    return x
