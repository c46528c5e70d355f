"""From distributions to the flat arrays that kernels read.

Truncation conditions: a row holds the stretch of probability between the ends, counted from the nearer tail.
A truncation around a mixture conditions the mixture, so it falls to the parts, and their weights change with
the mass that each keeps. The arithmetic is our own, so that a table has the same bits everywhere.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from simengine.model.distributions import (
    Beta,
    Constant,
    Discrete,
    Distribution,
    Empirical,
    Gamma,
    Lognormal,
    Mixture,
    Normal,
    Pareto,
    Pert,
    Triangular,
    Truncated,
    Uniform,
)
from simengine.rng import dist_table as layout
from simengine.rng import log_concave
from simengine.rng.copula import StudentT
from simengine.rng.dist_table import DistTable
from simengine.rng.elementary import exp, log, normal_cdf, normal_ppf

_LEAST_UNIFORM = 2.0**-54
_GREATEST_UNIFORM = 1.0 - 2.0**-53
# The 0.9 quantile of the standard normal distribution.
_Z90 = 1.2815515655446004
_PERT_LAMBDA = 4.0
# The normal score of less than the least uniform number.
_STUDENT_SCORE_LOW = -8.375
# A part of a truncated mixture with less of the kept mass than this is left out.
_LEAST_SHARE = 1e-15


class _Stretch(NamedTuple):
    """What a truncation keeps: `mass` of probability from `base` on, counted from one of the tails."""

    is_upper: bool
    base: float
    mass: float


class _Family(NamedTuple):
    """What rows of one family need: parameters, both tails, the support, and a table for scores if any."""

    kind: int
    parameters: tuple[float, ...]
    below: Callable[[float], float]
    above: Callable[[float], float]
    support: tuple[float, float]
    pieces: Callable[[float, float], np.ndarray] | None = None
    always_upper: bool = False


# Base, span, least and greatest of a row that needs none of them.
_UNBOUNDED = (0.0, 1.0, -math.inf, math.inf)


class _Row(NamedTuple):
    """One row before it is laid out; a mixture holds the rows of its parts."""

    kind: int
    numbers: tuple[float, ...] = _UNBOUNDED
    is_upper: bool = False
    table: tuple[float, ...] | np.ndarray = ()
    n_entries: int = 0
    parts: tuple[_Row, ...] = ()


# The mass of a part, and what makes its row.
_Part = tuple[float, Callable[[], _Row]]


def build_table(quantities: Sequence[Distribution]) -> DistTable:
    """Lay out distributions so that row i draws quantity i."""
    rows = [_row(quantity) for quantity in quantities]
    first_parts = []
    for row in rows[: len(quantities)]:
        first_parts.append(len(rows))
        rows += row.parts
    codes = np.zeros((len(rows), layout.N_CODES), dtype=np.int64)
    numbers = np.zeros((len(rows), layout.N_NUMBERS))
    tables: list[np.ndarray] = []
    heap = numbers.size
    for position, row in enumerate(rows):
        first_part = first_parts[position] if row.parts else 0
        codes[position] = (row.kind, row.is_upper, heap, row.n_entries, first_part)
        numbers[position, : len(row.numbers)] = row.numbers
        tables.append(np.asarray(row.table, dtype=np.float64).ravel())
        heap += tables[-1].size
    return DistTable(codes.ravel(), np.concatenate([numbers.ravel(), *tables]))


def _row(quantity: Distribution) -> _Row:
    parts = _parts(quantity, -math.inf, math.inf)
    kept = _mass(parts)
    parts = [(mass, make) for mass, make in parts if mass > _LEAST_SHARE * kept]
    if not parts:
        raise ArithmeticError(f"nothing is left of {quantity!r}")
    if len(parts) == 1:
        return parts[0][1]()
    masses = [mass for mass, _ in parts]
    whole = math.fsum(masses)
    weights = tuple(math.fsum(masses[: rank + 1]) / whole for rank in range(len(masses)))
    rows = tuple(make() for _, make in parts)
    return _Row(layout.MIXTURE, table=weights, n_entries=len(weights), parts=rows)


def _mass(parts: list[_Part]) -> float:
    return math.fsum(mass for mass, _ in parts)


def _parts(quantity: Distribution, low: float, high: float) -> list[_Part]:
    """The parts that are neither mixtures nor truncations: the mass of each between the ends, and its row."""
    if isinstance(quantity, Truncated):
        # Only what the truncation itself keeps counts as a whole.
        whole = _mass(_parts(quantity.of, quantity.low, quantity.high))
        inner = _parts(quantity.of, max(low, quantity.low), min(high, quantity.high))
        return [(mass / whole, make) for mass, make in inner]
    if isinstance(quantity, Mixture):
        total = math.fsum(quantity.weights)
        return [
            (weight / total * mass, make)
            for weight, part in zip(quantity.weights, quantity.of, strict=True)
            if weight > 0.0
            for mass, make in _parts(part, low, high)
        ]
    if isinstance(quantity, Constant):
        inside = low <= quantity.number <= high
        return [(1.0, functools.partial(_constant, quantity.number))] if inside else []
    if isinstance(quantity, Discrete | Empirical):
        return _points(quantity, low, high)
    if isinstance(quantity, StudentT):
        return [(1.0, functools.partial(_student, quantity))]
    if isinstance(quantity, Uniform):
        return _part_of_uniform(quantity, low, high)
    family = _family(quantity)
    low, high = max(low, family.support[0]), min(high, family.support[1])
    if not low < high:
        return []
    stretch = _stretch(family, low, high)
    return [(stretch.mass, functools.partial(_stretched, family, stretch, low, high))]


def _part_of_uniform(quantity: Uniform, low: float, high: float) -> list[_Part]:
    """A truncated uniform distribution is a uniform one."""
    low, high = max(low, quantity.low), min(high, quantity.high)
    if not low < high:
        return []
    row = _Row(layout.UNIFORM, (0.0, 1.0, low, high, low, high - low))
    return [((high - low) / (quantity.high - quantity.low), lambda: row)]


def _constant(value: float) -> _Row:
    return _Row(layout.CONSTANT, (*_UNBOUNDED, value))


def _student(quantity: StudentT) -> _Row:
    pieces, d_low = _score_pieces(0.5 * quantity.df)
    numbers = [*_UNBOUNDED, math.sqrt(quantity.df), *[0.0] * (layout.N_NUMBERS - layout.FIRST - 1)]
    numbers[layout.SCORE_LOW] = d_low
    numbers[layout.PER_SCORE] = len(pieces) / -d_low
    return _Row(layout.STUDENT, tuple(numbers), table=pieces, n_entries=len(pieces))


def _points(quantity: Discrete | Empirical, low: float, high: float) -> list[_Part]:
    values, cumulative = quantity.points()
    kept = [rank for rank, value in enumerate(values) if low <= value <= high]
    if not kept:
        return []
    first, last = kept[0], kept[-1]
    below = cumulative[first - 1] if first > 0 else 0.0
    if len(kept) < len(values):
        quantity = _only(quantity, values[first], values[last])
    table = tuple(itertools.chain(*quantity.points()))
    row = _Row(layout.POINTS, table=table, n_entries=len(kept))
    return [(cumulative[last] - below, lambda: row)]


def _only(quantity: Discrete | Empirical, low: float, high: float) -> Discrete | Empirical:
    """The same points between the ends, in their old proportions."""
    if isinstance(quantity, Empirical):
        return Empirical(tuple(value for value in quantity.observations if low <= value <= high))
    kept = [
        (value, share)
        for value, share in zip(quantity.values, quantity.probabilities, strict=True)
        if low <= value <= high
    ]
    total = math.fsum(share for _, share in kept)
    return Discrete(tuple(value for value, _ in kept), tuple(share / total for _, share in kept))


def _stretch(family: _Family, low: float, high: float) -> _Stretch:
    if low <= family.support[0] and high >= family.support[1]:
        return _Stretch(family.always_upper, 0.0, 1.0)
    if family.always_upper or family.below(low) >= 0.5:
        base = family.above(high)
        return _Stretch(True, base, family.above(low) - base)
    base = family.below(low)
    return _Stretch(False, base, family.below(high) - base)


def _stretched(family: _Family, stretch: _Stretch, low: float, high: float) -> _Row:
    numbers = [stretch.base, stretch.mass, low, high, *family.parameters]
    numbers += [0.0] * (layout.N_NUMBERS - len(numbers))
    if family.pieces is None:
        return _Row(family.kind, tuple(numbers), stretch.is_upper)
    ends = [
        float(normal_ppf(min(stretch.base + u * stretch.mass, _GREATEST_UNIFORM)))
        for u in (_LEAST_UNIFORM, _GREATEST_UNIFORM)
    ]
    if stretch.is_upper:
        ends = [-ends[1], -ends[0]]
    pieces = family.pieces(*ends)
    numbers[layout.SCORE_LOW] = ends[0]
    numbers[layout.PER_SCORE] = len(pieces) / (ends[1] - ends[0])
    return _Row(family.kind, tuple(numbers), stretch.is_upper, pieces, len(pieces))


def _family(quantity: Distribution) -> _Family:
    match quantity:
        case Normal(mu, sd):
            return _normal(mu, sd)
        case Lognormal():
            return _lognormal(quantity)
        case Triangular(low, mode, high):
            return _triangular(low, mode, high)
        case Pareto(minimum, alpha):
            return _pareto(minimum, alpha)
        case Beta(alpha, beta):
            return _beta(alpha, beta, 0.0, 1.0, 1.0)
        case Pert(low, mode, high):
            width = high - low
            alpha = 1.0 + _PERT_LAMBDA * ((mode - low) / width)
            beta = 1.0 + _PERT_LAMBDA * ((high - mode) / width)
            return _beta(alpha, beta, low, width, high)
        case Gamma(shape, scale):
            return _gamma(shape, scale)
    raise TypeError(f"no draws for {quantity!r}")


def _normal(mu: float, sd: float) -> _Family:
    return _Family(
        layout.NORMAL,
        (mu, sd),
        lambda x: float(normal_cdf((x - mu) / sd)),
        lambda x: float(normal_cdf((mu - x) / sd)),
        (-math.inf, math.inf),
    )


def _lognormal(quantity: Lognormal) -> _Family:
    if quantity.p10 is not None and quantity.p90 is not None:
        median = math.sqrt(quantity.p10) * math.sqrt(quantity.p90)
        sigma = float(log(quantity.p90 / quantity.p10)) / (2.0 * _Z90)
    else:
        median, sigma = quantity.centre, quantity.log_sd
    return _Family(
        layout.LOGNORMAL,
        (median, sigma),
        lambda x: float(normal_cdf(float(log(x / median)) / sigma)),
        lambda x: float(normal_cdf(float(-log(x / median)) / sigma)),
        (0.0, math.inf),
    )


def _triangular(low: float, mode: float, high: float) -> _Family:
    width = high - low
    rising, falling = width * (mode - low), width * (high - mode)

    def below(x: float) -> float:
        if x <= low or x >= high:
            return 0.0 if x <= low else 1.0
        return (x - low) * (x - low) / rising if x < mode else 1.0 - (high - x) * (high - x) / falling

    def above(x: float) -> float:
        if x <= low or x >= high:
            return 1.0 if x <= low else 0.0
        return (high - x) * (high - x) / falling if x > mode else 1.0 - (x - low) * (x - low) / rising

    at_mode = (mode - low) / width
    return _Family(layout.TRIANGULAR, (low, high, rising, falling, at_mode), below, above, (low, high))


def _pareto(minimum: float, alpha: float) -> _Family:
    def above(x: float) -> float:
        return 0.0 if math.isinf(x) else float(exp(-alpha * float(log(x / minimum))))

    return _Family(
        layout.PARETO,
        (minimum, 1.0 / alpha),
        lambda x: 1.0 - above(x),
        above,
        (minimum, math.inf),
        always_upper=True,
    )


def _tails(family: int, first: float, second: float) -> Callable[[float, float], float]:
    """P(d below or above) of a log-concave family, by side and distance from the mode."""
    whole = functools.cache(lambda: log_concave.whole_mass(family, first, second))
    return lambda side, d: float(log_concave.tail_mass(family, first, second, side, side * d)) / whole()


@functools.lru_cache(maxsize=256)
def _pieces(family: int, first: float, second: float, z_low: float, z_high: float) -> np.ndarray:
    pieces = log_concave.quantile_pieces(family, first, second, z_low, z_high)
    pieces.flags.writeable = False
    return pieces


@functools.lru_cache(maxsize=32)
def _score_pieces(shape: float) -> tuple[np.ndarray, float]:
    return log_concave.score_pieces(shape, _STUDENT_SCORE_LOW)


def _beta(alpha: float, beta: float, low: float, width: float, high: float) -> _Family:
    tails = _tails(log_concave.BETA, alpha, beta)

    def tail(side: float, x: float) -> float:
        part, rest = (x - low) / width, (high - x) / width
        if part <= 0.0 or rest <= 0.0:
            return 1.0 if (part <= 0.0) == (side < 0.0) else 0.0
        return tails(side, float(log((part / rest) * (beta / alpha))))

    return _Family(
        layout.BETA,
        (low, width, alpha, beta),
        lambda x: tail(1.0, x),
        lambda x: tail(-1.0, x),
        (low, high),
        functools.partial(_pieces, log_concave.BETA, alpha, beta),
    )


def _gamma(shape: float, scale: float) -> _Family:
    tails = _tails(log_concave.GAMMA, shape, 0.0)

    def tail(side: float, x: float) -> float:
        if x <= 0.0 or math.isinf(x):
            return 1.0 if (x <= 0.0) == (side < 0.0) else 0.0
        return tails(side, float(log(x / (shape * scale))))

    return _Family(
        layout.GAMMA,
        (shape * scale,),
        lambda x: tail(1.0, x),
        lambda x: tail(-1.0, x),
        (0.0, math.inf),
        functools.partial(_pieces, log_concave.GAMMA, shape, 0.0),
    )
