"""One workload on one path, from day 0 to the horizon: strikes and its own events, in order of time."""

from __future__ import annotations

import numpy as np

from simengine.kernels.adoption import claim_outcome, claim_strikes, stage_claim
from simengine.kernels.draws import START, planned_value
from simengine.kernels.ledger import book_deferred, book_yearly, clear, close_accounts, ledger_cost
from simengine.kernels.responses import force, next_event, settle_due, settle_on
from simengine.kernels.state import ACTUAL, AS_SOLD, PROJECTED, TO_BE_STRANDED, UNDECIDED
from simengine.kernels.strikes import (
    MOVES,
    NOTHING,
    add_strike,
    admits,
    copy_life,
    forget_effects,
    sold_outcome,
    strikes,
    take_effect,
)
from simengine.kernels.tables import FORCED_MOVE, MITIGATION, World
from simengine.kernels.trace import BEGINS, IS_BOOKED, note, note_strike
from simengine.rng.accelerate import dissolved, inner


@inner
def begin_life(
    w: World, life: np.record, level: int, unit: int, row: int, path: int, style: int, has_pv: int
) -> None:
    """Day 0: on its own line, with nothing struck and its planned move ahead."""
    clear(w, level)
    terms = w.plan.unit[unit]
    life.level = level
    life.unit = unit
    life.workload = terms.workload
    life.row = row
    life.path = path
    life.begin = w.work.met_start[unit]
    life.seen = 0
    life.style = style
    life.has_pv = has_pv
    life.time = 0.0
    life.spent_to = 0.0
    life.exposed_to = 0.0
    life.stranded = 0
    life.spend = max(0.0, w.parameters[row, terms.spend]) * terms.share
    life.value = max(0.0, w.parameters[row, terms.value]) * terms.share
    life.growth = w.parameters[row, terms.growth] / 365.0
    life.factor = 1.0
    if terms.start_factor >= 0:
        life.factor = planned_value(w, life, terms.start_factor, START)
    life.target = -1
    life.move_end = np.inf
    life.move_deadline = np.inf
    life.planned = 0
    life.decision = UNDECIDED
    life.strand_at = np.inf
    life.adoption_at = terms.adoption_day if terms.adopts == 1 else np.inf
    life.piloted = 0
    life.n_deferred = 0
    life.checked_from = -np.inf
    life.claim_time = np.inf
    life.claim = terms.claim_end
    forget_effects(life)
    settle_on(w, life, terms.line)
    if level == ACTUAL and w.work.period_exposure.shape[0] > 0:
        w.work.border_value[0] = 0.0
    note(w, life, BEGINS, -1, 0, life.spend, life.value, terms.annual_cost * terms.share)
    book_yearly(w, life, MITIGATION, terms.annual_cost * terms.share)


@inner
def step(w: World, life: np.record) -> None:
    """Handle what falls due on a life now, and answer what has already struck where it arrives."""
    if settle_due(w, life):
        force(w, life, life.begin, life.begin + life.seen, True)


@inner
def play_on(w: World, life: np.record) -> None:
    """Play a life to the horizon as if nothing more struck."""
    horizon = w.m.clock[0].horizon
    while True:
        following = next_event(life)
        if following >= horizon:
            close_accounts(w, life)
            return
        life.time = following
        step(w, life)


@inner
def bears_on_plans(w: World, life: np.record, at: int) -> bool:
    """Whether an occurrence that does not strike a unit can still change what lies ahead of it."""
    if life.target < 0 and life.adoption_at == np.inf:
        return False
    outcome = w.m.outcome[w.occurrences.outcome[at]]
    return outcome.lasting == 1 or outcome.forces == 1 or outcome.driver == w.plan.plan[0].hold_driver


