"""A study as the arrays that the NumPy version works on; what it does not cover is refused, never ignored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from simengine.model.distributions import Distribution, constant
from simengine.model.effects import Effect, Where
from simengine.model.portfolio import ReleaseSchedule, Workload
from simengine.model.scenario import AdoptionHazard, Driver
from simengine.model.strategy import AdoptionChange
from simengine.model.study import Study

Array = np.ndarray
POLICIES = ("move", "pay", "cheapest")


@dataclass(frozen=True)
class Kind:
    """One outcome of one driver."""

    driver: str
    outcome: str
    effects: tuple[Effect, ...]


@dataclass
class Lowered:
    """Names sorted, every table indexed in that order."""

    study: Study
    workloads: list[str]
    lines: list[str]
    labs: list[str]
    kinds: list[Kind]
    n_effects: int
    line_lab: Array
    start_line: Array
    usage: Array
    policy: Array
    adoption_line: Array
    fallbacks: Array
    fallback_rows: list[dict[str, Distribution]]
    admits: Array
    horizon: float
    log_discount: float

    def day(self, moment: date) -> float:
        return float((moment - self.study.run.start).days)

    def kind_of(self, driver: str) -> list[int]:
        """Positions in `kinds` of a driver's outcomes, sorted by name."""
        return [position for position, kind in enumerate(self.kinds) if kind.driver == driver]


def lower(study: Study) -> Lowered:
    refuse_what_is_not_covered(study)
    portfolio, drivers = study.portfolio, study.scenario.drivers
    workloads, lines, labs = (
        sorted(names) for names in (portfolio.workloads, portfolio.lines, portfolio.labs)
    )
    kinds = [
        Kind(name, outcome, drivers[name].outcomes[outcome].effects)
        for name in sorted(drivers)
        for outcome in sorted(drivers[name].outcomes)
    ]
    n_effects = max((len(kind.effects) for kind in kinds), default=0)
    number = {name: position for position, name in enumerate(lines)}
    records = [portfolio.workloads[name] for name in workloads]
    most = max(len(record.responses.fallbacks) for record in records)
    fallbacks = np.full((len(records), most + 1), -1)
    for row, record in enumerate(records):
        for position, fallback in enumerate(record.responses.fallbacks):
            fallbacks[row, position] = number[fallback.line]
    admits = np.zeros((max(1, n_effects), len(kinds), len(workloads), len(lines)), dtype=bool)
    for k, kind in enumerate(kinds):
        for e, effect in enumerate(kind.effects):
            for w, name in enumerate(workloads):
                for m, line in enumerate(lines):
                    licence = portfolio.lines[line].licence
                    admits[e, k, w, m] = admitted(effect.where, name, records[w], licence)
    return Lowered(
        study=study,
        workloads=workloads,
        lines=lines,
        labs=labs,
        kinds=kinds,
        n_effects=n_effects,
        line_lab=np.array([labs.index(portfolio.lines[line].lab) for line in lines]),
        start_line=np.array([number[record.line] for record in records]),
        usage=np.array([record.usage.product for record in records]),
        policy=np.array([POLICIES.index(record.responses.policy) for record in records]),
        adoption_line=np.array([-1 if r.adoption is None else number[r.adoption.line] for r in records]),
        fallbacks=fallbacks,
        fallback_rows=[fallback_row(record, position) for record in records for position in range(most + 1)],
        admits=admits,
        horizon=float(study.run.horizon_days),
        log_discount=float(np.log1p(study.run.discount_rate) / 365.0),
    )


def fallback_row(record: Workload, position: int) -> dict[str, Distribution]:
    if position >= len(record.responses.fallbacks):
        return dict.fromkeys(("lead_days", "move_cost", "severity", "spend_factor"), constant(0.0))
    fallback = record.responses.fallbacks[position]
    return {
        "lead_days": fallback.lead_days,
        "move_cost": fallback.move_cost,
        "severity": fallback.severity,
        "spend_factor": fallback.spend_factor,
    }


def admitted(where: Where, name: str, workload: Workload, licence: str) -> bool:
    return (
        (where.hosting is None or workload.hosting in where.hosting)
        and (where.licence is None or licence in where.licence)
        and (where.workload is None or name in where.workload)
        and all(workload.tags.get(key) in allowed for key, allowed in (where.tag or {}).items())
    )


def release_days(low: Lowered, line: str) -> list[float]:
    releases = low.study.portfolio.lines[line].releases
    if isinstance(releases, ReleaseSchedule):
        first = low.day(releases.first)
        count = max(0, int((low.horizon - first) // releases.every_days) + 1)
        return [first + number * releases.every_days for number in range(count)]
    return [low.day(moment) for moment in releases]


def lines_of(low: Lowered, scope: str, entity: str) -> list[str]:
    """The lines that an entity stands for at the start."""
    portfolio = low.study.portfolio
    match scope:
        case "line":
            return [entity]
        case "lab":
            return [line for line in low.lines if portfolio.lines[line].lab == entity]
        case "workload":
            return [portfolio.workloads[entity].line]
    members = [lab for lab in low.labs if entity in portfolio.labs[lab].groups]
    return [line for line in low.lines if portfolio.lines[line].lab in members]


def entities_of(low: Lowered, driver: Driver) -> list[str]:
    everything = {
        "group": sorted(low.study.portfolio.groups),
        "lab": low.labs,
        "line": low.lines,
        "workload": low.workloads,
    }
    return everything[driver.scope] if driver.entities is None else sorted(driver.entities)


def refuse_what_is_not_covered(study: Study) -> None:
    strategy = study.strategy
    neutral = strategy.adoption == AdoptionChange() and not strategy.clauses
    if not neutral or strategy.commitment or strategy.standby or strategy.diversify:
        raise NotImplementedError("the NumPy version plays the strategy `proceed` only")
    if study.scenario.dependence:
        raise NotImplementedError("the NumPy version has no copulas")
    for name, driver in study.scenario.drivers.items():
        claims = isinstance(driver.hazard, AdoptionHazard)
        for outcome in driver.outcomes.values():
            for effect in outcome.effects:
                if effect.each == "workload" and not claims:
                    raise NotImplementedError(f"{name}: `each: workload`")
                if claims and not (effect.saving or effect.spend):
                    raise NotImplementedError(f"{name}: a claim with more than spend and saving")
