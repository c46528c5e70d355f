"""A run without a driver moves no other draw; what a driver does through others has a closed form."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import simengine
from simengine.analysis.without import through_others, without
from simengine.model.errors import ConfigError
from simengine.model.scenario import AdoptionHazard
from simengine.model.study import Study
from simengine.results.dataset import Result
from simengine.results.simulation import play
from tests.engine.running import EVERYTHING, with_run
from tests.engine.standard_errors import assert_within
from tests.reference.hand_made import claim, made, strike
from tests.studies import random_study

ONE_OFF: dict[str, Any] = {"one_off": {"amount": 1000.0}}


def shift(**excitation: Any) -> dict[str, Any]:
    hazard = {"rate": 0.5, "at_most": 1, "excited_by": [excitation]}
    return {
        "scope": "line",
        "entities": ["old"],
        "hazard": hazard,
        "outcomes": {"so": {"effects": [ONE_OFF]}},
    }


@pytest.mark.compiled
def test_what_an_exit_does_through_a_shift_that_it_makes_likelier():
    """Booked its own 500; through the shift 1,000 times e^-0.5 - e^-2, the rise in P(strike)."""
    leaving = strike(0, {"one_off": {"amount": 500.0}}, scope="lab", on="old_lab")
    study = made({"exit": leaving, "shift": shift(driver="exit", factor=4)})
    found = {(one.driver, one.metric): one for one in through_others(with_run(study, n_paths=40_000))}
    assert list(found) == [
        (driver, metric) for driver in ("exit", "shift") for metric in ("total_cost", "disruption_exposure")
    ]
    rise = math.exp(-0.5) - math.exp(-2.0)
    exit_ = found["exit", "total_cost"]
    assert exit_.booked.value == pytest.approx(500.0, abs=1e-6)
    assert_within(exit_.whole.value, 500.0 + 1000.0 * rise, exit_.whole.standard_error)
    assert_within(exit_.others.value, 1000.0 * rise, exit_.others.standard_error)
    # The error of a path that pays 1,000 more or does not: paired, and no more than that.
    assert exit_.others.standard_error == pytest.approx(
        1000.0 * math.sqrt(rise * (1.0 - rise) / 40_000), rel=0.02
    )
    shifted = found["shift", "total_cost"]
    assert abs(shifted.others.value) < 1e-6
    assert_within(shifted.whole.value, 1000.0 * -math.expm1(-2.0), shifted.whole.standard_error)
    assert found["exit", "disruption_exposure"].whole.value == 0.0


def test_overlapping_severities_are_shared_with_those_that_follow():
    """0.5 for 10 days, then 0.5 more for the same days: without the first, the second does what it did."""
    hit = {"disruption": {"severity": 0.5, "days": 10}}
    study = made({"a": strike(50, hit), "b": strike(50, hit)}, run={"n_paths": 2})
    a, b = (one for one in through_others(study) if one.metric == "disruption_exposure")
    assert (a.whole.value, a.booked.value, a.others.value) == pytest.approx((25_000.0, 50_000.0, -25_000.0))
    assert (b.whole.value, b.booked.value, b.others.value) == pytest.approx((25_000.0, 25_000.0, 0.0))


@pytest.mark.parametrize(
    "driver",
    [
        strike(10, ONE_OFF),
        strike(-10, {"upkeep": {"per_day": 5.0}}, history=True),
        claim({"saving": {"claimed": 0.5, "realised": 1.0}}),
        {**strike(1, ONE_OFF), "hazard": {"rate": 50.0}},
    ],
    ids=["at a date", "in the past", "at adoption", "at a rate"],
)
def test_a_driver_that_is_left_out_never_strikes(driver):
    study = made(
        {"it": driver},
        strategy={"adoption": {"hold_if": {"driver": "it"}}, "clauses": [{"name": "c", "when": ["it"]}]}
        if driver["scope"] == "line" and not driver.get("history")
        else None,
        adoption={"line": "new", "day": 40},
        run={"n_paths": 3},
    )
    result = play(with_run(without(study, "it"), keep=EVERYTHING))
    assert not result["strikes_by_driver"].any()
    np.testing.assert_array_equal(result["total_cost"], result["no_event_cost"])
    assert (play(with_run(study, keep=EVERYTHING))["total_cost"] != result["total_cost"]).any()


@pytest.mark.parametrize("seed", range(100, 115))
def test_no_other_draw_is_moved(seed):
    """What no other driver is excited by can go, copulas or not, and the others strike as before."""
    study = with_run(Study.from_mapping(random_study(seed)), n_paths=4, keep=EVERYTHING, threads=1)
    exciting = {
        entry.driver
        for driver in study.scenario.drivers.values()
        for entry in getattr(driver.hazard, "excited_by", ())
    }
    whole = play(study)
    for driver in set(study.scenario.drivers) - exciting:
        silent = play(without(study, driver))
        for name in ("no_event_cost", "status_quo_cost"):
            np.testing.assert_array_equal(silent[name], whole[name])
        assert happened(study, silent, driver) == happened(study, whole, driver)


def happened(study: Study, result: Result, but: str) -> list[tuple[Any, ...]]:
    """Path, time, driver, entity, outcome and reach of what struck, one driver and claims apart."""
    columns = ("path", "time", "driver", "entity", "outcome", "reached")
    drivers, entities, outcomes = (result.codes[f"occurrence_{code}"] for code in columns[2:5])
    told = zip(*(result[f"occurrence_{column}"].tolist() for column in columns), strict=True)
    named = ((path, t, drivers[d], entities[e], outcomes[o], labs) for path, t, d, e, o, labs in told)
    apart = {
        name
        for name, driver in study.scenario.drivers.items()
        if name == but or isinstance(driver.hazard, AdoptionHazard)
    }
    return [one for one in named if one[2] not in apart]


def test_a_driver_that_is_not_there():
    with pytest.raises(ConfigError, match="did you mean exit"):
        without(made({"exit": strike(10, ONE_OFF)}), "exits")


def test_the_same_as_a_labelled_dataset():
    hit = {"disruption": {"severity": 0.5, "days": 10}}
    study = made({"a": strike(50, hit), "b": strike(50, hit)}, run={"n_paths": 2})
    found = simengine.through_others(study)
    assert dict(found.sizes) == {"metric": 2, "driver": 2, "statistic": 3}
    exposure = found["value"].sel(metric="disruption_exposure")
    assert exposure.sel(driver="a").values == pytest.approx([25_000.0, 50_000.0, -25_000.0])
    assert exposure.sel(driver="b", statistic="through_others") == pytest.approx(0.0)
    assert found["value"].attrs["units"] == study.portfolio.currency
    only = simengine.through_others(study, "b")
    assert only["driver"].values.tolist() == ["b"]
    np.testing.assert_array_equal(only["value"].sel(driver="b"), found["value"].sel(driver="b"))
    assert simengine.through_others(made({}, run={"n_paths": 2})).sizes["driver"] == 0


def test_what_is_no_study_and_no_driver():
    with pytest.raises(ConfigError, match="a driver of the scenario: exit"):
        simengine.through_others(made({"exit": strike(10, ONE_OFF)}), ["exits"])
    with pytest.raises(ConfigError, match=r"a dict[\s\S]*Study.from_mapping"):
        simengine.through_others({})  # pyright: ignore[reportArgumentType]
