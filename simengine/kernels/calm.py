"""Calm lives: workloads with no move ahead, to which all that strikes them on a path merely adds.

Upkeep, one-offs and disruptions bend nothing else, so such a life needs no playing from event to event. First
each strike writes down the stretches of time over which something is paid or lost, then all stretches of the
path are integrated side by side, lane by lane, and last they are booked, in the order in which the life would
have booked them: not a bit of a result depends on which way a life took. Whoever must answer to something,
or has a move or a clause that refunds ahead, is played by `simengine.kernels.life`.
"""

from __future__ import annotations

import numpy as np

from simengine.kernels.course import ABREAST, SPENT, SPENT_PV
from simengine.kernels.draws import effect_value
from simengine.kernels.ledger import (
    AMOUNT,
    AMOUNT_PV,
    GROWN,
    LENGTH,
    LEVEL,
    RATE,
    START,
    book_lump,
    book_yearly,
    clear,
    mark,
    split_exposure,
    split_spend,
    split_upkeep,
)
from simengine.kernels.responses import settle_on
from simengine.kernels.state import ACTUAL
from simengine.kernels.strikes import MOVES, NOTHING, admits, clause_row
from simengine.kernels.tables import (
    ALWAYS,
    DISRUPTION,
    INFERENCE,
    MITIGATION,
    NEVER,
    ONE_OFF,
    ONE_OFF_COST,
    TOO_MANY_ACTIVE,
    TOO_MANY_LANES,
    UPKEEP_COST,
    World,
)
from simengine.rng.accelerate import dissolved, inner

# What a lane holds: a one-off; value lost, of those that an occurrence adds, and the last of them; value lost
# in all; upkeep; the border between strikes whose upkeep is booked before that of later ones.
LUMP, LOSS, LAST_LOSS, LOST, UPKEEP, BORDER = range(6)


@dissolved
def put(w: World, n: int, kind: int, at: int, start: float, length: float, rate: float, level: float) -> int:
    """Write down a lane; returns the number of lanes."""
    lanes = w.work.lanes
    if n >= lanes.shape[1]:
        w.work.status[0] = TOO_MANY_LANES
        return n
    lanes[START, n] = start
    lanes[LENGTH, n] = length
    lanes[RATE, n] = rate
    lanes[LEVEL, n] = level
    w.work.lane_kind[n] = kind
    w.work.lane_at[n] = at
    return n + 1


@inner
def put_lost(w: World, unit: int, n: int, until: float) -> int:
    """Write down what is lost up to a day of all that runs: a stretch for each disruption that ends."""
    calm = w.work.calm[unit]
    while calm.exposed_to < until:
        start = calm.exposed_to
        end = until
        kept = calm.kept
        running = 0
        for k in range(calm.n_severities):
            severity = w.work.severities[ACTUAL, k]
            if severity.until <= start:
                continue
            kept *= 1.0 - severity.value
            end = min(end, severity.until)
            if running < k:
                w.work.severities[ACTUAL, running] = severity
            running += 1
        calm.n_severities = running
        if kept < 1.0:
            n = put(w, n, LOST, -1, start, end - start, calm.growth, 1.0 - kept)
            w.work.lane_worth[n - 1] = end
        calm.exposed_to = end
    return n


@inner
def put_disruption(w: World, unit: int, n: int, at: int, now: float, severity: float, until: float) -> int:
    """Write down what a disruption adds beside those that run, and let it run."""
    calm = w.work.calm[unit]
    end = min(until, w.m.clock[0].horizon)
    start = now
    while start < end:
        upto = end
        kept = calm.kept
        for k in range(calm.n_severities):
            other = w.work.severities[ACTUAL, k]
            if other.until > start:
                kept *= 1.0 - other.value
                upto = min(upto, other.until)
        n = put(w, n, LOSS if upto < end else LAST_LOSS, at, start, upto - start, calm.growth, kept)
        w.work.lane_worth[n - 1] = severity * calm.value
        start = upto
    if calm.n_severities == 0 and calm.kept == 1.0:
        calm.exposed_to = now
    else:
        n = put_lost(w, unit, n, now)
    if until == np.inf:
        calm.kept *= 1.0 - severity
    elif calm.n_severities < w.work.severities.shape[1]:
        slot = w.work.severities[ACTUAL, calm.n_severities]
        slot.value = severity
        slot.until = until
        calm.n_severities += 1
    else:
        w.work.status[0] = TOO_MANY_ACTIVE
    return n


