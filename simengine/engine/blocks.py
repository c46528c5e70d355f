"""One block of paths: parameters, occurrences, and each strategy's answer to them."""

from __future__ import annotations

from collections.abc import Callable, Collection

import numpy as np

from simengine.engine.buffers import Buffers, new_output
from simengine.engine.lower import Lowered
from simengine.engine.profile import BLOCKS_PER_QUIET_ONE
from simengine.engine.variables import block_variables
from simengine.kernels import tables
from simengine.kernels.magnitudes import draw_magnitudes
from simengine.kernels.occurrences import draw_occurrences
from simengine.kernels.parameters import draw_parameters
from simengine.kernels.portfolio import play_block
from simengine.kernels.tables import Ties
from simengine.model.errors import InternalError
from simengine.model.study import Study

# What needs to know how much each occurrence changed; without it no futures are played forward.
NEEDS_ATTRIBUTION = frozenset({"totals", "by_driver", "by_workload_driver", "by_year", "occurrences"})

Arrays = dict[str, np.ndarray]

# Planned moves are drawn like parameters, and nothing ties them.
UNTIED = Ties(np.zeros(0, tables.COPULA).view(np.recarray), np.empty(0, np.int64), np.empty(0))


# A block whose occurrences need more memory than this is played in halves: no number depends on its size.
MOST_OCCURRENCES = 1 << 21


def run_block(
    study: Study, lowered: Lowered, buffers: Buffers, keep: Collection[str], first_path: int, n_paths: int,
    wait: Callable[[], None] | None = None,
) -> list[Arrays]:  # fmt: skip
    """The kept variables of a block of paths, one mapping per strategy.

    `wait` is called before lives are played, which another process may be compiling.
    """
    buffers.clock.start()
    parameters = np.empty((n_paths, len(lowered.parameter)))
    draw_parameters(lowered.parameter, lowered.ties, lowered.table, first_path, parameters)
    buffers.status[:] = tables.POISONED
    while True:
        draw_occurrences(
            lowered.model, first_path, parameters, buffers.times, buffers.occurrences, buffers.status
        )
        if n_paths > 1 and _is_full(buffers):
            half = n_paths // 2
            head = run_block(study, lowered, buffers, keep, first_path, half, wait)
            tail = run_block(study, lowered, buffers, keep, first_path + half, n_paths - half, wait)
            return [_joined(a, b, half) for a, b in zip(head, tail, strict=True)]
        if not _must_grow(buffers):
            break
    draw_magnitudes(
        lowered.model, lowered.table, first_path, n_paths, lowered.wanted, buffers.occurrences,
        buffers.scratch.magnitude,
    )  # fmt: skip
    buffers.clock.lap("occurrences")
    if wait is not None:
        wait()
    return [
        _play(study, lowered, k, parameters, buffers, keep, first_path) for k in range(len(lowered.plans))
    ]


def _joined(head: Arrays, tail: Arrays, half: int) -> Arrays:
    """Two halves of a block; paths of occurrences count from the first one's start."""
    if "occurrence_path" in tail:
        tail = tail | {"occurrence_path": tail["occurrence_path"] + half}
    return {name: np.concatenate([head[name], tail[name]]) for name in head}


def _is_full(buffers: Buffers) -> bool:
    """Whether the occurrences of a block do not fit into the most memory that a block may have."""
    wants = int(buffers.status[0]) == tables.TOO_MANY_OCCURRENCES
    return wants and 2 * buffers.occurrence_slots > MOST_OCCURRENCES


def _must_grow(buffers: Buffers) -> bool:
    """Whether a kernel stopped for want of room; anything but success and want of room is our fault."""
    status = int(buffers.status[0])
    if status == tables.OK:
        return False
    if status == tables.POISONED:
        raise InternalError("a kernel ended without a status")
    buffers.grow(status)
    return True


def _play(
    study: Study, lowered: Lowered, strategy: int, parameters: np.ndarray, buffers: Buffers,
    keep: Collection[str], first_path: int,
) -> Arrays:  # fmt: skip
    plan = lowered.plans[strategy]
    n_paths = len(parameters)
    attribute = not NEEDS_ATTRIBUTION.isdisjoint(keep)
    buffers.clock.start()
    planned = np.empty((n_paths, len(plan.planned)))
    draw_parameters(plan.planned, UNTIED, lowered.table, first_path, planned)
    while True:
        buffers.fit(plan, n_paths)
        output = new_output(study, lowered, plan, keep, n_paths)
        buffers.status[:] = tables.POISONED
        play_block(
            lowered.model, plan, lowered.table, first_path, parameters, planned, buffers.occurrences,
            buffers.scratch, attribute, output,
        )  # fmt: skip
        if not _must_grow(buffers):
            break
    if not np.isfinite(output.total).all():
        path = first_path + int(np.flatnonzero(~np.isfinite(output.total).all(axis=1))[0])
        raise InternalError(f"path {path} gave a total that is not a finite number")
    took = buffers.clock.lap("lives")
    arrays = block_variables(lowered, plan, output, buffers, keep, first_path)
    buffers.clock.lap("reduce")
    if buffers.clock.is_on:
        _tell_apart(study, lowered, strategy, parameters, planned, buffers, keep, first_path, took)
    return arrays


def _tell_apart(
    study: Study, lowered: Lowered, strategy: int, parameters: np.ndarray, planned: np.ndarray,
    buffers: Buffers, keep: Collection[str], first_path: int, took: float,
) -> None:  # fmt: skip
    """For a profile: count what was struck, and now and then play a block in which nothing happens."""
    clock, plan, n_paths = buffers.clock, lowered.plans[strategy], len(parameters)
    clock.struck += int(buffers.status[3])
    clock.blocks += 1
    if clock.blocks % BLOCKS_PER_QUIET_ONE != 1:
        return
    nothing = buffers.occurrences._replace(offset=np.zeros_like(buffers.occurrences.offset))
    output = new_output(study, lowered, plan, keep, n_paths)
    clock.start()
    play_block(
        lowered.model, plan, lowered.table, first_path, parameters, planned, nothing, buffers.scratch,
        not NEEDS_ATTRIBUTION.isdisjoint(keep), output,
    )  # fmt: skip
    clock.quiet += clock.lap("profile")
    clock.played_again += took
