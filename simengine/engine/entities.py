"""Who belongs to whom: the sorted entities of a study and what an occurrence on one of them reaches."""

from __future__ import annotations

from dataclasses import dataclass

from simengine.kernels.tables import ALWAYS, NEVER
from simengine.model.scenario import Driver, Excitation
from simengine.model.study import Study

MOST_LABS_IN_A_GROUP = 62  # the labs that an occurrence reached are the bits of a 64-bit integer


@dataclass(frozen=True)
class Pair:
    """A driver and one of the entities that it can strike."""

    driver: str
    scope: str
    entity: str
    slot: int


class Entities:
    """Names in sorted order, and the chain workload - line - lab - groups as it stands at `start`."""

    def __init__(self, study: Study) -> None:
        portfolio = study.portfolio
        self.portfolio = portfolio
        self.labs = sorted(portfolio.labs)
        self.lines = sorted(portfolio.lines)
        self.workloads = sorted(portfolio.workloads)
        self.groups = sorted({*portfolio.groups, *(g for lab in portfolio.labs.values() for g in lab.groups)})
        self.drivers = sorted(study.scenario.drivers)
        self.members = {g: [lab for lab in self.labs if g in portfolio.labs[lab].groups] for g in self.groups}
        self.pairs = [
            pair for name in self.drivers for pair in self._pairs(name, study.scenario.drivers[name])
        ]

    def of_scope(self, scope: str) -> list[str]:
        return {"group": self.groups, "lab": self.labs, "line": self.lines, "workload": self.workloads}[scope]

    def _pairs(self, name: str, driver: Driver) -> list[Pair]:
        entities = sorted(
            set(driver.entities) if driver.entities is not None else self.of_scope(driver.scope)
        )
        return [Pair(name, driver.scope, entity, slot) for slot, entity in enumerate(entities)]

    def line_of(self, scope: str, entity: str) -> str | None:
        """The line that a line or a workload is, or is on."""
        if scope == "workload":
            return self.portfolio.workloads[entity].line
        return entity if scope == "line" else None

    def lab_of(self, scope: str, entity: str) -> str | None:
        if scope == "lab":
            return entity
        line = self.line_of(scope, entity)
        return self.portfolio.lines[line].lab if line is not None else None

    def reach_bits(self, group: str, labs: set[str]) -> int:
        """The bits of the members of a group that are among `labs`."""
        return sum(1 << bit for bit, lab in enumerate(self.members[group]) if lab in labs)

    def touch(self, pair: Pair, line: str) -> int:
        """What an occurrence on a pair must have reached to have struck a line."""
        lab = self.portfolio.lines[line].lab
        if pair.scope == "line":
            return ALWAYS if pair.entity == line else NEVER
        if pair.scope == "lab":
            return ALWAYS if pair.entity == lab else NEVER
        if pair.scope == "group":
            return self.reach_bits(pair.entity, {lab})
        return NEVER

    def excites(self, source: Pair, target: Pair, excitation: Excitation) -> int:
        """What an occurrence on `source` must have reached to act on the intensity of `target`."""
        if (source.scope, source.entity) == (target.scope, target.entity):
            return ALWAYS
        lab = self.lab_of(target.scope, target.entity)
        if lab is None:
            return NEVER
        neighbours = set[str]()
        if excitation.via == "group":
            groups = self.portfolio.labs[lab].groups
            neighbours = {other for g in groups for other in self.members[g]} - {lab}
        if source.scope == "group":
            return self.reach_bits(source.entity, {lab} | neighbours)
        if source.scope == "lab":
            return ALWAYS if source.entity in {lab} | neighbours else NEVER
        if source.scope == "line" and target.scope == "workload":
            return ALWAYS if source.entity == self.line_of("workload", target.entity) else NEVER
        return NEVER
