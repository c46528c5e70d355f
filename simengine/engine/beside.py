"""Compiling in two processes: lives, which take as long as all the rest, in another beside this one.

Numba compiles one function at a time in a process, however many processors there are. What the other one
compiles lies in the cache when this one asks for it. Should it fail, this one compiles that too.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from simengine.engine.buffers import Buffers, new_output
from simengine.engine.least_study import least_study
from simengine.engine.lower import lower
from simengine.kernels.portfolio import play_block
from simengine.rng.accelerate import is_kept
from simengine.rng.cache_folder import cache_folder


def _nothing() -> None:
    pass


def _command() -> list[str]:
    return [sys.executable, "-P", "-c", f"from {__name__} import compile_lives; compile_lives()"]


@contextlib.contextmanager
def lives_compiled_beside(processors: int) -> Iterator[Callable[[], object]]:
    """Compile lives in a process of its own, unless they are kept or there is one processor.

    Yields what waits until they are. The process does not outlive the block.
    """
    if processors < 2 or is_kept() or cache_folder() is None or not sys.executable:
        yield _nothing
        return
    ours = str(Path(__file__).resolve().parents[2])
    paths = os.pathsep.join([ours, *filter(None, [os.environ.get("PYTHONPATH")])])
    nowhere = subprocess.DEVNULL
    try:
        process = subprocess.Popen(
            _command(), env=os.environ | {"PYTHONPATH": paths}, stdin=nowhere, stdout=nowhere, stderr=nowhere
        )
    except OSError:
        yield _nothing
        return
    with process:
        try:
            yield process.wait
        finally:
            process.kill()


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
