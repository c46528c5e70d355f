"""A block of paths: every workload's life, added up."""

from __future__ import annotations

import numpy as np

from simengine.kernels.calm import book_calm, foresee
from simengine.kernels.concentration import greatest_share, herfindahl
from simengine.kernels.course import (
    ABREAST,
    STATUS_QUO_SPENT,
    STATUS_QUO_SPENT_PV,
    foresee_ledger,
    run_courses,
    set_price,
    sold_factor,
)
from simengine.kernels.handles import as_handle
from simengine.kernels.ledger import close_accounts, grow_lanes, ledger_cost, ledger_cost_pv
from simengine.kernels.life import add_strikes, begin_life, live, play_on
from simengine.kernels.state import ACTUAL, AS_DRAWN, AS_SOLD, PROJECTED
from simengine.kernels.tables import (
    CONCENTRATION,
    COST,
    COST_PV,
    DAYS,
    EXPOSURE,
    EXPOSURE_PV,
    INFERENCE,
    LARGEST,
    MITIGATION,
    N_COMPONENTS,
    N_WORKLOAD_TOTALS,
    NO_EVENT,
    NO_EVENT_PV,
    OK,
    PLANNED,
    PLANNED_PV,
    STATUS_QUO,
    STATUS_QUO_PV,
    Model,
    Occurrences,
    Output,
    Plan,
    Scratch,
    World,
)
from simengine.kernels.trace import ENDS, note
from simengine.rng.accelerate import dissolved, inner, jit
from simengine.rng.dist_table import DistTable


@inner
def meet(w: World, row: int) -> None:
    """List for each unit the occurrences of a path that can matter to it, in order of time."""
    met, met_end = w.work.met, w.work.met_end
    concerned, concerned_start = w.plan.concerned, w.plan.concerned_start
    pairs = w.occurrences.pair
    first, end = w.occurrences.offset[row], w.occurrences.offset[row + 1]
    for unit in range(met_end.shape[0]):
        w.work.met_start[unit] = unit * (end - first)
        met_end[unit] = unit * (end - first)
    for at in range(first, end):
        pair = pairs[at]
        for k in range(concerned_start[pair], concerned_start[pair + 1]):
            unit = concerned[k]
            met[met_end[unit]] = at
            met_end[unit] += 1


@inner
def play_quiet(w: World, unit: int, row: int, path: int) -> float:
    """The life of a unit to which nothing happens; returns its cost. The ledger PROJECTED holds all of it."""
    if w.plan.unit[unit].is_foreseeable == 1:
        foresee_ledger(w, unit, row, path)
    else:
        quiet = w.work.life[PROJECTED]
        begin_life(w, quiet, PROJECTED, unit, row, path, AS_DRAWN, 1)
        play_on(w, quiet)
    return ledger_cost(w, PROJECTED)


@inner
def play_as_sold(w: World, unit: int, row: int, path: int) -> None:
    """The life of a unit whose planned move goes as it was sold, in the ledger PROJECTED."""
    if w.plan.unit[unit].is_foreseeable == 1:
        factor = sold_factor(w, unit, path)
        if not np.isnan(factor):
            set_price(w, unit, row, factor)
            return
    sold = w.work.life[PROJECTED]
    begin_life(w, sold, PROJECTED, unit, row, path, AS_SOLD, 1)
    live(w, sold, 0, False)


@dissolved
def is_sold(w: World, unit: int) -> bool:
    """Whether a unit's planned move was sold as more than a move: claims ride on it, or a pilot decides."""
    terms = w.plan.unit[unit]
    return terms.claim_start < terms.claim_end or (terms.selected == 1 and w.plan.plan[0].has_pilot == 1)


