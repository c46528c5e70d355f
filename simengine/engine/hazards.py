"""Lowering of hazards: who can be struck, at what rate, in which windows, excited by what."""

from __future__ import annotations

import math
from graphlib import TopologicalSorter
from typing import Any

from simengine.engine.calendar import days_between, release_days
from simengine.engine.entities import Entities, Pair
from simengine.engine.rows import AT_LEAST_0, SHARE, Parameters
from simengine.kernels.tables import ADOPTION, DATE, DECAYS, FOR_DAYS, RATE, STAYS
from simengine.model.scenario import AdoptionHazard, DateHazard, DateWindow, Driver, RateHazard, ReleaseWindow
from simengine.model.study import Study
from simengine.rng.address import address_key
from simengine.rng.elementary import exp

HISTORY_INDEX = 1 << 32  # numbers of occurrences before the start, apart from those that are drawn


class Hazards:
    """The rows of pairs, windows, excitations and history; see `simengine.kernels.tables`."""

    def __init__(self, study: Study, entities: Entities, parameters: Parameters, outcomes: dict) -> None:
        self.study = study
        self.entities = entities
        self.parameters = parameters
        self.outcomes = outcomes  # (driver, outcome) -> row
        self.horizon = study.run.horizon_days
        self.seed = study.run.seed
        self.piece: list[dict[str, Any]] = []
        self.mask: list[dict[str, Any]] = []
        self.window_factor: list[int] = []
        self.frailty: list[int] = []
        self.excitation: list[dict[str, Any]] = []
        self.source: list[dict[str, Any]] = []
        self.history: list[dict[str, Any]] = []
        self.reach_key: list[int] = []
        self.pair: list[dict[str, Any]] = [self._pair(pair) for pair in entities.pairs]

    def order(self) -> list[int]:
        """Pairs such that those that excite come before those that they excite."""
        graph: dict[str, list[str]] = {}
        for name in self.entities.drivers:
            hazard = self.study.scenario.drivers[name].hazard
            excited_by = hazard.excited_by if isinstance(hazard, RateHazard) else ()
            graph[name] = sorted({x.driver for x in excited_by})
        rank = {name: k for k, name in enumerate(TopologicalSorter(graph).static_order())}
        return sorted(range(len(self.pair)), key=lambda k: (rank[self.entities.pairs[k].driver], k))

    def _pair(self, pair: Pair) -> dict[str, Any]:
        driver = self.study.scenario.drivers[pair.driver]
        workload = self.entities.workloads.index(pair.entity) if pair.scope == "workload" else -1
        row: dict[str, Any] = {
            "driver": self.entities.drivers.index(pair.driver),
            "slot": pair.slot,
            "workload": workload,
            "rate": -1,
            "probability": -1,
            "at_most": -1,
            "time_key": address_key(self.seed, "occurrence", pair.driver, pair.entity, "time"),
            "outcome_key": address_key(self.seed, "occurrence", pair.driver, pair.entity, "outcome"),
            "occurrence_key": address_key(self.seed, "occurrence", pair.driver, pair.entity),
        }
        self._add_reach(pair, driver, row)
        self._add_history(pair, driver, row)
        hazard = driver.hazard
        if isinstance(hazard, RateHazard):
            self._add_rate(pair, driver, hazard, row)
        else:
            path = ("drivers", pair.driver, "probability")
            row["probability"] = self.parameters.add(path, hazard.probability, SHARE)
            row["kind"] = DATE if isinstance(hazard, DateHazard) else ADOPTION
            if isinstance(hazard, DateHazard):
                row["date"] = days_between(self.study.run.start, hazard.at)
                if row["date"] >= self.horizon:
                    row["kind"] = -1  # beyond the horizon: it never strikes
            assert isinstance(hazard, DateHazard | AdoptionHazard)
        return row

    def _add_reach(self, pair: Pair, driver: Driver, row: dict[str, Any]) -> None:
        row["reach"] = driver.reach
        row["reach_start"] = len(self.reach_key)
        if pair.scope == "group":
            for lab in self.entities.members[pair.entity]:
                name = ("occurrence", pair.driver, pair.entity, "reach", lab)
                self.reach_key.append(address_key(self.seed, *name))
        row["reach_end"] = len(self.reach_key)

    def _add_history(self, pair: Pair, driver: Driver, row: dict[str, Any]) -> None:
        row["history_start"] = len(self.history)
        same_day: dict[int, int] = {}
        for past in sorted((h for h in driver.history if h.entity == pair.entity), key=lambda h: h.date):
            day = past.date.toordinal()
            same_day[day] = same_day.get(day, -1) + 1
            outcome = -1 if past.outcome is None else self.outcomes[pair.driver, past.outcome]
            self.history.append(
                {
                    "time": days_between(self.study.run.start, past.date),
                    "pair": self.entities.pairs.index(pair),
                    "index": HISTORY_INDEX + day * 8 + same_day[day],
                    "outcome": outcome,
                }
            )
        row["history_end"] = len(self.history)

    def _add_rate(self, pair: Pair, driver: Driver, hazard: RateHazard, row: dict[str, Any]) -> None:
        row["kind"] = RATE
        path: tuple[str, ...] = ("drivers", pair.driver, "rate")
        rate = hazard.rate
        if pair.entity in hazard.rates:
            rate = hazard.rates[pair.entity]
            path = ("drivers", pair.driver, "rates", pair.entity)
        row["rate"] = self.parameters.add(path, rate, AT_LEAST_0)
        times = [h["time"] for h in self.history[row["history_start"] : row["history_end"]]]
        if hazard.at_most is not None:
            row["at_most"] = max(0, hazard.at_most - len(times))
        row["factor_start"] = len(self.frailty)
        for factor in sorted(hazard.scaled_by):
            quantity = self.study.scenario.factors[factor]
            self.frailty.append(self.parameters.add(("factors", factor), quantity, AT_LEAST_0))
        row["factor_end"] = len(self.frailty)
        if hazard.self_excitation is not None:
            decay = math.log(2.0) / hazard.self_excitation.half_life_days
            branching = hazard.self_excitation.branching
            row["self_decay"] = decay
            row["branching"] = branching
            row["self_start"] = sum(branching * decay * exp(decay * time) for time in times)
        self._add_windows(pair, hazard, row)
        self._add_excitations(pair, hazard, row)

    def _releases(self, pair: Pair) -> list[float]:
        portfolio, entities = self.study.portfolio, self.entities
        labs = set(entities.members[pair.entity]) if pair.scope == "group" else set()
        if pair.scope == "lab":
            labs = {pair.entity}
        line = entities.line_of(pair.scope, pair.entity)
        lines = [line] if line is not None else [k for k in entities.lines if portfolio.lines[k].lab in labs]
        start = self.study.run.start
        return [day for k in lines for day in release_days(portfolio.lines[k].releases, start, self.horizon)]

    def _intervals(self, pair: Pair, window: ReleaseWindow | DateWindow) -> list[tuple[float, float]]:
        if isinstance(window, DateWindow):
            start = self.study.run.start
            return [(days_between(start, window.start), days_between(start, window.until))]
        return [(day, day + window.days) for day in self._releases(pair)]

    def _add_windows(self, pair: Pair, hazard: RateHazard, row: dict[str, Any]) -> None:
        open_at = [self._intervals(pair, window) for window in hazard.windows]
        borders = {self.horizon}
        for intervals in open_at:
            borders |= {
                border for interval in intervals for border in interval if 0.0 < border < self.horizon
            }
        row["window_start"] = len(self.window_factor)
        for k, window in enumerate(hazard.windows):
            path = ("drivers", pair.driver, "windows", str(k), "factor")
            self.window_factor.append(self.parameters.add(path, window.factor, AT_LEAST_0))
        row["window_end"] = len(self.window_factor)
        row["piece_start"] = len(self.piece)
        days: dict[int, float] = {}
        begin = 0.0
        for until in sorted(borders):
            middle = 0.5 * (begin + until)
            opened = [any(a <= middle < b for a, b in intervals) for intervals in open_at]
            mask = sum(1 << k for k, is_open in enumerate(opened) if is_open)
            if len(self.piece) > row["piece_start"] and self.piece[-1]["mask"] == mask:
                self.piece[-1]["until"] = until
            else:
                self.piece.append({"until": until, "mask": mask})
            days[mask] = days.get(mask, 0.0) + until - begin
            begin = until
        row["piece_end"] = len(self.piece)
        row["mask_start"] = len(self.mask)
        self.mask.extend({"days": length, "mask": mask} for mask, length in sorted(days.items()))
        place = {mask: k for k, mask in enumerate(sorted(days))}
        for piece in self.piece[row["piece_start"] :]:
            piece["mask"] = place[piece["mask"]]
        row["mask_end"] = len(self.mask)

    def _add_excitations(self, pair: Pair, hazard: RateHazard, row: dict[str, Any]) -> None:
        row["excitation_start"] = len(self.excitation)
        for k, excitation in enumerate(hazard.excited_by):
            begin = len(self.source)
            for at, source in enumerate(self.entities.pairs):
                if source.driver != excitation.driver:
                    continue
                need = self.entities.excites(source, pair, excitation)
                if need != 0:
                    self.source.append({"pair": at, "need": need})
            path = ("drivers", pair.driver, "excited_by", str(k), "factor")
            factor = self.parameters.add(path, excitation.factor, AT_LEAST_0)
            if begin == len(self.source):
                continue  # nothing that the exciter strikes bears on this entity
            half_life = excitation.half_life_days
            mode = DECAYS if half_life is not None else FOR_DAYS if excitation.days is not None else STAYS
            outcome = -1
            if excitation.outcome is not None:
                outcome = self.outcomes[excitation.driver, excitation.outcome]
            self.excitation.append(
                {
                    "source_start": begin,
                    "source_end": len(self.source),
                    "outcome": outcome,
                    "factor": factor,
                    "mode": mode,
                    "days": excitation.days or 0.0,
                    "decay": math.log(2.0) / half_life if half_life is not None else 0.0,
                    "delay": excitation.delay_days,
                }
            )
        row["excitation_end"] = len(self.excitation)
