"""Every portfolio with every scenario under every strategy: valid, and it runs."""

import numpy as np
import pytest

import simengine
from tests.conf.shipped import COMBINATIONS, combined, composed, names


def test_the_shipped_choices_are_all_there() -> None:
    assert {"enterprise", "midmarket", "single_workload"} <= set(names("portfolio"))
    assert {"clauses", "full_contract", "pause", "pilot", "proceed", "second_source", "standby"} <= set(
        names("strategy")
    )
    assert {
        "baseline",
        "change_of_control",
        "claim_fails",
        "claim_holds",
        "hosted_outages",
        "incentive_shift",
        "leadership_exit",
        "licensing_shift",
        "model_retirement",
        "price_rise",
        "quiet_exit",
        "regulatory_shock",
        "stalled_updates",
        "talent_drain",
    } <= set(names("scenario"))


@pytest.mark.parametrize("group", ["portfolio", "scenario", "strategy"])
def test_a_file_is_named_for_what_it_holds(group: str) -> None:
    for name in names(group):
        assert getattr(composed(f"{group}={name}"), group).name == name


def test_every_driver_is_in_some_scenario() -> None:
    used = {driver for name in names("scenario") for driver in composed(f"scenario={name}").scenario.drivers}
    assert set(names("driver")) - {"claim_fails", "claim_holds"} == used


@pytest.mark.parametrize("driver", names("driver"))
def test_any_driver_can_be_added_to_any_scenario(driver: str) -> None:
    study = composed("scenario=baseline", f"+driver@scenario.drivers.{driver}={driver}")
    assert list(study.scenario.drivers) == [driver]


@pytest.mark.parametrize(("portfolio", "scenario"), COMBINATIONS)
def test_composes_and_validates(portfolio: str, scenario: str) -> None:
    for strategy in names("strategy"):
        study = combined(portfolio, scenario, strategy)
        assert study.portfolio.name == portfolio
        assert study.scenario.name == scenario
        assert study.strategy.name == strategy


def test_putting_composed_parts_together_is_composing() -> None:
    choices = ("portfolio=midmarket", "scenario=talent_drain", "strategy=pause")
    assert combined("midmarket", "talent_drain", "pause") == composed(*choices)


@pytest.mark.compiled
@pytest.mark.parametrize(("portfolio", "scenario"), COMBINATIONS)
def test_runs(portfolio: str, scenario: str) -> None:
    n_paths = 16 if portfolio == "enterprise" else 64
    for strategy in names("strategy"):
        dataset = simengine.simulate(combined(portfolio, scenario, strategy, n_paths=n_paths))
        for variable in ("total_cost", "disruption_exposure", "planned_cost", "no_event_cost"):
            values = dataset[variable].to_numpy()
            assert values.shape == (n_paths,)
            assert np.isfinite(values).all()
        assert (dataset["disruption_exposure"] >= 0.0).all()
        if scenario == "baseline":
            np.testing.assert_allclose(dataset["total_cost"], dataset["no_event_cost"], rtol=1e-12)
