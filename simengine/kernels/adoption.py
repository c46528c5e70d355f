"""Planned moves: when they are held, what a pilot answers, and how they begin."""

from __future__ import annotations

import numpy as np

from simengine.kernels.draws import effect_value
from simengine.kernels.ledger import book_lump, expose_until
from simengine.kernels.occurrences import choose_outcome
from simengine.kernels.state import AS_SOLD, TO_BE_STRANDED
from simengine.kernels.strikes import admits, has_lost, strikes
from simengine.kernels.tables import MITIGATION, MOVE_COST, SAVING, World
from simengine.kernels.trace import (
    ADOPTS,
    DROPS,
    HOLDS,
    IS_LEAVING_OR_THERE,
    MEASURES,
    PILOT_FAILED,
    PILOTS,
    TARGET_IS_LOST,
    note,
)
from simengine.rng.accelerate import inner
from simengine.rng.elementary import normal_ppf
from simengine.rng.philox import uniform

ROUNDING = 1e-9  # a pilot that measures exactly the minimum passes


@inner
def claim_strikes(w: World, life: np.record, pair: int) -> bool:
    """Whether a claim strikes, once its move is done."""
    row = w.m.pair[pair]
    return uniform(row.time_key, np.uint64(life.path), np.uint64(0)) < w.parameters[life.row, row.probability]


@inner
def claim_outcome(w: World, life: np.record, pair: int) -> int:
    """The outcome that a claim draws."""
    row = w.m.pair[pair]
    u = uniform(row.outcome_key, np.uint64(life.path), np.uint64(0))
    return choose_outcome(w.m, row.driver, w, life.row, u)


@inner
def stage_claim(w: World, pair: int, outcome: int, time: float) -> int:
    """Put a claim into the spare last slot, so that its magnitudes are drawn like any occurrence's."""
    occurrences = w.occurrences
    at = occurrences.time.shape[0] - 1
    occurrences.time[at] = time
    occurrences.pair[at] = pair
    occurrences.outcome[at] = outcome
    occurrences.number[at] = 0
    occurrences.reached[at] = 0
    return at


@inner
def pilot_passes(w: World, life: np.record) -> bool:
    """Whether the saving that the claims would give on the target, plus noise, reaches the minimum."""
    unit = w.plan.unit[life.unit]
    kept = 1.0
    for c in range(unit.claim_start, unit.claim_end):
        pair = w.plan.claim[c]
        if not claim_strikes(w, life, pair):
            continue
        outcome = claim_outcome(w, life, pair)
        at = stage_claim(w, pair, outcome, 0.0)
        for effect in range(w.m.outcome[outcome].effect_start, w.m.outcome[outcome].effect_end):
            row = w.m.effect[effect]
            if row.kind == SAVING and admits(w, effect, life.workload, unit.target):
                claimed = effect_value(w, life, at, row.first, row.per_workload)
                realised = effect_value(w, life, at, row.second, row.per_workload) * unit.usage
                kept *= max(0.0, 1.0 - claimed * realised)
    terms = w.plan.plan[0]
    error = 0.0
    if terms.pilot_noise > 0.0:
        u = uniform(unit.pilot_key, np.uint64(life.path), np.uint64(0))
        error = terms.pilot_noise * normal_ppf(u)
    note(w, life, MEASURES, -1, 0, 1.0 - kept + error, terms.minimum_saving, 0.0)
    return 1.0 - kept + error >= terms.minimum_saving - ROUNDING


@inner
def is_held(w: World, life: np.record, since: float, before: float) -> bool:
    """Whether what the strategy watches for struck the workload, its line or target in [since, before)."""
    terms = w.plan.plan[0]
    target = w.plan.unit[life.unit].target
    for k in range(life.begin, life.begin + life.seen):
        at = w.work.met[k]
        outcome = w.occurrences.outcome[at]
        if w.m.outcome[outcome].driver != terms.hold_driver:
            continue
        if terms.hold_outcome >= 0 and outcome != terms.hold_outcome:
            continue
        if w.occurrences.time[at] < since or w.occurrences.time[at] >= before:
            continue
        if strikes(w, life, at, life.line) or strikes(w, life, at, target):
            return True
    return False


@inner
def begin_adoption(w: World, life: np.record, now: float) -> None:
    """Start the planned move; its cost falls due now."""
    unit = w.plan.unit[life.unit]
    first = unit.adoption_draws
    expose_until(w, life, life.time)
    life.target = unit.target
    life.planned = 1
    life.move_end = now + w.planned[life.row, first]
    life.move_deadline = np.inf
    life.move_severity = w.planned[life.row, first + 2]
    life.move_factor = w.planned[life.row, first + 3]
    note(w, life, ADOPTS, -1, 0, life.move_end, life.move_severity, 0.0)
    book_lump(w, life, MOVE_COST, now, w.planned[life.row, first + 1] * unit.share)


@inner
def take_planned_step(w: World, life: np.record) -> None:
    """The day of a planned move, of another try at it, or the end of its pilot."""
    unit = w.plan.unit[life.unit]
    terms = w.plan.plan[0]
    now = life.adoption_at
    life.adoption_at = np.inf
    if life.decision == TO_BE_STRANDED or life.target >= 0 or life.line == unit.target:
        note(w, life, DROPS, -1, IS_LEAVING_OR_THERE, 0.0, 0.0, 0.0)
        return
    if has_lost(w, life, unit.target):
        note(w, life, DROPS, -1, TARGET_IS_LOST, 0.0, 0.0, 0.0)
        return
    if unit.selected == 1 and life.piloted == 0:
        watched = life.style != AS_SOLD and terms.hold_driver >= 0
        if watched and is_held(w, life, life.checked_from, now):
            if terms.recheck_days > 0.0:
                life.checked_from = now
                life.adoption_at = now + terms.recheck_days
            note(w, life, HOLDS, -1, 0, life.adoption_at, 0.0, 0.0)
            return
        if terms.has_pilot == 1:
            book_lump(w, life, MITIGATION, now, terms.pilot_cost * unit.share)
            life.piloted = 1
            life.adoption_at = now + terms.pilot_days
            note(w, life, PILOTS, -1, 0, life.adoption_at, 0.0, 0.0)
            return
    if life.piloted == 0 or life.style == AS_SOLD or pilot_passes(w, life):
        begin_adoption(w, life, now)
    else:
        note(w, life, DROPS, -1, PILOT_FAILED, 0.0, 0.0, 0.0)