@inner
def play_unit(w: World, unit: int, row: int, path: int, attribute: bool) -> None:
    """One unit on one path: as drawn, without events, and as sold; added to its workload."""
    adopts = w.plan.unit[unit].adopts == 1
    count = w.work.met_end[unit] - w.work.met_start[unit]
    real = w.work.life[ACTUAL]
    work = w.work
    work.before[0] = 0.0
    work.before[1] = 0.0
    if adopts:
        no_event = play_quiet(w, unit, row, path)
        no_event_pv = ledger_cost_pv(w, PROJECTED)
        work.before[0] = no_event
        work.before[1] = work.ledger[PROJECTED].exposure
        planned = no_event
        planned_pv = no_event_pv
        if is_sold(w, unit):
            play_as_sold(w, unit, row, path)
            planned = ledger_cost(w, PROJECTED)
            planned_pv = ledger_cost_pv(w, PROJECTED)
        begin_life(w, real, ACTUAL, unit, row, path, AS_DRAWN, 1)
        live(w, real, count, attribute)
    else:
        begin_life(w, real, ACTUAL, unit, row, path, AS_DRAWN, 1)
        add_strikes(w, real, count)
        if real.seen == count:
            # What merely added itself left spend as it is without events.
            close_accounts(w, real)
            ledger = work.ledger[ACTUAL]
            no_event = ledger.amount[INFERENCE] + ledger.amount[MITIGATION]
            no_event_pv = ledger.amount_pv[INFERENCE] + ledger.amount_pv[MITIGATION]
        else:
            no_event = play_quiet(w, unit, row, path)
            no_event_pv = ledger_cost_pv(w, PROJECTED)
            work.before[0] += no_event
            live(w, real, count, attribute)
        planned = no_event
        planned_pv = no_event_pv
    add_plans(w, real, planned, planned_pv, no_event, no_event_pv)
    add_to_workload(w, real)


@inner
def add_calm(w: World, unit: int, row: int) -> None:
    """As `play_unit`, of a unit with a calm life: without events it would pay the same for what it spends."""
    book_calm(w, unit, row)
    real = w.work.life[ACTUAL]
    ledger = w.work.ledger[ACTUAL]
    cost = ledger.amount[INFERENCE] + ledger.amount[MITIGATION]
    cost_pv = ledger.amount_pv[INFERENCE] + ledger.amount_pv[MITIGATION]
    add_plans(w, real, cost, cost_pv, cost, cost_pv)
    add_to_workload(w, real)


@inner
def add_plans(
    w: World, real: np.record, planned: float, planned_pv: float, no_event: float, no_event_pv: float
) -> None:
    """Add what a unit would cost as planned, and without events, to its workload's results."""
    totals = w.out.workload[real.row, real.workload]
    totals[PLANNED] += planned
    totals[PLANNED_PV] += planned_pv
    totals[NO_EVENT] += no_event
    totals[NO_EVENT_PV] += no_event_pv


@inner
def add_to_workload(w: World, real: np.record) -> None:
    """Add a unit's ledger to its workload's results."""
    row = real.row
    workload = real.workload
    terms = w.plan.unit[real.unit]
    ledger = w.work.ledger[ACTUAL]
    for c in range(N_COMPONENTS):
        w.out.amount[row, workload, c] += ledger.amount[c]
        w.out.amount_pv[row, workload, c] += ledger.amount_pv[c]
    note(w, real, ENDS, -1, 0, 0.0, 0.0, 0.0)
    totals = w.out.workload[row, workload]
    totals[EXPOSURE] += ledger.exposure
    totals[EXPOSURE_PV] += ledger.exposure_pv
    totals[DAYS] += ledger.days * terms.share
    if terms.part == 1:
        course = w.work.course[real.unit]
        totals[STATUS_QUO] += course[STATUS_QUO_SPENT, row % ABREAST]
        totals[STATUS_QUO_PV] += course[STATUS_QUO_SPENT_PV, row % ABREAST]
    if w.work.period_exposure.shape[0] > 0:
        keep_periods(w, row, workload)


@inner
def keep_periods(w: World, row: int, workload: int) -> None:
    """Add a unit's periods to those that are wanted."""
    out = w.out
    n_periods = w.work.period_exposure.shape[0]
    for c in range(N_COMPONENTS):
        if w.work.is_booked[c] == 0:
            continue
        amount = w.work.period_amount[c]
        if out.component_period.shape[1] > 0:
            kept = out.component_period[row, c]
            for p in range(n_periods):
                kept[p] += amount[p]
        if out.period_cost.shape[1] > 0:
            kept = out.period_cost[row]
            for p in range(n_periods):
                kept[p] += amount[p]
        if out.workload_period_cost.shape[1] > 0:
            kept = out.workload_period_cost[row, workload]
            for p in range(n_periods):
                kept[p] += amount[p]
    if out.period_cost.shape[1] > 0:
        kept = out.period_exposure[row]
        for p in range(n_periods):
            kept[p] += w.work.period_exposure[p]
    if out.workload_period_cost.shape[1] > 0:
        kept = out.workload_period_exposure[row, workload]
        for p in range(n_periods):
            kept[p] += w.work.period_exposure[p]


