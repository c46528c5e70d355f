"""Money and downtime: what a workload in a given state books over a stretch of time.

Between two events every rate is a constant times an exponential, so a stretch is integrated exactly, for the
whole stretch (the totals, nominal and present value) and again cut at the period borders where periods are
kept. Totals therefore do not depend on what is kept.
"""

from __future__ import annotations

import numpy as np

from simengine.kernels.state import ACTUAL, FACTOR, FROZEN, PAYING, PER_DAY, SAVED, SHARE
from simengine.kernels.tables import (
    INFERENCE,
    MITIGATION,
    N_COMPONENTS,
    UPKEEP_COST,
    Array,
    Model,
    World,
)
from simengine.rng.accelerate import inner, jit
from simengine.rng.elementary import exp, expm1, log


@jit
def growth_integral(kappa: float, a: float, b: float) -> float:
    """The integral of exp(kappa t) over [a, b]."""
    y = kappa * (b - a)
    mean = 1.0 if y == 0.0 else expm1(y) / y
    return exp(kappa * a) * (b - a) * mean


@jit
def shortfall(level: float, kappa: float, discount: float, minimum: float, a: float, b: float) -> float:
    """The integral of max(0, minimum - level exp(kappa t)) exp(-discount t) over [a, b]."""
    if level > 0.0 and kappa != 0.0:
        at_a = level * exp(kappa * a)
        at_b = level * exp(kappa * b)
        if (at_a < minimum) != (at_b < minimum):
            crossing = min(max(log(minimum / level) / kappa, a), b)
            if at_a < minimum:
                b = crossing
            else:
                a = crossing
    middle = 0.5 * (a + b)
    if b <= a or level * exp(kappa * middle) >= minimum:
        return 0.0
    return minimum * growth_integral(-discount, a, b) - level * growth_integral(kappa - discount, a, b)


@inner
def active_rates(w: World, life: np.record) -> tuple:
    """What the workload's state makes of a unit of s(t), of a day and of a unit of v(t).

    Returns the factor on inference spend, upkeep as a share of s(t), upkeep a day, severity, credit.
    """
    factor = life.factor * life.factors
    share = life.share
    per_day = life.per_day
    kept = life.kept
    credit = life.credit
    for k in range(life.n_active):
        effect = w.work.active[life.level, k]
        if effect.kind in (FACTOR, SAVED):
            factor *= effect.value
        elif effect.kind == SHARE:
            share += effect.value
        elif effect.kind == PER_DAY:
            per_day += effect.value
        else:
            kept *= 1.0 - effect.value
        if effect.kind != SAVED and w.plan.unit[life.unit].selected == 1:
            credit = max(credit, w.plan.clause[effect.driver].credit)
    if life.decision == PAYING and life.time >= life.pay_from:
        factor *= life.pay_factor
    if life.decision == FROZEN and life.time >= life.frozen_from:
        share += life.frozen_share
    if life.target >= 0 and life.time >= life.move_deadline:
        kept *= 1.0 - life.move_severity
    if life.stranded == 1:
        kept *= 1.0 - life.stranded_severity
    return factor, share, per_day, 1.0 - kept, credit


@inner
def period_of(m: Model, t: float) -> int:
    """The period that holds day t."""
    return int(np.searchsorted(m.periods, t, side="right")) - 1


@inner
def book_lump(w: World, life: np.record, component: int, t: float, amount: float) -> None:
    """Book an amount that falls due on day t; beyond the horizon it costs nothing."""
    if t >= w.m.clock[0].horizon or amount == 0.0:
        return
    row = w.work.ledger[life.level]
    row.amount[component] += amount
    row.amount_pv[component] += amount * exp(-w.m.clock[0].discount * t)
    if life.level == ACTUAL and w.work.period_exposure.shape[0] > 0:
        w.work.period_amount[component, period_of(w.m, t)] += amount


