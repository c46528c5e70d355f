"""The integral of one pair's intensity over a stretch without breakpoints, and its inverse.

On such a stretch, x days long, the intensity per day is

    constant * prod_j (1 + rise_j exp(-decay_j x)) + own exp(-own_decay x)

Expanding the product gives 2^k exponentials, each with a closed integral. k counts the excitations that are
decaying at that moment: 0 or 1 nearly always.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from simengine.kernels.handles import as_handle
from simengine.kernels.tables import Array
from simengine.rng.accelerate import dissolved, inner, jit
from simengine.rng.elementary import expm1

SHORT = 0.03  # up to here a short series gives all digits


@jit
def decayed(rate: float, x: float) -> float:
    """The integral of exp(-rate t) over [0, x]."""
    return x if rate == 0.0 else -expm1(-rate * x) / rate


@dissolved
def lag(decay: float, x: float, fallen: float) -> float:
    """x less the integral of exp(-decay t) over [0, x]; `fallen` is exp(-decay x) - 1.

    A factor of 0 that wears off has this much intensity: it must not be a difference of two that are nearly
    equal.
    """
    y = decay * x
    if y > SHORT:
        return x + fallen / decay
    series = (1.0 / 2.0 - y * (1.0 / 6.0)) + y * y * (1.0 / 24.0 - y * (1.0 / 120.0))
    return x * y * (series + y * y * y * y * (1.0 / 720.0 - y * (1.0 / 5040.0)))


class Decays(NamedTuple):
    """Excitations that are wearing off: by how much each raises the intensity now, and its decay per day."""

    rise: Array
    decay: Array


@inner
def strength(
    constant: float, k: int, decays: Any, own: float, own_decay: float, x: float
) -> tuple[float, float]:
    """Expected occurrences in the next x days, and occurrences a day x days from now.

    `decays` is a handle that has the fields of `Decays`. Of two decays, exp - 1 is put together from those of
    each, u + v + u v, in which nothing cancels.
    """
    if k == 0:
        total = constant * x
        rate_then = constant
    elif k == 1:
        rise, decay = decays.rise[0], decays.decay[0]
        fallen = expm1(-decay * x)
        total = constant * ((1.0 + rise) * x - rise * lag(decay, x, fallen))
        rate_then = constant * ((1.0 + rise) + rise * fallen)
    elif k == 2:
        rise, decay = decays.rise[0], decays.decay[0]
        other_rise, other_decay = decays.rise[1], decays.decay[1]
        first = expm1(-decay * x)
        second = expm1(-other_decay * x)
        both = rise * other_rise * (first + second + first * second) / (decay + other_decay)
        total = constant * (x - (rise * first / decay + other_rise * second / other_decay + both))
        rate_then = constant * (((1.0 + rise) + rise * first) * ((1.0 + other_rise) + other_rise * second))
    else:
        total = 0.0
        rate_then = 0.0
        for subset in range(1 << k):
            weight = constant
            rate = 0.0
            for j in range(k):
                if (subset >> j) & 1:
                    weight *= decays.rise[j]
                    rate += decays.decay[j]
            fallen = expm1(-rate * x)
            total += weight * (x if rate == 0.0 else -fallen / rate)
            rate_then += weight * (1.0 + fallen)
    if own > 0.0:
        fallen = expm1(-own_decay * x)
        total += own * (-fallen / own_decay)
        rate_then += own * (1.0 + fallen)
    return total, rate_then


@inner
def find(
    constant: float, k: int, decays: Any, own: float, own_decay: float, wanted: float, longest: float,
    whole: float,
) -> float:  # fmt: skip
    """The x in [0, longest] at which the integral reaches `wanted`: Newton's steps inside a bracket.

    They begin at the root of the parabola with the intensity at the start and the integral over the `whole`
    stretch. They shrink quadratically: once the one that would follow is below rounding, it is not taken
    (not where an intensity begins near 0, which makes them shrink slowly at first).
    """
    if k == 0 and own == 0.0:
        return min(wanted / constant, longest)
    low, high = 0.0, longest
    start = constant
    for j in range(k):
        start *= 1.0 + decays.rise[j]
    start += own
    steady = start > 0.25 * (constant + own)
    curve = (whole - start * longest) / (longest * longest)
    slant = start + math.sqrt(max(0.0, start * start + 4.0 * curve * wanted))
    # The start may have no intensity at all (a factor of 0 that wears off): compare, do not divide.
    x = 2.0 * wanted / slant if 2.0 * wanted < slant * longest else longest
    before = 0.0
    for _ in range(200):
        reached, slope = strength(constant, k, decays, own, own_decay, x)
        gap = reached - wanted
        if gap == 0.0:
            return x
        if gap > 0.0:
            high = x
        else:
            low = x
        # An intensity next to nothing would step beyond all bounds: compare, do not divide.
        following = 0.5 * (low + high)
        newton = abs(gap) < slope * longest and low < x - gap / slope < high
        if newton:
            following = x - gap / slope
        step = abs(following - x)
        if step <= 4e-16 * longest:
            return following
        if (
            steady
            and newton
            and before > 0.0
            and step * (step / before) * (step / before) <= 1e-17 * following
        ):
            return following
        before = step if newton else 0.0
        x = following
    return x


@jit
def integral(
    constant: float, k: int, rise: Array, decay: Array, own: float, own_decay: float, x: float
) -> float:
    """Expected occurrences in the next x days."""
    return strength(constant, k, as_handle(Decays(rise, decay)), own, own_decay, x)[0]


@jit
def intensity(
    constant: float, k: int, rise: Array, decay: Array, own: float, own_decay: float, x: float
) -> float:
    """Occurrences per day x days from now."""
    return strength(constant, k, as_handle(Decays(rise, decay)), own, own_decay, x)[1]


@jit
def invert(
    constant: float, k: int, rise: Array, decay: Array, own: float, own_decay: float, wanted: float,
    longest: float,
) -> float:  # fmt: skip
    """The x in [0, longest] at which the integral reaches `wanted`."""
    decays = as_handle(Decays(rise, decay))
    whole = strength(constant, k, decays, own, own_decay, longest)[0]
    return find(constant, k, decays, own, own_decay, wanted, longest, whole)