@inner
def put_strike(w: World, unit: int, n: int, at: int) -> int:
    """Write down what an occurrence adds to a unit that it strikes."""
    work = w.work
    calm = work.calm[unit]
    real = work.life[ACTUAL]
    terms = w.plan.unit[unit]
    outcome = w.m.outcome[w.occurrences.outcome[at]]
    struck = w.occurrences.time[at]
    now = max(struck, 0.0)
    share = terms.share
    factor = w.plan.clause[clause_row(w, real, at)].upkeep_factor
    if calm.n_upkeeps + outcome.effect_end - outcome.effect_start > work.deferred.shape[1]:
        n = put(w, n, BORDER, -1, 0.0, 0.0, 0.0, 0.0)
        calm.n_upkeeps = 0
    for effect in range(outcome.effect_start, outcome.effect_end):
        if not admits(w, effect, terms.workload, terms.line):
            continue
        row = w.m.effect[effect]
        if row.per_workload == 0:
            first = work.magnitude[at, row.first - outcome.draw_start]
        else:
            first = effect_value(w, real, at, row.first, 1)
        if row.kind == ONE_OFF:
            if struck >= 0.0:
                n = put(w, n, LUMP, at, now, 0.0, 0.0, first * share)
            continue
        until = np.inf
        if row.has_days == 1:
            if row.per_workload == 0:
                until = struck + work.magnitude[at, row.days - outcome.draw_start]
            else:
                until = struck + effect_value(w, real, at, row.days, 1)
            if until <= now:
                continue
        if row.kind == DISRUPTION:
            n = put_disruption(w, unit, n, at, now, first, until)
            continue
        value = first * factor if row.is_share == 1 else first * factor * share
        length = min(until, w.m.clock[0].horizon) - now
        if length > 0.0 and value != 0.0:
            calm.n_upkeeps += 1
            if row.is_share == 1:
                n = put(w, n, UPKEEP, at, now, length, calm.kappa, value * calm.spend)
            else:
                n = put(w, n, UPKEEP, at, now, length, 0.0, value)
    return n


@inner
def foresee(w: World, unit: int, row: int, path: int, n: int) -> int:
    """Write down all that strikes a unit on a path, if its life is calm; returns the number of lanes."""
    work = w.work
    calm = work.calm[unit]
    terms = w.plan.unit[unit]
    calm.is_calm = 0
    if terms.may_be_calm == 0 or work.trace.shape[0] > 0:
        return n
    drawn = w.parameters[row]
    calm.first = n
    calm.spend = max(0.0, drawn[terms.spend]) * terms.share
    calm.value = max(0.0, drawn[terms.value]) * terms.share
    calm.growth = drawn[terms.growth] / 365.0
    calm.kappa = calm.growth + drawn[w.m.line[terms.line].trend] / 365.0
    calm.kept = 1.0
    calm.n_severities = 0
    calm.n_upkeeps = 0
    calm.exposed_to = 0.0
    real = work.life[ACTUAL]
    real.unit = unit
    real.workload = terms.workload
    real.path = path
    struck = 0
    strikes, answers = w.plan.strikes[unit], w.plan.answers[unit, terms.line]
    pairs, outcomes, reached = w.occurrences.pair, w.occurrences.outcome, w.occurrences.reached
    met = work.met
    for k in range(work.met_start[unit], work.met_end[unit]):
        at = met[k]
        need = strikes[pairs[at]]
        if need == NEVER or (need != ALWAYS and (reached[at] & need) == 0):
            continue
        answer = answers[outcomes[at]]
        if answer == NOTHING:
            continue
        if answer == MOVES:
            return calm.first
        struck += 1
        n = put_strike(w, unit, n, at)
    if calm.n_severities > 0 or calm.kept < 1.0:
        n = put_lost(w, unit, n, w.m.clock[0].horizon)
    calm.last = n
    calm.is_calm = 1
    work.status[3] += struck
    return n


@inner
def add_booking(w: World, at: int, workload: int, row: int, cost: float, exposure: float) -> None:
    """Add what an occurrence costs a workload to its bookings and to its driver's account."""
    w.work.booked_cost[at] += cost
    w.work.booked_exposure[at] += exposure
    if w.out.workload_driver_cost.shape[1] > 0:
        driver = w.m.pair[w.occurrences.pair[at]].driver
        w.out.workload_driver_cost[row, workload, driver] += cost
        w.out.workload_driver_exposure[row, workload, driver] += exposure


