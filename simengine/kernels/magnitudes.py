"""Magnitudes and planned moves of a whole block, drawn lane by lane before any life is played.

What all struck workloads of an occurrence share, and what every path's planned move needs, is known before
lives are: drawn here, in loops over lanes, it costs a fraction of a draw on its own, with the same bits.
"""

from __future__ import annotations

import numpy as np

from simengine.kernels.handles import as_handle
from simengine.kernels.tables import Array, Model, Occurrences, Plan
from simengine.rng.accelerate import inner, jit
from simengine.rng.dist_table import DistTable
from simengine.rng.philox import uniform_block, uniform_lanes
from simengine.rng.variates import needs_choice, quantile_block

LANES = 256
CHOICE = 1 << 63


@inner
def bound(values: Array, low: float, high: float) -> None:
    """Keep values within the range that their meaning allows."""
    for lane in range(values.shape[0]):
        values[lane] = min(max(values[lane], low), high)


@inner
def by_outcome(
    m: Model, occurrences: Occurrences, wanted: Array, n_paths: int, starts: Array, order: Array, path: Array
) -> None:
    """Sort the occurrences that can matter to anybody by outcome, and note the path of each."""
    starts[:] = 0
    for row in range(n_paths):
        for at in range(occurrences.offset[row], occurrences.offset[row + 1]):
            path[at] = row
            if wanted[occurrences.pair[at]] == 1:
                starts[occurrences.outcome[at] + 1] += 1
    for outcome in range(m.outcome.shape[0]):
        starts[outcome + 1] += starts[outcome]
    for at in range(occurrences.offset[n_paths]):
        if wanted[occurrences.pair[at]] == 1:
            order[starts[occurrences.outcome[at]]] = at
            starts[occurrences.outcome[at]] += 1
    for outcome in range(m.outcome.shape[0], 0, -1):
        starts[outcome] = starts[outcome - 1]
    starts[0] = 0


@inner
def draw_column(
    m: Model, table: DistTable, first_path: int, occurrences: Occurrences, which: int, column: int,
    chosen: Array, path: Array, magnitude: Array,
) -> None:  # fmt: skip
    """Draw one magnitude for chosen occurrences of its outcome."""
    row = m.effect_draw[which]
    keys = np.empty(LANES, np.uint64)
    paths = np.empty(LANES, np.uint64)
    indices = np.empty(LANES, np.uint64)
    uniforms = np.empty(LANES)
    choices = np.empty(LANES)
    values = np.empty(LANES)
    chooses = needs_choice(table, row.distribution)
    for begin in range(0, chosen.shape[0], LANES):
        count = min(LANES, chosen.shape[0] - begin)
        for lane in range(count):
            at = chosen[begin + lane]
            keys[lane] = m.effect_key[row.keys + m.pair[occurrences.pair[at]].slot]
            paths[lane] = np.uint64(first_path + path[at])
            indices[lane] = np.uint64(occurrences.number[at])
        uniform_lanes(keys, paths, indices, uniforms[:count])
        if chooses:
            for lane in range(count):
                indices[lane] |= np.uint64(CHOICE)
            uniform_lanes(keys, paths, indices, choices[:count])
        quantile_block(table, row.distribution, uniforms[:count], choices[:count], values[:count])
        bound(values[:count], row.low, row.high)
        for lane in range(count):
            magnitude[chosen[begin + lane], column] = values[lane]


@inner
def fill_magnitudes(
    m: Model, table: DistTable, first_path: int, wanted: Array, n_paths: int, occurrences: Occurrences,
    magnitude: Array,
) -> None:  # fmt: skip
    """Fill `magnitude`, given handles."""
    n = occurrences.offset[n_paths]
    starts = np.empty(m.outcome.shape[0] + 1, np.int64)
    order = np.empty(n, np.int64)
    path = np.empty(n, np.int64)
    by_outcome(m, occurrences, wanted, n_paths, starts, order, path)
    for outcome in range(m.outcome.shape[0]):
        chosen = order[starts[outcome] : starts[outcome + 1]]
        if chosen.shape[0] == 0:
            continue
        row = m.outcome[outcome]
        for which in range(row.draw_start, row.draw_end):
            if m.effect_draw[which].is_shared == 1:
                draw_column(
                    m, table, first_path, occurrences, which, which - row.draw_start, chosen, path, magnitude
                )


@jit
def draw_magnitudes(
    m: Model, table: DistTable, first_path: int, n_paths: int, wanted: Array, occurrences: Occurrences,
    magnitude: Array,
) -> None:  # fmt: skip
    """Fill `magnitude` (occurrence, draw of its outcome) for a block, where `wanted` (pair,) says so."""
    fill_magnitudes(
        as_handle(m), as_handle(table), first_path, wanted, n_paths, as_handle(occurrences), magnitude
    )


@jit
def draw_planned(plan: Plan, table: DistTable, first_path: int, out: Array) -> None:
    """Fill `out` (path, unit, 4): lead_days, move_cost, severity and spend_factor of the planned moves."""
    n_paths = out.shape[0]
    uniforms = np.empty(LANES)
    choices = np.empty(LANES)
    values = np.empty(LANES)
    for unit in range(plan.unit.shape[0]):
        if plan.unit[unit].adopts == 0:
            continue
        for field in range(4):
            row = plan.draw[plan.unit[unit].adoption_draws + field]
            if row.distribution < 0:
                out[:, unit, field] = row.value
                continue
            for strip in range(0, n_paths, LANES):
                count = min(LANES, n_paths - strip)
                first = np.uint64(first_path + strip)
                uniform_block(row.key, first, np.uint64(0), uniforms[:count])
                if needs_choice(table, row.distribution):
                    uniform_block(row.key, first, np.uint64(CHOICE), choices[:count])
                quantile_block(table, row.distribution, uniforms[:count], choices[:count], values[:count])
                bound(values[:count], row.low, row.high)
                for lane in range(count):
                    out[strip + lane, unit, field] = values[lane]
