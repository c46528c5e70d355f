"""A study with as little in it as there can be: kernels have one signature for all, so it compiles them."""

from __future__ import annotations

from typing import Any, get_args

from simengine.model.run import Keep
from simengine.model.study import Study


def least_study(**workload: Any) -> Study:
    """One workload, of which a day is played on one path, and everything kept."""
    least = {"line": "line", "hosting": "vendor_api", "daily_spend": 1, "daily_value": 1}
    return Study.from_mapping(
        {
            "portfolio": {
                "labs": {"lab": {}},
                "lines": {"line": {"lab": "lab", "licence": "gated"}},
                "workloads": {"workload": least | workload},
            },
            "run": {"start": "2026-01-01", "horizon_days": 1, "n_paths": 1, "keep": list(get_args(Keep))},
        }
    )
