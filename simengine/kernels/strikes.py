"""What strikes a workload, and what that leaves running."""

from __future__ import annotations

import numpy as np

from simengine.kernels.draws import effect_value
from simengine.kernels.ledger import book_lump, growth_integral, mean_growth
from simengine.kernels.state import AS_SOLD, FACTOR, PER_DAY, SAVED, SEVERITY, SHARE
from simengine.kernels.tables import (
    ALWAYS,
    FORCED_MOVE,
    NEVER,
    ONE_OFF,
    ONE_OFF_COST,
    SAVING,
    SPEND,
    TOO_MANY_ACTIVE,
    UPKEEP,
    World,
)
from simengine.rng.accelerate import inner


@inner
def touches(w: World, at: int, line: int) -> bool:
    """Whether an occurrence struck a line, its lab or, by reach, its lab's group."""
    need = w.m.touch[w.occurrences.pair[at], line]
    if need == NEVER:
        return False
    return need == ALWAYS or (w.occurrences.reached[at] & need) != 0


@inner
def strikes(w: World, life: np.record, at: int, line: int) -> bool:
    """Whether an occurrence strikes this workload if it is on this line."""
    workload = w.m.pair[w.occurrences.pair[at]].workload
    if workload >= 0:
        return workload == life.workload
    return touches(w, at, line)


@inner
def admits(w: World, effect: int, workload: int, line: int) -> bool:
    """Whether an effect's `where` admits the workload on this line."""
    return w.m.admits_workload[effect, workload] == 1 and w.m.admits_line[effect, line] == 1


@inner
def clause_row(w: World, life: np.record, at: int) -> int:
    """The clauses that cover what this occurrence's driver does to the workload."""
    if w.plan.unit[life.unit].selected == 0:
        return w.plan.clause.shape[0] - 1
    return w.m.pair[w.occurrences.pair[at]].driver


@inner
def fold_in(w: World, life: np.record, kind: int, value: float, driver: int) -> None:
    """Make an effect part of what stands until the workload leaves its line."""
    if kind in (FACTOR, SAVED):
        life.factors *= value
    elif kind == SHARE:
        life.share += value
    elif kind == PER_DAY:
        life.per_day += value
    else:
        life.kept *= 1.0 - value
    if kind != SAVED and w.plan.unit[life.unit].selected == 1:
        life.credit = max(life.credit, w.plan.clause[driver].credit)


@inner
def forget_effects(life: np.record) -> None:
    """Off the line: whatever ran or stood there has ended."""
    life.n_active = 0
    life.factors = 1.0
    life.share = 0.0
    life.per_day = 0.0
    life.kept = 1.0
    life.credit = 0.0


@inner
def add_change(w: World, life: np.record, kind: int, value: float, until: float) -> None:
    """Note what an effect adds to the ledger up to the horizon, where it can be told without playing on.

    Upkeep adds to whatever else is paid. A disruption adds its part of the value if none other runs.
    """
    length = min(until, w.m.clock[0].horizon) - life.time
    if kind == SHARE:
        life.added_cost += value * life.spend * life.grown * length * mean_growth(life.kappa * length)
    elif kind == PER_DAY:
        life.added_cost += value * length
    elif kind == SEVERITY and life.kept == 1.0:
        for k in range(life.n_active):
            if w.work.active[life.level, k].kind == SEVERITY:
                life.is_added = 0
        grown = growth_integral(life.growth, life.time, life.time + length)
        life.added_exposure += value * life.value * grown
    else:
        life.is_added = 0


@inner
def run_effect(w: World, life: np.record, kind: int, value: float, until: float, at: int) -> None:
    """Let an effect of an occurrence run on a life until a day; one that stands is folded in, not listed."""
    active = w.work.active
    if life.is_added == 1:
        add_change(w, life, kind, value, until)
    if until == np.inf:
        fold_in(w, life, kind, value, w.m.pair[w.occurrences.pair[at]].driver)
        return
    if life.n_active >= active.shape[1]:
        w.work.status[0] = TOO_MANY_ACTIVE
        return
    slot = active[life.level, life.n_active]
    slot.kind = kind
    slot.value = value
    slot.until = until
    slot.driver = w.m.pair[w.occurrences.pair[at]].driver
    life.n_active += 1


@inner
def take_effect(w: World, life: np.record, at: int, effect: int) -> None:
    """Let one admitted effect (a forced move apart) of an occurrence act on a life, from its own time on."""
    row = w.m.effect[effect]
    share = w.plan.unit[life.unit].share
    terms = w.plan.clause[clause_row(w, life, at)]
    struck = w.occurrences.time[at]
    first = effect_value(w, life, at, row.first, row.per_workload)
    if row.kind == ONE_OFF:
        if struck >= 0.0:
            book_lump(w, life, ONE_OFF_COST, life.time, first * share)
            life.added_cost += first * share
        return
    until = np.inf
    if row.has_days == 1:
        until = struck + effect_value(w, life, at, row.days, row.per_workload)
        if until <= life.time:
            return
    if row.kind == SPEND:
        value = min(first, terms.price_cap) if row.price == 1 else first
        run_effect(w, life, FACTOR, value, until, at)
    elif row.kind == SAVING:
        realised = 1.0
        if life.style != AS_SOLD:
            realised = effect_value(w, life, at, row.second, row.per_workload) * w.plan.unit[life.unit].usage
        run_effect(w, life, SAVED, max(0.0, 1.0 - first * realised), until, at)
    elif row.kind == UPKEEP:
        if row.is_share == 1:
            run_effect(w, life, SHARE, first * terms.upkeep_factor, until, at)
        else:
            run_effect(w, life, PER_DAY, first * terms.upkeep_factor * share, until, at)
    else:
        run_effect(w, life, SEVERITY, first, until, at)


@inner
def drop_ended(w: World, life: np.record) -> None:
    """Forget the effects that have ended, keeping the order of the others."""
    kept = 0
    for k in range(life.n_active):
        if w.work.active[life.level, k].until > life.time:
            if kept < k:
                w.work.active[life.level, kept] = w.work.active[life.level, k]
            kept += 1
    life.n_active = kept


@inner
def has_lost(w: World, life: np.record, line: int) -> bool:
    """Whether one of the occurrences seen so far took this line from the workload."""
    for at in range(life.begin, life.begin + life.seen):
        outcome = w.m.outcome[w.occurrences.outcome[at]]
        if outcome.forces == 0 or not touches(w, at, line):
            continue
        for effect in range(outcome.effect_start, outcome.effect_end):
            if w.m.effect[effect].kind == FORCED_MOVE and admits(w, effect, life.workload, line):
                return True
    return False


@inner
def copy_life(w: World, source: np.record, target: np.record) -> None:
    """Copy a life and what runs on it to another level."""
    level = target.level
    w.work.life[level] = source
    target.level = level
    for k in range(source.n_active):
        w.work.active[level, k] = w.work.active[source.level, k]
