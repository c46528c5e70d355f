"""Compiling every kernel beforehand, so that no run on this machine or in this image waits for it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

from simengine.engine.least_study import least_study
from simengine.engine.simulate import blocks_of, lower_study, must_compile
from simengine.rng.cache_folder import cache_folder
from simengine.rng.elementary import exp
from simengine.rng.log_concave import score_pieces
from simengine.rng.philox import uniform_lanes
from simengine.rng.variates import needs_choice, quantile_block


class Warmed(NamedTuple):
    """Where compiled code lies (None: nowhere), whether it was compiled just now, and how long that took."""

    folder: Path | None
    compiled: bool
    seconds: float
    n_bytes: int


def warm_up() -> Warmed:
    """Compile what is not kept yet, by playing one path: kernels have one signature for all studies."""
    compiled = must_compile()
    start = time.perf_counter()
    # Tables of these two families are made by compiled code of their own.
    study = least_study(daily_spend={"gamma": {"shape": 2, "scale": 1}}, daily_value={"pert": [0, 1, 3]})
    # Called from Python by studies with a history, and by those with Student's t.
    exp(0.0)
    score_pieces(2.0, -4.0)
    lowered = lower_study(study)
    for _ in blocks_of(study, lowered):
        pass
    # Called from Python where magnitudes of occurrences are kept.
    address, uniform, value = np.zeros(1, np.uint64), np.empty(1), np.empty(1)
    uniform_lanes(address, address, address, uniform)
    needs_choice(lowered.table, 0)
    quantile_block(lowered.table, 0, uniform, uniform, value)
    seconds = time.perf_counter() - start
    folder = cache_folder()
    files = [] if folder is None else [file for file in folder.rglob("*") if file.is_file()]
    return Warmed(folder, compiled, seconds, sum(file.stat().st_size for file in files))
