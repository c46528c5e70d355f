"""Magnitudes of a whole block, drawn lane by lane before any life is played.

What all struck workloads of an occurrence share is known before lives are: drawn here, in loops over lanes,
it costs a fraction of a draw on its own, with the same bits. Constants are laid down beside the draws.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simengine.kernels.handles import as_handle
from simengine.kernels.tables import Array, Model, Occurrences
from simengine.rng.accelerate import inner, jit
from simengine.rng.dist_table import DistTable
from simengine.rng.philox import uniform_lanes
from simengine.rng.variates import needs_choice, quantile_block

LANES = 256
CHOICE = 1 << 63


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


class Lanes(NamedTuple):
    """Addresses and draws of some occurrences of one outcome."""

    at: Array
    slot: Array
    path: Array
    number: Array
    key: Array
    index: Array
    uniform: Array
    choice: Array
    value: Array


@inner
def draw_column(
    m: Model, table: DistTable, lanes: Lanes, count: int, which: int, column: int, magnitude: Array
) -> None:
    """Draw one magnitude for the occurrences in the lanes."""
    row = m.effect_draw[which]
    if row.distribution < 0:
        for lane in range(count):
            magnitude[lanes.at[lane], column] = row.value
        return
    for lane in range(count):
        lanes.key[lane] = m.effect_key[row.keys + lanes.slot[lane]]
    uniform, choice, value = lanes.uniform[:count], lanes.choice[:count], lanes.value[:count]
    uniform_lanes(lanes.key, lanes.path, lanes.number, uniform)
    if needs_choice(table, row.distribution):
        for lane in range(count):
            lanes.index[lane] = lanes.number[lane] | np.uint64(CHOICE)
        uniform_lanes(lanes.key, lanes.path, lanes.index, choice)
    quantile_block(table, row.distribution, uniform, choice, value)
    for lane in range(count):
        magnitude[lanes.at[lane], column] = min(max(value[lane], row.low), row.high)


@inner
def fill_magnitudes(
    m: Model, table: DistTable, first_path: int, wanted: Array, n_paths: int, occurrences: Occurrences,
    lanes: Lanes, magnitude: Array,
) -> None:  # fmt: skip
    """Fill `magnitude`, given handles."""
    n = occurrences.offset[n_paths]
    starts = np.empty(m.outcome.shape[0] + 1, np.int64)
    order = np.empty(n, np.int64)
    path = np.empty(n, np.int64)
    by_outcome(m, occurrences, wanted, n_paths, starts, order, path)
    for outcome in range(m.outcome.shape[0]):
        row = m.outcome[outcome]
        if row.draw_end == row.draw_start:
            continue
        for begin in range(starts[outcome], starts[outcome + 1], LANES):
            count = min(LANES, starts[outcome + 1] - begin)
            for lane in range(count):
                at = order[begin + lane]
                lanes.at[lane] = at
                lanes.slot[lane] = m.pair[occurrences.pair[at]].slot
                lanes.path[lane] = np.uint64(first_path + path[at])
                lanes.number[lane] = np.uint64(occurrences.number[at])
            for which in range(row.draw_start, row.draw_end):
                if m.effect_draw[which].is_shared == 1:
                    draw_column(m, table, lanes, count, which, which - row.draw_start, magnitude)


@jit
def draw_magnitudes(
    m: Model, table: DistTable, first_path: int, n_paths: int, wanted: Array, occurrences: Occurrences,
    magnitude: Array,
) -> int:  # fmt: skip
    """Fill `magnitude` (occurrence, draw of its outcome) for a block, where `wanted` (pair,) says so."""
    lanes = Lanes(
        np.empty(LANES, np.int64),
        np.empty(LANES, np.int64),
        np.empty(LANES, np.uint64),
        np.empty(LANES, np.uint64),
        np.empty(LANES, np.uint64),
        np.empty(LANES, np.uint64),
        np.empty(LANES),
        np.empty(LANES),
        np.empty(LANES),
    )
    fill_magnitudes(
        as_handle(m), as_handle(table), first_path, wanted, n_paths, as_handle(occurrences),
        as_handle(lanes), magnitude,
    )  # fmt: skip
    # A handle owns nothing: reading `lanes` after its use keeps the arrays until here.
    return lanes.at.shape[0]
