"""The same model in vectorised NumPy, as fair and as tuned as we could make it: what the kernels must beat.

It reads the same `Study` and means the same by it (docs/model.md), but is free where a NumPy author would
be: numpy's fastest generator (SFC64), native samplers instead of quantile functions, thinning instead of
inversion, clusters instead of Hawkes intensities, chunks that stay in cache. So its draws differ, and its
answers agree within Monte Carlo error.

It does less than the engine: strategy `proceed` only, totals by workload and component but neither periods
nor the attribution to occurrences. Both favour NumPy. What it does not cover it refuses.
"""

from __future__ import annotations

import contextlib
import ctypes

import numpy as np

from benchmarks.numpy_baseline.lanes import DAYS, EXPOSURE, EXPOSURE_PV, INFERENCE, MOVE, Lanes
from benchmarks.numpy_baseline.lowering import Lowered, lower
from benchmarks.numpy_baseline.plans import deterministic_costs
from benchmarks.numpy_baseline.responses import Player
from benchmarks.numpy_baseline.sampling import draw
from benchmarks.numpy_baseline.world import World, WorldSampler
from simengine.model.distributions import constant
from simengine.model.study import Study

# Tuned on midmarket under quiet_exit: smaller pays for interpretation, larger leaves the cache.
CHUNK = 8192
# Per day: over three years an error of 1e-8, by cancellation as by growth.
LEAST_GROWTH = 1e-11

__all__ = ["CHUNK", "hold_memory", "simulate_numpy"]


def hold_memory() -> None:
    """Let the C library keep what arrays free: asking for it again costs up to a tenth of the time."""
    with contextlib.suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        trim_threshold, mmap_threshold = -1, -3
        library.mallopt(trim_threshold, 1 << 30)
        library.mallopt(mmap_threshold, 1 << 30)


def simulate_numpy(study: Study, n_paths: int, seed: int = 0, chunk: int = CHUNK) -> dict[str, np.ndarray]:
    """Per-path arrays by the engine's variable names."""
    low = lower(study)
    sampler = WorldSampler(low)
    rng = np.random.Generator(np.random.SFC64(seed))
    parts = [
        simulate_chunk(low, sampler, min(chunk, n_paths - first), rng) for first in range(0, n_paths, chunk)
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def simulate_chunk(
    low: Lowered, sampler: WorldSampler, n: int, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    world = sampler.sample(n, rng)
    records = [low.study.portfolio.workloads[name] for name in low.workloads]
    everything = {
        field: np.stack([np.broadcast_to(draw(getattr(r, field), n, rng), n) for r in records])
        for field in ("daily_spend", "growth", "daily_value")
    }
    # Per day, and never 0, so that every integral of growth is one difference of exponentials.
    growth = everything["growth"] / 365.0
    everything["growth"] = np.where(np.abs(growth) < LEAST_GROWTH, LEAST_GROWTH, growth)
    trend = np.stack(
        [
            np.broadcast_to(draw(low.study.portfolio.lines[line].price_trend, n, rng) / 365.0, n)
            for line in low.lines
        ]
    )
    adoption = {
        field: np.concatenate(
            [
                np.broadcast_to(
                    draw(constant(0.0) if r.adoption is None else getattr(r.adoption, field), n, rng), n
                )
                for r in records
            ]
        )
        for field in ("lead_days", "move_cost", "spend_factor", "severity")
    }
    lanes = begin(low, world, everything, trend)
    player = Player(low, world, adoption, trend, rng)
    starts(player, lanes)
    total = player.play(lanes).reshape(-1, len(low.workloads), n)
    cost = total[INFERENCE : MOVE + 1]
    out = {
        "total_cost": cost.sum(axis=(0, 1)),
        "total_cost_pv": total[MOVE + 1].sum(axis=0),
        "disruption_exposure": total[EXPOSURE].sum(axis=0),
        "disruption_exposure_pv": total[EXPOSURE_PV].sum(axis=0),
        "disruption_days": total[DAYS].sum(axis=0),
        "total_cost_by_workload": cost.sum(axis=0).T,
        "total_cost_by_component": cost.sum(axis=1).T,
        "disruption_exposure_by_workload": total[EXPOSURE].T,
    }
    out.update(deterministic_costs(low, world, everything, trend, adoption))
    counts = {**world.strikes, **dict(zip(sampler.claim_names, player.claim_strikes, strict=True))}
    if counts:
        out["strikes_by_driver"] = np.stack([counts[name] for name in sorted(counts)], axis=1)
    return out


def begin(low: Lowered, world: World, everything: dict[str, np.ndarray], trend: np.ndarray) -> Lanes:
    n, n_workloads = world.n_paths, len(low.workloads)
    lanes = Lanes(n_workloads * n)
    lanes.row = np.arange(lanes.size)
    lanes.w, lanes.path = np.repeat(np.arange(n_workloads), n), np.tile(np.arange(n), n_workloads)
    lanes.line = low.start_line[lanes.w]
    lanes.spend = everything["daily_spend"].ravel().copy()
    lanes.growth = everything["growth"].ravel().copy()
    lanes.value = everything["daily_value"].ravel().copy()
    lanes.trend = trend[lanes.line, lanes.path]
    lanes.since.fill(-1.0)  # bound before the start, so that history meets them
    for name in ("value_growth", "spend_growth", "discount"):
        getattr(lanes, name).fill(1.0)
    for w, name in enumerate(low.workloads):
        planned = low.study.portfolio.workloads[name].adoption
        if planned is not None and planned.day < low.horizon:
            lanes.adopt_at[w * n : (w + 1) * n] = planned.day
    return lanes


def starts(player: Player, lanes: Lanes) -> None:
    """History acts, and each lane learns when it is struck first."""
    low, world = player.low, player.world
    n_lines, n = len(low.lines), world.n_paths
    every = np.arange(lanes.size)
    for place, occurrence in world.at_start:
        bound = np.flatnonzero(low.start_line == place) if place < n_lines else [place - n_lines]
        for w in bound:
            player.strike(lanes, w * n + world.path[occurrence], occurrence, before=True)
    lanes.pointer = world.loud.begin[lanes.line * n + lanes.path]
    player.look_ahead(lanes, every)
    if player.has_own_places:
        row = (n_lines + lanes.w) * n + lanes.path
        lanes.own_pointer = world.loud.begin[row]
        player.look_for_own(lanes, every)
