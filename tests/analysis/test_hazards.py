"""Closed forms of hazards: against formulas worked by hand, and against the engine."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from simengine.analysis.hazards import closed_form
from simengine.analysis.implications import Strikes
from simengine.model.study import Study
from simengine.results.simulation import play

HORIZON = 730.0
LABS = ("a", "b", "c")


def study(hazard: dict[str, Any], history: tuple[dict[str, Any], ...] = (), **scenario: Any) -> Study:
    """Three labs with a line and a workload each; one driver on labs."""
    driver = {"scope": "lab", "hazard": hazard, "history": list(history), "outcomes": {"o": {}}}
    return Study.from_mapping(
        {
            "portfolio": {
                "labs": {lab: {} for lab in LABS},
                "lines": {
                    f"line_{lab}": {"lab": lab, "licence": "gated", "releases": ["2026-02-01", "2026-03-01"]}
                    for lab in LABS
                },
                "workloads": {
                    f"w_{lab}": {"line": f"line_{lab}", "hosting": "vendor_api", "daily_spend": 1}
                    for lab in LABS
                },
            },
            "scenario": {"drivers": {"d": driver, **scenario.pop("drivers", {})}, **scenario},
            "run": {"start": "2026-01-01", "horizon_days": HORIZON, "n_paths": 20_000, "seed": 5},
        }
    )


def implied(hazard: dict[str, Any], history: tuple[dict[str, Any], ...] = (), **scenario: Any) -> Strikes:
    found = closed_form(study(hazard, history, **scenario), "d")
    assert found is not None
    assert found.horizon.standard_error == 0.0
    return found


def test_a_constant_rate() -> None:
    found = implied({"rate": 0.3})
    assert found.n_entities == 3
    assert found.horizon.value == pytest.approx(1 - math.exp(-0.6), rel=1e-12)
    assert found.annual.value == pytest.approx(1 - math.exp(-0.3), rel=1e-12)
    assert (found.per_entity.value, found.total.value) == pytest.approx((0.6, 1.8), rel=1e-12)


def test_rates_of_single_entities_are_averaged() -> None:
    found = implied({"rate": 0.3, "rates": {"b": 0}})
    assert found.horizon.value == pytest.approx(2 / 3 * (1 - math.exp(-0.6)), rel=1e-12)
    assert found.total.value == pytest.approx(1.2, rel=1e-12)


def test_an_uncertain_rate() -> None:
    """A gamma rate: E[exp(-rate T)] = (1 + scale T)^-shape."""
    found = implied({"rate": {"gamma": {"shape": 2, "scale": 0.2}}})
    assert found.horizon.value == pytest.approx(1 - (1 + 0.2 * 2) ** -2, abs=2e-5)
    assert found.per_entity.value == pytest.approx(0.8, rel=1e-12)


def test_frailty_and_rate_multiply() -> None:
    """Both uncertain: the count by means, the chance by a fine sum over both."""
    found = implied({"rate": {"uniform": [0, 1]}, "scaled_by": ["f"]}, factors={"f": {"uniform": [0, 2]}})
    grid = (np.arange(2000) + 0.5) / 2000
    expected = 1 - np.exp(-np.outer(grid, 2 * grid) * 2).mean()
    assert found.horizon.value == pytest.approx(expected, abs=2e-4)
    assert found.per_entity.value == pytest.approx(0.5 * 1.0 * 2, rel=1e-12)


@pytest.mark.parametrize("most", [1, 2, 5])
def test_at_most(most: int) -> None:
    found = implied({"rate": 1.5, "at_most": most})
    poisson = [math.exp(-3) * 3**k / math.factorial(k) for k in range(60)]
    assert found.per_entity.value == pytest.approx(
        sum(min(k, most) * p for k, p in enumerate(poisson)), rel=1e-9
    )
    assert found.horizon.value == pytest.approx(1 - math.exp(-3), rel=1e-12)


def test_history_counts_for_at_most() -> None:
    found = implied({"rate": 1.5, "at_most": 1}, ({"entity": "a", "date": "2025-12-01"},))
    assert found.total.value == pytest.approx(2 * (1 - math.exp(-3)), rel=1e-12)


def test_windows() -> None:
    """Releases 31 and 59 days in hold one window of 60 days open for 88; another is open by date for 100."""
    windows = [
        {"after": "release", "days": 60, "factor": 3},
        {"from": "2026-04-01", "until": "2026-07-10", "factor": {"uniform": [1, 3]}},
    ]
    both = (31 + 88) - 90
    days = (88 - both) * 3 + (100 - both) * 2 + both * 6 + (730 - 88 - 100 + both)
    assert implied({"rate": 0.5, "windows": windows}).per_entity.value == pytest.approx(
        0.5 * days / 365, rel=1e-12
    )


@pytest.mark.parametrize(("date", "chance"), [("2026-06-01", 0.3), ("2027-12-31", 0.3), ("2028-01-01", 0.0)])
def test_a_date(date: str, chance: float) -> None:
    found = implied({"at": date, "probability": {"uniform": [0.2, 0.4]}})
    assert (found.horizon.value, found.total.value) == pytest.approx((chance, 3 * chance))


@pytest.mark.parametrize(
    ("hazard", "scenario"),
    [
        ({"rate": 1, "self_excitation": {"branching": 0.5, "half_life_days": 30}}, {}),
        (
            {"rate": 1, "excited_by": [{"driver": "e", "factor": 2}]},
            {"drivers": {"e": {"scope": "lab", "hazard": {"rate": 1}, "outcomes": {"o": {}}}}},
        ),
        (
            {"rate": {"uniform": [0, 1]}, "scaled_by": ["f"]},
            {
                "factors": {"f": {"uniform": [0, 1]}},
                "dependence": [
                    {
                        "quantities": ["scenario.drivers.d.rate", "factors.f"],
                        "kind": "gaussian",
                        "common": 0.5,
                    }
                ],
            },
        ),
    ],
)
def test_only_a_simulation_can_tell(hazard: dict[str, Any], scenario: dict[str, Any]) -> None:
    assert closed_form(study(hazard, **scenario), "d") is None


@pytest.mark.compiled
@pytest.mark.parametrize(
    "hazard",
    [
        {
            "rate": {"lognormal": {"p10": 0.1, "p90": 1.0}},
            "scaled_by": ["f"],
            "windows": [{"after": "release", "days": 90, "factor": {"pert": [1, 2, 5]}}],
        },
        {"rate": {"gamma": {"shape": 2, "scale": 0.5}}, "rates": {"b": 0.1}, "at_most": 2},
        {"at": "2026-06-01", "probability": {"beta": {"alpha": 2, "beta": 5}}},
    ],
)
def test_the_engine_agrees(hazard: dict[str, Any]) -> None:
    """Within 4 standard errors, at a fixed seed."""
    made = study(hazard, factors={"f": {"gamma": {"shape": 3, "scale": 0.4}}})
    found = closed_form(made, "d")
    assert found is not None
    strikes = play(made.model_copy(update={"run": made.run.model_copy(update={"keep": ("by_driver",)})}))
    counts = strikes["strikes_by_driver"][:, 0].astype(float)
    error = counts.std(ddof=1) / math.sqrt(len(counts))
    assert abs(counts.mean() - found.total.value) < 4 * error
