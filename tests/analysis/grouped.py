"""A portfolio with labs, lines and tags, and a result whose parts add up as an engine's do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from simengine.model.strategy import Strategy
from simengine.model.study import Study
from simengine.results.coordinates import coordinates
from simengine.results.dataset import Result, collect
from simengine.results.variables import VARIABLES, kept
from tests.results.synthetic import EVERYTHING, small_study

N_PATHS = 600
KEEP = [keep for keep in EVERYTHING if keep != "occurrences"]
# Line and tags of each workload: one has no tags, one lacks a key, and one key is also the name of a split.
WORKLOADS: dict[str, tuple[str, dict[str, str]]] = {
    "chat": ("alpha", {"team": "red", "tier": "1"}),
    "code": ("alpha", {"team": "blue", "tier": "2", "line": "front"}),
    "mail": ("beta", {"team": "red"}),
    "search": ("gamma", {"tier": "1"}),
    "voice": ("beta", {}),
}
LABS = {"alpha": "a_lab", "beta": "b_lab", "gamma": "a_lab", "idle": "c_lab"}
MEMBERS = {
    "lab": {"a_lab": ["chat", "code", "search"], "b_lab": ["mail", "voice"]},
    "line": {"alpha": ["chat", "code"], "beta": ["mail", "voice"], "gamma": ["search"]},
    "team": {"blue": ["code"], "red": ["chat", "mail"], "(none)": ["search", "voice"]},
    "tier": {"1": ["chat", "search"], "2": ["code"], "(none)": ["mail", "voice"]},
    "tag:line": {"front": ["code"], "(none)": ["chat", "mail", "search", "voice"]},
}


def grouped_study(keep: Sequence[str] = KEEP, n_paths: int = N_PATHS, horizon_days: int = 1000) -> Study:
    """Two drivers, three labs of which one has no workload; two complete years and a part of one."""
    tree: dict[str, Any] = small_study(n_paths, keep).canonical()
    tree["portfolio"]["labs"] = {lab: {} for lab in set(LABS.values())}
    tree["portfolio"]["lines"] = {line: {"lab": lab, "licence": "proprietary"} for line, lab in LABS.items()}
    tree["portfolio"]["workloads"] = {
        name: {"line": line, "hosting": "vendor_api", "daily_spend": 1000.0, "tags": tags}
        for name, (line, tags) in WORKLOADS.items()
    }
    tree["run"]["horizon_days"] = horizon_days
    return Study.from_mapping(tree)


def grouped_arrays(study: Study, seed: int = 3) -> dict[str, np.ndarray]:
    """The finest parts are drawn, and everything else is their sum; tens, so that paths tie."""
    rng = np.random.default_rng(seed)
    labels = coordinates(study, {"path", "workload", "component", "period", "driver", "year"})
    sizes = {dim: len(values) for dim, values in labels.items()}
    n, w, c, p, d, y = (sizes[k] for k in ("path", "workload", "component", "period", "driver", "year"))
    cost, exposure = (np.round(rng.lognormal(mean, 1.0, (n, w, d)), -1) for mean in (3.0, 2.0))
    booked = {
        "total_cost": cost * (rng.random((n, w, d)) < 0.3),
        "disruption_exposure": exposure * (rng.random((n, w, d)) < 0.1),
    }
    arrays: dict[str, np.ndarray] = {}
    for metric, by_driver in booked.items():
        rest = np.round(rng.lognormal(3.0, 0.2, (n, w, 1)), -1) * (metric == "total_cost")
        by_workload = by_driver.sum(axis=2) + rest[:, :, 0]
        by_period = by_workload[:, :, None] * np.arange(1.0, p + 1.0) / (p * (p + 1) / 2)
        by_component = by_workload[:, :, None] * np.array([0.5, 0.25, 0.125, 0.0625, 0.0625])
        assert by_component.shape[2] == c
        arrays |= {
            metric: by_workload.sum(axis=1),
            f"{metric}_by_workload": by_workload,
            f"{metric}_by_workload_driver": by_driver,
            f"{metric}_by_driver": by_driver.sum(axis=1),
            f"{metric}_by_workload_period": by_period,
            f"{metric}_by_period": by_period.sum(axis=1),
        }
        if metric == "total_cost":
            both = by_component.sum(axis=1)[:, :, None] * (np.arange(1.0, p + 1.0) / (p * (p + 1) / 2))
            arrays |= {
                f"{metric}_by_workload_component": by_component,
                f"{metric}_by_component": by_component.sum(axis=1),
                f"{metric}_by_component_period": both,
                "no_event_cost": rest.sum(axis=(1, 2)),
                "no_event_cost_by_workload": rest[:, :, 0],
            }
    years = np.round(rng.lognormal(2.0, 1.5, (n, 1)) * (rng.random((n, y)) < 0.4))
    arrays |= {"largest_occurrence_by_year": years, "disruption_exposure_by_year": 1.5 * years}
    for variable in kept(study.run.keep):
        if variable.name not in arrays:
            shape = tuple(sizes[dim] for dim in variable.dims)
            arrays[variable.name] = (1000.0 * rng.lognormal(0.0, 0.3, shape)).astype(variable.dtype)
    for metric in (
        "total_cost_pv",
        "disruption_exposure_pv",
        "disruption_days",
        "planned_cost",
        "status_quo_cost",
    ):
        arrays[metric] = arrays[f"{metric}_by_workload"].sum(axis=1)
    return {v.name: arrays[v.name].astype(v.dtype) for v in kept(study.run.keep)}


def grouped_result(keep: Sequence[str] = KEEP, horizon_days: int = 1000) -> Result:
    """Arrays of everything, of which `keep` is retained."""
    whole = grouped_arrays(grouped_study(KEEP, horizon_days=horizon_days))
    study = grouped_study(keep, horizon_days=horizon_days)
    return collect({v.name: whole[v.name] for v in kept(keep)}, study=study)


def grouped_comparison() -> Result:
    study = grouped_study()
    played = [grouped_arrays(study, seed) for seed in (3, 4)]
    stacked = {name: np.stack([a[name] for a in played]) for name in VARIABLES if name in played[0]}
    return collect(stacked, study=study, strategies=[Strategy(name="proceed"), Strategy(name="pause")])
