"""When drivers strike: superposed Poisson candidates of a driver's entities, thinned; offspring by cluster.

Any exact sampler is fair here, so this one takes what NumPy is quickest at: one Poisson count a path and
driver instead of one inversion an occurrence, and the branching form of the Hawkes process instead of its
intensity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log

import numpy as np

from benchmarks.numpy_baseline.lowering import Lowered, entities_of, lines_of, release_days
from benchmarks.numpy_baseline.sampling import draw
from simengine.model.scenario import AdoptionHazard, DateHazard, Driver, Excitation, RateHazard, ReleaseWindow

Array = np.ndarray
Drawn = Array | float
# Days of history that keep their order when times before the start are put behind a row number.
HISTORY_SPAN = 40_000.0


@dataclass
class Struck:
    """All occurrences of one driver in a chunk, history (time below 0) included."""

    path: Array
    entity: Array
    time: Array
    kind: Array
    reached: Array | None


def in_topological_order(drivers: Mapping[str, Driver]) -> list[str]:
    placed: list[str] = []
    while len(placed) < len(drivers):
        for name in sorted(set(drivers) - set(placed)):
            hazard = drivers[name].hazard
            exciters = [e.driver for e in hazard.excited_by] if isinstance(hazard, RateHazard) else []
            if all(exciter in placed or exciter == name for exciter in exciters):
                placed.append(name)
    return placed


class DriverSampler:
    """One rate driver with everything that does not depend on the path worked out beforehand."""

    def __init__(self, low: Lowered, name: str) -> None:
        self.low, self.name = low, name
        self.driver = low.study.scenario.drivers[name]
        self.entities = entities_of(low, self.driver)
        self.kinds = low.kind_of(name)
        self.span = low.horizon + 1.0
        number = {entity: position for position, entity in enumerate(self.entities)}
        self.history = [
            (number[past.entity], low.day(past.date), past.outcome) for past in self.driver.history
        ]
        hazard = self.driver.hazard
        self.windows = (
            [(window.factor, self.edges_of(window)) for window in hazard.windows]
            if isinstance(hazard, RateHazard)
            else []
        )

    def edges_of(self, window: object) -> Array:
        """Opening and closing days of a window for every entity, entity by entity, on one axis."""
        edges: list[float] = []
        for position, entity in enumerate(self.entities):
            if isinstance(window, ReleaseWindow):
                lines = lines_of(self.low, self.driver.scope, entity)
                opened = sorted(day for line in lines for day in release_days(self.low, line))
                spans = [(day, day + window.days) for day in opened]
            else:
                spans = [(self.low.day(window.start), self.low.day(window.until))]  # type: ignore[attr-defined]
            merged: list[list[float]] = []
            for begin, end in spans:
                begin, end = max(0.0, begin), min(self.low.horizon, end)
                if begin >= end:
                    continue
                if merged and begin <= merged[-1][1]:
                    merged[-1][1] = max(merged[-1][1], end)
                else:
                    merged.append([begin, end])
            edges += [position * self.span + edge for interval in merged for edge in interval]
        return np.array(edges)

    def sample(self, n: int, factors: dict[str, Drawn], done: dict[str, Struck], rng) -> Struck:
        hazard = self.driver.hazard
        if isinstance(hazard, AdoptionHazard):
            raise TypeError("claims strike in the responses")
        if isinstance(hazard, DateHazard):
            path, entity, time = self.on_a_date(n, hazard, rng)
        else:
            path, entity, time = self.at_a_rate(n, hazard, factors, done, rng)
        probabilities = outcome_probabilities(self.low, self.name, n, rng)
        parts = [(path, entity, time, draw_outcomes(self.kinds, probabilities, path, rng))]
        for position, day, outcome in self.history:
            every = np.arange(n)
            kind = (
                draw_outcomes(self.kinds, probabilities, every, rng)
                if outcome is None
                else np.full(n, next(k for k in self.kinds if self.low.kinds[k].outcome == outcome))
            )
            parts.append((every, np.full(n, position), np.full(n, day), kind))
        path, entity, time, kind = (np.concatenate(column) for column in zip(*parts, strict=True))
        return Struck(path, entity, time, kind, self.reached(entity, rng))

    def reached(self, entity: Array, rng) -> Array | None:
        if self.driver.scope != "group":
            return None
        labs = self.low.study.portfolio.labs
        member = np.array([[group in labs[lab].groups for lab in self.low.labs] for group in self.entities])
        hit = rng.random((entity.size, len(self.low.labs))) < self.driver.reach
        return hit & member[entity]

    def on_a_date(self, n: int, hazard: DateHazard, rng) -> tuple[Array, Array, Array]:
        day = self.low.day(hazard.at)
        if day >= self.low.horizon:
            return np.empty(0, int), np.empty(0, int), np.empty(0)
        struck = rng.random((len(self.entities), n)) < draw(hazard.probability, n, rng)
        entity, path = np.nonzero(struck)
        return path, entity, np.full(path.size, day)

    def at_a_rate(self, n, hazard: RateHazard, factors, done, rng) -> tuple[Array, Array, Array]:
        common: Drawn = 1.0
        for factor in hazard.scaled_by:
            common = common * factors[factor]
        factors_open = [draw(factor, n, rng) for factor, _ in self.windows]
        ceiling: Drawn = 1.0
        for factor in factors_open:
            ceiling = ceiling * np.maximum(1.0, factor)
        per_day = common * ceiling / 365.0
        rate = np.empty((len(self.entities), n))
        single = {name: quantity for name, quantity in hazard.rates.items() if name in self.entities}
        shared = np.array([i for i, name in enumerate(self.entities) if name not in single], dtype=int)
        members = [(shared, hazard.rate)] if shared.size else []
        members += [(np.array([self.entities.index(name)]), quantity) for name, quantity in single.items()]
        paths, entities = [], []
        for group, quantity in members:
            rate[group] = draw(quantity, n, rng) * per_day
            counts = rng.poisson(rate[group[0]] * (group.size * self.low.horizon))
            path = np.repeat(np.arange(n), counts)
            paths.append(path)
            entities.append(group[rng.integers(0, group.size, path.size)])
        path, entity = np.concatenate(paths), np.concatenate(entities)
        time = rng.random(path.size) * self.low.horizon
        level = rng.random(path.size) * at(ceiling, path) / self.openness(factors_open, path, entity, time)
        if hazard.excited_by:
            phases = [Phase(self, n, entry, draw(entry.factor, n, rng), done) for entry in hazard.excited_by]
            kept = level < excitement(phases, path, entity, time)
            more, bound = extra_candidates(phases, rate, self.low.horizon, rng)
            above = excitement(phases, *more) - 1.0
            level = rng.random(above.size) * bound * at(ceiling, more[0])
            extra = level < above * self.openness(factors_open, *more)
            path, entity, time = (
                np.concatenate([old[kept], new[extra]])
                for old, new in zip((path, entity, time), more, strict=True)
            )
        else:
            kept = level < 1.0
            path, entity, time = path[kept], entity[kept], time[kept]
        if hazard.self_excitation is not None:
            path, entity, time = self.with_offspring(n, hazard, path, entity, time, rng)
        if hazard.at_most is not None:
            path, entity, time = self.first_few(n, hazard.at_most, path, entity, time)
        return path, entity, time

    def openness(self, factors: list[Drawn], path: Array, entity: Array, time: Array) -> Array | float:
        """Product of the factors of the windows open at a time."""
        level: Array | float = 1.0
        for (_, edges), factor in zip(self.windows, factors, strict=True):
            inside = np.searchsorted(edges, entity * self.span + time, side="right") & 1
            level = level * np.where(inside == 1, at(factor, path), 1.0)
        return level

    def qualifying(self, entry: Excitation, place: str, exciter: Struck) -> Array:
        """Which occurrences of the exciter count for one entity."""
        low, source = self.low, self.low.study.scenario.drivers[entry.driver]
        portfolio = low.study.portfolio
        names = entities_of(low, source)
        lines = lines_of(low, self.driver.scope, place)
        lab = place if self.driver.scope == "lab" else portfolio.lines[lines[0]].lab if lines else None
        if self.driver.scope == "group" or lab is None:
            chosen = exciter.entity == (names.index(place) if place in names else -1)
        elif source.scope == "group":
            assert exciter.reached is not None
            chosen = exciter.reached[:, low.labs.index(lab)].copy()
        else:
            own = {"workload": place, "line": lines[0] if lines else "", "lab": lab}[source.scope]
            chosen = exciter.entity == (names.index(own) if own in names else -1)
        if entry.via == "group" and lab is not None:
            shared = set(portfolio.labs[lab].groups)
            others = [
                other for other in low.labs if other != lab and shared & set(portfolio.labs[other].groups)
            ]
            if source.scope == "lab":
                chosen |= np.isin(exciter.entity, [names.index(o) for o in others if o in names])
            elif exciter.reached is not None and others:
                chosen |= exciter.reached[:, [low.labs.index(other) for other in others]].any(axis=1)
        if entry.outcome is not None:
            wanted = [k for k in low.kind_of(entry.driver) if low.kinds[k].outcome == entry.outcome]
            chosen = chosen & np.isin(exciter.kind, wanted)
        return np.flatnonzero(chosen)

    def with_offspring(self, n, hazard: RateHazard, path, entity, time, rng):
        """Each occurrence has Poisson(branching) offspring after exponential delays, and so have they."""
        assert hazard.self_excitation is not None
        branching, half_life = hazard.self_excitation.branching, hazard.self_excitation.half_life_days
        every = np.arange(n)
        parts = [(path, entity, time)]
        past = [(every, np.full(n, position), np.full(n, day)) for position, day, _ in self.history]
        parents = [np.concatenate(column) for column in zip(parts[0], *past, strict=True)]
        while parents[0].size:
            counts = rng.poisson(branching, parents[0].size)
            path, entity, time = (np.repeat(column, counts) for column in parents)
            time = time + rng.exponential(half_life / log(2.0), time.size)
            kept = (time >= 0.0) & (time < self.low.horizon)
            parents = [path[kept], entity[kept], time[kept]]
            parts.append((parents[0], parents[1], parents[2]))
        return tuple(np.concatenate(column) for column in zip(*parts, strict=True))

    def first_few(self, n, at_most: int, path, entity, time):
        row = entity * n + path
        order = np.argsort(row * self.span + time)
        row = row[order]
        first = np.searchsorted(row, row, side="left")
        past = np.zeros(len(self.entities), dtype=int)
        for position, _, _ in self.history:
            past[position] += 1
        kept = order[np.arange(row.size) - first < at_most - past[entity[order]]]
        return path[kept], entity[kept], time[kept]


class Phase:
    """One `excited_by`, with the days from which qualifying occurrences act, by entity and path."""

    def __init__(
        self, sampler: DriverSampler, n: int, entry: Excitation, factor: Drawn, done: dict[str, Struck]
    ) -> None:
        exciter = done[entry.driver]
        self.entry, self.factor, self.n_paths, self.span = entry, factor, n, sampler.span + HISTORY_SPAN
        rows, begins = [], []
        for position, place in enumerate(sampler.entities):
            chosen = sampler.qualifying(entry, place, exciter)
            rows.append(position * n + exciter.path[chosen])
            begins.append(exciter.time[chosen] + entry.delay_days)
        row, begin = np.concatenate(rows), np.concatenate(begins)
        key = row * self.span + (begin + HISTORY_SPAN)
        order = np.argsort(key)
        self.key, self.row, self.begin = key[order], row[order], begin[order]

    def level(self, path: Array, entity: Array, time: Array) -> Array:
        own = entity * self.n_paths + path
        latest = np.searchsorted(self.key, own * self.span + (time + HISTORY_SPAN), side="right") - 1
        found = np.flatnonzero(latest >= 0)
        found = found[self.row[latest[found]] == own[found]]
        age = time[found] - self.begin[latest[found]]
        extra = at(self.factor, path[found]) - 1.0
        if self.entry.days is not None:
            extra = np.where(age < self.entry.days, extra, 0.0)
        elif self.entry.half_life_days is not None:
            extra = extra * np.exp2(-age / self.entry.half_life_days)
        level = np.ones(path.size)
        level[found] += extra
        return level

    def breaks(self) -> tuple[Array, Array]:
        """Rows and days at which the level jumps."""
        if self.entry.days is None:
            return self.row, np.maximum(0.0, self.begin)
        days = np.concatenate([np.maximum(0.0, self.begin), self.begin + self.entry.days])
        return np.tile(self.row, 2), days


def excitement(phases: list[Phase], path: Array, entity: Array, time: Array) -> Array:
    level = phases[0].level(path, entity, time)
    for phase in phases[1:]:
        level *= phase.level(path, entity, time)
    return level


def extra_candidates(phases: list[Phase], rate: Array, horizon: float, rng):
    """Candidates for what excitation adds, between its jumps, and by how much it may add there at most.

    Thinning the whole horizon by the greatest factor would throw nearly all candidates away.
    """
    n = rate.shape[1]
    rows, days = (np.concatenate(column) for column in zip(*(p.breaks() for p in phases), strict=True))
    inside = (days >= 0.0) & (days < horizon)
    rows, days = rows[inside], days[inside]
    order = np.argsort(rows * (horizon + 1.0) + days)
    rows, days = rows[order], days[order]
    until = np.full(rows.size, horizon)
    same = np.flatnonzero(rows[1:] == rows[:-1])
    until[same] = days[same + 1]
    path, entity = rows % n, rows // n
    # Between jumps each level only falls towards 1 (or rises to it from below).
    bound = np.ones(rows.size)
    for phase in phases:
        bound *= np.maximum(1.0, phase.level(path, entity, days))
    excess = bound - 1.0
    counts = rng.poisson(rate[entity, path] * excess * (until - days))
    path, entity, begin, width, excess = (
        np.repeat(column, counts) for column in (path, entity, days, until - days, excess)
    )
    return (path, entity, begin + rng.random(path.size) * width), excess


def outcome_probabilities(low: Lowered, name: str, n: int, rng) -> list[Drawn]:
    """Of each outcome, sorted by name, rescaled to add up to 1: one draw a path."""
    outcomes = low.study.scenario.drivers[name].outcomes
    written = [outcomes[low.kinds[k].outcome].probability for k in low.kind_of(name)]
    given = [None if quantity is None else draw(quantity, n, rng) for quantity in written]
    stated = sum((probability for probability in given if probability is not None), start=0.0)
    rest = np.maximum(0.0, 1.0 - stated)
    total = stated + (rest if None in written else 0.0)
    return [(rest if probability is None else probability) / total for probability in given]


def draw_outcomes(kinds: list[int], probabilities: list[Drawn], path: Array, rng) -> Array:
    """Position in `kinds` of the outcome of each occurrence."""
    kind = np.full(path.size, kinds[-1])
    if len(kinds) > 1:
        level = rng.random(path.size)
        cumulative: Drawn = 0.0
        undecided = np.ones(path.size, dtype=bool)
        for number, probability in zip(kinds[:-1], probabilities, strict=False):
            cumulative = cumulative + at(probability, path)
            now = undecided & (level < cumulative)
            kind[now] = number
            undecided &= ~now
    return kind


def at(drawn: Drawn, path: Array) -> Array | float:
    """The value of a path's parameter for each of many things on paths."""
    return drawn[path] if isinstance(drawn, np.ndarray) and drawn.ndim else float(drawn)
