"""The integral of an intensity over stretches without breakpoints, and its inverse, for many at once.

On such a stretch, x days long, the intensity per day is

    constant * prod_j (1 + rise_j exp(-decay_j x)) + own exp(-own_decay x)

Expanding the product gives 2^k exponentials, each with a closed integral. k counts the excitations that are
wearing off: the stretches of a call have as many, one stretch a lane. Their rows lie in one flat array at
distances known when the code is compiled, so that loops over lanes become SIMD without asking whether rows
overlap; `min(n, LANES)` tells the compiler that a lane stays within its row.
"""

from __future__ import annotations

import math

from simengine.kernels.tables import Array
from simengine.rng.accelerate import dissolved, inner
from simengine.rng.elementary import exp, expm1

LANES = 256
# Where the rows of an array of stretches begin. What a stretch is:
CONSTANT, OWN, LENGTH, WANTED = 0 * LANES, 1 * LANES, 2 * LANES, 3 * LANES
# How many days on; occurrences expected up to there, and a day's then.
X, TOTAL, RATE = 4 * LANES, 5 * LANES, 6 * LANES
# Of the search for the day at which TOTAL is WANTED: the bracket, the step before, and what was found.
LOW, HIGH, BEFORE, STEADY, DONE, FOUND = 7 * LANES, 8 * LANES, 9 * LANES, 10 * LANES, 11 * LANES, 12 * LANES
SPARE, OTHER = 13 * LANES, 14 * LANES
# Then for each excitation that is wearing off: by how much it raises the intensity, its decay, and its age.
RISE, DECAY, AGE = 15 * LANES, 16 * LANES, 17 * LANES
ROWS, ROWS_EACH = 15, 3
EACH = ROWS_EACH * LANES
OTHER_RISE, OTHER_DECAY = RISE + EACH, DECAY + EACH

SHORT = 0.03  # up to here a short series gives all digits
MOST_STEPS = 200


@dissolved
def lag(decay: float, x: float, fallen: float) -> float:
    """x less the integral of exp(-decay t) over [0, x]; `fallen` is exp(-decay x) - 1.

    A factor of 0 that wears off has this much intensity: it must not be a difference of two that are nearly
    equal.
    """
    y = decay * x
    series = (1.0 / 2.0 - y * (1.0 / 6.0)) + y * y * (1.0 / 24.0 - y * (1.0 / 120.0))
    near = x * y * (series + y * y * y * y * (1.0 / 720.0 - y * (1.0 / 5040.0)))
    return x + fallen / decay if y > SHORT else near


@dissolved
def row_of(a: Array, first: int, j: int) -> Array:
    """The row of the j-th excitation: by itself, since where it begins is known only when it is asked for."""
    return a[first + j * EACH : first + j * EACH + LANES]


@inner
def wear_off(a: Array, n: int, k: int) -> None:
    """From what excitations raised the intensity by when they began to what they do at their age."""
    n = min(n, LANES)
    for j in range(k):
        rise, decay, age = row_of(a, RISE, j), row_of(a, DECAY, j), row_of(a, AGE, j)
        for i in range(n):
            rise[i] *= exp(-decay[i] * age[i])


@inner
def strengths(a: Array, n: int, k: int, own_decay: float) -> None:
    """Occurrences that are expected in X days, and occurrences a day X days from now, of the first n lanes.

    Of two decays, exp - 1 is put together from those of each, u + v + u v, in which nothing cancels.
    `own_decay` is 0 where nothing excites itself.
    """
    n = min(n, LANES)
    if k == 0:
        for i in range(n):
            a[TOTAL + i] = a[CONSTANT + i] * a[X + i]
            a[RATE + i] = a[CONSTANT + i]
    elif k == 1:
        for i in range(n):
            constant, x, rise, decay = a[CONSTANT + i], a[X + i], a[RISE + i], a[DECAY + i]
            fallen = expm1(-decay * x)
            a[TOTAL + i] = constant * ((1.0 + rise) * x - rise * lag(decay, x, fallen))
            a[RATE + i] = constant * ((1.0 + rise) + rise * fallen)
    elif k == 2:
        for i in range(n):
            constant, x, rise, decay = a[CONSTANT + i], a[X + i], a[RISE + i], a[DECAY + i]
            other_rise, other_decay = a[OTHER_RISE + i], a[OTHER_DECAY + i]
            first = expm1(-decay * x)
            second = expm1(-other_decay * x)
            both = rise * other_rise * (first + second + first * second) / (decay + other_decay)
            a[TOTAL + i] = constant * (x - (rise * first / decay + other_rise * second / other_decay + both))
            here = (1.0 + rise) + rise * first
            a[RATE + i] = constant * (here * ((1.0 + other_rise) + other_rise * second))
    else:
        expand(a, n, k)
    if own_decay > 0.0:
        for i in range(n):
            own = a[OWN + i]
            fallen = expm1(-own_decay * a[X + i])
            a[TOTAL + i] += own * (-fallen / own_decay)
            a[RATE + i] += own * (1.0 + fallen)


