"""What a hazard implies, in closed form: no simulation, no random numbers.

Without excitation the occurrences of a driver on an entity are, given the parameters, a Poisson process. Its
mean over the horizon is Λ = rate · Π factors · Σ days · Π windows open / 365, so the chance of any occurrence
is E[1 − exp(−Λ)], and the expected number E[Λ], or E[min(N, n)] with `at_most: n`. Expectations over
uncertain parameters are products of means where that is exact, otherwise averages over an additive lattice.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from functools import cache
from itertools import pairwise

import numpy as np

from simengine.analysis.implications import Strikes
from simengine.engine.calendar import days_between, release_days
from simengine.estimators.estimate import Estimate
from simengine.model.distributions import Distribution
from simengine.model.entities import driver_entities
from simengine.model.parameters import without_prefix
from simengine.model.portfolio import Portfolio
from simengine.model.scenario import DateHazard, DateWindow, Driver, RateHazard, Scope
from simengine.model.study import Study

DAYS_PER_YEAR = 365.0
LATTICE_POINTS = 8192

# How long which windows are open together: (days, positions of the windows).
Pieces = tuple[tuple[float, tuple[int, ...]], ...]


def strikes(
    study: Study, n_entities: int, horizon: Estimate, per_entity: Estimate, total: Estimate
) -> Strikes:
    """With the annual chance that belongs to the one over the horizon."""
    years = study.run.horizon_days / DAYS_PER_YEAR

    def annual(chance: float) -> float:
        return -math.expm1(math.log1p(-chance) / years) if chance < 1.0 else 1.0

    value, low, high = (annual(min(max(c, 0.0), 1.0)) for c in (horizon.value, horizon.low, horizon.high))
    slope = (1.0 - horizon.value) ** (1.0 / years - 1.0) / years if horizon.value < 1.0 else 0.0
    error = horizon.standard_error * slope
    return Strikes(n_entities, Estimate(value, error, low, high), horizon, per_entity, total)


def closed_form(study: Study, name: str) -> Strikes | None:
    """What the hazard of a driver implies; None where only a simulation can tell.

    That is so where the driver is excited, where its parameters depend on others, and where it strikes with
    a planned move, which the strategy decides.
    """
    driver = study.scenario.drivers[name]
    entities = driver_entities(study, driver)
    hazard = driver.hazard
    if isinstance(hazard, DateHazard):
        beyond = days_between(study.run.start, hazard.at) >= study.run.horizon_days
        chance = 0.0 if beyond else min(max(hazard.probability.mean(), 0.0), 1.0)
        both = [(chance, chance)] * len(entities)
    elif isinstance(hazard, RateHazard) and not hazard.excited_by and hazard.self_excitation is None:
        if _depends(study, name, hazard):
            return None
        both = [_of_entity(study, driver, hazard, entity) for entity in entities]
    else:
        return None
    chances, counts = [chance for chance, _ in both], [count for _, count in both]
    share = 1.0 / len(both) if both else 0.0
    found = (share * math.fsum(chances), share * math.fsum(counts), math.fsum(counts))
    return strikes(study, len(entities), *(Estimate(value, 0.0, value, value) for value in found))


def _depends(study: Study, name: str, hazard: RateHazard) -> bool:
    """Whether a parameter of the hazard is tied to others by a copula."""
    own = tuple(f"drivers.{name}.{part}" for part in ("rate", "rates.", "windows."))
    factors = {f"factors.{factor}" for factor in hazard.scaled_by}
    tied = [
        without_prefix(quantity) for copula in study.scenario.dependence for quantity in copula.quantities
    ]
    return any(quantity.startswith(own) or quantity in factors for quantity in tied)


def _of_entity(study: Study, driver: Driver, hazard: RateHazard, entity: str) -> tuple[float, float]:
    """Chance of any occurrence, and expected number, on one entity."""
    rate = hazard.rates.get(entity, hazard.rate)
    factors = tuple(study.scenario.factors[factor] for factor in hazard.scaled_by)
    windows = tuple(window.factor for window in hazard.windows)
    most = None
    if hazard.at_most is not None:
        most = max(0, hazard.at_most - sum(past.entity == entity for past in driver.history))
    pieces = _pieces(study, driver.scope, hazard, entity)
    return _chance_and_count(rate, factors, windows, pieces, most)


@cache
def _chance_and_count(
    rate: Distribution,
    factors: tuple[Distribution, ...],
    windows: tuple[Distribution, ...],
    pieces: Pieces,
    most: int | None,
) -> tuple[float, float]:
    quantities = (rate, *factors, *windows)
    uncertain = [quantity for quantity in quantities if not quantity.is_constant]
    columns = dict(zip(map(id, uncertain), _lattice(len(uncertain)), strict=True))

    def values(quantity: Distribution) -> np.ndarray:
        if quantity.is_constant:
            return np.array([quantity.value])
        return np.maximum(quantity.ppf(columns[id(quantity)]), 0.0)

    drawn = [values(quantity) for quantity in windows]
    exposed = sum((days * _product([drawn[k] for k in open_]) for days, open_ in pieces), np.zeros(1))
    mean = _product([values(quantity) for quantity in (rate, *factors)]) * exposed / DAYS_PER_YEAR
    if most is None:
        average = [quantity.mean() for quantity in windows]
        days = math.fsum(days * math.prod(average[k] for k in open_) for days, open_ in pieces)
        count = math.prod(quantity.mean() for quantity in (rate, *factors)) * days / DAYS_PER_YEAR
        return float(np.mean(-np.expm1(-mean))), count
    if most == 0:
        return 0.0, 0.0
    from scipy.special import gammainc

    # E[min(N, n)] is the sum of P(N >= j) for j up to n, and P(N >= j) a regularised gamma function.
    at_least = [float(np.mean(gammainc(j, mean))) for j in range(1, most + 1)]
    return at_least[0], math.fsum(at_least)


def _product(arrays: Sequence[np.ndarray]) -> np.ndarray:
    product = np.ones(1)
    for array in arrays:
        product = product * array
    return product


def _lattice(dimensions: int) -> np.ndarray:
    """Points that fill the unit cube evenly, one row per dimension (Roberts 2018, the R sequence)."""
    root = 2.0
    for _ in range(64):
        root = (1.0 + root) ** (1.0 / (dimensions + 1.0))
    steps = root ** -np.arange(1.0, dimensions + 1.0)
    return (0.5 + np.outer(steps, np.arange(1, LATTICE_POINTS + 1))) % 1.0


def _pieces(study: Study, scope: Scope, hazard: RateHazard, entity: str) -> Pieces:
    """For how many days up to the horizon which windows are open."""
    start, horizon = study.run.start, study.run.horizon_days
    releases = _releases(study.portfolio, scope, entity, start, horizon)
    spans: list[list[tuple[float, float]]] = []
    for window in hazard.windows:
        if isinstance(window, DateWindow):
            spans.append([(days_between(start, window.start), days_between(start, window.until))])
        else:
            spans.append([(day, day + window.days) for day in releases])
    inner = {edge for window in spans for span in window for edge in span if 0.0 < edge < horizon}
    edges = sorted({0.0, horizon, *inner})
    days: dict[tuple[int, ...], float] = {}
    for begin, end in pairwise(edges):
        is_open = tuple(k for k, window in enumerate(spans) if any(a <= begin < b for a, b in window))
        days[is_open] = days.get(is_open, 0.0) + end - begin
    return tuple((length, is_open) for is_open, length in sorted(days.items()))


def _releases(portfolio: Portfolio, scope: Scope, entity: str, start: date, horizon: float) -> list[float]:
    """The releases that bear on an entity: its line's, or those of all lines of its labs."""
    lines = portfolio.lines
    if scope == "workload":
        chosen = [lines[portfolio.workloads[entity].line]]
    elif scope == "line":
        chosen = [lines[entity]]
    else:
        groups = {lab: {lab, *record.groups} for lab, record in portfolio.labs.items()}
        chosen = [
            line
            for line in lines.values()
            if entity == line.lab or (scope == "group" and entity in groups[line.lab])
        ]
    return [day for line in chosen for day in release_days(line.releases, start, horizon)]
