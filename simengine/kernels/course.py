"""The course of units on which nothing bears: all that they spend, integrated for many paths side by side.

A workload that nothing strikes spends on its line up to the horizon, or up to the arrival of its planned move
and then on the new one. That is known before a path is played, and is part of every path: it is the cost
without events, the plan's, and what a calm life spends. Not a bit of a result depends on whether it was
foreseen so or played.
"""

from __future__ import annotations

import numpy as np

from simengine.kernels.adoption import stage_claim
from simengine.kernels.draws import effect_value
from simengine.kernels.ledger import book_lump, book_yearly, clear, mean_growth_of_lane
from simengine.kernels.state import PROJECTED
from simengine.kernels.strikes import admits, sold_outcome
from simengine.kernels.tables import INFERENCE, MITIGATION, MOVE_COST, SAVING, Array, World
from simengine.rng.accelerate import inner
from simengine.rng.elementary import exp, expm1

# Paths that are integrated together: whole registers, and little enough to stay in the nearest memory.
ABREAST = 64
# Rows of `Scratch.course`, beside each other because loops over lanes want few arrays. What is spent on the
# first line, and after a planned move before its factor; the status quo; then what they are made of.
(
    SPENT, SPENT_PV, AFTER, AFTER_PV, STATUS_QUO_SPENT, STATUS_QUO_SPENT_PV,
    SPEND, KAPPA, UNTIL, KAPPA_AFTER, WHOLE_SPEND, WHOLE_KAPPA,
) = range(12)  # fmt: skip
N_COURSE = 12


@inner
def gather(w: World, unit: int, first: int, n: int) -> None:
    """The terms of a unit's course on n paths from row `first` on."""
    course = w.work.course[unit]
    terms = w.plan.unit[unit]
    horizon = w.m.clock[0].horizon
    trend = w.m.line[terms.line].trend
    for k in range(n):
        drawn = w.parameters[first + k]
        spend = max(0.0, drawn[terms.spend])
        growth = drawn[terms.growth]
        course[WHOLE_SPEND, k] = spend
        course[WHOLE_KAPPA, k] = (growth + drawn[trend]) / 365.0
        course[SPEND, k] = spend * terms.share
        course[KAPPA, k] = growth / 365.0 + drawn[trend] / 365.0
        course[UNTIL, k] = horizon
    if terms.is_foreseeable == 1 and terms.adopts == 1:
        after = w.m.line[terms.target].trend
        for k in range(n):
            drawn = w.parameters[first + k]
            arrival = terms.adoption_day + w.planned[first + k, terms.adoption_draws]
            course[UNTIL, k] = min(arrival, horizon)
            course[KAPPA_AFTER, k] = drawn[terms.growth] / 365.0 + drawn[after] / 365.0


@inner
def spend_on_first_line(course: Array, discount: float) -> None:
    """What a unit spends up to the end of its first stretch, on all paths abreast."""
    for k in range(ABREAST):
        length = course[UNTIL, k]
        spend = course[SPEND, k] * length
        course[SPENT, k] = spend * mean_growth_of_lane(course[KAPPA, k] * length)
        course[SPENT_PV, k] = spend * mean_growth_of_lane((course[KAPPA, k] - discount) * length)


@inner
def spend_after_move(course: Array, horizon: float, discount: float) -> None:
    """What a unit spends after its planned move, before that changes the price."""
    for k in range(ABREAST):
        start = course[UNTIL, k]
        kappa = course[KAPPA_AFTER, k]
        length = horizon - start
        spend = course[SPEND, k] if length > 0.0 else 0.0
        course[AFTER, k] = spend * exp(kappa * start) * length * mean_growth_of_lane(kappa * length)
        kappa -= discount
        course[AFTER_PV, k] = spend * exp(kappa * start) * length * mean_growth_of_lane(kappa * length)


@inner
def spend_as_ever(course: Array, horizon: float, discount: float) -> None:
    """What a workload would spend on its first line, whole, with nothing planned."""
    for k in range(ABREAST):
        kappa = course[WHOLE_KAPPA, k]
        y = kappa * horizon
        mean = horizon * (1.0 if y == 0.0 else expm1(y) / (1.0 if y == 0.0 else y))
        course[STATUS_QUO_SPENT, k] = course[WHOLE_SPEND, k] * mean
        y = (kappa - discount) * horizon
        mean = horizon * (1.0 if y == 0.0 else expm1(y) / (1.0 if y == 0.0 else y))
        course[STATUS_QUO_SPENT_PV, k] = course[WHOLE_SPEND, k] * mean


@inner
def run_courses(w: World, first: int, n: int) -> None:
    """The courses of all units on n paths from row `first` on; lanes beyond n hold nothing of use."""
    horizon, discount = w.m.clock[0].horizon, w.m.clock[0].discount
    for unit in range(w.plan.unit.shape[0]):
        terms = w.plan.unit[unit]
        course = w.work.course[unit]
        gather(w, unit, first, n)
        spend_on_first_line(course, discount)
        if terms.is_foreseeable == 1 and terms.adopts == 1:
            spend_after_move(course, horizon, discount)
        if terms.part == 1:
            spend_as_ever(course, horizon, discount)


@inner
def foresee_ledger(w: World, unit: int, row: int, path: int) -> None:
    """What a foreseeable unit pays as drawn if nothing strikes it, in the ledger PROJECTED."""
    terms = w.plan.unit[unit]
    course = w.work.course[unit]
    lane = row % ABREAST
    life = w.work.life[PROJECTED]
    life.unit = unit
    life.workload = terms.workload
    life.path = path
    life.row = row
    life.has_pv = 1
    clear(w, PROJECTED)
    ledger = w.work.ledger[PROJECTED]
    book_yearly(w, life, MITIGATION, terms.annual_cost * terms.share)
    ledger.amount[INFERENCE] = course[SPENT, lane]
    ledger.amount_pv[INFERENCE] = course[SPENT_PV, lane]
    if terms.adopts == 1:
        cost = w.planned[row, terms.adoption_draws + 1]
        book_lump(w, life, MOVE_COST, terms.adoption_day, cost * terms.share)
        set_price(w, unit, row, 1.0)


@inner
def set_price(w: World, unit: int, row: int, factor: float) -> None:
    """Spend in the ledger PROJECTED if claims change the new line's price by a factor."""
    course = w.work.course[unit]
    lane = row % ABREAST
    factor *= w.planned[row, w.plan.unit[unit].adoption_draws + 3]
    ledger = w.work.ledger[PROJECTED]
    ledger.amount[INFERENCE] = course[SPENT, lane] + factor * course[AFTER, lane]
    ledger.amount_pv[INFERENCE] = course[SPENT_PV, lane] + factor * course[AFTER_PV, lane]


@inner
def sold_factor(w: World, unit: int, path: int) -> float:
    """By what the claims of a planned move, as sold, multiply the new line's price; nan if they do more."""
    terms = w.plan.unit[unit]
    life = w.work.life[PROJECTED]
    kept = 1.0
    for c in range(terms.claim_start, terms.claim_end):
        pair = w.plan.claim[c]
        outcome = sold_outcome(w, pair, terms.workload, terms.target)
        if outcome < 0:
            continue
        at = stage_claim(w, pair, outcome, 0.0)
        for effect in range(w.m.outcome[outcome].effect_start, w.m.outcome[outcome].effect_end):
            if not admits(w, effect, terms.workload, terms.target):
                continue
            row = w.m.effect[effect]
            if row.kind != SAVING or row.has_days == 1:
                return np.nan
            kept *= max(0.0, 1.0 - effect_value(w, life, at, row.first, row.per_workload))
    return kept
