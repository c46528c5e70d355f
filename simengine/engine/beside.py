"""Compiling in two processes: lives, which take as long as all the rest, in another beside this one.

Numba compiles one function at a time in a process, however many processors there are. What the other one
compiles lies in the cache when this one asks for it. Should it fail, this one compiles that too.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator

import numpy as np

from simengine.engine.buffers import Buffers, new_output
from simengine.engine.least_study import least_study
from simengine.engine.lower import lower
from simengine.kernels.portfolio import play_block
from simengine.rng.accelerate import is_kept
from simengine.rng.cache_folder import cache_folder

# Seconds to wait for the other process, which takes some ten: then this one compiles what it has not brought.
PATIENCE = 120.0


def _command() -> list[str]:
    code = f"import sys; sys.path[:] = {sys.path!r}; from {__name__} import compile_lives; compile_lives()"
    return [sys.executable, "-c", code]


def _begin(processors: int) -> subprocess.Popen[bytes] | None:
    """The process that compiles lives, unless they are kept, or there is one processor."""
    if processors < 2 or is_kept() or cache_folder() is None or not sys.executable:
        return None
    nowhere = subprocess.DEVNULL
    with contextlib.suppress(OSError):
        return subprocess.Popen(_command(), stdin=nowhere, stdout=nowhere, stderr=nowhere)
    return None


@contextlib.contextmanager
def lives_compiled_beside(processors: int) -> Iterator[Callable[[], None]]:
    """Compile lives in a process of its own, where that is of use; it does not outlive the block.

    Yields what waits until they are compiled.
    """
    process = _begin(processors)

    def wait() -> None:
        if process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE)

    try:
        yield wait
    finally:
        if process is not None:
            process.kill()
            process.wait()


def compile_lives() -> None:
    """Have the lives of no paths played."""
    study = least_study()
    lowered = lower(study, [study.strategy], by_period=True)
    (plan,) = lowered.plans
    buffers = Buffers(lowered, 1)
    parameters, planned = np.empty((0, len(lowered.parameter))), np.empty((0, len(plan.planned)))
    play_block(
        lowered.model, plan, lowered.table, 0, parameters, planned, buffers.occurrences, buffers.scratch,
        True, new_output(study, lowered, plan, study.run.keep, 0),
    )  # fmt: skip
