"""How much of the portfolio is hit at once, and how much of it hangs on one lab or line."""

from __future__ import annotations

import numpy as np

from simengine.kernels.tables import World
from simengine.rng.accelerate import inner


@inner
def weight(w: World, unit: int, drawn: np.ndarray) -> float:
    """A unit's drawn daily spend."""
    return max(0.0, drawn[w.plan.unit[unit].spend]) * w.plan.unit[unit].share


@inner
def order_of(values: np.ndarray, n: int) -> np.ndarray:
    """Where the first n values are, least first, equal ones as they stand (Shell's sort, gaps after Knuth).

    NumPy's sort takes the compiler longer than all else in this file.
    """
    order = np.empty(n, np.int64)
    for at in range(n):
        order[at] = at
    gap = 1
    while gap < n // 5:
        gap = 3 * gap + 1
    while gap >= 1:
        for at in range(gap, n):
            moved = order[at]
            slot = at
            while slot >= gap:
                before = order[slot - gap]
                if values[before] < values[moved] or (values[before] == values[moved] and before < moved):
                    break
                order[slot] = before
                slot -= gap
            order[slot] = moved
        gap //= 3
    return order


@inner
def greatest_share(w: World, drawn: np.ndarray) -> float:
    """The greatest share of drawn daily spend in trouble at one time, over the marked stretches."""
    work = w.work
    n = work.status[1]
    if n == 0:
        return 0.0
    total = 0.0
    for unit in range(w.plan.unit.shape[0]):
        total += weight(w, unit, drawn)
    if total <= 0.0:
        return 0.0
    begins = order_of(work.mark_start, n)
    ends = order_of(work.mark_end, n)
    running = 0
    closed = 0
    current = 0.0
    greatest = 0.0
    for b in range(n):
        start = work.mark_start[begins[b]]
        while work.mark_end[ends[closed]] <= start:
            current -= work.mark_weight[ends[closed]]
            closed += 1
            running -= 1
        if running == 0:
            current = 0.0
        current += work.mark_weight[begins[b]]
        running += 1
        greatest = max(greatest, current)
    return min(greatest / total, 1.0)


@inner
def index_by(
    w: World, drawn: np.ndarray, lines: np.ndarray, by_lab: bool, at_start: bool, held: np.ndarray
) -> float:
    """The Herfindahl index of drawn daily spend by lab or by line; stranded units apart, 0 if all are."""
    held[:] = 0.0
    total = 0.0
    for unit in range(w.plan.unit.shape[0]):
        line = w.plan.unit[unit].line if at_start else lines[unit]
        if line < 0:
            continue
        spend = weight(w, unit, drawn)
        held[w.m.line[line].lab if by_lab else line] += spend
        total += spend
    if total <= 0.0:
        return 0.0
    index = 0.0
    for k in range(held.shape[0]):
        index += (held[k] / total) * (held[k] / total)
    return index


@inner
def herfindahl(w: World, drawn: np.ndarray, lines: np.ndarray, held: np.ndarray, out: np.ndarray) -> None:
    """By lab and by line at the start, by lab and by line at the horizon; `held` is scratch."""
    out[0] = index_by(w, drawn, lines, True, True, held)
    out[1] = index_by(w, drawn, lines, False, True, held)
    out[2] = index_by(w, drawn, lines, True, False, held)
    out[3] = index_by(w, drawn, lines, False, False, held)
