"""Quantile functions of beta and gamma variables as tables of polynomials in the normal score.

Written as y = logit(x) for a beta and y = log(x) for a gamma variable, both densities are smooth and
log-concave: with d the distance of y from its mode,

    beta(a, b):  log f(d) = a d - (a + b) log(1 - p + p exp(d)) + constant,  p = a / (a + b)
    gamma(k):    log f(d) = k (d - exp(d)) + constant

So one routine serves all shapes. Gauss-Legendre panels integrate f from both tails inwards, which keeps the
relative error small however small the tail; Halley's method on log F, which is concave, finds the d where F
reaches the normal distribution function at z; and between such nodes lies the quintic with their first two
derivatives, which are exact: d' = phi(z) / f(d), d'' = -d' (z + (log f)'(d) d'). All arithmetic is our own,
so that a table has the same bits everywhere. Tests compare with SciPy's inverses.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from simengine.rng.accelerate import inlined, inner, jit
from simengine.rng.elementary import exp, expm1, log, log1p, normal_cdf, normal_ppf

BETA = 0
GAMMA = 1

# The greatest error of the polynomials between nodes, in y; a relative error of x.
TOLERANCE = 1e-11
_ROUNDING = 4e-15
_FIRST_STEP = 0.125
_LEAST_PIECES = 4
_MOST_PIECES = 1 << 14
_MOST_PANELS = 20000
_MOST_ITERATIONS = 100
_NEGLIGIBLE = 1e-18
# Halley's error is of third order: what is missing here is below rounding after one more step.
_NEARBY = 2e-5
# From here on a beta density falls as an exponential to the last digit.
_EXPONENTIAL_FROM = 300.0
_SQRT_TWO_PI = 2.5066282746310002

# Gauss-Legendre points in (0, 1) and their weights; the rules are symmetric.
_POINTS_8 = np.array([0.1834346424956498, 0.525532409916329, 0.7966664774136267, 0.9602898564975363])
_WEIGHTS_8 = np.array([0.362683783378362, 0.31370664587788727, 0.22238103445337448, 0.10122853629037626])
_POINTS_16 = np.array(
    [
        0.09501250983763744,
        0.2816035507792589,
        0.45801677765722737,
        0.6178762444026438,
        0.755404408355003,
        0.8656312023878318,
        0.9445750230732326,
        0.9894009349916499,
    ]
)
_WEIGHTS_16 = np.array(
    [
        0.1894506104550685,
        0.18260341504492358,
        0.16915651939500254,
        0.14959598881657674,
        0.12462897125553388,
        0.09515851168249279,
        0.062253523938647894,
        0.027152459411754096,
    ]
)


@jit
def log_density(family, first, second, d):
    """Logarithm of the density relative to the mode, its slope, and minus its second derivative."""
    if family == GAMMA:
        growth = expm1(d)
        return first * (d - growth), -first * growth, first * (1.0 + growth)
    # Seen from the side of the smaller shape, where 1 + part is far from 0 and no digits are lost.
    side = 1.0 if first <= second else -1.0
    lesser = min(first, second)
    total = first + second
    share = lesser / total
    along = side * d
    within = min(along, _EXPONENTIAL_FROM)
    change = expm1(within)
    part = share * change
    spread = lesser * (1.0 - share)
    value = lesser * along - total * (log1p(part) + (along - within))
    slope = -side * spread * change / (1.0 + part)
    return value, slope, spread * (1.0 + change) / ((1.0 + part) * (1.0 + part))


@inner
def _integral(family, first, second, side, low, high, points, weights):
    """Integral of the density from low to high, by one Gauss-Legendre rule; side -1 looks from the right."""
    middle = 0.5 * (low + high)
    half = 0.5 * (high - low)
    total = 0.0
    for rank in range(len(points)):
        reach = half * points[rank]
        left, _, _ = log_density(family, first, second, side * (middle - reach))
        right, _, _ = log_density(family, first, second, side * (middle + reach))
        total += weights[rank] * (exp(left) + exp(right))
    return half * total


@inner
def _panel_width(family, first, second, side, high):
    """How far below `high` one panel may reach: about two local standard deviations."""
    _, slope, curvature = log_density(family, first, second, side * high)
    steep = 4.0 / max(side * slope, 1e-300)
    if side * slope > 0.0 and curvature * steep * steep < 1e-12:
        # Nothing but exponential decay is left.
        return steep
    width = min(4.0, 2.0 / math.sqrt(max(curvature, 1e-300)))
    _, _, farther = log_density(family, first, second, side * (high - width))
    return min(width, 2.0 / math.sqrt(max(farther, 1e-300)))


@jit
def tail_mass(family, first, second, side, distance):
    """Integral of the density, 1 at the mode, over all below `distance` (side -1: above -distance)."""
    total = 0.0
    high = distance
    for _ in range(_MOST_PANELS):
        low = high - _panel_width(family, first, second, side, high)
        total += _integral(family, first, second, side, low, high, _POINTS_16, _WEIGHTS_16)
        value, slope, _ = log_density(family, first, second, side * low)
        # Beyond, a log-concave density lies below an exponential with the slope at this point.
        if side * slope > 0.0 and exp(value) <= _NEGLIGIBLE * (side * slope) * total:
            break
        high = low
    return total


@jit
def approach(family, first, second, side, distance, mass, target):
    """Nearer to where the mass is `target`, by Halley's method on its logarithm; and what was missing."""
    value, slope, _ = log_density(family, first, second, side * distance)
    missing = log(target / mass)
    change = missing * mass / exp(value)
    # The logarithm of the mass is concave: its tangent is always safe, the parabola only nearby.
    bend = 0.5 * change * (side * slope - exp(value) / mass)
    if abs(bend) < 0.5:
        change /= 1.0 + bend
    return distance + change, abs(missing)


