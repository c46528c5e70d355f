"""What a life decided and booked, written down where it happens, for whoever wants to tell it.

Only the real life is noted, and only where `Scratch.trace` has room: a run leaves it empty, and then a note
is a comparison or two. What flows is noted where it is booked, with its stretch, so that a path's notes hold
all of its ledger.
"""

from __future__ import annotations

import numpy as np

from simengine.kernels.state import ACTUAL
from simengine.kernels.tables import N_COMPONENTS, TOO_MANY_NOTES, World
from simengine.rng.accelerate import dissolved, inner

# What a note says; behind it what `what`, `first`, `second` and `third` hold.
(
    BEGINS,  # the life, on day 0: daily spend, daily value, what clauses cost a year (the next flow, if any)
    COMES_TO,  # a day on which something falls due: an arrival, stranding, a planned step
    MEETS,  # an occurrence, or a claim
    IS_UNDER,  # an effect: its kind below, its value, until when
    OWES,  # an amount at once: its component, the amount
    FLOWS,  # an amount over a stretch: its component (or one of the two below), from when, until when, amount
    MOVES,  # by force: arrival, deadline, severity while overdue
    HURRIES,  # a move under way has an earlier deadline: it, severity while overdue
    PAYS,  # to stay: from when, its factor
    FREEZES,  # stays on frozen weights: from when, its share of spend
    IS_DOOMED,  # no way out: stranded from when, its severity
    ARRIVES,  # on a line
    IS_STRANDED,  # now: its severity
    DROPS,  # its planned move: for which of the reasons below
    HOLDS,  # its planned move: until when (infinite: for good)
    PILOTS,  # its planned move: until when
    MEASURES,  # what the pilot found, and the minimum that was asked
    ADOPTS,  # the planned move begins: arrival, severity while overdue
    IS_BOOKED,  # part of what an occurrence changed: the pair of a claim or -1, cost, exposure
    ENDS,  # the life, at the horizon
) = range(20)  # fmt: skip

# Kinds of effects: on spend (a saving apart), upkeep as a share of s(t) or a day, a part of the value.
FACTOR, SAVED, SHARE, PER_DAY, SEVERITY = range(5)
# What flows beside the components of cost: money at stake, and days weighted by severity.
EXPOSED, DISRUPTED = N_COMPONENTS, N_COMPONENTS + 1
# Why a planned move never takes place.
IS_LEAVING_OR_THERE, TARGET_IS_LOST, PILOT_FAILED = range(3)


@dissolved
def note(
    w: World, life: np.record, kind: int, at: int, what: int, first: float, second: float, third: float
) -> None:
    """Write down something about a real life, of occurrence `at` if it is not below 0."""
    if life.level == ACTUAL and w.work.trace.shape[0] > 0:
        write_down(w, life, kind, at, what, first, second, third)


@dissolved
def note_strike(w: World, life: np.record, at: int) -> None:
    """Count a workload that is struck, on the real life, and note by what."""
    if life.level == ACTUAL:
        w.work.status[3] += 1
    note(w, life, MEETS, at, 0, 0.0, 0.0, 0.0)


@inner
def write_down(
    w: World, life: np.record, kind: int, at: int, what: int, first: float, second: float, third: float
) -> None:
    """Add a note; the status says so where there is no room left."""
    work = w.work
    n = work.status[2]
    if n >= work.trace.shape[0]:
        work.status[0] = TOO_MANY_NOTES
        return
    work.status[2] = n + 1
    row = work.trace[n]
    row.kind = kind
    row.unit = life.unit
    row.time = life.time
    row.line = life.line
    row.target = life.target
    row.pair = -1
    if at >= 0:
        row.pair = w.occurrences.pair[at]
        row.number = w.occurrences.number[at]
        row.outcome = w.occurrences.outcome[at]
    row.what = what
    row.first = first
    row.second = second
    row.third = third