@inner
def suffer(w: World, life: np.record, k: int) -> bool:
    """Let the k-th met occurrence strike a life: first what runs, then the moves that it forces."""
    at = w.work.met[k]
    if life.stranded == 1 or not strikes(w, life, at, life.line):
        return False
    outcome = w.m.outcome[w.occurrences.outcome[at]]
    line = life.line
    struck = False
    for effect in range(outcome.effect_start, outcome.effect_end):
        if not admits(w, effect, life.workload, line):
            continue
        if not struck:
            note_strike(w, life, at)
            struck = True
        if w.m.effect[effect].kind != FORCED_MOVE:
            take_effect(w, life, at, effect)
    if struck and outcome.forces == 1:
        force(w, life, k, k + 1, False)
    return struck


@inner
def next_claim(w: World, life: np.record) -> int:
    """The outcome of the claim that strikes next, or -1 when none is left; `life.claim` points to it."""
    unit = w.plan.unit[life.unit]
    while life.claim_time < np.inf and life.claim < unit.claim_end:
        pair = w.plan.claim[life.claim]
        if life.style == AS_SOLD:
            outcome = sold_outcome(w, pair, unit.workload, unit.target)
            if outcome >= 0:
                return outcome
        elif claim_strikes(w, life, pair):
            return claim_outcome(w, life, pair)
        life.claim += 1
    return -1


@inner
def play_forward(w: World, life: np.record) -> None:
    """Book to the newest strike what it changed: the ledger to the horizon less the one without it."""
    ahead = w.work.life[PROJECTED]
    clear(w, PROJECTED)
    copy_life(w, life, ahead)
    play_on(w, ahead)
    cost = ledger_cost(w, ACTUAL) + ledger_cost(w, PROJECTED)
    exposure = w.work.ledger[ACTUAL].exposure + w.work.ledger[PROJECTED].exposure
    settle_booking(w, cost, exposure)


@dissolved
def settle_booking(w: World, cost: float, exposure: float) -> None:
    """What the newest occurrence changed: these less those before it, which they then replace."""
    work = w.work
    work.booked[0] = cost - work.before[0]
    work.booked[1] = exposure - work.before[1]
    work.before[0] = cost
    work.before[1] = exposure


@inner
def book_occurrence(w: World, life: np.record, at: int) -> None:
    """Book what an occurrence changed for this life."""
    w.work.booked_cost[at] += w.work.booked[0]
    w.work.booked_exposure[at] += w.work.booked[1]
    note(w, life, IS_BOOKED, at, -1, w.work.booked[0], w.work.booked[1], 0.0)
    book_to_driver(w, life, w.m.pair[w.occurrences.pair[at]].driver)


@dissolved
def book_to_driver(w: World, life: np.record, driver: int) -> None:
    """Add what a strike changed to its driver's account with the workload."""
    if w.out.workload_driver_cost.shape[1] > 0:
        w.out.workload_driver_cost[life.row, life.workload, driver] += w.work.booked[0]
        w.out.workload_driver_exposure[life.row, life.workload, driver] += w.work.booked[1]


@inner
def meet_claim(w: World, life: np.record, outcome: int, time: float, attribute: bool) -> None:
    """Let the claim that is next strike, and on the real life write it down."""
    claim = life.claim
    life.claim += 1
    spare = w.work.met.shape[0] - 1
    w.work.met[spare] = stage_claim(w, w.plan.claim[claim], outcome, time)
    life.time = time
    struck = suffer(w, life, spare)
    if life.level != ACTUAL:
        return
    w.out.claim_time[life.row, claim] = time
    w.out.claim_outcome[life.row, claim] = outcome
    if struck and attribute:
        play_forward(w, life)
        w.out.claim_cost[life.row, claim] += w.work.booked[0]
        w.out.claim_exposure[life.row, claim] += w.work.booked[1]
        note(w, life, IS_BOOKED, -1, w.plan.claim[claim], w.work.booked[0], w.work.booked[1], 0.0)
        book_to_driver(w, life, w.m.outcome[outcome].driver)


@dissolved
def nothing_awaits(w: World, life: np.record) -> bool:
    """Whether a life can only be changed by what still strikes it."""
    return (
        life.target < 0
        and life.adoption_at == np.inf
        and life.decision != TO_BE_STRANDED
        and (life.claim_time == np.inf or life.claim >= w.plan.unit[life.unit].claim_end)
    )


