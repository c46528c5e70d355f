"""The entities of a scope, and how they lie within one another."""

from __future__ import annotations

from simengine.model.parts import Parts
from simengine.model.portfolio import Portfolio
from simengine.model.scenario import Driver, Scope


def scope_entities(portfolio: Portfolio, scope: Scope) -> tuple[str, ...]:
    """All entities of a scope, sorted by name."""
    names = {
        "group": portfolio.groups,
        "lab": portfolio.labs,
        "line": portfolio.lines,
        "workload": portfolio.workloads,
    }
    return tuple(sorted(names[scope]))


def driver_entities(study: Parts, driver: str | Driver) -> tuple[str, ...]:
    """The entities on which a driver occurs, sorted by name: its own list, or all of its scope."""
    record = study.scenario.drivers[driver] if isinstance(driver, str) else driver
    if record.entities is not None:
        return tuple(sorted(record.entities))
    return scope_entities(study.portfolio, record.scope)
