"""What strikes a workload, and what that leaves running."""

from __future__ import annotations

import numpy as np

from simengine.kernels.draws import effect_value
from simengine.kernels.ledger import (
    book_deferred,
    book_lump,
    book_upkeep,
    defer_upkeep,
    end_upkeep,
    expose_until,
    exposure_of,
    settle_accounts,
    spend_until,
)
from simengine.kernels.state import AS_SOLD
from simengine.kernels.tables import (
    ALWAYS,
    DISRUPTION,
    FORCED_MOVE,
    NEVER,
    ONE_OFF,
    ONE_OFF_COST,
    SAVING,
    SPEND,
    TOO_MANY_ACTIVE,
    World,
)
from simengine.kernels.trace import (
    FACTOR,
    IS_BOOKED,
    IS_UNDER,
    PER_DAY,
    SAVED,
    SEVERITY,
    SHARE,
    note,
    note_strike,
)
from simengine.rng.accelerate import dissolved, inner

# What an occurrence that strikes a unit on a line does to it: nothing, merely more, or something else.
NOTHING, ADDS, MOVES = range(3)


@dissolved
def touches(w: World, at: int, line: int) -> bool:
    """Whether an occurrence struck a line, its lab or, by reach, its lab's group."""
    need = w.m.touch[w.occurrences.pair[at], line]
    if need == NEVER:
        return False
    return need == ALWAYS or (w.occurrences.reached[at] & need) != 0


@dissolved
def strikes(w: World, life: np.record, at: int, line: int) -> bool:
    """Whether an occurrence strikes this workload if it is on this line."""
    workload = w.m.pair[w.occurrences.pair[at]].workload
    if workload >= 0:
        return workload == life.workload
    return touches(w, at, line)


@dissolved
def admits(w: World, effect: int, workload: int, line: int) -> bool:
    """Whether an effect's `where` admits the workload on this line."""
    return w.m.admits_workload[effect, workload] == 1 and w.m.admits_line[effect, line] == 1


@dissolved
def clause_row(w: World, life: np.record, at: int) -> int:
    """The clauses that cover what this occurrence's driver does to the workload."""
    if w.plan.unit[life.unit].selected == 0:
        return w.plan.clause.shape[0] - 1
    return w.m.pair[w.occurrences.pair[at]].driver


@dissolved
def forget_effects(life: np.record) -> None:
    """Nothing runs or stands."""
    life.n_factors = 0
    life.n_severities = 0
    life.n_upkeeps = 0
    life.factors = 1.0
    life.share = 0.0
    life.per_day = 0.0
    life.kept = 1.0
    life.credit = 0.0


@inner
def leave_line(w: World, life: np.record) -> None:
    """Off the line: whatever ran or stood there has ended, and is booked up to this day."""
    settle_accounts(w, life)
    end_upkeep(w, life)
    forget_effects(life)


@dissolved
def has_room(w: World, running: int) -> bool:
    """Whether one more effect can be listed; if not, the block is played again with longer lists."""
    if running < w.work.factors.shape[1]:
        return True
    w.work.status[0] = TOO_MANY_ACTIVE
    return False


@inner
def bend_spend(w: World, life: np.record, value: float, until: float, credit: float) -> None:
    """From this day on multiply inference spend, and let a clause refund its share."""
    spend_until(w, life, life.time)
    if until == np.inf:
        life.factors *= value
        life.credit = max(life.credit, credit)
    elif has_room(w, life.n_factors):
        slot = w.work.factors[life.level, life.n_factors]
        slot.value = value
        slot.until = until
        slot.credit = credit
        life.n_factors += 1


@inner
def remember_upkeep(
    w: World, life: np.record, value: float, is_share: int, since: float, until: float
) -> None:
    """Remember upkeep that is booked to its end, in case the workload leaves its line before."""
    if until == np.inf and since == life.time:
        if is_share == 1:
            life.share += value
        else:
            life.per_day += value
        return
    running = 0
    for k in range(life.n_upkeeps):
        if w.work.upkeeps[life.level, k].until > life.time:
            if running < k:
                w.work.upkeeps[life.level, running] = w.work.upkeeps[life.level, k]
            running += 1
    life.n_upkeeps = running
    if has_room(w, running):
        slot = w.work.upkeeps[life.level, running]
        slot.value = value
        slot.is_share = is_share
        slot.since = since
        slot.until = until
        life.n_upkeeps += 1


@inner
def run_upkeep(w: World, life: np.record, value: float, is_share: int, since: float, until: float) -> None:
    """Book upkeep to its end."""
    book_upkeep(w, life, value, is_share, since, until, 1.0)
    remember_upkeep(w, life, value, is_share, since, until)


