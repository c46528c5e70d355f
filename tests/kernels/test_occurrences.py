"""Occurrences of a path: in what order they come, how they are numbered, and which outcome they draw."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from simengine.model.study import Study
from simengine.results.simulation import play
from simengine.rng.address import address_key
from tests.conftest import JIT_DISABLED
from tests.engine.running import EVERYTHING, with_run
from tests.reference.hand_made import claim, made, strike
from tests.reference.philox import uniform
from tests.studies import random_study


def rows(result) -> list[tuple[int, float, str, str, int]]:
    """Path, time, driver, entity and number of each occurrence."""
    columns = [result["occurrence_path"], result["occurrence_time"]]
    columns += [np.array(result.codes[c])[result[c]] for c in ("occurrence_driver", "occurrence_entity")]
    columns.append(result["occurrence_index"])
    return list(zip(*(column.tolist() for column in columns), strict=True))


@pytest.mark.parametrize("seed", range(5000, 5004 if JIT_DISABLED else 5030))
def test_order_and_numbers(seed):
    study = with_run(Study.from_mapping(random_study(seed)), n_paths=5, keep=("occurrences",), threads=1)
    found = rows(play(study))
    assert found == sorted(found)
    assert all(time < study.run.horizon_days for _, time, *_ in found)
    numbers: dict[Any, list[int]] = {}
    for path, time, driver, entity, index in found:
        if time >= 0.0:
            numbers.setdefault((path, driver, entity), []).append(index)
        else:
            assert index >= 2**32
    assert all(own == list(range(len(own))) for own in numbers.values())


def test_all_on_one_day():
    """History first, then by driver and entity; a claim among them by its name."""
    drivers = {
        "c": {**strike(50), "entities": ["new", "old"]},
        "a": strike(50, scope="lab", on="new_lab"),
        "b": claim(),
        "d": {
            **strike(-3, history=True),
            "history": [
                {"entity": "old", "date": "2025-12-29"},
                {"entity": "old", "date": "2025-12-01"},
                {"entity": "old", "date": "2025-12-29"},
            ],
        },
    }
    study = made(drivers, adoption={"line": "new", "day": 50}, run={"keep": EVERYTHING, "n_paths": 1})
    found = rows(play(study))
    assert [(time, driver, entity) for _, time, driver, entity, _ in found] == [
        (-31.0, "d", "old"),
        (-3.0, "d", "old"),
        (-3.0, "d", "old"),
        (50.0, "a", "new_lab"),
        (50.0, "b", "chat"),
        (50.0, "c", "new"),
        (50.0, "c", "old"),
    ]
    assert found[2][-1] == found[1][-1] + 1


def test_a_long_path_is_sorted():
    """Several hundred occurrences of interleaved drivers on one path."""
    rate = 40.0 if JIT_DISABLED else 300.0
    drivers = {
        name: {"scope": "line", "hazard": {"rate": rate}, "outcomes": {"so": {"effects": []}}}
        for name in "zax"
    }
    found = rows(play(made(drivers, run={"keep": ("occurrences",), "n_paths": 1})))
    assert len(found) > 9 * rate * 0.8
    assert found == sorted(found)


def test_times_and_outcomes_are_those_of_their_addresses():
    """Times of a plain rate are sums of −ln(1 − U) / rate; outcomes by cumulated probability, by name."""
    outcomes = {
        "third": {"probability": 0.3, "effects": []},
        "all else": {"effects": []},
        "half": {"probability": 0.5, "effects": []},
    }
    hazard = {"rate": 20.0, "at_most": 6}
    storm = {"scope": "lab", "entities": ["old_lab"], "hazard": hazard, "outcomes": outcomes}
    result = play(made({"storm": storm}, run={"keep": ("occurrences",), "n_paths": 7, "first_path": 3}))
    name = ("occurrence", "storm", "old_lab")
    for path in range(3, 10):
        own = result["occurrence_path"] == path
        drawn = [uniform(address_key(1, *name, "time"), path, n) for n in range(6)]
        times = 365.0 / 20.0 * np.cumsum([-math.log(1.0 - u) for u in drawn])
        np.testing.assert_allclose(result["occurrence_time"][own], times[times < 365.0], rtol=1e-13)
        drawn = [uniform(address_key(1, *name, "outcome"), path, n) for n in range(own.sum())]
        expected = ["all else" if u < 0.2 else "half" if u < 0.7 else "third" for u in drawn]
        codes = result["occurrence_outcome"][own]
        assert [result.codes["occurrence_outcome"][code] for code in codes] == expected


def test_a_factor_of_one_changes_nothing():
    """Times are inverted, never thinned: windows and excitations of 1 cut the integral, not the times."""
    plain: dict[str, Any] = {"rate": 9.0}
    window = {"from": "2026-03-01", "until": "2026-06-01", "factor": 1.0}
    excitation = {"driver": "exciting", "factor": 1.0, "half_life_days": 20}
    cut = {**plain, "windows": [window], "excited_by": [excitation]}
    times = []
    for hazard in (plain, cut):
        drivers = {
            "exciting": {"scope": "line", "hazard": {"rate": 5.0}, "outcomes": {"so": {"effects": []}}},
            "struck": {"scope": "line", "hazard": hazard, "outcomes": {"so": {"effects": []}}},
        }
        result = play(made(drivers, run={"keep": ("occurrences",), "n_paths": 4}))
        times.append(result["occurrence_time"])
    np.testing.assert_allclose(times[1], times[0], rtol=1e-12)
