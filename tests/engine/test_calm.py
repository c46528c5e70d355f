"""Calm lives are booked, and courses foreseen, without being played: to the bit as if they were."""

from __future__ import annotations

import pytest

import simengine
from simengine.engine import strategies
from simengine.engine.blocks import run_block
from simengine.engine.buffers import Buffers
from simengine.engine.simulate import lower_study
from simengine.model.study import Study
from simengine.results.simulation import play
from tests.conftest import JIT_DISABLED
from tests.engine.running import EVERYTHING, differing, with_run
from tests.reference.hand_made import made, strike
from tests.studies import random_study

SHIPPED = [
    ["scenario=hosted_outages"],
    ["scenario=quiet_exit", "strategy=second_source"],
    ["scenario=talent_drain", "strategy=full_contract", "portfolio=enterprise"],
    ["scenario=quiet_exit", "strategy=pause", "portfolio=midmarket"],
]


def assert_played_alike(monkeypatch: pytest.MonkeyPatch, study: Study) -> None:
    whole = play(study).arrays
    for shortcut in ("is_foreseeable", "may_be_calm"):
        monkeypatch.setattr(strategies, shortcut, lambda unit, terms: 0)
        assert not differing(whole, play(study).arrays)


@pytest.mark.parametrize("seed", range(7300, 7303 if JIT_DISABLED else 7330))
def test_random_studies(monkeypatch, seed):
    study = Study.from_mapping(random_study(seed))
    assert_played_alike(monkeypatch, with_run(study, n_paths=4, keep=EVERYTHING, threads=1))


@pytest.mark.parametrize("overrides", SHIPPED, ids=lambda o: " ".join(o))
def test_shipped_studies(monkeypatch, overrides):
    study = simengine.compose(overrides)
    n_paths = 2 if JIT_DISABLED else 300
    assert_played_alike(monkeypatch, with_run(study, n_paths=n_paths, keep=EVERYTHING, threads=1))


def test_hundreds_of_strikes_that_overlap(monkeypatch):
    """More upkeep than is added up at a time, and disruptions of which several run at once."""
    drivers = {
        "storm": {
            "scope": "line",
            "hazard": {"rate": 20.0 if JIT_DISABLED else 250.0},
            "outcomes": {
                "so": {
                    "effects": [
                        {"upkeep": {"share_of_spend": {"uniform": [0, 0.01]}, "days": {"uniform": [1, 90]}}},
                        {"disruption": {"severity": {"uniform": [0, 0.2]}, "days": {"uniform": [0, 9]}}},
                        {"one_off": {"amount": {"uniform": [0, 5]}}},
                        {"one_off": {"amount": 3}},
                    ]
                }
            },
        }
    }
    assert_played_alike(monkeypatch, made(drivers, run={"keep": EVERYTHING, "n_paths": 5, "threads": 1}))


@pytest.mark.parametrize(
    ("drivers", "is_calm"),
    [
        ({}, True),
        ({"a": strike(20, {"upkeep": {"per_day": 7}}, {"disruption": {"severity": 0.3, "days": 5}})}, True),
        ({"a": strike(20, {"spend": {"factor": 1.2}})}, False),
        ({"a": strike(20, {"forced_move": {"grace_days": 5}})}, False),
        # It bends spend, but nobody's here.
        ({"a": strike(20, {"spend": {"factor": 1.2}, "where": {"tag": {"no": "such"}}})}, True),
    ],
    ids=["nothing", "adds", "bends", "forces", "admits nobody"],
)
def test_which_lives_are_calm(drivers, is_calm):
    study = made(drivers, run={"keep": ("totals",), "n_paths": 1})
    lowered = lower_study(study)
    buffers = Buffers(lowered, 1)
    run_block(study, lowered, buffers, ("totals",), 0, 1)
    assert buffers.scratch.calm.is_calm.tolist() == [int(is_calm)]
