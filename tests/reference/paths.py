"""One path, whole: every number of the results, by name."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from simengine.model.study import Study
from tests.reference.concentration import Weighed, concentration, herfindahl
from tests.reference.draws import Draws
from tests.reference.effects import listed_effects, magnitudes
from tests.reference.ledger import COMPONENTS, DAYS, EXPOSURE, Ledger, ledger
from tests.reference.life import Life
from tests.reference.occurrences import Generator, Occurrence
from tests.reference.parameters import draw_parameters
from tests.reference.periods import periods
from tests.reference.timeline import Stay, Timeline
from tests.reference.workload import Part, WorkloadCase


@dataclass
class Told:
    """An occurrence, what it drew, and what was booked to it."""

    time: float
    driver: str
    entity: str
    outcome: str
    index: int
    reached: tuple[str, ...]
    magnitudes: dict[str, float]
    cost: float
    exposure: float


@dataclass
class PathResult:
    """A path's numbers: by variable a number, or a dict by name (by tuple of names for two dimensions)."""

    path: int
    variables: dict[str, Any]
    occurrences: list[Told]
    lives: dict[tuple[str, str], Timeline] = field(repr=False)  # by workload and part

    def __getitem__(self, variable: str) -> Any:
        return self.variables[variable]

    def array(self, variable: str) -> np.ndarray:
        """A variable as the dataset has it, without the dimension `path`."""
        value = self.variables[variable]
        if not isinstance(value, dict):
            return np.array(value)
        keys = [key if isinstance(key, tuple) else (key,) for key in value]
        sizes = [len(set(axis)) for axis in zip(*keys, strict=True)]
        return np.array(list(value.values())).reshape(sizes)


class CasePath:
    """All workloads of a study on one path."""

    def __init__(self, study: Study, path: int) -> None:
        self.study = study
        self.draws = Draws(study.run.seed, path)
        self.values = draw_parameters(study, self.draws)
        names = sorted(study.portfolio.workloads)
        self.cases = {name: WorkloadCase(study, self.draws, self.values, name) for name in names}
        self.occurrences = Generator(study, self.draws, self.values).everything()

    def lives(
        self,
        case: WorkloadCase,
        occurrences: list[Occurrence],
        claims: list[Occurrence],
        as_sold: bool = False,
    ) -> dict[str, Life]:
        """The lives of the parts of a workload, lived."""
        found = {}
        for part in case.parts():
            found[part.name] = Life(case, part, occurrences, claims, as_sold)
            found[part.name].live()
        return found

    def account(self, case: WorkloadCase, lives: dict[str, Life]) -> Ledger:
        """The ledger of a workload: its parts under one name."""
        whole = Ledger()
        for life in lives.values():
            whole.add(ledger(case, life.part, life.told))
        return whole

    def status_quo(self, case: WorkloadCase) -> tuple[float, float]:
        """Inference spend if nobody moved and nothing happened, and its present value."""
        told = Timeline(stays=[Stay(0.0, self.study.run.horizon_days, case.record.line, 1.0)])
        account = ledger(case, Part("1", 1.0), told)
        return account.of("inference"), account.present["inference"]

    def attribute(self, case: WorkloadCase, order: list[Occurrence]) -> list[tuple[float, float]]:
        """Cost and exposure booked to each occurrence: L(first k) − L(first k − 1).

        A planned move comes after the occurrences of its moment. If it takes no time, so do its claims.
        """
        comes_at_once = case.record.adoption is not None and case.adoption("lead_days") == 0.0

        def when(place: int) -> tuple[float, bool]:
            return order[place].time, order[place].is_claim and comes_at_once

        booked = [(0.0, 0.0)] * len(order)
        before = self.account(case, self.lives(case, [], []))
        met: list[Occurrence] = []
        for place in sorted(range(len(order)), key=when):
            met.append(order[place])
            if not case.concerns(order[place]):
                continue
            first_k = [one for one in met if not one.is_claim]
            claims = [one for one in met if one.is_claim and one.entity == case.name]
            after = self.account(case, self.lives(case, first_k, claims))
            booked[place] = (
                after.total_cost - before.total_cost,
                after.total_exposure - before.total_exposure,
            )
            before = after
        return booked