@inner
def keep_booking(w: World, row: int, driver: int, time: float, cost: float, exposure: float) -> None:
    """Add what one occurrence changed to its driver, and to its year unless it lies before the start."""
    out = w.out
    out.total[row, LARGEST] = max(out.total[row, LARGEST], exposure)
    if out.driver_cost.shape[1] > 0:
        out.driver_cost[row, driver] += cost
        out.driver_exposure[row, driver] += exposure
    if time < 0.0:
        return
    out.strikes[row, driver] += 1
    if out.year_largest.shape[1] > 0:
        year = int(time / 365.0)
        out.year_exposure[row, year] += exposure
        out.year_largest[row, year] = max(out.year_largest[row, year], exposure)


@inner
def keep_bookings(w: World, row: int) -> None:
    """Add up the bookings of a path's occurrences, then of its claims."""
    for at in range(w.occurrences.offset[row], w.occurrences.offset[row + 1]):
        driver = w.m.pair[w.occurrences.pair[at]].driver
        time = w.occurrences.time[at]
        keep_booking(w, row, driver, time, w.work.booked_cost[at], w.work.booked_exposure[at])
    for claim in range(w.plan.claim.shape[0]):
        time = w.out.claim_time[row, claim]
        if not np.isnan(time):
            driver = w.m.pair[w.plan.claim[claim]].driver
            keep_booking(w, row, driver, time, w.out.claim_cost[row, claim], w.out.claim_exposure[row, claim])


@inner
def add_up(w: World, row: int) -> None:
    """Workloads in the order of their names, components in theirs: sums never depend on anything else."""
    for workload in range(w.out.workload.shape[1]):
        totals = w.out.workload[row, workload]
        for c in range(N_COMPONENTS):
            totals[COST] += w.out.amount[row, workload, c]
            totals[COST_PV] += w.out.amount_pv[row, workload, c]
        for k in range(N_WORKLOAD_TOTALS):
            w.out.total[row, k] += totals[k]


@inner
def play_paths(w: World, first_path: int, attribute: bool) -> None:
    """Play the paths of a block."""
    n_units = w.plan.unit.shape[0]
    lines = np.empty(n_units, np.int64)
    held = np.empty(w.m.clock[0].holders)
    w.work.status[0] = OK
    w.work.status[3] = 0
    n_occurrences = w.occurrences.offset[w.parameters.shape[0]]
    w.work.booked_cost[:n_occurrences] = 0.0
    w.work.booked_exposure[:n_occurrences] = 0.0
    for row in range(w.parameters.shape[0]):
        if row % ABREAST == 0:
            run_courses(w, row, min(ABREAST, w.parameters.shape[0] - row))
        w.work.status[1] = 0
        w.work.status[2] = 0
        meet(w, row)
        n_lanes = 0
        for unit in range(n_units):
            n_lanes = foresee(w, unit, row, first_path + row, n_lanes)
        if w.work.status[0] != OK:
            return
        grow_lanes(w.work.lanes, w.m.clock[0].discount, n_lanes)
        for unit in range(n_units):
            if w.work.calm[unit].is_calm == 1:
                add_calm(w, unit, row)
            else:
                play_unit(w, unit, row, first_path + row, attribute)
            lines[unit] = w.work.life[ACTUAL].line if w.work.life[ACTUAL].stranded == 0 else -1
        if w.work.status[0] != OK:
            return
        add_up(w, row)
        keep_bookings(w, row)
        w.out.total[row, CONCENTRATION] = greatest_share(w, w.parameters[row])
        herfindahl(w, w.parameters[row], lines, held, w.out.herfindahl[row])


@jit
def play_block(
    m: Model, plan: Plan, table: DistTable, first_path: int, parameters: np.ndarray, planned: np.ndarray,
    occurrences: Occurrences, work: Scratch, attribute: bool, out: Output,
) -> None:  # fmt: skip
    """Play every workload on every path of a block; `out` starts at zero (claim times at nan)."""
    world = World(
        as_handle(m), as_handle(plan), as_handle(table), as_handle(occurrences), as_handle(work),
        as_handle(out), parameters, planned,
    )  # fmt: skip
    play_paths(as_handle(world), first_path, attribute)
