"""The parameters of a study: the quantities that are drawn once per path, by name.

A name is the path of parts that the draw's address is made of; joined by dots it is what `dependence` calls
the quantity: `drivers.leadership_exit.rate`, `workloads.support-chat.growth`.
"""

from __future__ import annotations

from collections.abc import Iterator

from simengine.model.distributions import Distribution
from simengine.model.parts import Parts
from simengine.model.scenario import Driver, RateHazard

Parameter = tuple[str, ...]

WORKLOAD_PARAMETERS = ("daily_spend", "growth", "daily_value")
OPTIONAL_PREFIXES = ("scenario.", "portfolio.")


def parameters(study: Parts) -> dict[Parameter, Distribution]:
    """Every parameter of the study, constant ones included."""
    found: dict[Parameter, Distribution] = {}
    for factor, quantity in study.scenario.factors.items():
        found["factors", factor] = quantity
    for name, driver in study.scenario.drivers.items():
        for parts, quantity in _of_driver(driver):
            found["drivers", name, *parts] = quantity
    for name, workload in study.portfolio.workloads.items():
        for field in WORKLOAD_PARAMETERS:
            found["workloads", name, field] = getattr(workload, field)
    for name, line in study.portfolio.lines.items():
        found["lines", name, "price_trend"] = line.price_trend
    return found


def named(study: Parts) -> dict[str, list[Parameter]]:
    """The parameters by their dotted names; names with dots in them can make two of one."""
    found: dict[str, list[Parameter]] = {}
    for parameter in parameters(study):
        found.setdefault(".".join(parameter), []).append(parameter)
    return found


def without_prefix(quantity: str) -> str:
    """The dotted name of a quantity that may be written with its place in the study before it."""
    for prefix in OPTIONAL_PREFIXES:
        quantity = quantity.removeprefix(prefix)
    return quantity


def _of_driver(driver: Driver) -> Iterator[tuple[Parameter, Distribution]]:
    hazard = driver.hazard
    if isinstance(hazard, RateHazard):
        yield ("rate",), hazard.rate
        for entity, rate in hazard.rates.items():
            yield ("rates", entity), rate
        for position, window in enumerate(hazard.windows):
            yield ("windows", str(position), "factor"), window.factor
        for position, excitation in enumerate(hazard.excited_by):
            yield ("excited_by", str(position), "factor"), excitation.factor
    else:
        yield ("probability",), hazard.probability
    for name, outcome in driver.outcomes.items():
        if outcome.probability is not None:
            yield ("outcomes", name, "probability"), outcome.probability