@inner
def expand(a: Array, n: int, k: int) -> None:
    """The product over k decays, one exponential after another."""
    n = min(n, LANES)
    for i in range(n):
        a[TOTAL + i] = 0.0
        a[RATE + i] = 0.0
    for subset in range(1 << k):
        for i in range(n):
            a[SPARE + i] = a[CONSTANT + i]
            a[OTHER + i] = 0.0
        for j in range(k):
            if (subset >> j) & 1:
                rise, decay_of = row_of(a, RISE, j), row_of(a, DECAY, j)
                for i in range(n):
                    a[SPARE + i] *= rise[i]
                    a[OTHER + i] += decay_of[i]
        for i in range(n):
            weight, decay, x = a[SPARE + i], a[OTHER + i], a[X + i]
            fallen = expm1(-decay * x)
            a[TOTAL + i] += weight * (x if decay == 0.0 else -fallen / (decay if decay > 0.0 else 1.0))
            a[RATE + i] += weight * (1.0 + fallen)


@inner
def begin_search(a: Array, n: int, k: int) -> None:
    """Start at the root of the parabola with the intensity at the start and TOTAL over the whole LENGTH."""
    n = min(n, LANES)
    for i in range(n):
        a[SPARE + i] = a[CONSTANT + i]
    for j in range(k):
        rise = row_of(a, RISE, j)
        for i in range(n):
            a[SPARE + i] *= 1.0 + rise[i]
    for i in range(n):
        longest, wanted = a[LENGTH + i], a[WANTED + i]
        start = a[SPARE + i] + a[OWN + i]
        a[STEADY + i] = 1.0 if start > 0.25 * (a[CONSTANT + i] + a[OWN + i]) else 0.0
        curve = (a[TOTAL + i] - start * longest) / (longest * longest)
        slant = start + math.sqrt(max(0.0, start * start + 4.0 * curve * wanted))
        # The start may have no intensity at all (a factor of 0 that wears off): compare before dividing.
        within = 2.0 * wanted < slant * longest
        a[X + i] = 2.0 * wanted / (slant if within else 1.0) if within else longest
        a[LOW + i] = 0.0
        a[HIGH + i] = longest
        a[BEFORE + i] = 0.0


@inner
def take_step(a: Array, n: int) -> None:
    """One of Newton's steps inside a bracket, from TOTAL and RATE at X; DONE says where it was the last.

    Steps shrink quadratically: once the one that would follow is below rounding, it is not taken (not where
    an intensity begins near 0, which makes them shrink slowly at first).
    """
    n = min(n, LANES)
    for i in range(n):
        x, longest, slope = a[X + i], a[LENGTH + i], a[RATE + i]
        gap = a[TOTAL + i] - a[WANTED + i]
        high = x if gap > 0.0 else a[HIGH + i]
        low = a[LOW + i] if gap > 0.0 else x
        # An intensity next to nothing would step beyond all bounds: compare, do not divide.
        newton = x - gap / (slope if slope > 0.0 else 1.0)
        is_newton = (abs(gap) < slope * longest) & (low < newton) & (newton < high)
        following = newton if is_newton else 0.5 * (low + high)
        step = abs(following - x)
        before = a[BEFORE + i]
        ratio = step / (before if before > 0.0 else 1.0)
        settled = (a[STEADY + i] > 0.0) & is_newton & (before > 0.0)
        settled = settled & (step * ratio * ratio <= 1e-17 * following)
        is_root = gap == 0.0
        a[X + i] = x if is_root else following
        a[DONE + i] = 1.0 if is_root | settled | (step <= 4e-16 * longest) else 0.0
        a[BEFORE + i] = step if is_newton else 0.0
        a[LOW + i] = low
        a[HIGH + i] = high


@inner
def close_up(a: Array, n: int, k: int, place: Array) -> int:
    """Leave out the lanes whose search has ended; return how many are left."""
    left = 0
    for i in range(n):
        if place[i] < 0:
            continue
        place[left] = place[i]
        for row in (CONSTANT, OWN, LENGTH, WANTED, X, LOW, HIGH, BEFORE, STEADY):
            a[row + left] = a[row + i]
        for j in range(k):
            a[RISE + j * EACH + left] = a[RISE + j * EACH + i]
            a[DECAY + j * EACH + left] = a[DECAY + j * EACH + i]
        left += 1
    return left


@inner
def find(a: Array, n: int, k: int, own_decay: float, place: Array) -> None:
    """FOUND: the day in [0, LENGTH] at which WANTED is reached; TOTAL is that of the whole length.

    `place` (lane,) is scratch. What the stretches were is gone afterwards.
    """
    begin_search(a, n, k)
    for i in range(n):
        place[i] = i
    left = n
    for _ in range(MOST_STEPS):
        strengths(a, n, k, own_decay)
        take_step(a, n)
        for i in range(n):
            if a[DONE + i] > 0.0 and place[i] >= 0:
                a[FOUND + place[i]] = a[X + i]
                place[i] = -1
                left -= 1
        if left == 0:
            return
        if 2 * left <= n:
            n = close_up(a, n, k, place)
    for i in range(n):
        if place[i] >= 0:
            a[FOUND + place[i]] = a[X + i]
