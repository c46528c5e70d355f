"""One workload of one path: all that its life and its ledger need to know and to draw."""

from __future__ import annotations

from dataclasses import dataclass

from simengine.model.portfolio import Fallback, Workload
from simengine.model.scenario import AdoptionHazard
from simengine.model.strategy import Strategy
from simengine.model.study import Study
from tests.reference.draws import NOT_NEGATIVE, SHARE, Draws
from tests.reference.effects import ListedEffect, listed_effects, magnitudes
from tests.reference.occurrences import Generator, Occurrence
from tests.reference.parameters import Name
from tests.reference.places import Places
from tests.reference.terms import Terms, terms_for

START = 2**33  # the index at which the second part's first spend factor is drawn


@dataclass(frozen=True)
class Part:
    """The whole workload, or one of the two parts of a diversified one."""

    name: str
    share: float


class WorkloadCase:
    """The workload, its strategy, and its draws."""

    def __init__(self, study: Study, draws: Draws, values: dict[Name, float], name: str) -> None:
        self.study = study
        self.draws = draws
        self.values = values
        self.places = Places(study)
        self.name = name
        self.record: Workload = study.portfolio.workloads[name]
        changed = study.strategy.workloads is None or name in study.strategy.workloads
        self.strategy = study.strategy if changed else Strategy()

    # Structure

    def parts(self) -> list[Part]:
        q = self.strategy.diversify
        if q is None or not self.record.responses.fallbacks:
            return [Part("1", 1.0)]
        return [Part("1", 1.0 - q), Part("2", q)]

    def terms(self, driver: str) -> Terms:
        return terms_for(self.strategy, driver)

    def effects(self, one: Occurrence, line: str) -> list[ListedEffect]:
        """The effects of an occurrence that would act on this workload on a line."""
        outcome = self.study.scenario.drivers[one.driver].outcomes[one.outcome]
        return [
            listed
            for listed in listed_effects(outcome)
            if self.places.admits(listed.effect.where, self.name, line)
        ]

    def loses(self, one: Occurrence, line: str) -> bool:
        """Whether an occurrence makes a line lost to this workload."""
        return one.strikes_line(line, self.places) and any(
            listed.kind == "forced_move" for listed in self.effects(one, line)
        )

    def concerns(self, one: Occurrence) -> bool:
        """Whether an occurrence can matter to this workload at all, wherever it may come to be."""
        lines = {self.record.line, *(fallback.line for fallback in self.record.responses.fallbacks)}
        if self.record.adoption is not None:
            lines.add(self.record.adoption.line)
        return any(one.strikes(self.name, line, self.places) for line in lines)

    # Parameters

    def parameter(self, field: str) -> float:
        return self.values["workloads", self.name, field]

    def price_trend(self, line: str) -> float:
        return self.values["lines", line, "price_trend"]

    # Draws

    def magnitudes(self, one: Occurrence, listed: ListedEffect) -> dict[str, float | None]:
        return magnitudes(self.draws, one.driver, one.entity, one.outcome, one.index, listed, self.name)

    def response(self, part: Part, fallback: Fallback, field: str, one: Occurrence) -> float:
        """A fallback's lead_days, move_cost, severity or spend_factor, drawn for a forced move."""
        bounds = SHARE if field == "severity" else NOT_NEGATIVE
        parts = ("response", self.name, part.name, fallback.line, field)
        trigger = (one.driver, one.entity, one.index)
        return self.draws.triggered(getattr(fallback, field), parts, trigger, bounds)

    def stranded_severity(self, part: Part, one: Occurrence) -> float:
        quantity = self.record.responses.stranded_severity
        parts = ("response", self.name, part.name, "", "stranded_severity")
        return self.draws.triggered(quantity, parts, (one.driver, one.entity, one.index), SHARE)

    def second_start_factor(self, part: Part) -> float:
        fallback = self.record.responses.fallbacks[0]
        name = ("response", self.name, part.name, fallback.line, "spend_factor")
        return self.draws.named(fallback.spend_factor, *name, index=START, bounds=NOT_NEGATIVE)

    def adoption(self, field: str) -> float:
        bounds = SHARE if field == "severity" else NOT_NEGATIVE
        quantity = getattr(self.record.adoption, field)
        return self.draws.named(quantity, "adoption", self.name, field, bounds=bounds)

    # Claims

    def claim_drivers(self) -> list[str]:
        drivers = self.study.scenario.drivers
        return [
            name
            for name in sorted(drivers)
            if isinstance(drivers[name].hazard, AdoptionHazard) and self.name in self.places.entities(name)
        ]

    def claims_that_strike(self) -> list[Occurrence]:
        """The claims that come true or not as this path has it; their time is that of the planned move."""
        generator = Generator(self.study, self.draws, self.values)
        return [
            generator.strike(driver, self.name, 0.0, 0, is_claim=True)
            for driver in self.claim_drivers()
            if generator.comes_true(driver, self.name)
        ]

    def claims_as_sold(self) -> list[Occurrence]:
        """Every claim, with its first outcome (as written) that has a saving on the target."""
        found = []
        for driver in self.claim_drivers():
            for outcome in self.study.scenario.drivers[driver].outcomes:
                one = Occurrence(0.0, driver, self.name, 0, "workload", outcome, is_claim=True)
                if self.record.adoption and self.savings(one, self.record.adoption.line):
                    found.append(one)
                    break
        return found

    def savings(self, one: Occurrence, line: str) -> list[ListedEffect]:
        return [listed for listed in self.effects(one, line) if listed.kind == "saving"]

    def saving_factor(self, one: Occurrence, listed: ListedEffect, as_sold: bool) -> float:
        """1 − claimed·realised·usage, never below 0."""
        drawn = self.magnitudes(one, listed)
        claimed, realised = drawn["claimed"], drawn["realised"]
        assert claimed is not None
        assert realised is not None
        if as_sold:
            return max(0.0, 1.0 - claimed)
        return max(0.0, 1.0 - claimed * realised * self.record.usage.product)
