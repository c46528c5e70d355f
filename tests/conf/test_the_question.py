"""The case that simengine was written for, to the cent, from the shipped configuration."""

import pytest

import simengine
from tests.conf.shipped import combined

pytestmark = pytest.mark.compiled


def test_a_claim_that_holds_saves_219000_a_year() -> None:
    study = combined("single_workload", "claim_holds", "proceed", horizon_days=365, n_paths=8)
    dataset = simengine.simulate(study)
    assert set(dataset["total_cost"].to_numpy().round(2)) == {146_000.00}
    assert set(dataset["planned_cost"].to_numpy().round(2)) == {146_000.00}
    assert set((dataset["status_quo_cost"] - dataset["total_cost"]).to_numpy().round(2)) == {219_000.00}
    assert (dataset["disruption_exposure"] == 0.0).all()


def test_a_strategy_that_changes_nothing_is_proceed() -> None:
    study = combined("single_workload", "quiet_exit", "proceed", n_paths=256)
    nothing = study.with_strategy({"name": "nothing"})
    here, there = simengine.simulate(study), simengine.simulate(nothing)
    assert (here["total_cost"] == there["total_cost"]).all()


def test_a_pause_saves_less_if_all_goes_well() -> None:
    proceed = simengine.simulate(combined("single_workload", "claim_holds", "proceed", n_paths=2))
    pause = simengine.simulate(combined("single_workload", "claim_holds", "pause", n_paths=2))
    # 60 days at 600 a day; nothing holds the adoption, because this scenario has no exits.
    assert (pause["total_cost"] - proceed["total_cost"]).to_numpy() == pytest.approx(36_000.0, abs=0.005)


def test_the_exit_costs_something() -> None:
    """Under everything at once the plan's saving is missed on most paths, by each strategy."""
    for strategy in ("proceed", "pause", "pilot", "clauses"):
        dataset = simengine.simulate(combined("single_workload", "quiet_exit", strategy, n_paths=512))
        below_plan = float((dataset["total_cost"] > dataset["planned_cost"] + 0.005).mean())
        assert below_plan > 0.5
