"""A chunk's futures, laid out for responses: who is struck when on which line, with which magnitudes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.numpy_baseline.lowering import Lowered, entities_of
from benchmarks.numpy_baseline.occurrences import (
    DriverSampler,
    Struck,
    at,
    draw_outcomes,
    in_topological_order,
    outcome_probabilities,
)
from benchmarks.numpy_baseline.sampling import draw
from simengine.model.effects import Effect
from simengine.model.scenario import AdoptionHazard

Array = np.ndarray
Columns = dict[str, Array]
NEUTRAL = {
    "spend": 1.0,
    "saving": 0.0,
    "share": 0.0,
    "per_day": 0.0,
    "keep": 1.0,
    "one_off": 0.0,
    "days": np.inf,
    "grace": np.nan,
    "pay": np.nan,
}


@dataclass
class Rows:
    """Occurrences by row, then time; row = place * n_paths + path, lines first, then workloads.

    `key` is row * span + time, with infinity after the last; `begin` is the first position of each row.
    """

    key: Array
    occurrence: Array
    begin: Array


@dataclass
class World:
    """Loud occurrences change what a lane does or pays by factors, and are events of its life.

    Quiet ones add upkeep, which is booked when the lane leaves the line, all at once. Standing ones are the
    loud ones that also meet whoever comes later.
    """

    n_paths: int
    span: float
    path: Array
    time: Array
    kind: Array
    columns: list[Columns]
    loud: Rows
    standing: Rows
    quiet: Rows
    at_start: list[tuple[int, Array]]
    lost: Array
    pair_of: Array
    claims: dict[int, list[tuple[Array, int, Array, list[Columns]]]]
    n_claims: int
    strikes: dict[str, Array]


class WorldSampler:
    def __init__(self, low: Lowered) -> None:
        self.low = low
        drivers = low.study.scenario.drivers
        self.claim_names = [
            name for name in sorted(drivers) if isinstance(drivers[name].hazard, AdoptionHazard)
        ]
        self.order = [name for name in in_topological_order(drivers) if name not in self.claim_names]
        self.samplers = {name: DriverSampler(low, name) for name in self.order}
        n_lines, n_workloads = len(low.lines), len(low.workloads)
        self.pair_of = np.full((n_workloads, n_lines), -1)
        targets = {(w, line) for w in range(n_workloads) for line in low.fallbacks[w] if line >= 0}
        targets |= {(w, line) for w, line in enumerate(low.adoption_line) if line >= 0}
        for number, (w, line) in enumerate(sorted(targets)):
            self.pair_of[w, line] = number
        self.n_pairs = len(targets)
        self.forced = self._by_kind(lambda effect: effect.forced_move is not None)
        upkeep = self._by_kind(lambda effect: effect.upkeep is not None)
        self.is_quiet = self._on_a_line(upkeep)
        self.is_loud = self._on_a_line(~upkeep)
        self.stands = self._on_a_line(self._by_kind(is_standing) & ~upkeep)

    def _by_kind(self, question: Callable[[Effect], bool]) -> Array:
        answers = np.zeros(self.low.admits.shape[:2], dtype=bool)
        for k, kind in enumerate(self.low.kinds):
            for e, effect in enumerate(kind.effects):
                answers[e, k] = question(effect)
        return answers

    def _on_a_line(self, chosen: Array) -> Array:
        """Whether an outcome (first index) may do something chosen to anybody on a line (second)."""
        return np.any(self.low.admits & chosen[:, :, None, None], axis=(0, 2))

    def sample(self, n: int, rng: np.random.Generator) -> World:
        low = self.low
        factors = {
            name: draw(quantity, n, rng) for name, quantity in sorted(low.study.scenario.factors.items())
        }
        done: dict[str, Struck] = {}
        for name in self.order:
            done[name] = self.samplers[name].sample(n, factors, done, rng)
        span = low.horizon + 1.0
        empty = [np.empty(0, dtype=int)]
        time = np.concatenate([struck.time for struck in done.values()] or [np.empty(0)])
        kind = np.concatenate([struck.kind for struck in done.values()] or empty)
        path = np.concatenate([struck.path for struck in done.values()] or empty)
        loud, standing, quiet = RowsBuilder(), RowsBuilder(), RowsBuilder()
        at_start: list[tuple[int, Array]] = []
        lost = np.full((max(1, self.n_pairs), n), np.inf)
        first, n_rows = 0, n * (len(low.lines) + len(low.workloads))
        for name, struck in done.items():
            number = np.arange(first, first + struck.path.size)
            first += struck.path.size
            for place, line, hit in self.places(name, struck):
                is_loud = self.is_loud[struck.kind, line] & hit if line >= 0 else hit
                is_quiet = self.is_quiet[struck.kind, line] & hit if line >= 0 else hit
                quiet.add(place * n, struck.path, number, is_quiet)
                loud.add(place * n, struck.path, number, is_loud & (struck.time >= 0.0))
                before = np.flatnonzero(is_loud & (struck.time < 0.0))
                at_start += [(place, number[part]) for part in once_a_path(before, struck.path)]
                if line >= 0:
                    standing.add(place * n, struck.path, number, hit & self.stands[struck.kind, line])
                    self.lose(lost, struck, line, hit)
        return World(
            n_paths=n,
            span=span,
            path=path,
            time=time,
            kind=kind,
            columns=effect_columns(low, kind, rng),
            loud=loud.sorted(time, span, n_rows),
            standing=standing.sorted(time, span, n_rows),
            quiet=quiet.sorted(time, span, n_rows),
            at_start=sorted(at_start, key=lambda part: float(time[part[1][0]])),
            lost=lost,
            pair_of=self.pair_of,
            claims=self.claims(n, rng),
            n_claims=len(self.claim_names),
            strikes={
                name: np.bincount(struck.path[struck.time >= 0.0], minlength=n)
                for name, struck in done.items()
            },
        )

    def places(self, name: str, struck: Struck):
        """Each place that occurrences can strike, the line it is (-1: a workload), and which of them do."""
        low, driver = self.low, self.low.study.scenario.drivers[name]
        entities = entities_of(low, driver)
        if driver.scope == "workload":
            for position, entity in enumerate(entities):
                yield len(low.lines) + low.workloads.index(entity), -1, struck.entity == position
            return
        for line, line_name in enumerate(low.lines):
            lab = low.labs[low.line_lab[line]]
            if driver.scope == "group":
                assert struck.reached is not None
                yield line, line, struck.reached[:, low.line_lab[line]]
                continue
            own = line_name if driver.scope == "line" else lab
            if own in entities:
                yield line, line, struck.entity == entities.index(own)

    def lose(self, lost: Array, struck: Struck, line: int, hit: Array) -> None:
        # Workloads that lose the line to the same outcomes lose it at the same times: one pass for them all.
        alike: dict[bytes, list[int]] = {}
        for w in np.flatnonzero(self.pair_of[:, line] >= 0):
            losing: Array = np.any(self.low.admits[:, :, w, line] & self.forced, axis=0)
            if losing.any():
                alike.setdefault(losing.tobytes(), []).append(self.pair_of[w, line])
        for losing_bytes, pairs in alike.items():
            losing = np.frombuffer(losing_bytes, dtype=bool)
            chosen = np.flatnonzero(hit & losing[struck.kind])
            if chosen.size:
                first = np.full(lost.shape[1], np.inf)
                np.minimum.at(first, struck.path[chosen], struck.time[chosen])
                lost[pairs] = np.minimum(lost[pairs], first)

    def claims(self, n: int, rng) -> dict[int, list[tuple[Array, int, Array, list[Columns]]]]:
        """Of each adopting workload and claim on all paths: does it strike, driver, outcome, magnitudes."""
        low, found = self.low, {}
        for number, name in enumerate(self.claim_names):
            driver = low.study.scenario.drivers[name]
            assert isinstance(driver.hazard, AdoptionHazard)
            entities = entities_of(low, driver)
            probability = draw(driver.hazard.probability, n, rng)
            outcomes = outcome_probabilities(low, name, n, rng)
            for w, workload in enumerate(low.workloads):
                if low.adoption_line[w] >= 0 and workload in entities:
                    kind = draw_outcomes(low.kind_of(name), outcomes, np.arange(n), rng)
                    strikes = rng.random(n) < at(probability, np.arange(n))
                    columns = effect_columns(low, kind, rng)
                    found.setdefault(w, []).append((strikes, number, kind, columns))
        return found


def is_standing(effect: Effect) -> bool:
    timed = effect.spend or effect.upkeep or effect.disruption
    return effect.one_off is None and not (timed is not None and timed.days is not None)


def once_a_path(chosen: Array, path: Array) -> list[Array]:
    """Histories lie one after another, each on ascending paths: cut them so that no part has a path twice."""
    return np.split(chosen, np.flatnonzero(np.diff(path[chosen]) <= 0) + 1) if chosen.size else []


class RowsBuilder:
    def __init__(self) -> None:
        self.rows: list[Array] = [np.empty(0, dtype=int)]
        self.occurrences: list[Array] = [np.empty(0, dtype=int)]

    def add(self, first_row: int, path: Array, number: Array, chosen: Array) -> None:
        positions = np.flatnonzero(chosen)
        self.rows.append(first_row + path[positions])
        self.occurrences.append(number[positions])

    def sorted(self, time: Array, span: float, n_rows: int) -> Rows:
        row, occurrence = np.concatenate(self.rows), np.concatenate(self.occurrences)
        key = row * span + np.maximum(0.0, time[occurrence])
        order = np.argsort(key)
        counts = np.bincount(row, minlength=n_rows)
        return Rows(np.append(key[order], np.inf), occurrence[order], np.append(0, np.cumsum(counts)))


def effect_columns(low: Lowered, kind: Array, rng) -> list[Columns]:
    """Magnitudes of each occurrence's effects: one set of columns for each position in an outcome's list."""
    order = np.argsort(kind, kind="stable")
    edges = np.searchsorted(kind[order], np.arange(len(low.kinds) + 1))
    columns: list[Columns] = [{} for _ in range(low.n_effects)]
    for k, one in enumerate(low.kinds):
        rows = order[edges[k] : edges[k + 1]]
        if rows.size:
            for column, effect in zip(columns, one.effects, strict=False):
                for field, drawn in magnitudes(effect, rows.size, rng).items():
                    if field not in column:
                        column[field] = np.full(kind.size, NEUTRAL[field])
                    column[field][rows] = drawn
    return columns


def magnitudes(effect: Effect, n: int, rng) -> dict[str, Array | float]:
    def of(quantity, absent: float = np.nan) -> Array | float:
        return absent if quantity is None else draw(quantity, n, rng)

    if effect.spend:
        return {"spend": of(effect.spend.factor), "days": of(effect.spend.days, np.inf)}
    if effect.saving:
        return {"saving": of(effect.saving.claimed) * of(effect.saving.realised)}
    if effect.upkeep:
        share, per_day = effect.upkeep.share_of_spend, effect.upkeep.per_day
        name, quantity = ("share", share) if share is not None else ("per_day", per_day)
        return {name: of(quantity), "days": of(effect.upkeep.days, np.inf)}
    if effect.one_off:
        return {"one_off": of(effect.one_off.amount)}
    if effect.disruption:
        return {"keep": 1.0 - of(effect.disruption.severity), "days": of(effect.disruption.days, np.inf)}
    assert effect.forced_move
    return {"grace": of(effect.forced_move.grace_days), "pay": of(effect.forced_move.pay_factor)}
