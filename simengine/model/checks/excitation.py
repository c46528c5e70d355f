"""Drivers excite one another downwards and without cycles."""

from __future__ import annotations

from collections.abc import Iterator

from simengine.model.checks.finding import Finding, unknown
from simengine.model.parts import Parts
from simengine.model.paths import Path
from simengine.model.scenario import SCOPES, AdoptionHazard, Driver, Excitation, RateHazard
from simengine.model.wording import show

ROOT: Path = ("scenario", "drivers")
# Each excitation that fades doubles the terms of the hazard's integral; each window is a bit of an integer.
MOST_FADING = 10
MOST_WINDOWS = 62


def check(study: Parts) -> Iterator[Finding]:
    drivers = study.scenario.drivers
    for name, driver in drivers.items():
        yield from _crowded(driver, (*ROOT, name, "hazard"))
        for position, excitation in enumerate(_excitations(driver)):
            path = (*ROOT, name, "hazard", "excited_by", position)
            yield from _shape(driver, excitation, path, (*ROOT, name, "scope"))
            if excitation.driver == name:
                yield Finding(
                    (*path, "driver"),
                    f"{show(name)}, the driver itself",
                    "another driver",
                    "let a driver excite itself by hazard.self_excitation: {branching, half_life_days}",
                )
            elif excitation.driver in drivers:
                yield from _exciter(drivers, name, excitation, path)
            else:
                others = [other for other in drivers if other != name]
                yield unknown((*path, "driver"), excitation.driver, "another driver", others, ROOT)
    yield from _cycles(drivers)


def _excitations(driver: Driver) -> tuple[Excitation, ...]:
    return driver.hazard.excited_by if isinstance(driver.hazard, RateHazard) else ()


def _crowded(driver: Driver, path: Path) -> Iterator[Finding]:
    if not isinstance(driver.hazard, RateHazard):
        return
    fading = sum(excitation.half_life_days is not None for excitation in driver.hazard.excited_by)
    if fading > MOST_FADING:
        yield Finding(
            (*path, "excited_by"),
            f"{fading} entries with half_life_days",
            f"at most {MOST_FADING} that fade",
            "give some of them days instead, or let one driver stand for several exciters",
        )
    if len(driver.hazard.windows) > MOST_WINDOWS:
        yield Finding(
            (*path, "windows"),
            f"{len(driver.hazard.windows)} windows",
            f"at most {MOST_WINDOWS}",
            "join windows of the same factor, or split the driver",
        )


def _shape(driver: Driver, excitation: Excitation, path: Path, scope: Path) -> Iterator[Finding]:
    if excitation.half_life_days is not None and excitation.days is not None:
        yield Finding(
            path,
            "half_life_days and days",
            "half_life_days (the factor fades), days (it stops) or neither (it stays)",
            "remove one of the two",
        )
    if excitation.via == "group" and driver.scope == "group":
        yield Finding(
            (*path, "via"),
            "group in a driver of scope group",
            "via: group only with scope lab, line or workload, whose lab lies in groups",
            "remove via",
            (scope,),
        )


def _exciter(drivers: dict[str, Driver], name: str, excitation: Excitation, path: Path) -> Iterator[Finding]:
    exciter = drivers[excitation.driver]
    excited = drivers[name]
    root = (*ROOT, excitation.driver)
    if excitation.outcome is not None and excitation.outcome not in exciter.outcomes:
        place, what = (*path, "outcome"), f"an outcome of {excitation.driver}"
        yield unknown(
            place, excitation.outcome, what, exciter.outcomes, (*path, "driver"), (*root, "outcomes")
        )
    if isinstance(exciter.hazard, AdoptionHazard):
        yield Finding(
            (*path, "driver"),
            f"{show(excitation.driver)}, whose hazard is at: adoption",
            "a driver with a rate or a date: what strikes at adoption excites nothing",
            "remove this entry",
            ((*root, "hazard"),),
        )
    if SCOPES.index(exciter.scope) > SCOPES.index(excited.scope):
        yield Finding(
            (*path, "driver"),
            f"{show(excitation.driver)} of scope {exciter.scope}, in a driver of scope {excited.scope}",
            "a driver of the same or a wider scope (group, lab, line, workload)",
            "widen the scope of the one, or narrow that of the other",
            ((*root, "scope"), (*ROOT, name, "scope")),
        )
    elif excitation.via == "group" and exciter.scope in ("line", "workload"):
        yield Finding(
            (*path, "via"),
            f"group, with {show(excitation.driver)} of scope {exciter.scope}",
            "via: group only with a driver of scope group or lab, because it is labs that share a group",
            f"remove via, or give {excitation.driver} the scope lab",
            ((*path, "driver"), (*root, "scope"), (*ROOT, name, "scope")),
        )


def _cycles(drivers: dict[str, Driver]) -> Iterator[Finding]:
    """One finding for each set of drivers that excite one another in a circle, with one such circle."""
    excites: dict[str, list[str]] = {name: [] for name in drivers}
    for name, driver in drivers.items():
        for excitation in _excitations(driver):
            if excitation.driver in excites and excitation.driver != name:
                excites[excitation.driver].append(name)
    reported: set[str] = set()
    for name in sorted(drivers):
        cycle = None if name in reported else _way_back(excites, name)
        if cycle is None:
            continue
        reported |= {
            other for other in drivers if _reaches(excites, name, other) and _reaches(excites, other, name)
        }
        excited, exciter = cycle[1], cycle[0]
        entries = [excitation.driver for excitation in _excitations(drivers[excited])]
        yield Finding(
            (*ROOT, excited, "hazard", "excited_by", entries.index(exciter), "driver"),
            f"a cycle: {' -> '.join(cycle)}",
            "drivers that excite one another without a cycle",
            "remove one of these excitations",
        )


def _way_back(excites: dict[str, list[str]], start: str) -> list[str] | None:
    """A shortest way from a driver back to itself."""
    ways = [[start]]
    seen: set[str] = set()
    for way in ways:
        for following in excites[way[-1]]:
            if following == start:
                return [*way, start]
            if following not in seen:
                seen.add(following)
                ways.append([*way, following])
    return None


def _reaches(excites: dict[str, list[str]], start: str, end: str) -> bool:
    reached = [start]
    for name in reached:
        reached += [following for following in excites[name] if following not in reached]
    return end in reached
