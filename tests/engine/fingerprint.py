"""What small studies come to, as hashes, printed by a process of its own: compiled otherwise, or not at all.

NUMBA_DISABLE_JIT=1 python -m tests.engine.fingerprint
"""

from __future__ import annotations

import json
from typing import Any

from simengine.model.study import Study
from simengine.results.simulation import play
from tests.engine.running import EVERYTHING, bits, with_run
from tests.studies import random_study

SEEDS = range(2000, 2012)
N_PATHS = 3


def crowd() -> dict[str, Any]:
    """Thirty workloads that are struck at one moment: sums in which the order of equals would show."""
    drawn = {"lognormal": {"median": 100.0, "sigma": 1.0}}
    workload = {"line": "line", "hosting": "vendor_api", "daily_value": 1.0, "daily_spend": drawn}
    effects = [
        {"disruption": {"severity": 0.5, "days": drawn}, "each": "workload"},
        {"disruption": {"severity": 0.5, "days": 10}, "where": {"workload": ["w01", "w05", "w11", "w23"]}},
    ]
    return {
        "portfolio": {
            "labs": {"lab": {}},
            "lines": {"line": {"lab": "lab", "licence": "gated"}},
            "workloads": {f"w{k:02}": workload for k in range(30)},
        },
        "scenario": {
            "drivers": {
                "outage": {
                    "scope": "lab",
                    "hazard": {"rate": 6.0},
                    "outcomes": {"down": {"effects": effects}},
                }
            }
        },
        "run": {"start": "2026-01-01", "horizon_days": 100, "seed": 3},
    }


def fingerprints() -> dict[str, dict[str, str]]:
    """The hash of every variable of every study."""
    trees = {"crowd": crowd(), **{f"random_study({seed})": random_study(seed) for seed in SEEDS}}
    found = {}
    for name, tree in trees.items():
        study = with_run(Study.from_mapping(tree), n_paths=N_PATHS, keep=EVERYTHING, threads=1)
        found[name] = {variable: bits(array) for variable, array in play(study).arrays.items()}
    return found


if __name__ == "__main__":
    print(json.dumps(fingerprints()))
