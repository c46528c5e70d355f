"""Money and downtime: three accounts of a workload, each booked exactly, stretch by stretch.

Spend (inference, its credits, standby and commitments) changes with the factors on it, exposure with the
severities that run, and each account is brought up to date only when what it depends on changes. Between two
changes every rate is a constant times an exponential, which is integrated in closed form. Upkeep adds to
whatever else is paid: it is booked to its end when it begins, and what is left is taken back if the workload
leaves its line before. Periods are those of the real life, and present values those of lives whose cost a
result tells (`has_pv`): a life that is only tried or projected needs neither. Totals do not depend on which
periods are kept.
"""

from __future__ import annotations

import numpy as np

from simengine.kernels.state import ACTUAL, PAYING
from simengine.kernels.tables import (
    INFERENCE,
    MITIGATION,
    N_COMPONENTS,
    TOO_MANY_MARKS,
    UPKEEP_COST,
    Array,
    Model,
    World,
)
from simengine.kernels.trace import DISRUPTED, EXPOSED, FLOWS, IS_BOOKED, OWES, note
from simengine.rng.accelerate import dissolved, inner, jit
from simengine.rng.elementary import exp, expm1, log

# Rows of `Scratch.deferred`.
START, LENGTH, LEVEL, RATE, AMOUNT, AMOUNT_PV, GROWN = range(7)
N_ROWS = 7
# As many lanes as the widest registers have: what is left over by less would be worked on one by one.
REGISTER = 8
# Up to here a short series gives all digits of (exp(y) - 1) / y, in a third of the time.
SHORT = 0.03


@jit
def growth_integral(kappa: float, a: float, b: float) -> float:
    """The integral of exp(kappa t) over [a, b]."""
    y = kappa * (b - a)
    mean = 1.0 if y == 0.0 else expm1(y) / y
    return exp(kappa * a) * (b - a) * mean


@dissolved
def growth_from_start(kappa: float, until: float) -> float:
    """The integral of exp(kappa t) over [0, until]: the bits of `growth_integral`, without exp(0)."""
    y = kappa * until
    return until * (1.0 if y == 0.0 else expm1(y) / y)


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


@dissolved
def mean_growth(y: float) -> float:
    """(exp(y) - 1) / y: the mean of exp over [0, y]."""
    if -SHORT < y < SHORT:
        # Taylor's series, for a stretch of some weeks: the next term is below 1e-17.
        square = y * y
        low = (1.0 + y * (1.0 / 2.0)) + square * (1.0 / 6.0 + y * (1.0 / 24.0))
        return low + square * square * ((1.0 / 120.0 + y * (1.0 / 720.0)) + square * (1.0 / 5040.0))
    return expm1(y) / y


@dissolved
def mean_growth_of_lane(y: float) -> float:
    """The bits of `mean_growth` without a branch, for loops over lanes."""
    square = y * y
    low = (1.0 + y * (1.0 / 2.0)) + square * (1.0 / 6.0 + y * (1.0 / 24.0))
    short = low + square * square * ((1.0 / 120.0 + y * (1.0 / 720.0)) + square * (1.0 / 5040.0))
    long = expm1(y) / (1.0 if y == 0.0 else y)
    return short if abs(y) < SHORT else long


@dissolved
def period_at(m: Model, t: float) -> int:
    """The period that holds day t: periods begin with a day."""
    return m.period_of_day[int(t)]


@dissolved
def last_period(m: Model, end: float) -> int:
    """The period in which a stretch ends: one that ends at a border has no part in the next."""
    p = period_at(m, end)
    return p - 1 if m.periods[p] == end else p


@dissolved
def keeps_periods(w: World, life: np.record) -> bool:
    """Whether a life's money is also booked by period."""
    return life.level == ACTUAL and w.work.period_exposure.shape[0] > 0


