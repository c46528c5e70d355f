"""Cost and exposure by period, where a study keeps them: each stretch in a few operations, however long.

The first and the last period of a stretch are integrated by themselves. The whole periods between are noted
as a step up and a step down of the level, and multiplied by the integrals of growth once that changes.
"""

from __future__ import annotations

import numpy as np

from simengine.engine.calendar import periods_of
from simengine.model.study import Study

Array = np.ndarray

# Accounts: spend and upkeep, which grow with spend; upkeep a day, which does not grow; exposure.
COST, FLAT, EXPOSURE = range(3)
# So many rows of periods stay in the cache.
ROWS = 512


class Periods:
    """Amounts of lanes, by slot (the lane's place when it began) and period."""

    def __init__(self, study: Study, n_slots: int) -> None:
        self.borders = np.asarray(periods_of(study.run).borders, dtype=float)
        self.horizon = self.borders[-1]
        self.n = len(self.borders) - 1
        self.of_day = np.searchsorted(self.borders, np.arange(int(self.horizon) + 1), side="right") - 1
        self.of_day[-1] = self.n - 1
        self.amount = [np.zeros(n_slots * self.n) for _ in range(3)]
        self.steps = [np.zeros(n_slots * self.n) for _ in range(3)]

    def add(
        self, account: int, slot: Array, level: Array, rate: Array | float, start: Array, end: Array
    ) -> None:
        """A level that grows from day 0 at a rate (in the account FLAT not at all), from start to end."""
        first, last = self.of_day[start.astype(np.intp)], self.of_day[end.astype(np.intp)]
        if account != FLAT:
            level = level / rate
        row = slot * self.n
        chosen = np.flatnonzero(last > first)
        amount, steps = self.amount[account], self.steps[account]
        cut = end.copy()
        cut[chosen] = self.borders[first[chosen] + 1]
        np.add.at(amount, row + first, level * self.grown(account, rate, start, cut))
        row, first, last, level, end = (array[chosen] for array in (row, first, last, level, end))
        rate = rate if np.isscalar(rate) else rate[chosen]  # type: ignore[index]
        np.add.at(amount, row + last, level * self.grown(account, rate, self.borders[last], end))
        np.add.at(steps, row + first + 1, level)
        np.add.at(steps, row + last, -level)

    @staticmethod
    def grown(account: int, rate: Array | float, start: Array, end: Array) -> Array:
        """The integral of growth over a stretch, times its rate."""
        return end - start if account == FLAT else np.exp(rate * end) - np.exp(rate * start)

    def add_lump(self, slot: Array, t: Array, value: Array) -> None:
        inside = np.flatnonzero(t < self.horizon)
        at = slot[inside] * self.n + self.of_day[t[inside].astype(np.intp)]
        np.add.at(self.amount[FLAT], at, value[inside])

    def close(self, account: int, slot: Array, rate: Array) -> None:
        """Put the whole periods of some lanes down, at the growth that they have had."""
        steps, amount = (array.reshape(-1, self.n) for array in (self.steps[account], self.amount[account]))
        for begin in range(0, slot.size, ROWS):
            rows, grows = slot[begin : begin + ROWS], rate[begin : begin + ROWS, None]
            level = steps[rows]
            if account != COST:  # most lanes never lose anything
                some = np.flatnonzero(level.any(axis=1))
                rows, grows, level = rows[some], grows[some], level[some]
            np.cumsum(level, axis=1, out=level)
            if account == FLAT:
                level *= np.diff(self.borders)
            else:
                grown = grows * self.borders
                np.exp(grown, out=grown)
                level *= grown[:, 1:] - grown[:, :-1]
            amount[rows] += level
            steps[rows] = 0.0

    def totals(self, n_paths: int) -> tuple[Array, Array]:
        """Cost and exposure, (path, period)."""
        cost = self.amount[COST] + self.amount[FLAT]
        by_path = (array.reshape(-1, n_paths, self.n).sum(axis=0) for array in (cost, self.amount[EXPOSURE]))
        cost, exposure = by_path
        return cost, exposure