@jit
def march(family, first, second, side, whole, z_low, step, distance, row, n_rows, nodes):
    """Fill rows `row`, `row + side`, ... of `nodes` with (d, d', d'') at the scores z_low + step * row.

    Seen from `side`, the first score has its quantile at `distance` and the others ascend to 0 at most.
    """
    mass = whole * normal_cdf(side * (z_low + step * row))
    rate = bend = 0.0
    for rank in range(n_rows):
        score = side * (z_low + step * row)
        if rank > 0:
            before = distance
            distance += step * (rate + max(0.5 * step * bend, -0.5 * rate))
            target = whole * normal_cdf(score)
            for _ in range(_MOST_ITERATIONS):
                reached = mass + _integral(
                    family, first, second, side, before, distance, _POINTS_8, _WEIGHTS_8
                )
                distance, missing = approach(family, first, second, side, distance, reached, target)
                if not missing > _NEARBY:
                    break
            mass = target
        value, slope, _ = log_density(family, first, second, side * distance)
        rate = whole * exp(-0.5 * score * score) / (_SQRT_TWO_PI * exp(value))
        bend = -rate * (score + side * slope * rate)
        nodes[row, 0] = side * distance
        nodes[row, 1] = rate
        nodes[row, 2] = side * bend
        row += int(side)


@jit
def score_nodes(first, second, whole, mass, d_low, step, nodes):
    """Fill the rows of `nodes` with (z, z', z'') of a beta at the distances d_low, d_low + step, ..."""
    for row in range(len(nodes)):
        distance = d_low + step * row
        if row > 0:
            mass += _integral(BETA, first, second, 1.0, distance - step, distance, _POINTS_8, _WEIGHTS_8)
        score = normal_ppf(mass / whole)
        value, slope, _ = log_density(BETA, first, second, distance)
        rate = exp(value) * _SQRT_TWO_PI / (whole * exp(-0.5 * score * score))
        nodes[row, 0] = score
        nodes[row, 1] = rate
        nodes[row, 2] = rate * (slope + score * rate)


def whole_mass(family: int, first: float, second: float) -> float:
    """Integral of the density, 1 at the mode, over everything."""
    return float(tail_mass(family, first, second, 1.0, 0.0) + tail_mass(family, first, second, -1.0, 0.0))


