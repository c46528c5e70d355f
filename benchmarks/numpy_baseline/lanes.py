"""Lanes: one workload on one path each, as a structure of arrays that shrinks as lanes reach the horizon."""

from __future__ import annotations

import numpy as np

Array = np.ndarray

# What a lane adds up; the order is that of the rows of `Lanes.total`.
SUMS = ("inference", "upkeep", "one_off", "move", "cost_pv", "exposure", "exposure_pv", "days")
INFERENCE, UPKEEP, ONE_OFF, MOVE, COST_PV, EXPOSURE, EXPOSURE_PV, DAYS = range(len(SUMS))

NOTHING, OVERDUE, PAY, STRAND = range(4)

FLOATS = (
    *("t", "value_growth", "discount", "spend_growth", "growth", "trend", "spend", "value"),
    *("mult", "keep", "next_strike", "next_own_strike", "since", "counted_from", "known_until"),
    *("move_at", "move_factor", "move_severity", "due", "due_factor", "adopt_at"),
)
INTEGERS = ("slot", "row", "w", "path", "line", "pointer", "own_pointer", "move_line", "due_kind")
FLAGS = ("planned", "decided")


class Lanes:
    """Arrays of equal length; timed effects in `slot_*`, a row for each that can run at the same time."""

    t: Array  # where the lane is, in days, and the factors of growth and discount there
    value_growth: Array
    spend_growth: Array
    discount: Array
    growth: Array  # per day
    trend: Array
    spend: Array  # a day at the start
    value: Array
    mult: Array  # product of all active spend factors
    keep: Array  # the part of the value that is not lost
    next_strike: Array
    next_own_strike: Array
    since: Array  # when the lane came to its line; below 0 if it began there
    counted_from: Array  # an imagined lane counts upkeep from here, and knows of nothing that strikes later
    known_until: Array
    move_at: Array
    move_line: Array
    move_factor: Array
    move_severity: Array
    planned: Array
    due: Array  # when the lane is overdue, begins to pay or is stranded, which `due_kind` says
    due_kind: Array
    due_factor: Array
    decided: Array
    adopt_at: Array
    slot: Array  # of the totals to fill
    row: Array  # of the adoption draws
    w: Array
    path: Array
    line: Array
    pointer: Array
    own_pointer: Array

    def __init__(self, n: int) -> None:
        for name in FLOATS:
            setattr(self, name, np.zeros(n))
        for name in INTEGERS:
            setattr(self, name, np.zeros(n, dtype=np.intp))
        for name in FLAGS:
            setattr(self, name, np.zeros(n, dtype=bool))
        for name in ("mult", "keep"):
            getattr(self, name).fill(1.0)
        for name in ("next_strike", "next_own_strike", "known_until", "move_at", "due", "adopt_at"):
            getattr(self, name).fill(np.inf)
        self.total = np.zeros((len(SUMS), n))
        self.slot_end = np.empty((0, n))
        self.slot_delta = np.empty((0, 2, n))

    @property
    def size(self) -> int:
        return self.t.size

    def take(self, chosen: Array) -> Lanes:
        """A copy of the chosen lanes (positions or a mask)."""
        part = object.__new__(Lanes)
        for name in (*FLOATS, *INTEGERS, *FLAGS):
            setattr(part, name, getattr(self, name)[chosen])
        part.total = self.total[:, chosen]
        part.slot_end = self.slot_end[:, chosen]
        part.slot_delta = self.slot_delta[:, :, chosen]
        return part

    def hold(self, lanes: Array, end: Array, deltas: tuple[Array | float, ...]) -> None:
        """Note what must be undone at `end`, in the first free slot of each lane."""
        row = 0
        while lanes.size:
            if row == len(self.slot_end):
                self.slot_end = np.vstack([self.slot_end, np.full((1, self.size), np.inf)])
                self.slot_delta = np.concatenate([self.slot_delta, np.zeros((1, 2, self.size))])
            free = np.isinf(self.slot_end[row, lanes])
            chosen = lanes[free]
            self.slot_end[row, chosen] = end[free]
            for position, delta in enumerate(deltas):
                self.slot_delta[row, position, chosen] = delta if np.isscalar(delta) else delta[free]  # type: ignore[index]
            if free.all():
                return
            lanes, end = lanes[~free], end[~free]
            deltas = tuple(delta if np.isscalar(delta) else delta[~free] for delta in deltas)  # type: ignore[index]
            row += 1

    def release(self, lanes: Array, at: Array) -> None:
        """Undo what ends at `at`."""
        for end, delta in zip(self.slot_end, self.slot_delta, strict=True):
            over = end[lanes] <= at
            if over.any():
                ending = lanes[over]
                self.mult[ending] /= delta[0, ending]
                self.keep[ending] /= delta[1, ending]
                end[ending] = np.inf
