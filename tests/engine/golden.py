"""Frozen hashes of results: no change to the code may move a bit of them unnoticed.

Where numbers are meant to change, make them anew, and say in the changelog that results changed:

    python -m tests.engine.golden
"""

from __future__ import annotations

import json
from pathlib import Path

import yaml

import simengine
from simengine.model.study import Study
from tests.engine.running import EVERYTHING, bits, run

FILE = Path(__file__).with_name("golden.json")
PAGE = Path(__file__).resolve().parents[1] / "model" / "model_page_study.yaml"
# From an odd path on, over the border of a block.
N_PATHS, FIRST_PATH = 1500, 33
SHIPPED = {
    "midmarket, quiet_exit, clauses": ["strategy=clauses"],
    "single_workload, quiet_exit, pilot": ["portfolio=single_workload", "strategy=pilot"],
    "enterprise, talent_drain, full_contract": [
        "portfolio=enterprise", "scenario=talent_drain", "strategy=full_contract"
    ],
}  # fmt: skip
NAMES = ("the model page's study", *SHIPPED)
VARIABLES = (
    "total_cost", "total_cost_pv", "disruption_exposure", "planned_cost", "no_event_cost",
    "planned_cost_pv", "no_event_cost_pv", "status_quo_cost_pv", "concentration", "largest_occurrence",
    "strikes_by_driver", "total_cost_by_driver", "total_cost_by_workload_period", "occurrence_time",
    "occurrence_cost",
)  # fmt: skip


def study(name: str) -> Study:
    """One of the frozen studies; the first is part of the tests and changes with the model alone."""
    if name in SHIPPED:
        return simengine.compose(SHIPPED[name])
    return Study.from_mapping(yaml.safe_load(PAGE.read_text("utf-8")))


def hashes(name: str) -> dict[str, str]:
    """What is frozen of a study: the hash of its configuration, then of variables."""
    n_paths = N_PATHS // 5 if name.startswith("enterprise") else N_PATHS
    result = run(study(name), n_paths, EVERYTHING, first_path=FIRST_PATH)
    configuration = {"configuration": result.attrs["configuration_sha256"]}
    return configuration | {variable: bits(result[variable]) for variable in VARIABLES}


if __name__ == "__main__":
    FILE.write_text(json.dumps({name: hashes(name) for name in NAMES}, indent=1) + "\n", "utf-8")
    print(f"wrote {FILE}")