@inner
def book_losses(w: World, real: np.record, calm: np.record, first: int, last: int) -> None:
    """Book the one-offs and the value lost of a calm life, and to each occurrence what it added of them."""
    work = w.work
    lanes = work.lanes
    ledger = work.ledger[ACTUAL]
    at = -1
    cost = 0.0
    exposure = 0.0
    added = 0.0
    for lane in range(first, last):
        kind = work.lane_kind[lane]
        if kind == UPKEEP:
            continue
        amount = lanes[AMOUNT, lane]
        level = lanes[LEVEL, lane]
        start = lanes[START, lane]
        if kind == LOST:
            worth = level * calm.value
            lost = worth * amount
            ledger.exposure += lost
            ledger.exposure_pv += worth * lanes[AMOUNT_PV, lane]
            ledger.days += level * lanes[LENGTH, lane]
            end = work.lane_worth[lane]  # to the bit; start and length may add up to its neighbour
            mark(w, start, end, calm.spend)
            if work.period_exposure.shape[0] > 0:
                split_exposure(w, calm.growth, start, end, lost, worth)
            continue
        if work.lane_at[lane] != at:
            if at >= 0:
                add_booking(w, at, real.workload, real.row, cost, exposure)
            at = work.lane_at[lane]
            cost = 0.0
            exposure = 0.0
        if kind == LUMP:
            cost += level
            book_lump(w, real, ONE_OFF_COST, start, level)
            continue
        added += level * amount
        if kind == LAST_LOSS:
            exposure += work.lane_worth[lane] * added
            added = 0.0
    if at >= 0:
        add_booking(w, at, real.workload, real.row, cost, exposure)


@inner
def book_upkeeps(w: World, real: np.record, first: int, last: int) -> None:
    """Book the upkeep of a calm life, and to each occurrence what it brought of it."""
    work = w.work
    lanes = work.lanes
    ledger = work.ledger[ACTUAL]
    total = 0.0
    total_pv = 0.0
    for lane in range(first, last):
        if work.lane_kind[lane] != UPKEEP:
            continue
        level = lanes[LEVEL, lane]
        booked = level * lanes[AMOUNT, lane]
        total += booked
        total_pv += level * lanes[AMOUNT_PV, lane]
        add_booking(w, work.lane_at[lane], real.workload, real.row, booked, 0.0)
        if work.period_exposure.shape[0] > 0:
            start, rate = lanes[START, lane], lanes[RATE, lane]
            end = start + lanes[LENGTH, lane]
            split_upkeep(w, rate, level, level * lanes[GROWN, lane], start, end, booked)
    ledger.amount[UPKEEP_COST] += total
    ledger.amount_pv[UPKEEP_COST] += total_pv


@inner
def book_calm(w: World, unit: int, row: int) -> None:
    """Book a calm life into the real ledger."""
    work = w.work
    calm = work.calm[unit]
    terms = w.plan.unit[unit]
    horizon = w.m.clock[0].horizon
    real = work.life[ACTUAL]
    clear(w, ACTUAL)
    real.unit = unit
    real.workload = terms.workload
    real.row = row
    real.time = 0.0
    real.has_pv = 1
    real.spend = calm.spend
    real.growth = calm.growth
    real.line = terms.line
    real.stranded = 0
    ledger = work.ledger[ACTUAL]
    if work.period_exposure.shape[0] > 0:
        work.border_value[0] = 0.0
        settle_on(w, real, terms.line)
    book_yearly(w, real, MITIGATION, terms.annual_cost * terms.share)
    first = calm.first
    for lane in range(calm.first, calm.last + 1):
        if lane == calm.last or work.lane_kind[lane] == BORDER:
            book_losses(w, real, calm, first, lane)
            book_upkeeps(w, real, first, lane)
            first = lane + 1
    course = work.course[unit]
    spent = course[SPENT, row % ABREAST]
    ledger.amount[INFERENCE] += spent
    if work.period_exposure.shape[0] > 0:
        split_spend(w, real, 0.0, horizon, spent, 1.0, 0.0)
    ledger.amount_pv[INFERENCE] += course[SPENT_PV, row % ABREAST]
