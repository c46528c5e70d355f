"""Magnitudes: the addressed draws of effects, responses and planned moves."""

from __future__ import annotations

import numpy as np

from simengine.kernels.tables import World
from simengine.rng.accelerate import inner
from simengine.rng.philox import derive_key, uniform
from simengine.rng.variates import needs_choice, quantile

CHOICE = 1 << 63
START = 1 << 33  # the index of what a second part begins with


@inner
def draw(
    w: World, distribution: int, low: float, high: float, key: np.uint64, path: int, index: int
) -> float:
    """The value at an address, within the range that its meaning allows."""
    u = uniform(key, np.uint64(path), np.uint64(index))
    choice = 0.5
    if needs_choice(w.table, distribution):
        choice = uniform(key, np.uint64(path), np.uint64(index) | np.uint64(CHOICE))
    return min(max(quantile(w.table, distribution, u, choice), low), high)


@inner
def effect_value(w: World, life: np.record, at: int, which: int, per_workload: int) -> float:
    """A magnitude of an occurrence's effect, as it meets this life."""
    # What all struck workloads share lies drawn; a claim, staged in the last slot, has but one workload.
    if per_workload == 0 and at < w.work.magnitude.shape[0]:
        return w.work.magnitude[at, which - w.m.outcome[w.occurrences.outcome[at]].draw_start]
    row = w.m.effect_draw[which]
    if row.distribution < 0:
        return row.value
    slot = w.m.pair[w.occurrences.pair[at]].slot
    if per_workload == 1:
        slot = slot * w.m.admits_workload.shape[1] + life.workload
    key = w.m.effect_key[row.keys + slot]
    return draw(w, row.distribution, row.low, row.high, key, life.path, w.occurrences.number[at])


@inner
def planned_value(w: World, life: np.record, which: int, index: int) -> float:
    """A draw that a path makes once for this workload: of how its second part begins."""
    row = w.plan.draw[which]
    if row.distribution < 0:
        return row.value
    return draw(w, row.distribution, row.low, row.high, row.key, life.path, index)


@inner
def response_value(w: World, life: np.record, at: int, which: int) -> float:
    """A draw of a response to the occurrence that asked for it."""
    row = w.plan.draw[which]
    if row.distribution < 0:
        return row.value
    asked = w.m.pair[w.occurrences.pair[at]].occurrence_key
    key = derive_key(row.key, asked, np.uint64(w.occurrences.number[at]))
    return draw(w, row.distribution, row.low, row.high, key, life.path, 0)