@inner
def fill_periods(m: Model, kappa: float, since: float, borders: Array, whole: Array, factors: Array) -> None:
    """exp(kappa t) where each period begins, and its integral over the whole period, for those after `since`.

    Periods come in few lengths: one exponential for each is enough, since each period continues the last.
    `factors` is scratch.
    """
    kinds = m.period_kind
    means, growths = factors[0], factors[1]
    for k in range(m.period_length.shape[0]):
        means[k] = m.period_length[k] * mean_growth(kappa * m.period_length[k])
        growths[k] = 1.0 + kappa * means[k]
    first = period_at(m, since) + 1
    grown = exp(kappa * m.periods[first])
    for p in range(first, whole.shape[0]):
        kind = kinds[p]
        borders[p] = grown
        whole[p] = grown * means[kind]
        grown *= growths[kind]


@inner
def book_lump(w: World, life: np.record, component: int, t: float, amount: float) -> None:
    """Book an amount that falls due on day t; beyond the horizon it costs nothing."""
    if t >= w.m.clock[0].horizon or amount == 0.0:
        return
    note(w, life, OWES, -1, component, amount, 0.0, 0.0)
    row = w.work.ledger[life.level]
    row.amount[component] += amount
    if life.has_pv == 1:
        row.amount_pv[component] += amount * exp(-w.m.clock[0].discount * t)
    if keeps_periods(w, life):
        w.work.is_booked[component] = 1
        w.work.period_amount[component, period_at(w.m, t)] += amount


@inner
def book_yearly(w: World, life: np.record, component: int, per_year: float) -> None:
    """Book a yearly amount that accrues daily over the whole horizon."""
    if per_year == 0.0:
        return
    horizon = w.m.clock[0].horizon
    per_day = per_year / 365.0
    row = w.work.ledger[life.level]
    note(w, life, FLOWS, -1, component, 0.0, horizon, per_day * horizon)
    row.amount[component] += per_day * horizon
    if life.has_pv == 1:
        row.amount_pv[component] += per_day * growth_from_start(-w.m.clock[0].discount, horizon)
    if keeps_periods(w, life):
        w.work.is_booked[component] = 1
        for p in range(w.work.period_exposure.shape[0]):
            w.work.period_amount[component, p] += per_day * (w.m.periods[p + 1] - w.m.periods[p])


@inner
def spend_until(w: World, life: np.record, until: float) -> None:
    """Bring the account of spend up to a day: a stretch for each factor that ends on the way."""
    unit = w.plan.unit[life.unit]
    terms = w.plan.plan[0]
    commits = unit.selected == 1 and terms.commitment_line >= 0
    while life.spent_to < until:
        start = life.spent_to
        end = until
        factor = life.factor * life.factors
        credit = life.credit
        running = 0
        for k in range(life.n_factors):
            effect = w.work.factors[life.level, k]
            if effect.until <= start:
                continue
            factor *= effect.value
            credit = max(credit, effect.credit)
            end = min(end, effect.until)
            if running < k:
                w.work.factors[life.level, running] = effect
            running += 1
        life.n_factors = running
        if life.decision == PAYING:
            if start >= life.pay_from:
                factor *= life.pay_factor
            else:
                end = min(end, life.pay_from)
        if commits and start < terms.commitment_until:
            end = min(end, terms.commitment_until)
            book_commitment(w, life, start, end, factor)
        if life.stranded == 0:
            standby = terms.standby_share if unit.selected == 1 else 0.0
            book_spend(w, life, start, end, factor, standby - credit * factor)
        life.spent_to = end


