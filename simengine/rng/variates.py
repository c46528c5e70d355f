"""Draws: the quantile of a quantity's distribution at a uniform number.

One draw is one uniform through the quantile function, so draws move smoothly with parameters and studies
share their futures. A mixture takes a second uniform for its choice.
"""

from __future__ import annotations

import math

from simengine.rng.accelerate import inlined, inner, jit
from simengine.rng.build_table import build_table
from simengine.rng.dist_table import (
    BASE,
    BETA,
    CONSTANT,
    COUNT,
    FIRST,
    FIRST_PART,
    GAMMA,
    GREATEST,
    HEAP,
    IS_UPPER,
    KIND,
    LEAST,
    LOGNORMAL,
    MIXTURE,
    N_CODES,
    N_COEFFICIENTS,
    N_NUMBERS,
    NORMAL,
    PARETO,
    PER_SCORE,
    POINTS,
    SCORE_LOW,
    SPAN,
    TRIANGULAR,
    UNIFORM,
    DistTable,
)
from simengine.rng.elementary import exp, log, normal_ppf
from simengine.rng.log_concave import quintic

# Tells LLVM that an index is not negative: otherwise every read pays for Python's negative indices.
_INDEX = (1 << 40) - 1

__all__ = ["DistTable", "build_table", "needs_choice", "quantile", "quantile_block"]


@inlined
def _within(x, least, greatest):
    return least if x < least else (greatest if x > greatest else x)


@inlined
def _probability(is_upper, base, span, u):
    """The probability at u, counted from the tail that the row counts from; above 0 for u in (0, 1)."""
    return base + (1.0 - u if is_upper else u) * span


@inlined
def _beta_value(low, width, alpha, beta, distance):
    return low + width * (alpha / (alpha + beta * exp(-distance)))


@inlined
def needs_choice(table, i):
    """Whether a draw of quantity i takes a second uniform."""
    return table.codes[i * N_CODES + KIND] == MIXTURE


# Both arrays are last read where all branches have met again, and neither is passed on: or Numba would count
# references to them in every call, which would take longer than most draws.
@jit
def quantile(table, i, u, u_choice):
    """Draw quantity i: its quantile at u in (0, 1); `u_choice` is read only if `needs_choice`."""
    codes = table.codes
    numbers = table.numbers
    code = (i & _INDEX) * N_CODES
    if codes[code + KIND] == MIXTURE:
        weights = codes[code + HEAP] & _INDEX
        last = codes[code + COUNT] - 1
        part = 0
        while part < last and u_choice >= numbers[weights + part]:
            part += 1
        i = codes[code + FIRST_PART] + part
        code = (i & _INDEX) * N_CODES
    row = (i & _INDEX) * N_NUMBERS
    kind = codes[code + KIND]
    is_upper = codes[code + IS_UPPER] != 0
    heap = codes[code + HEAP] & _INDEX
    count = codes[code + COUNT] & _INDEX
    first = numbers[row + FIRST]
    second = numbers[row + FIRST + 1]
    p = _probability(is_upper, numbers[row + BASE], numbers[row + SPAN], u)
    x = first
    power = 0.0
    if kind == UNIFORM:
        x = first + second * p
    elif kind == TRIANGULAR:
        below = 1.0 - p if is_upper else p
        if below <= numbers[row + FIRST + 4]:
            x = first + math.sqrt(below * numbers[row + FIRST + 2])
        else:
            x = second - math.sqrt((p if is_upper else 1.0 - p) * numbers[row + FIRST + 3])
    elif kind == POINTS:
        # The first value whose cumulative probability reaches u.
        low = 0
        high = count - 1
        while low < high:
            middle = (low + high) // 2
            if numbers[heap + count + middle] >= u:
                high = middle
            else:
                low = middle + 1
        x = numbers[heap + low]
    elif kind == PARETO:
        power = -log(p) * second
    elif kind != CONSTANT:
        z = normal_ppf(p)
        z = -z if is_upper else z
        if kind == NORMAL:
            x = first + second * z
        elif kind == LOGNORMAL:
            power = second * z
        else:
            position = (z - numbers[row + SCORE_LOW]) * numbers[row + PER_SCORE]
            piece = min(max(int(position), 0), count - 1)
            t = position - piece
            c = heap + (piece & _INDEX) * N_COEFFICIENTS
            power = quintic(
                numbers[c], numbers[c + 1], numbers[c + 2], numbers[c + 3], numbers[c + 4], numbers[c + 5], t
            )
    if kind == BETA:
        x = _beta_value(first, second, numbers[row + FIRST + 2], numbers[row + FIRST + 3], power)
    elif kind in (LOGNORMAL, PARETO, GAMMA):
        x = first * exp(power)
    return _within(x, numbers[row + LEAST], numbers[row + GREATEST])