def simulate_path(study: Study, path: int) -> PathResult:
    """Every number that the results hold for one path."""
    whole = CasePath(study, path)
    cases = whole.cases
    lives = {
        name: whole.lives(case, whole.occurrences, case.claims_that_strike()) for name, case in cases.items()
    }
    claims = [claim for parts in lives.values() for life in parts.values() for claim in life.struck_claims]
    order = sorted([*whole.occurrences, *claims])
    accounts = {name: whole.account(case, lives[name]) for name, case in cases.items()}
    bookings = {name: whole.attribute(case, order) for name, case in cases.items()}
    variables = {
        **from_ledgers(study, accounts),
        **beside(whole),
        **by_driver(study, order, bookings),
        **by_occurrence(study, order, bookings),
        **spread(whole, lives),
    }
    told = [
        Told(
            one.time,
            one.driver,
            one.entity,
            one.outcome,
            one.index,
            one.reached,
            drawn_magnitudes(whole, one),
            sum(booked[k][0] for booked in bookings.values()),
            sum(booked[k][1] for booked in bookings.values()),
        )
        for k, one in enumerate(order)
    ]
    timelines = {(name, part): life.told for name, parts in lives.items() for part, life in parts.items()}
    return PathResult(path, variables, told, timelines)


def from_ledgers(study: Study, accounts: dict[str, Ledger]) -> dict[str, Any]:
    labels = [period.label for period in periods(study.run)]
    each = accounts.values()
    return {
        "total_cost": sum(a.total_cost for a in each),
        "total_cost_pv": sum(a.total_cost_pv for a in each),
        "disruption_exposure": sum(a.total_exposure for a in each),
        "disruption_exposure_pv": sum(a.present[EXPOSURE] for a in each),
        "disruption_days": sum(a.of(DAYS) for a in each),
        "total_cost_by_workload": {w: a.total_cost for w, a in accounts.items()},
        "total_cost_pv_by_workload": {w: a.total_cost_pv for w, a in accounts.items()},
        "disruption_exposure_by_workload": {w: a.total_exposure for w, a in accounts.items()},
        "disruption_exposure_pv_by_workload": {w: a.present[EXPOSURE] for w, a in accounts.items()},
        "disruption_days_by_workload": {w: a.of(DAYS) for w, a in accounts.items()},
        "total_cost_by_component": {c: sum(a.of(c) for a in each) for c in COMPONENTS},
        "total_cost_pv_by_component": {c: sum(a.present[c] for a in each) for c in COMPONENTS},
        "total_cost_by_workload_component": {
            (w, c): a.of(c) for w, a in accounts.items() for c in COMPONENTS
        },
        "total_cost_by_period": {p: sum(a.cost_in(p) for a in each) for p in labels},
        "disruption_exposure_by_period": {p: sum(a.of(EXPOSURE, p) for a in each) for p in labels},
        "total_cost_by_workload_period": {(w, p): a.cost_in(p) for w, a in accounts.items() for p in labels},
        "disruption_exposure_by_workload_period": {
            (w, p): a.of(EXPOSURE, p) for w, a in accounts.items() for p in labels
        },
        "total_cost_by_component_period": {
            (c, p): sum(a.of(c, p) for a in each) for c in COMPONENTS for p in labels
        },
    }


def beside(whole: CasePath) -> dict[str, Any]:
    """What it would have cost, also in present value: as planned, without occurrences, if nobody moved."""
    variables = ("planned_cost", "no_event_cost", "status_quo_cost")
    by_workload: dict[str, dict[str, float]] = {v + pv: {} for v in variables for pv in ("", "_pv")}
    for name, case in whole.cases.items():
        as_sold = whole.account(case, whole.lives(case, [], case.claims_as_sold(), as_sold=True))
        quiet = whole.account(case, whole.lives(case, [], []))
        money = {
            "planned_cost": (as_sold.total_cost, as_sold.total_cost_pv),
            "no_event_cost": (quiet.total_cost, quiet.total_cost_pv),
            "status_quo_cost": whole.status_quo(case),
        }
        for variable, (nominal, present) in money.items():
            by_workload[variable][name] = nominal
            by_workload[f"{variable}_pv"][name] = present
    totals = {variable: sum(values.values()) for variable, values in by_workload.items()}
    return {**totals, **{f"{variable}_by_workload": values for variable, values in by_workload.items()}}


