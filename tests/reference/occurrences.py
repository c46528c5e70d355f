"""What strikes when: every occurrence of a path, before any workload answers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from graphlib import TopologicalSorter

from simengine.model.scenario import DateHazard, DateWindow, Excitation, RateHazard
from simengine.model.study import Study
from tests.reference.draws import Draws
from tests.reference.intensity import Excitement, Intensity, Window
from tests.reference.parameters import Name, draw_parameters
from tests.reference.places import Places

HISTORY_INDEX = 2**32


@dataclass(frozen=True, order=True)
class Occurrence:
    """Sorts as a path's occurrences are told: by time (history is before 0), driver, entity, n."""

    time: float
    driver: str
    entity: str
    index: int
    scope: str
    outcome: str
    reached: tuple[str, ...] = ()  # labs, of a group-scope occurrence
    is_claim: bool = False

    @property
    def is_past(self) -> bool:
        return self.time < 0.0

    def strikes_line(self, line: str, places: Places) -> bool:
        """Whether it struck the line, its lab, or by reach its group."""
        return {
            "group": places.lab_of(line) in self.reached,
            "lab": places.lab_of(line) == self.entity,
            "line": line == self.entity,
            "workload": False,
        }[self.scope]

    def strikes(self, workload: str, line: str, places: Places) -> bool:
        """Whether it struck a workload that was on a line."""
        return (self.scope == "workload" and self.entity == workload) or self.strikes_line(line, places)


def occurrences(study: Study, path: int) -> list[Occurrence]:
    """All occurrences of a path but claims, history included, in order."""
    return Generator(study, Draws(study.run.seed, path)).everything()