@inner
def book_yearly(w: World, life: np.record, component: int, per_year: float) -> None:
    """Book a yearly amount that accrues daily over the whole horizon."""
    if per_year == 0.0:
        return
    horizon = w.m.clock[0].horizon
    per_day = per_year / 365.0
    row = w.work.ledger[life.level]
    row.amount[component] += per_day * horizon
    row.amount_pv[component] += per_day * growth_integral(-w.m.clock[0].discount, 0.0, horizon)
    if life.level == ACTUAL:
        for p in range(w.work.period_exposure.shape[0]):
            w.work.period_amount[component, p] += per_day * (w.m.periods[p + 1] - w.m.periods[p])


@inner
def mean_growth(y: float) -> float:
    """(exp(y) - 1) / y: the mean of exp over [0, y]."""
    return expm1(y) / y if y != 0.0 else 1.0


@inner
def fill_periods(periods: Array, kappa: float, borders: Array, whole: Array) -> None:
    """exp(kappa t) at the border where each period begins, and its integral over the whole period."""
    for p in range(whole.shape[0]):
        start = periods[p]
        length = periods[p + 1] - start
        y = kappa * length
        grown = exp(kappa * start)
        rise = expm1(y)
        borders[p] = grown
        whole[p] = grown * length * (rise / (y if y != 0.0 else 1.0) if y != 0.0 else 1.0)


@inner
def accumulate(w: World, life: np.record, until: float) -> float:
    """Book the stretch from the life's time to `until`, move the life there, and return its severity.

    Present values and periods are those of the real life: a life that is only tried or projected needs none.
    """
    a = life.time
    length = until - a
    if length <= 0.0:
        return 0.0
    factor, share, per_day, severity, credit = active_rates(w, life)
    discount = w.m.clock[0].discount
    row = w.work.ledger[life.level]
    terms = w.plan.plan[0]
    unit = w.plan.unit[life.unit]
    is_actual = life.level == ACTUAL
    keeps_periods = is_actual and w.work.period_exposure.shape[0] > 0
    if keeps_periods:
        while w.m.periods[life.period + 1] <= a:
            life.period += 1
    mitigated = (terms.standby_share if unit.selected == 1 else 0.0) - credit * factor
    if life.stranded == 0:
        mean = mean_growth(life.kappa * length)
        spent = life.spend * life.grown * length * mean
        if keeps_periods:
            split_spend(w, life, until, spent, factor, mitigated, share, per_day)
        life.grown *= 1.0 + mean * (life.kappa * length)
        row.amount[INFERENCE] += factor * spent
        row.amount[MITIGATION] += mitigated * spent
        row.amount[UPKEEP_COST] += share * spent + per_day * length
        if is_actual:
            rate = life.kappa - discount
            mean = mean_growth(rate * length)
            spent = life.spend * life.grown_pv * length * mean
            life.grown_pv *= 1.0 + mean * (rate * length)
            row.amount_pv[INFERENCE] += factor * spent
            row.amount_pv[MITIGATION] += mitigated * spent
            row.amount_pv[UPKEEP_COST] += share * spent
            if per_day != 0.0:
                row.amount_pv[UPKEEP_COST] += per_day * growth_integral(-discount, a, until)
    if severity > 0.0:
        lost = severity * life.value * growth_integral(life.growth, a, until)
        row.exposure += lost
        if keeps_periods:
            split_exposure(w, life, until, lost, severity * life.value)
        if is_actual:
            row.exposure_pv += severity * life.value * growth_integral(life.growth - discount, a, until)
            row.days += severity * length
    if unit.selected == 1 and terms.commitment_line >= 0 and a < terms.commitment_until:
        minimum = terms.daily_minimum * unit.share
        committed = 0.0
        if life.stranded == 0 and life.line == terms.commitment_line:
            committed = factor * life.spend
        row.amount[MITIGATION] += shortfall(committed, life.kappa, 0.0, minimum, a, until)
        if is_actual:
            row.amount_pv[MITIGATION] += shortfall(committed, life.kappa, discount, minimum, a, until)
        if keeps_periods:
            split_shortfall(w, life, until, committed, minimum)
    life.time = until
    return severity


