"""A strategy changes workloads that exist, on drivers that exist or that it declares optional."""

from __future__ import annotations

from collections.abc import Iterator

from simengine.model.checks.finding import Finding, entries, unknown
from simengine.model.parts import Parts
from simengine.model.paths import Path
from simengine.model.strategy import Strategy
from simengine.model.wording import show

ROOT: Path = ("strategy",)
DRIVERS: Path = ("scenario", "drivers")


def check(study: Parts) -> Iterator[Finding]:
    yield from _workloads(study)
    yield from _drivers(study)
    yield from _clause_names(study.strategy)
    yield from _commitment(study)
    yield from _diversify(study)


def _workloads(study: Parts) -> Iterator[Finding]:
    known = study.portfolio.workloads
    for position, name in enumerate(study.strategy.workloads or ()):
        if name not in known:
            path = (*ROOT, "workloads", position)
            yield unknown(path, name, "a workload of the portfolio", known, ("portfolio", "workloads"))


def _named_drivers(strategy: Strategy) -> Iterator[tuple[Path, str]]:
    """Every place where a strategy names a driver."""
    for position, clause in enumerate(strategy.clauses):
        for order, driver in enumerate(clause.when or ()):
            yield (*ROOT, "clauses", position, "when", order), driver
    if strategy.adoption.hold_if is not None:
        yield (*ROOT, "adoption", "hold_if", "driver"), strategy.adoption.hold_if.driver


def _drivers(study: Parts) -> Iterator[Finding]:
    strategy, drivers = study.strategy, study.scenario.drivers
    optional = (*ROOT, "optional_drivers")
    known = {*drivers, *strategy.optional_drivers}
    what = "a driver of the scenario, or one in strategy.optional_drivers"
    for path, name in _named_drivers(strategy):
        if name not in known:
            about = DRIVERS, *entries(optional, strategy.optional_drivers)
            yield unknown(path, name, what, known, *about)
    used = {name for _, name in _named_drivers(strategy)}
    for position, name in enumerate(strategy.optional_drivers):
        if name not in used:
            about = (*ROOT, "clauses"), (*ROOT, "adoption")
            yield unknown((*optional, position), name, "a driver that this strategy names", used, *about)
    hold_if = strategy.adoption.hold_if
    if hold_if is None or hold_if.outcome is None or hold_if.driver not in drivers:
        return
    outcomes = drivers[hold_if.driver].outcomes
    if hold_if.outcome not in outcomes:
        path = (*ROOT, "adoption", "hold_if")
        about = (*path, "driver"), (*DRIVERS, hold_if.driver, "outcomes")
        yield unknown(
            (*path, "outcome"), hold_if.outcome, f"an outcome of {hold_if.driver}", outcomes, *about
        )


def _clause_names(strategy: Strategy) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for position, clause in enumerate(strategy.clauses):
        if clause.name in first:
            yield Finding(
                (*ROOT, "clauses", position, "name"),
                f"{show(clause.name)}, the name of the clause at position {first[clause.name]} too",
                "a name of its own for each clause",
                "rename one of the two",
                ((*ROOT, "clauses", first[clause.name], "name"),),
            )
        first.setdefault(clause.name, position)


def _commitment(study: Parts) -> Iterator[Finding]:
    commitment, lines = study.strategy.commitment, study.portfolio.lines
    if commitment is not None and commitment.line not in lines:
        path = (*ROOT, "commitment", "line")
        yield unknown(path, commitment.line, "a line of the portfolio", lines, ("portfolio", "lines"))


def _diversify(study: Parts) -> Iterator[Finding]:
    strategy, workloads = study.strategy, study.portfolio.workloads
    if strategy.diversify is None:
        return
    chosen = sorted(workloads) if strategy.workloads is None else strategy.workloads
    for name in chosen:
        if name in workloads and not workloads[name].responses.fallbacks:
            yield Finding(
                (*ROOT, "diversify"),
                f"workload {show(name)} without a fallback",
                "only workloads with a fallback, on whose line the second part starts",
                f"give {name} a fallback, or choose the others with strategy.workloads",
                (
                    ("portfolio", "workloads", name, "responses"),
                    ("portfolio", "workloads", name, "responses", "fallbacks"),
                ),
            )
