"""How a workload answers when it must leave its line, and what meets it where it arrives."""

from __future__ import annotations

import numpy as np

from simengine.kernels.adoption import take_planned_step
from simengine.kernels.draws import effect_value, response_value
from simengine.kernels.ledger import (
    book_lump,
    clear,
    close_accounts,
    expose_until,
    fill_periods,
    keeps_periods,
    ledger_cost,
    settle_accounts,
    upkeep_ahead,
)
from simengine.kernels.state import FROZEN, PAYING, TO_BE_STRANDED, TRIED, UNDECIDED
from simengine.kernels.strikes import (
    admits,
    clause_row,
    copy_life,
    has_lost,
    leave_line,
    run_upkeep,
    strikes,
    take_effect,
    touches,
)
from simengine.kernels.tables import (
    CHEAPEST,
    FORCED_MOVE,
    MITIGATION,
    MOVE,
    MOVE_COST,
    ONE_OFF,
    World,
)
from simengine.kernels.trace import (
    ARRIVES,
    COMES_TO,
    FREEZES,
    HURRIES,
    IS_DOOMED,
    IS_STRANDED,
    MOVES,
    PAYS,
    note,
)
from simengine.rng.accelerate import dissolved, inner
from simengine.rng.elementary import exp

TIE = 1e-9  # relative: rounding must not decide between two futures


@dissolved
def next_event(life: np.record) -> float:
    """The next day on which something is decided or done on a life by itself."""
    return min(life.move_end, min(life.strand_at, life.adoption_at))


@inner
def settle_on(w: World, life: np.record, line: int) -> None:
    """Put a life on a line; spend follows that line's price trend from the first day."""
    life.line = line
    life.kappa = life.growth + w.parameters[life.row, w.m.line[line].trend] / 365.0
    life.grown = 1.0
    life.grown_pv = 1.0
    if life.time > 0.0:
        life.grown = exp(life.kappa * life.time)
        if life.has_pv == 1:
            life.grown_pv = exp((life.kappa - w.m.clock[0].discount) * life.time)
    if keeps_periods(w, life):
        fill_periods(
            w.m, life.kappa, life.time, w.work.border_spend, w.work.period_spend, w.work.period_factor
        )


@inner
def arrive(w: World, life: np.record) -> None:
    """A move is done: what ran on the old line ends, what stands on the new one begins."""
    line = life.target
    leave_line(w, life)
    life.factor = life.move_factor
    life.decision = UNDECIDED
    life.target = -1
    if life.planned == 1:
        life.claim_time = life.move_end
        life.claim = w.plan.unit[life.unit].claim_start
        life.planned = 0
    life.move_end = np.inf
    settle_on(w, life, line)
    note(w, life, ARRIVES, -1, 0, 0.0, 0.0, 0.0)
    for k in range(life.begin, life.begin + life.seen):
        at = w.work.met[k]
        outcome = w.m.outcome[w.occurrences.outcome[at]]
        if outcome.lasting == 0 or not touches(w, at, line):
            continue
        for effect in range(outcome.effect_start, outcome.effect_end):
            row = w.m.effect[effect]
            if row.has_days == 1 or row.kind == ONE_OFF or row.kind == FORCED_MOVE:
                continue
            if admits(w, effect, life.workload, line):
                take_effect(w, life, at, effect)


@inner
def strand(w: World, life: np.record) -> None:
    """The last day on a lost line without a way out."""
    leave_line(w, life)
    life.stranded = 1
    life.strand_at = np.inf
    life.adoption_at = np.inf
    life.decision = UNDECIDED


@inner
def settle_due(w: World, life: np.record) -> bool:
    """Handle what falls due on a life now, an arrival before stranding before a planned step.

    Returns whether it was an arrival: what has struck the new line may then force an answer.
    """
    note(w, life, COMES_TO, -1, 0, 0.0, 0.0, 0.0)
    if life.move_end <= life.time:
        arrive(w, life)
        return True
    if life.strand_at <= life.time:
        strand(w, life)
        note(w, life, IS_STRANDED, -1, 0, life.stranded_severity, 0.0, 0.0)
    elif life.adoption_at <= life.time:
        take_planned_step(w, life)
    return False


@inner
def play_undisturbed(w: World, life: np.record) -> None:
    """Play a life to the horizon when no begun move leads to a line that is already lost."""
    horizon = w.m.clock[0].horizon
    while True:
        following = next_event(life)
        if following >= horizon:
            close_accounts(w, life)
            return
        life.time = following
        settle_due(w, life)


@inner
def begin_move(w: World, life: np.record, at: int, fallback: int, deadline: float) -> None:
    """Start a forced move: its cost and any termination fee fall due now."""
    unit = w.plan.unit[life.unit]
    terms = w.plan.clause[clause_row(w, life, at)]
    draws = w.plan.fallback[fallback].draws
    lead = response_value(w, life, at, draws) * terms.lead_factor
    if unit.selected == 1:
        lead *= w.plan.plan[0].standby_lead
    cost = response_value(w, life, at, draws + 1) * terms.move_cost_factor
    expose_until(w, life, life.time)
    life.target = w.plan.fallback[fallback].line
    life.planned = 0
    life.move_end = life.time + lead
    life.move_deadline = deadline
    life.move_severity = response_value(w, life, at, draws + 2)
    life.move_factor = response_value(w, life, at, draws + 3)
    note(w, life, MOVES, at, 0, life.move_end, deadline, life.move_severity)
    book_lump(w, life, MOVE_COST, life.time, cost * unit.share)
    book_lump(w, life, MITIGATION, life.time, terms.termination_fee * unit.share)


