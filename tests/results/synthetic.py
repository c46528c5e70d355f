"""A small study, and arrays such as an engine could have made of it: no engine is needed to test results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import numpy as np

from simengine.model.run import Keep
from simengine.model.strategy import Strategy
from simengine.model.study import Study
from simengine.results.coordinates import coordinates
from simengine.results.dataset import Result, collect
from simengine.results.variables import VARIABLES, kept

# Every array of paths; what `summary` keeps is made of them.
EVERYTHING: tuple[Keep, ...] = tuple(keep for keep in get_args(Keep) if keep != "summary")
CODES = {
    "occurrence_driver": ["exit", "outage"],
    "occurrence_entity": ["a_lab", "b_lab"],
    "occurrence_outcome": ["temporary", "structural"],
}


def small_study(n_paths: int = 500, keep: Sequence[str] = EVERYTHING, n_workloads: int = 3) -> Study:
    workloads = {
        f"w{k}": {
            "line": "alpha",
            "hosting": "vendor_api",
            "daily_spend": 1000.0 * (k + 1),
            "daily_value": 9000,
        }
        for k in range(n_workloads)
    }
    effects = [{"disruption": {"severity": 0.5, "days": 3}}]
    return Study.from_mapping(
        {
            "portfolio": {
                "name": "small",
                "currency": "EUR",
                "labs": {"a_lab": {}, "b_lab": {}},
                "lines": {"alpha": {"lab": "a_lab", "licence": "proprietary"}},
                "workloads": workloads,
            },
            "scenario": {
                "name": "windy",
                "drivers": {
                    name: {
                        "scope": "lab",
                        "hazard": {"rate": rate},
                        "outcomes": {"down": {"effects": effects}},
                    }
                    for name, rate in (("exit", 0.3), ("outage", 2.0))
                },
            },
            "run": {
                "start": "2026-03-05",
                "horizon_days": 500,
                "period": "quarter",
                "discount_rate": 0.08,
                "n_paths": n_paths,
                "first_path": 100,
                "seed": 7,
                "keep": list(keep),
            },
        }
    )


def small_arrays(study: Study, seed: int = 1, n_occurrences: int = 40) -> dict[str, np.ndarray]:
    """Numbers of the right names, types and shapes; totals are the sums of their parts."""
    rng = np.random.default_rng(seed)
    run = study.run
    coords = coordinates(study, {"path", "workload", "component", "period", "driver", "year", "magnitude"})
    sizes = {dim: len(labels) for dim, labels in coords.items()} | {"occurrence": n_occurrences}
    arrays: dict[str, np.ndarray] = {}
    for variable in kept(run.keep):
        shape = tuple(sizes[dim] for dim in variable.dims)
        if variable.dtype.kind == "i":
            arrays[variable.name] = rng.poisson(0.4, shape).astype(variable.dtype)
        elif "exposure" in variable.name or "days" in variable.name:
            struck = rng.random(shape) < 0.25
            arrays[variable.name] = np.where(struck, rng.lognormal(9.0, 1.5, shape), 0.0)
        else:
            arrays[variable.name] = rng.lognormal(13.0, 0.3, shape)
    for name in list(arrays):
        if f"{name}_by_workload" in arrays:
            arrays[name] = arrays[f"{name}_by_workload"].sum(axis=1)
    if "occurrence_path" in arrays:
        arrays["occurrence_path"] = np.sort(
            rng.integers(run.first_path, run.first_path + run.n_paths, n_occurrences)
        )
        for name in CODES:
            arrays[name] = rng.integers(0, 2, n_occurrences).astype(np.int32)
    return arrays


def small_result(n_paths: int = 500, keep: Sequence[str] = EVERYTHING, seed: int = 1) -> Result:
    study = small_study(n_paths, keep)
    codes = CODES if "occurrences" in keep else {}
    return collect(small_arrays(study, seed), study=study, codes=codes)


def small_comparison(names: Sequence[str] = ("proceed", "pause", "idle"), n_paths: int = 500) -> Result:
    """Strategies of the same portfolio; `idle` gives the same numbers as the first."""
    study = small_study(n_paths, [keep for keep in EVERYTHING if keep != "occurrences"])
    seeds = [1 if name in (names[0], "idle") else 2 + k for k, name in enumerate(names)]
    played = [small_arrays(study, seed) for seed in seeds]
    stacked = {name: np.stack([arrays[name] for arrays in played]) for name in VARIABLES if name in played[0]}
    return collect(stacked, study=study, strategies=[Strategy(name=name) for name in names])
