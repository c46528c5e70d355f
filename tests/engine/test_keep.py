"""What is kept does not change what comes out, and parts add up to their totals."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from simengine.model.study import Study
from simengine.results.simulation import play
from simengine.results.variables import kept
from tests.conftest import JIT_DISABLED
from tests.engine.running import EVERYTHING, bits, differing, with_run
from tests.reference.hand_made import made, strike
from tests.studies import random_study

SEEDS = range(4000, 4002 if JIT_DISABLED else 4020)
N_PATHS = 2 if JIT_DISABLED else 20


def study_of(seed: int) -> Study:
    return with_run(Study.from_mapping(random_study(seed)), n_paths=N_PATHS, keep=EVERYTHING, threads=1)


@pytest.mark.parametrize("seed", SEEDS[:5])
@pytest.mark.parametrize("keep", EVERYTHING)
def test_each_word_keeps_its_variables_with_the_same_bits(seed, keep):
    alone = play(with_run(study_of(seed), keep=(keep,))).arrays
    whole = play(study_of(seed)).arrays
    assert set(alone) == {variable.name for variable in kept([keep])}
    assert differing(alone, {name: whole[name] for name in alone}) == []


@pytest.mark.parametrize("seed", SEEDS[:2])
def test_two_words_do_not_disturb_each_other(seed):
    whole = play(study_of(seed)).arrays
    for pair in itertools.combinations(EVERYTHING, 2):
        arrays = play(with_run(study_of(seed), keep=pair)).arrays
        assert set(arrays) == {variable.name for variable in kept(pair)}
        assert [name for name in arrays if bits(arrays[name]) != bits(whole[name])] == [], pair


@pytest.mark.parametrize("seed", SEEDS)
def test_parts_add_up(seed):
    arrays = play(study_of(seed)).arrays
    size = 1.0 + np.abs(arrays["total_cost_by_component"]).sum(axis=1) + arrays["disruption_exposure"]

    def assert_adds_up(parts: str, axes: int | tuple[int, ...], total: np.ndarray) -> None:
        gap = np.abs(arrays[parts].sum(axis=axes) - total)
        assert (gap <= 1e-11 * size.reshape(-1, *[1] * (gap.ndim - 1))).all(), parts

    for name in ("total_cost", "total_cost_pv", "disruption_exposure", "disruption_exposure_pv",
                 "disruption_days", "planned_cost", "planned_cost_pv", "no_event_cost", "no_event_cost_pv",
                 "status_quo_cost", "status_quo_cost_pv"):  # fmt: skip
        assert_adds_up(f"{name}_by_workload", 1, arrays[name])
    cost, exposure = arrays["total_cost"], arrays["disruption_exposure"]
    assert_adds_up("total_cost_by_component", 1, cost)
    assert_adds_up("total_cost_pv_by_component", 1, arrays["total_cost_pv"])
    assert_adds_up("total_cost_by_workload_component", (1, 2), cost)
    assert_adds_up("total_cost_by_workload_component", 1, arrays["total_cost_by_component"])
    assert_adds_up("total_cost_by_workload_component", 2, arrays["total_cost_by_workload"])
    assert_adds_up("total_cost_by_period", 1, cost)
    assert_adds_up("disruption_exposure_by_period", 1, exposure)
    assert_adds_up("total_cost_by_component_period", 1, arrays["total_cost_by_period"])
    assert_adds_up("total_cost_by_component_period", 2, arrays["total_cost_by_component"])
    assert_adds_up("total_cost_by_workload_period", 1, arrays["total_cost_by_period"])
    assert_adds_up("total_cost_by_workload_period", 2, arrays["total_cost_by_workload"])
    assert_adds_up("disruption_exposure_by_workload_period", 2, arrays["disruption_exposure_by_workload"])
    # Attribution: what happened, less what would have been.
    no_event = arrays["no_event_cost"]
    assert_adds_up("total_cost_by_driver", 1, cost - no_event)
    assert_adds_up("disruption_exposure_by_driver", 1, exposure)
    assert_adds_up("total_cost_by_workload_driver", 1, arrays["total_cost_by_driver"])
    by_workload = arrays["total_cost_by_workload"] - arrays["no_event_cost_by_workload"]
    assert_adds_up("total_cost_by_workload_driver", 2, by_workload)
    assert_adds_up("disruption_exposure_by_workload_driver", 2, arrays["disruption_exposure_by_workload"])


@pytest.mark.parametrize("seed", SEEDS)
def test_occurrences_add_up(seed):
    study = study_of(seed)
    result = play(study)
    row = result["occurrence_path"] - study.run.first_path
    size = 1.0 + np.abs(result["total_cost_by_component"]).sum(axis=1) + result["disruption_exposure"]

    def summed(values: np.ndarray, *where: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        total = np.zeros(shape)
        np.add.at(total, where, values)
        return total

    driver = result["occurrence_driver"]
    shape = result["total_cost_by_driver"].shape
    for name in ("cost", "exposure"):
        expected = result["total_cost_by_driver" if name == "cost" else "disruption_exposure_by_driver"]
        booked = summed(result[f"occurrence_{name}"], row, driver, shape=shape)
        assert (np.abs(booked - expected) <= 1e-11 * size[:, None]).all()
    struck = result["occurrence_time"] >= 0.0
    ones = np.ones(len(row))[struck]
    assert np.array_equal(summed(ones, row[struck], driver[struck], shape=shape), result["strikes_by_driver"])
    largest = np.zeros(N_PATHS)
    np.maximum.at(largest, row, result["occurrence_exposure"])
    assert np.array_equal(largest, result["largest_occurrence"])
    year = (result["occurrence_time"][struck] // 365.0).astype(int)
    shape = result["disruption_exposure_by_year"].shape
    exposure = result["occurrence_exposure"][struck]
    by_year = summed(exposure, row[struck], year, shape=shape)
    assert (np.abs(by_year - result["disruption_exposure_by_year"]) <= 1e-11 * size[:, None]).all()
    largest = np.zeros(shape)
    np.maximum.at(largest, (row[struck], year), exposure)
    assert np.array_equal(largest, result["largest_occurrence_by_year"])


def test_years_have_365_days():
    """What strikes on day 365 belongs to the second year, whenever its disruption ends."""
    drivers = {
        f"outage {day}": strike(day, {"disruption": {"severity": 0.001 * size, "days": 2}})
        for size, day in ((1, 364), (2, 365), (4, 729), (8, 730))
    }
    result = play(made(drivers, run={"n_paths": 1, "keep": EVERYTHING, "horizon_days": 800}))
    assert result.coords["year"].tolist() == [0, 1, 2]
    largest = result["largest_occurrence_by_year"][0]
    # Day 365 finds 0.001 lost already, day 730 0.004: they add what is left.
    second = 10.0 * (2 * 0.999 + 2)
    fourth = 10.0 * (8 * 0.996 + 8)
    assert largest == pytest.approx([20.0, 80.0, fourth])
    assert result["disruption_exposure_by_year"][0] == pytest.approx([20.0, second + 80.0, fourth])