def outermost(family: int, first: float, second: float, side: float, target: float) -> float:
    """Where the mass from the tail inwards reaches `target`."""
    _, _, curvature = log_density(family, first, second, 0.0)
    distance = -4.0 / math.sqrt(curvature)
    for _ in range(_MOST_ITERATIONS):
        mass = float(tail_mass(family, first, second, side, distance))
        if mass <= 0.0:
            # So far out that nothing is left of the density: come back.
            distance *= 0.5
            continue
        distance, missing = approach(family, first, second, side, distance, mass, target)
        if missing < _NEARBY:
            break
    return float(distance)


@inlined
def quintic(c0, c1, c2, c3, c4, c5, t):
    """One of the `quintics` at t."""
    square = t * t
    return (c0 + c1 * t) + square * ((c2 + c3 * t) + square * (c4 + c5 * t))


def quintics(nodes: np.ndarray, step: float) -> np.ndarray:
    """Coefficients, lowest power first, of the quintics in t in 0 .. 1 that share values and derivatives."""
    value, slope, bend = nodes[:, 0], step * nodes[:, 1], step * step * nodes[:, 2]
    rise = value[1:] - value[:-1]
    low, high, bend_low, bend_high = slope[:-1], slope[1:], bend[:-1], bend[1:]
    return np.column_stack(
        [
            value[:-1],
            low,
            0.5 * bend_low,
            10.0 * rise - 6.0 * low - 4.0 * high - 1.5 * bend_low + 0.5 * bend_high,
            -15.0 * rise + 8.0 * low + 7.0 * high + 1.5 * bend_low - bend_high,
            6.0 * rise - 3.0 * (low + high) - 0.5 * (bend_low - bend_high),
        ]
    )


def _are_close(pieces: np.ndarray, finer: np.ndarray) -> bool:
    """Whether every piece meets the node that a grid of half the step has in its middle."""
    middle = pieces[:, 5]
    for power in range(4, -1, -1):
        middle = pieces[:, power] + 0.5 * middle
    exact = finer[1::2, 0]
    # A NaN is close to nothing.
    return bool(np.all(np.abs(middle - exact) <= TOLERANCE + _ROUNDING * np.abs(exact)))


def _refined(fill: Callable[[float, np.ndarray], None], low: float, high: float, step: float) -> np.ndarray:
    """Quintics over equal steps of at most `step` that are halved until TOLERANCE is met."""
    n_pieces = max(_LEAST_PIECES, math.ceil((high - low) / step))
    nodes = np.empty((n_pieces + 1, 3))
    fill((high - low) / n_pieces, nodes)
    while n_pieces <= _MOST_PIECES:
        pieces = quintics(nodes, (high - low) / n_pieces)
        n_pieces *= 2
        nodes = np.empty((n_pieces + 1, 3))
        fill((high - low) / n_pieces, nodes)
        if _are_close(pieces, nodes):
            return pieces
    raise ArithmeticError(f"the quantile function on {low!r} .. {high!r} is too steep for a table")


def quantile_pieces(family: int, first: float, second: float, z_low: float, z_high: float) -> np.ndarray:
    """Quintics for d over equal steps of z from z_low to z_high."""
    whole = whole_mass(family, first, second)

    def fill(step: float, nodes: np.ndarray) -> None:
        # From both tails inwards, to the median.
        last = len(nodes) - 1
        n_lower = sum(z_low + step * row <= 0.0 for row in range(last + 1))
        for side, row, n_rows in ((1.0, 0, n_lower), (-1.0, last, last + 1 - n_lower)):
            if n_rows > 0:
                mass = whole * float(normal_cdf(side * (z_low + step * row)))
                start = outermost(family, first, second, side, mass)
                march(family, first, second, side, whole, z_low, step, start, row, n_rows, nodes)

    return _refined(fill, z_low, z_high, _FIRST_STEP)


def score_pieces(shape: float, z_low: float) -> tuple[np.ndarray, float]:
    """For the symmetric beta: quintics for z over equal steps of d from where z is z_low to 0, and that d."""
    whole = whole_mass(BETA, shape, shape)
    mass = whole * float(normal_cdf(z_low))
    d_low = outermost(BETA, shape, shape, 1.0, mass)

    def fill(step: float, nodes: np.ndarray) -> None:
        score_nodes(shape, shape, whole, mass, d_low, step, nodes)

    return _refined(fill, d_low, 0.0, -d_low / 64.0), d_low