@inner
def book_spend(w: World, life: np.record, start: float, end: float, factor: float, mitigated: float) -> None:
    """Book a stretch of inference spend, and what is mitigated of it."""
    length = end - start
    row = w.work.ledger[life.level]
    y = life.kappa * length
    mean = mean_growth(y)
    spent = life.spend * life.grown * length * mean
    if keeps_periods(w, life):
        split_spend(w, life, start, end, spent, factor, mitigated)
    life.grown *= 1.0 + mean * y
    note(w, life, FLOWS, -1, INFERENCE, start, end, factor * spent)
    row.amount[INFERENCE] += factor * spent
    if mitigated != 0.0:
        note(w, life, FLOWS, -1, MITIGATION, start, end, mitigated * spent)
        row.amount[MITIGATION] += mitigated * spent
    if life.has_pv == 1:
        y = (life.kappa - w.m.clock[0].discount) * length
        mean = mean_growth(y)
        spent = life.spend * life.grown_pv * length * mean
        life.grown_pv *= 1.0 + mean * y
        row.amount_pv[INFERENCE] += factor * spent
        if mitigated != 0.0:
            row.amount_pv[MITIGATION] += mitigated * spent


@inner
def split_spend(
    w: World, life: np.record, start: float, end: float, spent: float, factor: float, mitigated: float
) -> None:
    """Book a stretch's spend again, cut at the period borders; `spent` is s(t) over all of it."""
    periods = w.m.periods
    amount = w.work.period_amount
    first = period_at(w.m, start)
    w.work.is_booked[INFERENCE] = 1
    if mitigated != 0.0:
        w.work.is_booked[MITIGATION] = 1
    if end <= periods[first + 1]:
        amount[INFERENCE, first] += factor * spent
        if mitigated != 0.0:
            amount[MITIGATION, first] += mitigated * spent
        return
    last = last_period(w.m, end)
    length = periods[first + 1] - start
    head = life.spend * life.grown * length * mean_growth(life.kappa * length)
    length = end - periods[last]
    tail = life.spend * w.work.border_spend[last] * length * mean_growth(life.kappa * length)
    amount[INFERENCE, first] += factor * head
    amount[INFERENCE, last] += factor * tail
    level = factor * life.spend
    for p in range(first + 1, last):
        amount[INFERENCE, p] += level * w.work.period_spend[p]
    if mitigated != 0.0:
        amount[MITIGATION, first] += mitigated * head
        amount[MITIGATION, last] += mitigated * tail
        level = mitigated * life.spend
        for p in range(first + 1, last):
            amount[MITIGATION, p] += level * w.work.period_spend[p]


@inner
def book_commitment(w: World, life: np.record, start: float, end: float, factor: float) -> None:
    """Book what a stretch falls short of a commitment."""
    terms = w.plan.plan[0]
    row = w.work.ledger[life.level]
    minimum = terms.daily_minimum * w.plan.unit[life.unit].share
    committed = 0.0
    if life.stranded == 0 and life.line == terms.commitment_line:
        committed = factor * life.spend
    owed = shortfall(committed, life.kappa, 0.0, minimum, start, end)
    note(w, life, FLOWS, -1, MITIGATION, start, end, owed)
    row.amount[MITIGATION] += owed
    if life.has_pv == 1:
        discount = w.m.clock[0].discount
        row.amount_pv[MITIGATION] += shortfall(committed, life.kappa, discount, minimum, start, end)
    if keeps_periods(w, life):
        periods = w.m.periods
        w.work.is_booked[MITIGATION] = 1
        p = period_at(w.m, start)
        while p < w.work.period_exposure.shape[0] and periods[p] < end:
            lower, upper = max(start, periods[p]), min(end, periods[p + 1])
            owed = shortfall(committed, life.kappa, 0.0, minimum, lower, upper)
            w.work.period_amount[MITIGATION, p] += owed
            p += 1


