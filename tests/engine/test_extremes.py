"""Studies that are empty where they may be, or have more of something than others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simengine.model.study import Study
from simengine.results.simulation import play
from tests.engine.running import EVERYTHING
from tests.reference.hand_made import made


def minimal(**parts: Any) -> Study:
    """As little as a study can be: one workload, and nothing that can happen."""
    portfolio = {
        "labs": {"lab": {}},
        "lines": {"line": {"lab": "lab", "licence": "gated"}},
        "workloads": {"only": {"line": "line", "hosting": "vendor_api", "daily_spend": 100.0}},
    }
    run = {"start": "2026-01-01", "horizon_days": 10, "n_paths": 3, "keep": EVERYTHING}
    return Study.from_mapping({"portfolio": portfolio, "scenario": {}, "run": run, **parts})


def test_nothing_can_happen():
    result = play(minimal())
    assert result["total_cost"].tolist() == [1000.0] * 3
    assert result["occurrence_time"].shape == (0,)
    assert result["strikes_by_driver"].shape == (3, 0)


@pytest.mark.parametrize(
    "driver",
    [
        {"scope": "group", "entities": [], "hazard": {"rate": 9.0}},
        {"scope": "lab", "hazard": {"rate": 0.0}},
        {
            "scope": "lab",
            "hazard": {"rate": 1e-300, "windows": [{"after": "release", "days": 1, "factor": 9.0}]},
        },
        {"scope": "lab", "hazard": {"at": "2026-01-11"}},
        {"scope": "lab", "hazard": {"at": "2026-01-05", "probability": 0.0}},
        {"scope": "workload", "hazard": {"at": "adoption"}},
        {
            "scope": "line",
            "hazard": {"rate": 50.0, "at_most": 1},
            "history": [{"entity": "line", "date": "2025-12-31"}],
        },
    ],
    ids=["no entity", "rate 0", "a tiny rate", "on the horizon", "probability 0", "no adoption", "used up"],
)
def test_a_driver_that_never_strikes(driver):
    effects = [{"disruption": {"severity": 1.0, "days": 0.5}}, {"forced_move": {"grace_days": 0.0}}]
    if "history" in driver:
        effects = effects[:1]
    drivers = {"idle": {**driver, "outcomes": {"so": {"effects": effects}}}}
    result = play(minimal(scenario={"drivers": drivers}))
    assert result["total_cost"].tolist() == [1000.0] * 3
    assert result["disruption_exposure"].tolist() == [0.0] * 3
    assert not result["strikes_by_driver"].any()


def test_one_path_one_day_and_no_fallback():
    ends = {
        "scope": "lab",
        "hazard": {"at": "2026-01-01"},
        "outcomes": {"so": {"effects": [{"forced_move": {"grace_days": 0}}]}},
    }
    study = minimal(
        scenario={"drivers": {"end": ends}},
        run={"start": "2026-01-01", "horizon_days": 1, "n_paths": 1, "keep": EVERYTHING},
    )
    result = play(study)
    assert result["total_cost"].tolist() == [0.0]
    assert result["disruption_days"].tolist() == [1.0]
    assert result["herfindahl_by_line_at_horizon"].tolist() == [0.0]


def test_a_group_of_many_labs():
    """Sixty labs reached by one shock: the bits of a 64-bit integer."""
    labs = {f"lab {k:02}": {"groups": ["all"]} for k in range(60)}
    lines = {f"line {k:02}": {"lab": f"lab {k:02}", "licence": "gated"} for k in range(60)}
    base = {"hosting": "vendor_api", "daily_spend": 1.0, "daily_value": 1.0}
    workloads = {f"w{k:02}": {**base, "line": f"line {k:02}"} for k in range(60)}
    effects = [{"disruption": {"severity": 1.0, "days": 1.0}}]
    shock = {
        "scope": "group",
        "reach": 0.5,
        "hazard": {"at": "2026-01-02"},
        "outcomes": {"so": {"effects": effects}},
    }
    study = Study.from_mapping(
        {
            "portfolio": {"groups": ["all"], "labs": labs, "lines": lines, "workloads": workloads},
            "scenario": {"drivers": {"shock": shock}},
            "run": {"start": "2026-01-01", "horizon_days": 10, "n_paths": 4, "seed": 5, "keep": EVERYTHING},
        }
    )
    result = play(study)
    bits = (result["occurrence_reached"][:, None] >> np.arange(60)) & 1
    np.testing.assert_array_equal(result["disruption_days_by_workload"], bits.astype(float))
    assert 0.3 < bits.mean() < 0.7
    np.testing.assert_allclose(result["concentration"], bits.mean(axis=1))


def test_many_effects_marks_and_moves():
    """A life with more of everything than buffers start with, at every level of play."""
    effects = [{"disruption": {"severity": 0.01, "days": 200}} for _ in range(50)]
    moves = [{"forced_move": {"grace_days": 5, "pay_factor": 2.0}}]
    drivers: dict[str, Any] = {
        "storm": {
            "scope": "line",
            "hazard": {"rate": 3.0, "at_most": 2},
            "outcomes": {"so": {"effects": effects}},
        },
        "end": {
            "scope": "line",
            "hazard": {"rate": 5.0, "at_most": 3},
            "outcomes": {"so": {"effects": moves}},
        },
    }
    fallbacks = [{"line": "new", "lead_days": 3}, {"line": "spare"}, {"line": "old"}]
    study = made(
        drivers,
        responses={"policy": "cheapest", "fallbacks": fallbacks},
        run={"n_paths": 8, "keep": EVERYTHING},
    )
    assert np.isfinite(play(study)["total_cost"]).all()