@inner
def split_spend(
    w: World, life: np.record, until: float, spent: float, factor: float, mitigated: float, share: float,
    per_day: float,
) -> None:  # fmt: skip
    """Book a stretch's spend again, cut at the period borders; `spent` is s(t) over all of it."""
    periods = w.m.periods
    amount = w.work.period_amount
    first = life.period
    if until <= periods[first + 1]:
        amount[INFERENCE, first] += factor * spent
        amount[MITIGATION, first] += mitigated * spent
        amount[UPKEEP_COST, first] += share * spent + per_day * (until - life.time)
        return
    length = periods[first + 1] - life.time
    part = life.spend * life.grown * length * mean_growth(life.kappa * length)
    amount[INFERENCE, first] += factor * part
    amount[MITIGATION, first] += mitigated * part
    amount[UPKEEP_COST, first] += share * part + per_day * length
    last = first + 1
    while periods[last + 1] < until:
        last += 1
    whole = w.work.period_spend
    level = factor * life.spend
    for p in range(first + 1, last):
        amount[INFERENCE, p] += level * whole[p]
    if mitigated != 0.0:
        level = mitigated * life.spend
        for p in range(first + 1, last):
            amount[MITIGATION, p] += level * whole[p]
    if share != 0.0 or per_day != 0.0:
        level = share * life.spend
        for p in range(first + 1, last):
            amount[UPKEEP_COST, p] += level * whole[p] + per_day * (periods[p + 1] - periods[p])
    length = until - periods[last]
    part = life.spend * w.work.border_spend[last] * length * mean_growth(life.kappa * length)
    amount[INFERENCE, last] += factor * part
    amount[MITIGATION, last] += mitigated * part
    amount[UPKEEP_COST, last] += share * part + per_day * length


@inner
def split_exposure(w: World, life: np.record, until: float, lost: float, level: float) -> None:
    """Book a stretch's lost value again, cut at the period borders; `lost` is that of all of it."""
    periods = w.m.periods
    out = w.work.period_exposure
    first = life.period
    if until <= periods[first + 1]:
        out[first] += lost
        return
    out[first] += level * growth_integral(life.growth, life.time, periods[first + 1])
    last = first + 1
    while periods[last + 1] < until:
        last += 1
    if w.work.border_value[0] == 0.0:  # not filled for this life yet: most are never disrupted
        fill_periods(periods, life.growth, w.work.border_value, w.work.period_value)
    for p in range(first + 1, last):
        out[p] += level * w.work.period_value[p]
    length = until - periods[last]
    out[last] += level * w.work.border_value[last] * length * mean_growth(life.growth * length)


@inner
def split_shortfall(w: World, life: np.record, until: float, committed: float, minimum: float) -> None:
    """Book what a stretch falls short of a commitment again, cut at the period borders."""
    periods = w.m.periods
    p = life.period
    while p < w.work.period_exposure.shape[0] and periods[p] < until:
        lower, upper = max(life.time, periods[p]), min(until, periods[p + 1])
        owed = shortfall(committed, life.kappa, 0.0, minimum, lower, upper)
        w.work.period_amount[MITIGATION, p] += owed
        p += 1


@inner
def clear(w: World, level: int) -> None:
    """Empty a ledger."""
    row = w.work.ledger[level]
    for c in range(N_COMPONENTS):
        row.amount[c] = 0.0
        row.amount_pv[c] = 0.0
    row.exposure = 0.0
    row.exposure_pv = 0.0
    row.days = 0.0
    if level == ACTUAL:
        w.work.period_amount[:] = 0.0
        w.work.period_exposure[:] = 0.0


@inner
def ledger_cost(w: World, level: int) -> float:
    """The cost of all components in a ledger."""
    row = w.work.ledger[level]
    total = 0.0
    for c in range(N_COMPONENTS):
        total += row.amount[c]
    return total
