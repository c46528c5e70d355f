"""Costs without occurrences, in closed form: status quo, no-event cost and planned cost."""

from __future__ import annotations

import numpy as np

from benchmarks.numpy_baseline.lowering import Lowered
from benchmarks.numpy_baseline.occurrences import entities_of
from benchmarks.numpy_baseline.sampling import draw
from benchmarks.numpy_baseline.world import World, magnitudes
from simengine.model.scenario import AdoptionHazard

Array = np.ndarray


def deterministic_costs(
    low: Lowered, world: World, everything: dict[str, Array], trend: Array, adoption: dict[str, Array]
) -> dict[str, Array]:
    n = world.n_paths
    status_quo, no_event, planned = np.zeros(n), np.zeros(n), np.zeros(n)
    for w, name in enumerate(low.workloads):
        spend, growth = everything["daily_spend"][w], everything["growth"][w]
        staying = spend * integral(growth + trend[low.start_line[w]], 0.0, low.horizon)
        status_quo += staying
        record = low.study.portfolio.workloads[name].adoption
        target = low.adoption_line[w]
        if record is None or record.day >= low.horizon or target == low.start_line[w]:
            no_event += staying
            planned += staying
            continue
        mine = {field: values[w * n : (w + 1) * n] for field, values in adoption.items()}
        arrival = np.minimum(low.horizon, record.day + mine["lead_days"])
        before = spend * integral(growth + trend[low.start_line[w]], 0.0, arrival) + mine["move_cost"]
        after = spend * integral(growth + trend[target], arrival, low.horizon)
        no_event += before + after * mine["spend_factor"]
        mult, share, per_day = promised(low, w, n)
        planned += before + after * (mine["spend_factor"] * mult + share) + per_day * (low.horizon - arrival)
    return {"status_quo_cost": status_quo, "no_event_cost": no_event, "planned_cost": planned}


def integral(rate: Array, begin: Array | float, end: Array | float) -> Array:
    return (np.exp(rate * end) - np.exp(rate * begin)) / rate


def promised(low: Lowered, w: int, n: int) -> tuple[Array | float, Array | float, Array | float]:
    """Spend factor, upkeep share and upkeep a day if every claim holds as it was sold."""
    mult: Array | float = 1.0
    share: Array | float = 0.0
    per_day: Array | float = 0.0
    rng = np.random.default_rng(0)
    for name, driver in sorted(low.study.scenario.drivers.items()):
        if not isinstance(driver.hazard, AdoptionHazard) or low.workloads[w] not in entities_of(low, driver):
            continue
        kinds = {low.kinds[k].outcome: k for k in low.kind_of(name)}
        for outcome, record in driver.outcomes.items():
            admitted = low.admits[:, kinds[outcome], w, low.adoption_line[w]]
            if not any(e.saving and ok for e, ok in zip(record.effects, admitted, strict=False)):
                continue
            for effect, ok in zip(record.effects, admitted, strict=False):
                if ok and effect.saving:
                    if not effect.saving.claimed.is_constant:
                        raise NotImplementedError(
                            "an uncertain `claimed`: planned cost needs the path's own draw"
                        )
                    mult = mult * np.maximum(0.0, 1.0 - draw(effect.saving.claimed, n, rng))
                elif ok:
                    drawn = magnitudes(effect, n, rng)
                    mult = mult * drawn.get("spend", 1.0)
                    share = share + drawn.get("share", 0.0)
                    per_day = per_day + drawn.get("per_day", 0.0)
            break
    return mult, share, per_day