Bookings = dict[str, list[tuple[float, float]]]


def by_driver(study: Study, order: list[Occurrence], bookings: Bookings) -> dict[str, Any]:
    drivers = sorted(study.scenario.drivers)
    workloads = list(bookings)

    def booked(workload: str, driver: str, which: int) -> float:
        return sum(bookings[workload][k][which] for k, one in enumerate(order) if one.driver == driver)

    cost = {(w, d): booked(w, d, 0) for w in workloads for d in drivers}
    exposure = {(w, d): booked(w, d, 1) for w in workloads for d in drivers}
    return {
        "strikes_by_driver": {d: sum(one.driver == d and not one.is_past for one in order) for d in drivers},
        "total_cost_by_driver": {d: sum(cost[w, d] for w in workloads) for d in drivers},
        "disruption_exposure_by_driver": {d: sum(exposure[w, d] for w in workloads) for d in drivers},
        "total_cost_by_workload_driver": cost,
        "disruption_exposure_by_workload_driver": exposure,
    }


def by_occurrence(study: Study, order: list[Occurrence], bookings: Bookings) -> dict[str, Any]:
    """The largest occurrence, and what struck in each 365-day year (history belongs to none)."""
    exposures = [sum(booked[k][1] for booked in bookings.values()) for k in range(len(order))]
    years = range(math.ceil(study.run.horizon_days / 365.0))

    def struck_in(year: int) -> list[float]:
        return [
            exposure
            for one, exposure in zip(order, exposures, strict=True)
            if not one.is_past and math.floor(one.time / 365.0) == year
        ]

    return {
        "largest_occurrence": largest(exposures),
        "largest_occurrence_by_year": {year: largest(struck_in(year)) for year in years},
        "disruption_exposure_by_year": {year: sum(struck_in(year)) for year in years},
    }


def largest(exposures: Iterable[float]) -> float:
    return max((0.0, *exposures))


def spread(whole: CasePath, lives: dict[str, dict[str, Life]]) -> dict[str, float]:
    """Concentration, and Herfindahl indices by lab and by line at start and at the horizon."""
    parts = []
    at_start: list[tuple[str, float]] = []
    at_horizon: list[tuple[str, float]] = []
    for name, case in whole.cases.items():
        for life in lives[name].values():
            weight = case.parameter("daily_spend") * life.part.share
            parts.append(Weighed(weight, life.told))
            at_start.append((life.told.stays[0].line, weight))
            if not life.is_stranded:
                at_horizon.append((life.line, weight))
    found = {"concentration": concentration(parts)}
    for when, lines in (("start", at_start), ("horizon", at_horizon)):
        by_line: dict[str, float] = {}
        by_lab: dict[str, float] = {}
        for line, weight in lines:
            lab = whole.study.portfolio.lines[line].lab
            by_line[line] = by_line.get(line, 0.0) + weight
            by_lab[lab] = by_lab.get(lab, 0.0) + weight
        found[f"herfindahl_by_line_at_{when}"] = herfindahl(by_line)
        found[f"herfindahl_by_lab_at_{when}"] = herfindahl(by_lab)
    return found


def drawn_magnitudes(whole: CasePath, one: Occurrence) -> dict[str, float]:
    """By kind.ordinal.field, and by workload too where each workload has its own."""
    found = {}
    for listed in listed_effects(whole.study.scenario.drivers[one.driver].outcomes[one.outcome]):
        each = listed.effect.each == "workload"
        for workload in whole.cases if each else [""]:
            drawn = magnitudes(whole.draws, one.driver, one.entity, one.outcome, one.index, listed, workload)
            for name, value in drawn.items():
                if value is not None:
                    label = f"{listed.kind}.{listed.ordinal}.{name}" + (f".{workload}" if each else "")
                    found[label] = value
    return found