@inner
def _score_block(is_upper, base, span, u, out):
    """Normal scores of a block."""
    for lane in range(len(out)):
        z = normal_ppf(_probability(is_upper, base, span, u[lane]))
        out[lane] = -z if is_upper else z


@inner
def _normal_block(first, second, least, greatest, out):
    for lane in range(len(out)):
        out[lane] = _within(first + second * out[lane], least, greatest)


@inner
def _exponential_block(first, second, least, greatest, out):
    for lane in range(len(out)):
        out[lane] = _within(first * exp(second * out[lane]), least, greatest)


@inner
def _beta_block(low, width, alpha, beta, least, greatest, out):
    for lane in range(len(out)):
        out[lane] = _within(_beta_value(low, width, alpha, beta, out[lane]), least, greatest)


@inner
def _uniform_block(low, width, least, greatest, u, out):
    for lane in range(len(out)):
        out[lane] = _within(low + width * u[lane], least, greatest)


@inner
def _piecewise_block(numbers, heap, count, score_low, per_score, out):
    """From scores to distances from the mode, through the row's table."""
    for lane in range(len(out)):
        position = (out[lane] - score_low) * per_score
        piece = min(max(int(position), 0), count - 1)
        t = position - piece
        c = (heap & _INDEX) + (piece & _INDEX) * N_COEFFICIENTS
        out[lane] = quintic(
            numbers[c], numbers[c + 1], numbers[c + 2], numbers[c + 3], numbers[c + 4], numbers[c + 5], t
        )


@jit
def quantile_block(table, i, u, u_choice, out):
    """Fill `out[lane]` with the draw of quantity i at `u[lane]`, with the bits of `quantile`.

    The common families take a few simple loops one after the other: one loop of everything would not be SIMD.
    """
    kind = table.codes[i * N_CODES + KIND]
    is_upper = table.codes[i * N_CODES + IS_UPPER] != 0
    heap = table.codes[i * N_CODES + HEAP]
    count = table.codes[i * N_CODES + COUNT]
    row = i * N_NUMBERS
    first = table.numbers[row + FIRST]
    second = table.numbers[row + FIRST + 1]
    least = table.numbers[row + LEAST]
    greatest = table.numbers[row + GREATEST]
    if kind == CONSTANT:
        for lane in range(len(out)):
            out[lane] = first
    elif kind == UNIFORM:
        _uniform_block(first, second, least, greatest, u, out)
    elif kind in (NORMAL, LOGNORMAL, BETA, GAMMA):
        _score_block(is_upper, table.numbers[row + BASE], table.numbers[row + SPAN], u, out)
        if kind == NORMAL:
            _normal_block(first, second, least, greatest, out)
        elif kind == LOGNORMAL:
            _exponential_block(first, second, least, greatest, out)
        else:
            score_low = table.numbers[row + SCORE_LOW]
            per_score = table.numbers[row + PER_SCORE]
            _piecewise_block(table.numbers, heap, count, score_low, per_score, out)
            if kind == GAMMA:
                _exponential_block(first, 1.0, least, greatest, out)
            else:
                alpha = table.numbers[row + FIRST + 2]
                beta = table.numbers[row + FIRST + 3]
                _beta_block(first, second, alpha, beta, least, greatest, out)
    else:
        for lane in range(len(out)):
            out[lane] = quantile(table, i, u[lane], u_choice[lane])
