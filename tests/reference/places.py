"""Who belongs to what: workloads to lines, lines to labs, labs to groups."""

from __future__ import annotations

import math

from simengine.model.effects import Where
from simengine.model.portfolio import ReleaseSchedule
from simengine.model.study import Study


class Places:
    """The portfolio's structure at `start`."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.portfolio = study.portfolio

    def day(self, date) -> float:
        """Days from start to a date."""
        return float((date - self.study.run.start).days)

    def lab_of(self, line: str) -> str:
        return self.portfolio.lines[line].lab

    def groups_of(self, lab: str) -> set[str]:
        return set(self.portfolio.labs[lab].groups)

    def members_of(self, group: str) -> list[str]:
        return sorted(lab for lab in self.portfolio.labs if group in self.groups_of(lab))

    def entities(self, driver: str) -> list[str]:
        """The entities of a driver: those that it lists, or all of its scope."""
        stated = self.study.scenario.drivers[driver].entities
        if stated is not None:
            return sorted(stated)
        scope = self.study.scenario.drivers[driver].scope
        everything = {
            "group": self.portfolio.groups,
            "lab": self.portfolio.labs,
            "line": self.portfolio.lines,
            "workload": self.portfolio.workloads,
        }
        return sorted(everything[scope])

    def belongs_to(self, scope: str, entity: str) -> dict[str, str]:
        """The entity itself, and the line and lab that it belongs to at start."""
        if scope == "workload":
            line = self.portfolio.workloads[entity].line
            return {"workload": entity, "line": line, "lab": self.lab_of(line)}
        if scope == "line":
            return {"line": entity, "lab": self.lab_of(entity)}
        return {scope: entity}

    def lines_of(self, scope: str, entity: str) -> list[str]:
        """The lines whose releases are the entity's releases."""
        if scope in ("workload", "line"):
            return [self.belongs_to(scope, entity)["line"]]
        labs = [entity] if scope == "lab" else self.members_of(entity)
        return sorted(line for line in self.portfolio.lines if self.lab_of(line) in labs)

    def releases(self, scope: str, entity: str) -> list[float]:
        """The days of the releases of an entity, up to the horizon."""
        days = set()
        for line in self.lines_of(scope, entity):
            releases = self.portfolio.lines[line].releases
            if isinstance(releases, ReleaseSchedule):
                first = self.day(releases.first)
                count = math.ceil((self.study.run.horizon_days - first) / releases.every_days)
                days |= {first + k * releases.every_days for k in range(max(0, count))}
            else:
                days |= {self.day(release) for release in releases}
        return sorted(days)

    def admits(self, where: Where, workload: str, line: str) -> bool:
        """Whether an effect acts on a workload that is (or would be) on a line."""
        record = self.portfolio.workloads[workload]
        licence = self.portfolio.lines[line].licence
        return (
            (where.hosting is None or record.hosting in where.hosting)
            and (where.licence is None or licence in where.licence)
            and (where.workload is None or workload in where.workload)
            and (where.tag is None or all(record.tags.get(tag) in of for tag, of in where.tag.items()))
        )
