"""Quantities through NumPy's own samplers, whole chunks at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simengine.model.distributions import (
    Beta,
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

Array = np.ndarray
# Below this mass a rejection loop would cost more than the quantile function.
REJECTION_MASS = 0.3


def draw(quantity: Distribution, n: int, rng: np.random.Generator) -> Array | float:
    """`n` draws, or the number itself where nothing is uncertain."""
    return quantity.value if quantity.is_constant else _draw(quantity.resolved(), n, rng)


def _draw(quantity: Distribution, n: int, rng: np.random.Generator) -> Array:
    match quantity:
        case Lognormal():
            return rng.lognormal(np.log(quantity.centre), quantity.log_sd, n)
        case Normal():
            return rng.normal(quantity.mean(), quantity.sd, n)
        case Uniform():
            return rng.uniform(quantity.low, quantity.high, n)
        case Triangular():
            return rng.triangular(quantity.low, quantity.mode, quantity.high, n)
        case Beta() | Pert():
            alpha, beta, low, width = quantity._shape()
            return low + width * rng.beta(alpha, beta, n)
        case Gamma():
            return rng.gamma(quantity.shape, quantity.scale, n)
        case Pareto():
            return quantity.minimum * (1.0 + rng.pareto(quantity.alpha, n))
        case Discrete() | Empirical():
            return quantity.ppf(rng.random(n))
        case Mixture():
            return _mixture(quantity, n, rng)
        case Truncated():
            return _truncated(quantity, n, rng)
    return np.full(n, quantity.value)


def _mixture(quantity: Mixture, n: int, rng: np.random.Generator) -> Array:
    weights = np.array([weight for weight, _ in quantity.components()])
    choice = np.searchsorted(np.cumsum(weights)[:-1], rng.random(n), side="right")
    out = np.empty(n)
    for position, (_, part) in enumerate(quantity.components()):
        chosen = choice == position
        out[chosen] = draw(part, int(chosen.sum()), rng)
    return out


def _truncated(quantity: Truncated, n: int, rng: np.random.Generator) -> Array:
    if quantity.of.mass_within(quantity.low, quantity.high) < REJECTION_MASS:
        return quantity.ppf(rng.random(n))
    out = _draw(quantity.of, n, rng)
    outside = np.flatnonzero((out < quantity.low) | (out > quantity.high))
    while outside.size:
        again = _draw(quantity.of, outside.size, rng)
        out[outside] = again
        outside = outside[(again < quantity.low) | (again > quantity.high)]
    return out


def row_sampler(rows: list[Distribution]) -> Callable[[Array, np.random.Generator], Array]:
    """One draw for each of many lanes from the quantity of its row: a call for each distinct quantity."""
    distinct = list(dict.fromkeys(rows))
    code = np.array([distinct.index(row) for row in rows])
    constants = np.array([row.value if row.is_constant else np.nan for row in distinct])
    uncertain = [number for number, row in enumerate(distinct) if not row.is_constant]
    if not uncertain:
        values = constants[code]
        return lambda lanes, rng: values[lanes]
    if len(distinct) == 1:
        only = distinct[0].resolved()
        return lambda lanes, rng: _draw(only, lanes.size, rng)

    def sample(lanes: Array, rng: np.random.Generator) -> Array:
        codes = code[lanes]
        out = constants[codes]
        for number in uncertain:
            chosen = np.flatnonzero(codes == number)
            if chosen.size:
                out[chosen] = draw(distinct[number], chosen.size, rng)
        return out

    return sample
