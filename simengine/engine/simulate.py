"""Running a study: blocks of paths over threads, reduced in the order of their paths."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from itertools import pairwise
from typing import get_args

from simengine.engine.beside import lives_compiled_beside
from simengine.engine.blocks import Arrays, run_block
from simengine.engine.buffers import Buffers
from simengine.engine.lower import Lowered, lower
from simengine.engine.profile import Profile
from simengine.estimators.reducers import Reducer
from simengine.model.run import Keep
from simengine.model.strategy import Strategy
from simengine.model.study import Study
from simengine.rng.accelerate import is_kept

BLOCK_PATHS = 1024
# Finished blocks that may wait for the reducers, for each thread: they are what a summary's memory goes to.
BLOCKS_AHEAD = 2
# What `keep: summary` is made of: every array of paths but occurrences.
SUMMARISED = frozenset(get_args(Keep)) - {"summary", "occurrences"}
PERIOD_KEEPS = frozenset({"by_period", "by_workload_period", "by_component_period"})

Progress = Callable[[int, int], None]


def default_threads() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def must_compile() -> bool:
    """Whether the first block waits for kernels to be compiled: none of these sources are kept."""
    return not is_kept()


def computed(keep: Collection[str]) -> Collection[str]:
    """What blocks have to hold for what a run keeps."""
    return SUMMARISED | set(keep) if "summary" in keep else keep


def lower_study(study: Study, strategies: Sequence[Strategy] | None = None) -> Lowered:
    """Lower a study for what it keeps; without `strategies`, for its own."""
    by_period = not PERIOD_KEEPS.isdisjoint(computed(study.run.keep))
    return lower(study, strategies if strategies is not None else [study.strategy], by_period=by_period)


def spans(first_path: int, n_paths: int, block_paths: int = BLOCK_PATHS) -> list[range]:
    """The path numbers of each block. Blocks end at multiples of `block_paths`, wherever a run begins.

    So a run that is made in parts, by one machine or many, has the blocks of the whole.
    """
    last = first_path + n_paths
    borders = [first_path, *range(first_path - first_path % block_paths + block_paths, last, block_paths)]
    return [range(start, stop) for start, stop in pairwise([*borders, last])]


def blocks_of(
    study: Study,
    lowered: Lowered,
    block_paths: int = BLOCK_PATHS,
    *,
    paths: range | None = None,
    profile: Profile | None = None,
) -> Iterator[list[Arrays]]:
    """The blocks of a run in the order of their paths, computed on `run.threads` threads.

    `paths` are the numbers of those that are wanted; the run's own, unless given.
    """
    run = study.run
    wanted = range(run.first_path, run.first_path + run.n_paths) if paths is None else paths
    threads = run.threads or default_threads()
    with lives_compiled_beside(threads) as wait:
        yield from _blocks(
            study, lowered, spans(wanted.start, len(wanted), block_paths), threads, wait, profile
        )


def _blocks(
    study: Study, lowered: Lowered, blocks: Sequence[range], threads: int, wait: Callable[[], None],
    profile: Profile | None,
) -> Iterator[list[Arrays]]:  # fmt: skip
    keep = computed(study.run.keep)
    block_paths = max(map(len, blocks))
    own = threading.local()

    def work(span: range) -> list[Arrays]:
        if not hasattr(own, "buffers"):
            own.buffers = Buffers(lowered, block_paths)
            if profile is not None:
                profile.add(own.buffers.clock)
        return run_block(study, lowered, own.buffers, keep, span.start, len(span), wait)

    n_threads = min(threads, len(blocks))
    if n_threads <= 1:
        yield from map(work, blocks)
        return
    with ThreadPoolExecutor(n_threads, thread_name_prefix="simengine") as pool:
        waiting: deque[Future[list[Arrays]]] = deque()
        try:
            for span in blocks:
                waiting.append(pool.submit(work, span))
                if len(waiting) > BLOCKS_AHEAD * n_threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def reduce_study(
    study: Study,
    lowered: Lowered,
    reducers: Sequence[Sequence[Reducer]],
    progress: Progress | None = None,
    block_paths: int = BLOCK_PATHS,
    *,
    paths: range | None = None,
    profile: Profile | None = None,
) -> None:
    """Run a study into reducers, a list of them per strategy; each sees the blocks in order.

    `paths` as in `blocks_of`. Reducers, and `progress`, count from the run's first path.
    """
    run = study.run
    wanted = range(run.first_path, run.first_path + run.n_paths) if paths is None else paths
    stop = wanted.stop - run.first_path
    blocks = blocks_of(study, lowered, block_paths, paths=wanted, profile=profile)
    for span, block in zip(spans(wanted.start, len(wanted), block_paths), blocks, strict=True):
        start = span.start - run.first_path
        for arrays, own in zip(block, reducers, strict=True):
            for reducer in own:
                stage = getattr(reducer, "stage", "reduce")
                with nullcontext() if profile is None else profile.stage(stage, time.thread_time):
                    reducer.update(arrays, start, len(span))
        if progress is not None:
            progress(start + len(span), stop)