@inner
def book_upkeep(
    w: World, life: np.record, value: float, is_share: int, start: float, end: float, sign: float
) -> float:
    """Book upkeep from one day to another, a share of s(t) or an amount a day; -1 takes it back.

    Returns the amount.
    """
    end = min(end, w.m.clock[0].horizon)
    length = end - start
    if length <= 0.0 or value == 0.0:
        return 0.0
    row = w.work.ledger[life.level]
    level = sign * value
    kappa = 0.0
    if is_share == 1:
        level *= life.spend
        kappa = life.kappa
    level_at_start = level * exp(kappa * start)
    amount = level_at_start * length * mean_growth(kappa * length)
    note(w, life, FLOWS, -1, UPKEEP_COST, start, end, amount)
    row.amount[UPKEEP_COST] += amount
    if life.has_pv == 1:
        rate = kappa - w.m.clock[0].discount
        row.amount_pv[UPKEEP_COST] += level * exp(rate * start) * length * mean_growth(rate * length)
    if keeps_periods(w, life):
        split_upkeep(w, kappa, level, level_at_start, start, end, amount)
    return amount


@inner
def split_upkeep(
    w: World, kappa: float, level: float, level_at_start: float, start: float, end: float, booked: float
) -> None:
    """Book upkeep again, cut at the period borders; `booked` is all of it, and without kappa it is flat."""
    periods = w.m.periods
    amount = w.work.period_amount
    w.work.is_booked[UPKEEP_COST] = 1
    first = period_at(w.m, start)
    if end <= periods[first + 1]:
        amount[UPKEEP_COST, first] += booked
        return
    last = last_period(w.m, end)
    length = periods[first + 1] - start
    amount[UPKEEP_COST, first] += level_at_start * length * mean_growth(kappa * length)
    length = end - periods[last]
    if kappa != 0.0:
        for p in range(first + 1, last):
            amount[UPKEEP_COST, p] += level * w.work.period_spend[p]
        amount[UPKEEP_COST, last] += level * w.work.border_spend[last] * length * mean_growth(kappa * length)
    else:
        for p in range(first + 1, last):
            amount[UPKEEP_COST, p] += level * (periods[p + 1] - periods[p])
        amount[UPKEEP_COST, last] += level * length