@inner
def disrupt(w: World, life: np.record, severity: float, until: float) -> None:
    """From this day on lose a part of the value at stake."""
    expose_until(w, life, life.time)
    if until == np.inf:
        life.kept *= 1.0 - severity
    elif has_room(w, life.n_severities):
        slot = w.work.severities[life.level, life.n_severities]
        slot.value = severity
        slot.until = until
        life.n_severities += 1


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
        return
    until = np.inf
    if row.has_days == 1:
        until = struck + effect_value(w, life, at, row.days, row.per_workload)
        if until <= life.time:
            return
    if row.kind == SPEND:
        value = min(first, terms.price_cap) if row.price == 1 else first
        note(w, life, IS_UNDER, at, FACTOR, value, until, 0.0)
        bend_spend(w, life, value, until, terms.credit)
        return
    if row.kind == SAVING:
        realised = 1.0
        if life.style != AS_SOLD:
            realised = effect_value(w, life, at, row.second, row.per_workload) * w.plan.unit[life.unit].usage
        note(w, life, IS_UNDER, at, SAVED, max(0.0, 1.0 - first * realised), until, 0.0)
        bend_spend(w, life, max(0.0, 1.0 - first * realised), until, 0.0)
        return
    if terms.credit > 0.0:
        bend_spend(w, life, 1.0, until, terms.credit)
    if row.kind == DISRUPTION:
        note(w, life, IS_UNDER, at, SEVERITY, first, until, 0.0)
        disrupt(w, life, first, until)
    elif row.is_share == 1:
        note(w, life, IS_UNDER, at, SHARE, first * terms.upkeep_factor, until, 0.0)
        run_upkeep(w, life, first * terms.upkeep_factor, 1, life.time, until)
    else:
        note(w, life, IS_UNDER, at, PER_DAY, first * terms.upkeep_factor * share, until, 0.0)
        run_upkeep(w, life, first * terms.upkeep_factor * share, 0, life.time, until)


@inner
def add_strike(w: World, life: np.record, at: int) -> None:
    """Let an occurrence strike a real life that nothing else awaits, and book what it adds.

    All its effects are upkeep, one-offs and disruptions, which bend nothing else: what each adds up to the
    horizon is what the occurrence changes.
    """
    outcome = w.m.outcome[w.occurrences.outcome[at]]
    struck = w.occurrences.time[at]
    life.time = max(struck, 0.0)
    if life.n_deferred + outcome.effect_end - outcome.effect_start > w.work.deferred.shape[1]:
        book_deferred(w, life)
    share = w.plan.unit[life.unit].share
    factor = w.plan.clause[clause_row(w, life, at)].upkeep_factor
    cost = 0.0
    exposure = 0.0
    struck_by = False
    for effect in range(outcome.effect_start, outcome.effect_end):
        if not admits(w, effect, life.workload, life.line):
            continue
        if not struck_by:
            note_strike(w, life, at)
            struck_by = True
        row = w.m.effect[effect]
        if row.per_workload == 0:
            first = w.work.magnitude[at, row.first - outcome.draw_start]
        else:
            first = effect_value(w, life, at, row.first, 1)
        if row.kind == ONE_OFF:
            if struck >= 0.0:
                book_lump(w, life, ONE_OFF_COST, life.time, first * share)
                cost += first * share
            continue
        until = np.inf
        if row.has_days == 1:
            if row.per_workload == 0:
                until = struck + w.work.magnitude[at, row.days - outcome.draw_start]
            else:
                until = struck + effect_value(w, life, at, row.days, 1)
            if until <= life.time:
                continue
        if row.kind == DISRUPTION:
            note(w, life, IS_UNDER, at, SEVERITY, first, until, 0.0)
            exposure += exposure_of(w, life, first, until)
            disrupt(w, life, first, until)
            continue
        value = first * factor if row.is_share == 1 else first * factor * share
        note(w, life, IS_UNDER, at, SHARE if row.is_share == 1 else PER_DAY, value, until, 0.0)
        remember_upkeep(w, life, value, row.is_share, life.time, until)
        defer_upkeep(w, life, at, value, row.is_share, until)
    w.work.before[0] += cost
    w.work.before[1] += exposure
    w.work.booked_cost[at] += cost
    w.work.booked_exposure[at] += exposure
    note(w, life, IS_BOOKED, at, -1, cost, exposure, 0.0)
    if w.out.workload_driver_cost.shape[1] > 0:
        driver = w.m.pair[w.occurrences.pair[at]].driver
        w.out.workload_driver_cost[life.row, life.workload, driver] += cost
        w.out.workload_driver_exposure[life.row, life.workload, driver] += exposure


@inner
def has_lost(w: World, life: np.record, line: int) -> bool:
    """Whether one of the occurrences seen so far took this line from the workload."""
    for k in range(life.begin, life.begin + life.seen):
        at = w.work.met[k]
        outcome = w.m.outcome[w.occurrences.outcome[at]]
        if outcome.forces == 0 or not touches(w, at, line):
            continue
        for effect in range(outcome.effect_start, outcome.effect_end):
            if w.m.effect[effect].kind == FORCED_MOVE and admits(w, effect, life.workload, line):
                return True
    return False


@inner
def copy_life(w: World, source: np.record, target: np.record) -> None:
    """Copy a life and what runs on it to another level, where it is tried or projected, in nominal money."""
    level = target.level
    w.work.life[level] = source
    target.level = level
    target.has_pv = 0
    for k in range(source.n_factors):
        w.work.factors[level, k] = w.work.factors[source.level, k]
    for k in range(source.n_severities):
        w.work.severities[level, k] = w.work.severities[source.level, k]
    for k in range(source.n_upkeeps):
        w.work.upkeeps[level, k] = w.work.upkeeps[source.level, k]


@inner
def sold_outcome(w: World, pair: int, workload: int, target: int) -> int:
    """The first outcome, as written, with a saving that admits the workload: the claim as it was sold."""
    row = w.m.driver[w.m.pair[pair].driver]
    best = -1
    for o in range(row.outcome_start, row.outcome_end):
        outcome = w.m.outcome[o]
        if best >= 0 and w.m.outcome[best].written < outcome.written:
            continue
        for effect in range(outcome.effect_start, outcome.effect_end):
            if w.m.effect[effect].kind == SAVING and admits(w, effect, workload, target):
                best = o
                break
    return best
