"""The shapes in which a study reaches the kernels: structured arrays, one row per thing.

A row is read as a record (`m.unit[u].line`), which costs a pointer and not an argument per field. Indices
follow the names in sorted order, so neither the order of a YAML file nor a neighbour moves a number.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np

from simengine.rng.dist_table import DistTable

# An array of records or numbers; what type checkers know of numpy's indexing is in the way of kernels.
Array: TypeAlias = Any

I = np.int64  # noqa: E741 - the two letters keep the tables below readable
F = np.float64
U = np.uint64

# Hazard kinds of a (driver, entity) pair.
RATE, DATE, ADOPTION = 0, 1, 2
# How long an excitation lasts.
STAYS, FOR_DAYS, DECAYS = 0, 1, 2
# Effect kinds.
SPEND, SAVING, UPKEEP, ONE_OFF, DISRUPTION, FORCED_MOVE = range(6)
# Response policies.
MOVE, PAY, CHEAPEST = 0, 1, 2
# Components of the ledger.
INFERENCE, UPKEEP_COST, ONE_OFF_COST, MOVE_COST, MITIGATION = range(5)
N_COMPONENTS = 5
# Touch: an occurrence always strikes a line (ALWAYS), never (NEVER), or if it reached one of these labs.
NEVER, ALWAYS = 0, -1
# Kernel status.
OK, TOO_MANY_OCCURRENCES, TOO_MANY_ACTIVE, TOO_MANY_MARKS, TOO_MANY_NOTES, TOO_MANY_LANES = range(6)
POISONED = -1


def _table(*fields: tuple[str, type] | tuple[str, type, tuple[int, ...]]) -> np.dtype:
    return np.dtype([*fields], align=True)


PARAMETER = _table(("distribution", I), ("key", U), ("is_constant", I), ("value", F), ("low", F), ("high", F))
COPULA = _table(("start", I), ("end", I), ("matrix", I), ("student", I), ("chi2", I), ("df", F), ("key", U))
LINE = _table(("lab", I), ("trend", I))
# distribution < 0: the constant `value`, which draws nothing. Effects have a key per entity, from `keys` on;
# is_shared: a draw that all workloads struck by an occurrence share.
DRAW = _table(
    ("distribution", I), ("value", F), ("key", U), ("keys", I), ("low", F), ("high", F), ("is_shared", I),
)  # fmt: skip
UNIT = _table(
    ("workload", I), ("line", I), ("part", I), ("share", F), ("selected", I), ("self_hosted", I),
    ("spend", I), ("growth", I), ("value", I), ("usage", F), ("policy", I),
    ("fallback_start", I), ("fallback_end", I), ("stranded", I), ("start_factor", I),
    ("adopts", I), ("target", I), ("adoption_day", F), ("adoption_draws", I), ("pilot_key", U),
    ("claim_start", I), ("claim_end", I), ("annual_cost", F), ("may_be_calm", I),
    ("is_foreseeable", I),
)  # fmt: skip
FALLBACK = _table(("line", I), ("draws", I))  # draws: lead_days, move_cost, severity, spend_factor
PAIR = _table(
    ("driver", I), ("slot", I), ("kind", I), ("workload", I), ("rate", I), ("at_most", I),
    ("time_key", U), ("outcome_key", U), ("occurrence_key", U), ("date", F), ("probability", I),
    ("piece_start", I), ("piece_end", I), ("mask_start", I), ("mask_end", I),
    ("excitation_start", I), ("excitation_end", I), ("branching", F), ("self_decay", F), ("self_start", F),
    ("history_start", I), ("history_end", I), ("reach", F), ("reach_start", I), ("reach_end", I),
    ("factor_start", I), ("factor_end", I), ("window_start", I), ("window_end", I),
)  # fmt: skip
PIECE = _table(("until", F), ("mask", I))  # mask: the pair's row of MASK, counted from its first
MASK = _table(("days", F), ("mask", I))
EXCITATION = _table(
    ("source_start", I), ("source_end", I), ("outcome", I), ("factor", I), ("mode", I), ("days", F),
    ("decay", F), ("delay", F),
)  # fmt: skip
SOURCE = _table(("pair", I), ("need", I))
HISTORY = _table(("time", F), ("pair", I), ("index", I), ("outcome", I))
DRIVER = _table(("outcome_start", I), ("outcome_end", I))
OUTCOME = _table(
    ("driver", I), ("probability", I), ("effect_start", I), ("effect_end", I), ("lasting", I), ("forces", I),
    ("written", I), ("draw_start", I), ("draw_end", I), ("additive", I),
)  # fmt: skip
EFFECT = _table(
    ("kind", I), ("per_workload", I), ("has_days", I), ("has_second", I), ("price", I), ("is_share", I),
    ("first", I), ("second", I), ("days", I),
)  # fmt: skip
CLAUSE = _table(
    ("notice_days", F), ("lead_factor", F), ("move_cost_factor", F), ("price_cap", F), ("weights", F),
    ("upkeep_factor", F), ("termination_fee", F), ("credit", F),
)  # fmt: skip
PLAN = _table(
    ("hold_driver", I), ("hold_outcome", I), ("recheck_days", F), ("has_pilot", I), ("pilot_cost", F),
    ("pilot_days", F), ("pilot_noise", F), ("minimum_saving", F), ("commitment_line", I),
    ("daily_minimum", F), ("commitment_until", F), ("standby_lead", F), ("standby_share", F),
)  # fmt: skip
# discount: ln(1 + r) / 365 per day; holders: the greater of the number of labs and of lines.
CLOCK = _table(("horizon", F), ("discount", F), ("holders", I))

# An effect that runs for a time: a factor on spend with a credit, a severity, or upkeep.
RUNNING = _table(("value", F), ("since", F), ("until", F), ("credit", F), ("is_share", I))
NOTE = _table(
    ("kind", I), ("unit", I), ("time", F), ("line", I), ("target", I), ("pair", I), ("number", I),
    ("outcome", I), ("what", I), ("first", F), ("second", F), ("third", F),
)  # fmt: skip
LEDGER = _table(
    ("amount", F, (N_COMPONENTS,)), ("amount_pv", F, (N_COMPONENTS,)),
    ("exposure", F), ("exposure_pv", F), ("days", F),
)  # fmt: skip
LIFE = _table(
    ("level", I), ("unit", I), ("workload", I), ("path", I), ("row", I), ("begin", I), ("seen", I),
    ("style", I), ("has_pv", I),
    ("time", F), ("spent_to", F), ("exposed_to", F), ("line", I), ("stranded", I),
    ("spend", F), ("growth", F), ("kappa", F), ("grown", F), ("grown_pv", F), ("value", F), ("factor", F),
    ("factors", F), ("share", F), ("per_day", F), ("kept", F), ("credit", F),
    ("target", I), ("move_end", F), ("move_deadline", F), ("move_severity", F), ("move_factor", F),
    ("planned", I), ("decision", I), ("pay_from", F), ("pay_factor", F),
    ("strand_at", F), ("stranded_severity", F),
    ("adoption_at", F), ("piloted", I), ("checked_from", F), ("claim_time", F), ("claim", I),
    ("n_factors", I), ("n_severities", I), ("n_upkeeps", I), ("n_deferred", I),
)  # fmt: skip


# A unit on a path to which all that strikes merely adds: its lanes, and what runs as they are written down.
CALM = _table(
    ("is_calm", I), ("first", I), ("last", I), ("spend", F), ("value", F), ("growth", F), ("kappa", F),
    ("kept", F), ("n_severities", I), ("n_upkeeps", I), ("exposed_to", F),
)  # fmt: skip


class Ties(NamedTuple):
    """The copulas that tie parameters together."""

    copula: Array
    member: Array
    matrix: Array


class Model(NamedTuple):
    """All that a scenario and a portfolio say, without the strategy."""

    clock: Array
    periods: Array  # (period + 1,) days; empty where no period is kept
    period_of_day: Array  # (day,), from 0 to the horizon
    period_kind: Array  # (period,): which of the lengths it has
    period_length: Array  # days, the lengths that occur
    line: Array
    pair: Array
    order: Array  # pairs such that exciters come first
    piece: Array
    mask: Array
    window_factor: Array  # parameter of each window, by driver
    frailty: Array  # parameter of each factor in scaled_by, by driver
    excitation: Array
    source: Array
    history: Array
    reach_key: Array
    driver: Array
    outcome: Array
    effect: Array
    effect_draw: Array
    effect_key: Array
    touch: Array  # (pair, line): NEVER, ALWAYS or the labs one of which must have been reached
    admits_workload: Array  # (effect, workload)
    admits_line: Array  # (effect, line)


class Plan(NamedTuple):
    """What one strategy makes of the portfolio."""

    plan: Array
    unit: Array
    fallback: Array
    draw: Array
    planned: Array  # PARAMETER rows: four draws of each planned move, in the order of a fallback's
    claim: Array  # pairs of the adoption drivers of each workload
    clause: Array  # (driver + 1,): the last row is neutral, for workloads that the strategy leaves alone
    concerned: Array  # units that an occurrence on a pair can ever matter to, pair after pair
    concerned_start: Array  # (pair + 1,)
    strikes: Array  # (unit, pair): as Model.touch, for the line on which a unit begins
    answers: Array  # (unit, line, outcome): what one that strikes it on a line does; see kernels/strikes.py


class Occurrences(NamedTuple):
    """A block's occurrences, path after path, each path's in order of time."""

    offset: Array  # (path + 1,)
    time: Array
    pair: Array
    outcome: Array
    number: Array  # of this driver on this entity, from 0
    reached: Array


class Scratch(NamedTuple):
    """The working memory of one thread: the actual life, its projection, and the two sides of a decision."""

    life: Array
    factors: Array  # (level, slot): what bends inference spend for a time
    severities: Array  # (level, slot): disruptions that run
    upkeeps: Array  # (level, slot): upkeep that is booked up to its end, unless the workload leaves before
    deferred: Array  # (row of `ledger`, lane): upkeep of the real life that is booked lane by lane
    deferred_at: Array  # (lane,): the occurrence that brought it
    met: Array  # each unit's own occurrences, one unit after another; the last one is a claim's
    met_start: Array  # (unit,)
    met_end: Array
    calm: Array  # (unit,)
    course: Array  # (unit, row of it, path abreast): see kernels/course.py
    lanes: Array  # (row of `ledger`, lane): what strikes calm lives, as `deferred`
    lane_kind: Array
    lane_at: Array
    lane_worth: Array  # of a disruption, the value that it takes a day; of value lost in all, when that ends
    ledger: Array
    period_amount: Array  # (component, period)
    is_booked: Array  # (component,): whether anything stands in its periods; the others are 0
    period_exposure: Array  # (period,)
    period_spend: Array  # whole-period integrals at the current line's growth
    period_value: Array
    border_spend: Array  # the growth up to where each period begins
    border_value: Array
    period_factor: Array  # (2, length)
    magnitude: Array  # (occurrence, draw of its outcome): what all that it strikes share
    booked_cost: Array  # (occurrence,)
    booked_exposure: Array
    before: Array  # (2,): cost and exposure with all that has struck the real life so far
    booked: Array  # (2,): what the newest strike changed of them
    mark_start: Array  # stretches during which a unit is disrupted or forced to move
    mark_end: Array
    mark_weight: Array
    mark_time: Array  # (4, mark): for sorting them
    mark_at: Array
    trace: Array  # what real lives decided; empty unless a path is to be told
    status: Array  # the kernel's status; the number of marks, of notes, of workloads struck in the block


class Output(NamedTuple):
    """A block's results, one row per path. An array without columns is not wanted."""

    total: Array  # (path, TOTALS)
    herfindahl: Array  # (path, 4): by lab and by line at the start, then at the horizon
    amount: Array  # (path, workload, component)
    amount_pv: Array
    workload: Array  # (path, workload, WORKLOAD_TOTALS)
    period_cost: Array  # (path, period)
    period_exposure: Array
    component_period: Array  # (path, component, period)
    workload_period_cost: Array  # (path, workload, period)
    workload_period_exposure: Array
    strikes: Array  # (path, driver)
    driver_cost: Array
    driver_exposure: Array
    workload_driver_cost: Array  # (path, workload, driver)
    workload_driver_exposure: Array
    year_largest: Array  # (path, year)
    year_exposure: Array
    claim_time: Array  # (path, claim); nan where the claim did not strike
    claim_outcome: Array
    claim_cost: Array
    claim_exposure: Array


class World(NamedTuple):
    """All that a life is played with: handles to the bundles above, and the block's parameters."""

    m: Model
    plan: Plan
    table: DistTable
    occurrences: Occurrences
    work: Scratch
    out: Output
    parameters: Array  # (path, parameter)
    planned: Array  # (path, draw): of planned moves


# Columns of Output.total and of Output.workload.
(
    COST, COST_PV, EXPOSURE, EXPOSURE_PV, DAYS, PLANNED, PLANNED_PV, NO_EVENT, NO_EVENT_PV, STATUS_QUO,
    STATUS_QUO_PV, LARGEST, CONCENTRATION,
) = range(13)  # fmt: skip
N_WORKLOAD_TOTALS = 11
N_TOTALS = 13