@inner
def grow_lanes(lanes: Array, discount: float, n: int) -> None:
    """The integral of exp(rate t) over each lane's stretch, and its present value; of whole registers."""
    start, length, rate, grown = lanes[START], lanes[LENGTH], lanes[RATE], lanes[GROWN]
    amount, amount_pv = lanes[AMOUNT], lanes[AMOUNT_PV]
    for lane in range((n + REGISTER - 1) // REGISTER * REGISTER):
        y = rate[lane] * length[lane]
        mean = 1.0 if y == 0.0 else expm1(y) / (1.0 if y == 0.0 else y)
        grown[lane] = exp(rate[lane] * start[lane])
        amount[lane] = grown[lane] * length[lane] * mean
        kappa = rate[lane] - discount
        y = kappa * length[lane]
        mean = 1.0 if y == 0.0 else expm1(y) / (1.0 if y == 0.0 else y)
        amount_pv[lane] = exp(kappa * start[lane]) * length[lane] * mean


@inner
def defer_upkeep(w: World, life: np.record, at: int, value: float, is_share: int, end: float) -> None:
    """Note upkeep that an occurrence brings to the real life; `book_deferred` books it with its like."""
    length = min(end, w.m.clock[0].horizon) - life.time
    if length <= 0.0 or value == 0.0:
        return
    deferred = w.work.deferred
    lane = life.n_deferred
    deferred[START, lane] = life.time
    deferred[LENGTH, lane] = length
    deferred[LEVEL, lane] = value * life.spend if is_share == 1 else value
    deferred[RATE, lane] = life.kappa if is_share == 1 else 0.0
    w.work.deferred_at[lane] = at
    life.n_deferred += 1


@inner
def book_deferred(w: World, life: np.record) -> None:
    """Book what was deferred: to the ledger, and to the occurrences that brought it."""
    n = life.n_deferred
    life.n_deferred = 0
    if n == 0:
        return
    work = w.work
    deferred = work.deferred
    grow_lanes(deferred, w.m.clock[0].discount, n)
    row = work.ledger[ACTUAL]
    total = 0.0
    total_pv = 0.0
    by_driver = w.out.workload_driver_cost.shape[1] > 0
    for lane in range(n):
        booked = deferred[LEVEL, lane] * deferred[AMOUNT, lane]
        total += booked
        total_pv += deferred[LEVEL, lane] * deferred[AMOUNT_PV, lane]
        at = work.deferred_at[lane]
        work.booked_cost[at] += booked
        begin = deferred[START, lane]
        note(w, life, FLOWS, at, UPKEEP_COST, begin, begin + deferred[LENGTH, lane], booked)
        note(w, life, IS_BOOKED, at, -1, booked, 0.0, 0.0)
        if by_driver:
            driver = w.m.pair[w.occurrences.pair[at]].driver
            w.out.workload_driver_cost[life.row, life.workload, driver] += booked
    row.amount[UPKEEP_COST] += total
    row.amount_pv[UPKEEP_COST] += total_pv
    work.before[0] += total
    if work.period_exposure.shape[0] > 0:
        for lane in range(n):
            begin, level, rate = deferred[START, lane], deferred[LEVEL, lane], deferred[RATE, lane]
            end = begin + deferred[LENGTH, lane]
            amount = level * deferred[AMOUNT, lane]
            split_upkeep(w, rate, level, level * deferred[GROWN, lane], begin, end, amount)


@inner
def end_upkeep(w: World, life: np.record) -> None:
    """Take back what is booked of upkeep beyond this day."""
    now = life.time
    for k in range(life.n_upkeeps):
        upkeep = w.work.upkeeps[life.level, k]
        book_upkeep(w, life, upkeep.value, upkeep.is_share, max(now, upkeep.since), upkeep.until, -1.0)
    if life.share != 0.0:
        book_upkeep(w, life, life.share, 1, now, np.inf, -1.0)
    if life.per_day != 0.0:
        book_upkeep(w, life, life.per_day, 0, now, np.inf, -1.0)


@inner
def upkeep_ahead(w: World, life: np.record) -> float:
    """What is booked of upkeep beyond this day."""
    now = life.time
    horizon = w.m.clock[0].horizon
    per_day = life.per_day * (horizon - now)
    share = 0.0
    if life.share != 0.0:
        share = life.share * growth_integral(life.kappa, now, horizon)
    for k in range(life.n_upkeeps):
        upkeep = w.work.upkeeps[life.level, k]
        start, end = max(now, upkeep.since), min(upkeep.until, horizon)
        if start < end:
            if upkeep.is_share == 1:
                share += upkeep.value * growth_integral(life.kappa, start, end)
            else:
                per_day += upkeep.value * (end - start)
    return per_day + share * life.spend


@inner
def mark(w: World, start: float, end: float, weight: float) -> None:
    """Note a stretch during which a unit is disrupted or forced to move."""
    work = w.work
    n = work.status[1]
    if n > 0 and work.mark_end[n - 1] == start and work.mark_weight[n - 1] == weight:
        work.mark_end[n - 1] = end
        return
    if n >= work.mark_start.shape[0]:
        work.status[0] = TOO_MANY_MARKS
        return
    work.mark_start[n] = start
    work.mark_end[n] = end
    work.mark_weight[n] = weight
    work.status[1] = n + 1


@inner
def expose_until(w: World, life: np.record, until: float) -> None:
    """Bring the account of exposure up to a day: a stretch for each severity that ends on the way."""
    if life.n_severities == 0 and life.kept == 1.0 and life.target < 0 and life.stranded == 0:
        life.exposed_to = until
        return
    while life.exposed_to < until:
        start = life.exposed_to
        end = until
        kept = life.kept
        running = 0
        for k in range(life.n_severities):
            severity = w.work.severities[life.level, k]
            if severity.until <= start:
                continue
            kept *= 1.0 - severity.value
            end = min(end, severity.until)
            if running < k:
                w.work.severities[life.level, running] = severity
            running += 1
        life.n_severities = running
        if life.target >= 0:
            if start >= life.move_deadline:
                kept *= 1.0 - life.move_severity
            else:
                end = min(end, life.move_deadline)
        if life.stranded == 1:
            kept *= 1.0 - life.stranded_severity
        if kept < 1.0:
            book_exposure(w, life, start, end, 1.0 - kept)
        if life.level == ACTUAL and (kept < 1.0 or (life.target >= 0 and life.planned == 0)):
            mark(w, start, end, life.spend)
        life.exposed_to = end


@inner
def book_exposure(w: World, life: np.record, start: float, end: float, severity: float) -> None:
    """Book a stretch of disruption."""
    row = w.work.ledger[life.level]
    lost = severity * life.value * growth_integral(life.growth, start, end)
    row.exposure += lost
    note(w, life, FLOWS, -1, EXPOSED, start, end, lost)
    note(w, life, FLOWS, -1, DISRUPTED, start, end, severity * (end - start))
    if life.level == ACTUAL:
        rate = life.growth - w.m.clock[0].discount
        row.exposure_pv += severity * life.value * growth_integral(rate, start, end)
        row.days += severity * (end - start)
        if w.work.period_exposure.shape[0] > 0:
            split_exposure(w, life.growth, start, end, lost, severity * life.value)


@inner
def split_exposure(w: World, growth: float, start: float, end: float, lost: float, level: float) -> None:
    """Book a stretch's lost value again, cut at the period borders; `lost` is that of all of it."""
    periods = w.m.periods
    out = w.work.period_exposure
    first = period_at(w.m, start)
    if end <= periods[first + 1]:
        out[first] += lost
        return
    out[first] += level * growth_integral(growth, start, periods[first + 1])
    last = last_period(w.m, end)
    if w.work.border_value[0] == 0.0:  # not filled for this life yet: most are never disrupted
        fill_periods(w.m, growth, 0.0, w.work.border_value, w.work.period_value, w.work.period_factor)
        w.work.border_value[0] = 1.0
    for p in range(first + 1, last):
        out[p] += level * w.work.period_value[p]
    length = end - periods[last]
    out[last] += level * w.work.border_value[last] * length * mean_growth(growth * length)


@inner
def exposure_of(w: World, life: np.record, value: float, until: float) -> float:
    """What a severity adds to the exposure from this day on, beside those that run already."""
    end = min(until, w.m.clock[0].horizon)
    start = life.time
    total = 0.0
    while start < end:
        upto = end
        kept = life.kept
        for k in range(life.n_severities):
            severity = w.work.severities[life.level, k]
            if severity.until > start:
                kept *= 1.0 - severity.value
                upto = min(upto, severity.until)
        total += kept * growth_integral(life.growth, start, upto)
        start = upto
    return value * life.value * total


@dissolved
def settle_accounts(w: World, life: np.record) -> None:
    """Bring spend and exposure up to this day."""
    spend_until(w, life, life.time)
    expose_until(w, life, life.time)


@inner
def close_accounts(w: World, life: np.record) -> None:
    """Bring spend and exposure up to the horizon."""
    spend_until(w, life, w.m.clock[0].horizon)
    expose_until(w, life, w.m.clock[0].horizon)


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
    if level == ACTUAL and w.work.period_exposure.shape[0] > 0:
        for c in range(N_COMPONENTS):
            if w.work.is_booked[c] == 1:
                w.work.is_booked[c] = 0
                w.work.period_amount[c] = 0.0
        w.work.period_exposure[:] = 0.0


@inner
def ledger_cost(w: World, level: int) -> float:
    """The cost of all components in a ledger."""
    row = w.work.ledger[level]
    total = 0.0
    for c in range(N_COMPONENTS):
        total += row.amount[c]
    return total


@inner
def ledger_cost_pv(w: World, level: int) -> float:
    """The present value of all components in a ledger."""
    row = w.work.ledger[level]
    total = 0.0
    for c in range(N_COMPONENTS):
        total += row.amount_pv[c]
    return total
