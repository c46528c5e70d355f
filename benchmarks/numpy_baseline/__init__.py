"""The same model in vectorised NumPy, as fair and as tuned as we could make it: what the kernels must beat.

It reads the same `Study` and means the same by it (docs/model.md), but is free where a NumPy author would
be: numpy's fastest generator (SFC64), native samplers instead of quantile functions, thinning instead of
inversion, clusters instead of Hawkes intensities, chunks that stay in cache. So its draws differ, and its
answers agree within Monte Carlo error.

It does less than the engine: strategy `proceed` only, totals by workload, component and (where they are kept)
period, but nothing that is attributed to occurrences, and not the greatest share in trouble at one time. What
it does not cover it refuses.
"""

from __future__ import annotations

import contextlib
import ctypes

import numpy as np

from benchmarks.numpy_baseline.lanes import DAYS, EXPOSURE, EXPOSURE_PV, INFERENCE, MOVE, Lanes
from benchmarks.numpy_baseline.lowering import Lowered, lower
from benchmarks.numpy_baseline.periods import Periods
from benchmarks.numpy_baseline.plans import deterministic_costs
from benchmarks.numpy_baseline.responses import Player
from benchmarks.numpy_baseline.sampling import draw
from benchmarks.numpy_baseline.world import World, WorldSampler
from simengine.model.distributions import constant
from simengine.model.study import Study

# Tuned on midmarket under quiet_exit: smaller pays for interpretation, larger leaves the cache.
CHUNK = 8192
# With periods a lane takes as much memory as there are of them: fewer lanes at once.
MOST_LANES_WITH_PERIODS = 1 << 18
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


def simulate_numpy(
    study: Study, n_paths: int, seed: int = 0, chunk: int = CHUNK, projects: bool = False
) -> dict[str, np.ndarray]:
    """Per-path arrays by the engine's variable names; by period where the study keeps that.

    `projects` plays the future once more for each strike that is more than upkeep, and does nothing with it:
    the least that booking to occurrences what they changed would take.
    """
    low = lower(study)
    if "by_period" in study.run.keep:
        chunk = min(chunk, MOST_LANES_WITH_PERIODS // len(low.workloads))
    sampler = WorldSampler(low)
    rng = np.random.Generator(np.random.SFC64(seed))
    parts = [
        simulate_chunk(low, sampler, min(chunk, n_paths - first), rng, projects)
        for first in range(0, n_paths, chunk)
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def simulate_chunk(
    low: Lowered, sampler: WorldSampler, n: int, rng: np.random.Generator, projects: bool = False
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
    player.projects = projects
    if "by_period" in low.study.run.keep:
        player.periods = Periods(low.study, lanes.size)
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
    out.update(concentration(low, everything["daily_spend"], player.last_line.reshape(-1, n)))
    if player.periods is not None:
        cost_by_period, lost_by_period = player.periods.totals(n)
        out |= {"total_cost_by_period": cost_by_period, "disruption_exposure_by_period": lost_by_period}
    out.update(deterministic_costs(low, world, everything, trend, adoption))
    counts = {**world.strikes, **dict(zip(sampler.claim_names, player.claim_strikes, strict=True))}
    if counts:
        out["strikes_by_driver"] = np.stack([counts[name] for name in sorted(counts)], axis=1)
    return out


def concentration(low: Lowered, spend: np.ndarray, last_line: np.ndarray) -> dict[str, np.ndarray]:
    """Herfindahl indices of drawn daily spend by lab and line, at the start and at the horizon."""
    weight, n = np.maximum(0.0, spend), spend.shape[1]
    lines = {"start": np.repeat(low.start_line[:, None], n, axis=1), "horizon": last_line}
    out = {}
    for moment, line in lines.items():
        on_a_line = line >= 0
        path = np.broadcast_to(np.arange(n), line.shape)[on_a_line]
        for what, holder in (("line", line[on_a_line]), ("lab", low.line_lab[line[on_a_line]])):
            held = np.bincount(holder * n + path, weight[on_a_line], minlength=len(low.lines) * n)
            squares = (held.reshape(-1, n) ** 2).sum(axis=0)
            total = held.reshape(-1, n).sum(axis=0)
            out[f"herfindahl_by_{what}_at_{moment}"] = squares / np.where(total > 0.0, total, 1.0) ** 2
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