@inner
def stay_and_pay(life: np.record, deadline: float, factor: float) -> None:
    """Stay on the line and pay for it from the deadline on."""
    life.decision = PAYING
    life.pay_from = deadline
    life.pay_factor = factor


@inner
def moving_is_cheaper(
    w: World, life: np.record, at: int, fallback: int, deadline: float, soonest: float, factor: float
) -> bool:
    """Play both answers to the horizon as if nothing more struck; a tie, to rounding, stays."""
    tried = w.work.life[TRIED]
    loss = np.empty(2)
    settle_accounts(w, life)
    ahead = upkeep_ahead(w, life)
    for moves in range(2):
        clear(w, TRIED)
        copy_life(w, life, tried)
        if moves == 1:
            begin_move(w, tried, at, fallback, soonest)
        else:
            stay_and_pay(tried, deadline, factor)
        play_undisturbed(w, tried)
        loss[moves] = ahead + ledger_cost(w, TRIED) + w.work.ledger[TRIED].exposure
    return loss[0] - loss[1] > TIE * max(abs(loss[0]), abs(loss[1]))


@inner
def first_fallback(w: World, life: np.record) -> int:
    """The first fallback that is neither lost nor the current line, or -1."""
    unit = w.plan.unit[life.unit]
    for fallback in range(unit.fallback_start, unit.fallback_end):
        line = w.plan.fallback[fallback].line
        if line != life.line and not has_lost(w, life, line):
            return fallback
    return -1


@inner
def answer_forced_move(
    w: World, life: np.record, at: int, effect: int, deadline: float, soonest: float
) -> None:
    """Decide what to do about a forced move, now; a move has until the soonest deadline of the moment."""
    unit = w.plan.unit[life.unit]
    terms = w.plan.clause[clause_row(w, life, at)]
    row = w.m.effect[effect]
    if terms.weights >= 0.0 and unit.self_hosted == 1:
        life.decision = FROZEN
        note(w, life, FREEZES, at, 0, deadline, terms.weights, 0.0)
        run_upkeep(w, life, terms.weights, 1, deadline, np.inf)
        return
    fallback = first_fallback(w, life)
    can_pay = row.has_second == 1 and unit.policy != MOVE
    factor = 1.0
    if can_pay:
        factor = min(effect_value(w, life, at, row.second, row.per_workload), terms.price_cap)
    if fallback < 0 and not can_pay:
        life.decision = TO_BE_STRANDED
        life.strand_at = deadline
        life.stranded_severity = response_value(w, life, at, unit.stranded)
        note(w, life, IS_DOOMED, at, 0, deadline, life.stranded_severity, 0.0)
        return
    moves = not can_pay
    if can_pay and fallback >= 0 and unit.policy == CHEAPEST:
        moves = moving_is_cheaper(w, life, at, fallback, deadline, soonest, factor)
    if moves:
        begin_move(w, life, at, fallback, soonest)
    else:
        stay_and_pay(life, deadline, factor)
        note(w, life, PAYS, at, 0, deadline, factor, 0.0)


@inner
def force(w: World, life: np.record, first: int, end: int, arriving: bool) -> None:
    """Meet the forced moves of the met occurrences [first, end) that strike the life's line, at this moment.

    The first of them is answered. A move that it starts, or that is under way, must be done by the soonest of
    their deadlines; whoever has decided to stay, or is to be stranded, answers no more of them.
    """
    if life.stranded == 1 or life.decision != UNDECIDED:
        return
    soonest = np.inf
    asked = -1
    effect_asked = -1
    deadline_asked = np.inf
    for k in range(first, end):
        at = w.work.met[k]
        outcome = w.m.outcome[w.occurrences.outcome[at]]
        if outcome.forces == 0:
            continue
        if not (touches(w, at, life.line) if arriving else strikes(w, life, at, life.line)):
            continue
        for effect in range(outcome.effect_start, outcome.effect_end):
            row = w.m.effect[effect]
            if row.kind != FORCED_MOVE or not admits(w, effect, life.workload, life.line):
                continue
            notice = w.plan.clause[clause_row(w, life, at)].notice_days
            grace = effect_value(w, life, at, row.first, row.per_workload)
            deadline = max(w.occurrences.time[at] + grace + notice, life.time)
            soonest = min(soonest, deadline)
            if asked < 0:
                asked = at
                effect_asked = effect
                deadline_asked = deadline
    if asked < 0:
        return
    if life.target >= 0:
        expose_until(w, life, life.time)
        life.move_deadline = min(life.move_deadline, soonest)
        note(w, life, HURRIES, asked, 0, life.move_deadline, life.move_severity, 0.0)
    else:
        answer_forced_move(w, life, asked, effect_asked, deadline_asked, soonest)