class Generator:
    """Makes the occurrences of a path, driver after driver, exciting ones first."""

    def __init__(self, study: Study, draws: Draws, values: dict[Name, float] | None = None) -> None:
        self.study = study
        self.draws = draws
        self.places = Places(study)
        self.values = draw_parameters(study, draws) if values is None else values
        self.found: dict[str, list[Occurrence]] = {}

    def everything(self) -> list[Occurrence]:
        drivers = self.study.scenario.drivers
        graph: dict[str, list[str]] = {}
        for name in sorted(drivers):
            hazard = drivers[name].hazard
            excited_by = hazard.excited_by if isinstance(hazard, RateHazard) else ()
            graph[name] = [entry.driver for entry in excited_by if entry.driver in drivers]
        for name in TopologicalSorter(graph).static_order():
            self.found[name] = self.past(name)
            for entity in self.places.entities(name):
                hazard = drivers[name].hazard
                if isinstance(hazard, RateHazard):
                    self.found[name] += self.at_a_rate(name, hazard, entity)
                elif isinstance(hazard, DateHazard):
                    self.found[name] += self.on_a_date(name, hazard, entity)
        return sorted(one for found in self.found.values() for one in found)

    def past(self, driver: str) -> list[Occurrence]:
        found: list[Occurrence] = []
        seen: dict[tuple, int] = {}
        for entry in self.study.scenario.drivers[driver].history:
            r = seen.get((entry.entity, entry.date), 0)
            seen[entry.entity, entry.date] = r + 1
            n = HISTORY_INDEX + entry.date.toordinal() * 8 + r
            time = self.places.day(entry.date)
            found.append(self.strike(driver, entry.entity, time, n, entry.outcome))
        return found

    def on_a_date(self, driver: str, hazard: DateHazard, entity: str) -> list[Occurrence]:
        time = self.places.day(hazard.at)
        if time >= self.study.run.horizon_days or not self.comes_true(driver, entity):
            return []
        return [self.strike(driver, entity, time, 0)]

    def comes_true(self, driver: str, entity: str) -> bool:
        """Whether what may strike once does."""
        u = self.draws.uniform("occurrence", driver, entity, "time")
        return u < self.values["drivers", driver, "probability"]

    def at_a_rate(self, driver: str, hazard: RateHazard, entity: str) -> list[Occurrence]:
        horizon = self.study.run.horizon_days
        intensity = self.intensity(driver, hazard, entity)
        most = math.inf if hazard.at_most is None else hazard.at_most
        found: list[Occurrence] = []
        previous = 0.0
        while len(intensity.own) < most:
            u = self.draws.uniform("occurrence", driver, entity, "time", index=len(found))
            time = intensity.next_after(previous, -math.log1p(-u), horizon)
            if time is None or time >= horizon:
                break
            found.append(self.strike(driver, entity, time, len(found)))
            intensity.own.append(time)
            previous = time
        return found

    def intensity(self, driver: str, hazard: RateHazard, entity: str) -> Intensity:
        values = self.values
        scope = self.study.scenario.drivers[driver].scope
        name = ("rates", entity) if entity in hazard.rates else ("rate",)
        rate = values["drivers", driver, *name]
        for factor in hazard.scaled_by:
            rate *= values["factors", factor]
        windows = []
        for k, window in enumerate(hazard.windows):
            if isinstance(window, DateWindow):
                intervals = [(self.places.day(window.start), self.places.day(window.until))]
            else:
                intervals = [(day, day + window.days) for day in self.places.releases(scope, entity)]
            windows.append(Window(values["drivers", driver, "windows", str(k), "factor"], intervals))
        excitements = [
            Excitement(
                values["drivers", driver, "excited_by", str(k), "factor"],
                [
                    one.time + entry.delay_days
                    for one in self.found.get(entry.driver, [])
                    if self.qualifies(one, entry, scope, entity)
                ],
                entry.half_life_days,
                entry.days,
            )
            for k, entry in enumerate(hazard.excited_by)
        ]
        own = [one.time for one in self.found[driver] if one.is_past and one.entity == entity]
        excitation = hazard.self_excitation
        branching = excitation.branching if excitation else 0.0
        half_life = excitation.half_life_days if excitation else math.inf
        return Intensity(rate, windows, excitements, branching, half_life, own)

    def qualifies(self, one: Occurrence, entry: Excitation, scope: str, entity: str) -> bool:
        """Whether an occurrence excites: it struck the entity, or what the entity belonged to at start."""
        if entry.outcome is not None and one.outcome != entry.outcome:
            return False
        if scope == "group":
            return one.scope == "group" and one.entity == entity
        belongs_to = self.places.belongs_to(scope, entity)
        lab = belongs_to["lab"]
        struck = lab in one.reached if one.scope == "group" else belongs_to.get(one.scope) == one.entity
        if entry.via == "group" and not struck:
            struck_labs = {"group": one.reached, "lab": (one.entity,)}.get(one.scope, ())
            groups = self.places.groups_of(lab)
            struck = any(other != lab and groups & self.places.groups_of(other) for other in struck_labs)
        return struck

    def strike(
        self,
        driver: str,
        entity: str,
        time: float,
        n: int,
        outcome: str | None = None,
        is_claim: bool = False,
    ) -> Occurrence:
        """The occurrence with its outcome and the labs that it reached."""
        record = self.study.scenario.drivers[driver]
        reached = [
            lab
            for lab in (self.places.members_of(entity) if record.scope == "group" else [])
            if self.draws.uniform("occurrence", driver, entity, "reach", lab, index=n) < record.reach
        ]
        outcome = outcome or self.outcome(driver, entity, n)
        return Occurrence(time, driver, entity, n, record.scope, outcome, tuple(reached), is_claim)

    def outcome(self, driver: str, entity: str, n: int) -> str:
        outcomes = self.study.scenario.drivers[driver].outcomes
        names = sorted(outcomes)
        stated = {
            name: self.values["drivers", driver, "outcomes", name, "probability"]
            for name in names
            if outcomes[name].probability is not None
        }
        rest = max(0.0, 1.0 - sum(stated.values()))
        probabilities = [stated.get(name, rest) for name in names]
        u = self.draws.uniform("occurrence", driver, entity, "outcome", index=n)
        cumulative = 0.0
        for name, probability in zip(names, probabilities, strict=True):
            cumulative += probability
            if u * sum(probabilities) < cumulative:
                return name
        return names[-1]
