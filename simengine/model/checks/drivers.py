"""Drivers refer to entities, factors and outcomes that exist, and say only what their scope allows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from simengine.model.checks.finding import Finding, entries, unknown
from simengine.model.entities import driver_entities, scope_entities
from simengine.model.parts import Parts
from simengine.model.paths import Path
from simengine.model.scenario import AdoptionHazard, Driver, RateHazard

ROOT: Path = ("scenario", "drivers")

# Past occurrences of one driver, entity and day are told apart by three bits of their draws' index.
MOST_HISTORY_OF_ONE_DAY = 8


def check(study: Parts) -> Iterator[Finding]:
    for name, driver in study.scenario.drivers.items():
        path = (*ROOT, name)
        yield from _entities(study, driver, path)
        yield from _scope(driver, path)
        yield from _hazard(study, driver, path)
        yield from _history(study, driver, path)


def _entities(study: Parts, driver: Driver, path: Path) -> Iterator[Finding]:
    known = scope_entities(study.portfolio, driver.scope)
    for position, entity in enumerate(driver.entities or ()):
        if entity not in known:
            place = (*path, "entities", position)
            what = f"a {driver.scope} of the portfolio"
            yield unknown(place, entity, what, known, *_scope_places(study, driver, path))


def _scope_places(study: Parts, driver: Driver, path: Path) -> tuple[Path, ...]:
    """What decides which entities there are in a driver's scope."""
    collection = ("portfolio", f"{driver.scope}s")
    names = study.portfolio.groups if driver.scope == "group" else ()
    return (*path, "scope"), *entries(collection, names)


def _entity_places(study: Parts, driver: Driver, path: Path) -> tuple[Path, ...]:
    """What decides which entities a driver has."""
    return *_scope_places(study, driver, path), *entries((*path, "entities"), driver.entities)


def _scope(driver: Driver, path: Path) -> Iterator[Finding]:
    scope = (*path, "scope")
    if driver.reach != 1.0 and driver.scope != "group":
        yield Finding(
            (*path, "reach"),
            f"{driver.reach:g} in a driver of scope {driver.scope}",
            "reach only with scope: group, where it is the probability that a member lab is struck",
            "remove reach, or set scope: group",
            (scope,),
        )
    if isinstance(driver.hazard, AdoptionHazard) and driver.scope != "workload":
        yield Finding(
            (*path, "hazard", "at"),
            f"adoption in a driver of scope {driver.scope}",
            "at: adoption only with scope: workload, because it is a workload that adopts",
            "set scope: workload",
            (scope,),
        )


def _hazard(study: Parts, driver: Driver, path: Path) -> Iterator[Finding]:
    if not isinstance(driver.hazard, RateHazard):
        return
    entities = driver_entities(study, driver)
    about = _entity_places(study, driver, path)
    for entity in driver.hazard.rates:
        if entity not in entities:
            yield unknown(
                (*path, "hazard", "rates", entity), entity, "an entity of the driver", entities, *about
            )
    for position, factor in enumerate(driver.hazard.scaled_by):
        if factor not in study.scenario.factors:
            place = (*path, "hazard", "scaled_by", position)
            known = study.scenario.factors
            yield unknown(place, factor, "a factor of the scenario", known, ("scenario", "factors"))


def _history(study: Parts, driver: Driver, path: Path) -> Iterator[Finding]:
    entities = driver_entities(study, driver)
    about = _entity_places(study, driver, path)
    for position, past in enumerate(driver.history):
        place = (*path, "history", position)
        if past.entity not in entities:
            yield unknown((*place, "entity"), past.entity, "an entity of the driver", entities, *about)
        if past.outcome is not None and past.outcome not in driver.outcomes:
            outcomes = (*path, "outcomes")
            known = driver.outcomes
            yield unknown((*place, "outcome"), past.outcome, "an outcome of the driver", known, outcomes)
    for (entity, day), count in Counter((past.entity, past.date) for past in driver.history).items():
        if count > MOST_HISTORY_OF_ONE_DAY:
            yield Finding(
                (*path, "history"),
                f"{count} occurrences on {entity} on {day}",
                f"at most {MOST_HISTORY_OF_ONE_DAY} of one entity on one day",
                "leave out some, or date them on other days",
            )