@inner
def add_strikes(w: World, life: np.record, count: int) -> None:
    """Meet occurrences in a row for as long as each merely adds to what is paid and lost."""
    answers = w.plan.answers[life.unit, life.line]
    met, outcomes = w.work.met, w.occurrences.outcome
    begin, seen = life.begin, life.seen
    while seen < count:
        at = met[begin + seen]
        answer = answers[outcomes[at]]
        if answer != NOTHING and strikes(w, life, at, life.line):
            if answer == MOVES:
                break
            add_strike(w, life, at)
        seen += 1
    life.seen = seen
    book_deferred(w, life)


@inner
def meet_occurrence(w: World, life: np.record, attribute: bool) -> None:
    """Let the occurrence that is next strike, and book what it changed."""
    k = life.begin + life.seen
    at = w.work.met[k]
    life.seen += 1
    life.time = w.occurrences.time[at]
    struck = suffer(w, life, k)
    if attribute and (struck or bears_on_plans(w, life, at)):
        play_forward(w, life)
        book_occurrence(w, life, at)


@inner
def meet_history(w: World, life: np.record, first: int, count: int) -> None:
    """Let the occurrences before the start, from `first` on, act on a life on day 0, then answer."""
    life.seen = count
    for k in range(life.begin + first, life.begin + count):
        at = w.work.met[k]
        outcome = w.m.outcome[w.occurrences.outcome[at]]
        if not strikes(w, life, at, life.line):
            continue
        struck = False
        for effect in range(outcome.effect_start, outcome.effect_end):
            if not admits(w, effect, life.workload, life.line):
                continue
            if not struck:
                note_strike(w, life, at)
                struck = True
            if w.m.effect[effect].kind != FORCED_MOVE:
                take_effect(w, life, at, effect)
    force(w, life, life.begin + first, life.begin + count, False)


@inner
def book_history(w: World, life: np.record, first: int, count: int) -> None:
    """Book to each occurrence before the start what it changed: life with it less life without it."""
    ahead = w.work.life[PROJECTED]
    for k in range(first, count):
        at = w.work.met[life.begin + k]
        begin_life(w, ahead, PROJECTED, life.unit, life.row, life.path, life.style, 0)
        meet_history(w, ahead, 0, k + 1)
        play_on(w, ahead)
        settle_booking(w, ledger_cost(w, PROJECTED), w.work.ledger[PROJECTED].exposure)
        book_occurrence(w, life, at)


@inner
def live(w: World, life: np.record, count: int, attribute: bool) -> None:
    """Play a life with the first `count` occurrences that it meets, and the claims of its planned move.

    `Scratch.before` holds the cost and exposure with what it has met so far; with `attribute` every strike is
    booked what it changes.
    """
    horizon = w.m.clock[0].horizon
    met = w.work.met
    seen = life.seen
    past = seen
    while past < count and w.occurrences.time[met[life.begin + past]] < 0.0:
        past += 1
    if past > seen:
        if attribute:
            book_history(w, life, seen, past)
        meet_history(w, life, seen, past)
    while True:
        if nothing_awaits(w, life):
            if life.stranded == 1:
                break
            add_strikes(w, life, count)
            if life.seen == count:
                break
        strike = np.inf
        pair = -1
        if life.seen < count:
            at = met[life.begin + life.seen]
            strike = w.occurrences.time[at]
            pair = w.occurrences.pair[at]
        claimed = -1
        if life.claim_time < np.inf:
            claimed = next_claim(w, life)
        is_claim = claimed >= 0 and (
            life.claim_time < strike or (life.claim_time == strike and w.plan.claim[life.claim] < pair)
        )
        if is_claim:
            strike = life.claim_time
        following = next_event(life)
        if following < strike or (following == strike and life.move_end == following):
            if following >= horizon:
                break
            life.time = following
            step(w, life)
        elif strike >= horizon:
            break
        elif is_claim:
            meet_claim(w, life, claimed, strike, attribute)
        else:
            meet_occurrence(w, life, attribute)
    close_accounts(w, life)
