"""Buffers grow until a block fits: no capacity ever cuts what happens."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simengine.engine import blocks
from simengine.engine import simulate as engine
from simengine.engine.buffers import Buffers
from simengine.engine.lower import Lowered
from simengine.model.strategy import Strategy
from simengine.model.study import Study
from simengine.results.simulation import play
from tests.conftest import JIT_DISABLED
from tests.engine.running import EVERYTHING, differing, run, with_run
from tests.reference.hand_made import claim, made, strike
from tests.studies import random_study


class TinyBuffers(Buffers):
    """Buffers that start with room for hardly anything."""

    room = 1
    grown: list[int]  # the reasons for growing, of all

    def __init__(self, lowered: Lowered, block_paths: int) -> None:
        super().__init__(lowered, block_paths)
        self.occurrence_slots = self.active_slots = self.mark_slots = self.room
        self._allocate_occurrences()
        self._allocate_scratch()

    def grow(self, status: int) -> None:
        self.grown.append(status)
        super().grow(status)


@pytest.fixture
def tiny(monkeypatch):
    monkeypatch.setattr(TinyBuffers, "grown", [], raising=False)
    monkeypatch.setattr(engine, "Buffers", TinyBuffers)
    return TinyBuffers


def busy(rate: float) -> Study:
    """Many occurrences a path, many effects that run at once, and a workload that is struck on and off."""
    effects = [
        {"disruption": {"severity": 0.1, "days": {"lognormal": {"median": 20.0, "sigma": 1.0}}}},
        {"upkeep": {"per_day": 3.0, "days": 40}},
        {"spend": {"factor": 1.01, "days": 5}},
    ]
    brief = [{"disruption": {"severity": 0.5, "days": 0.01}}]
    drivers: dict[str, Any] = {
        "storm": {"scope": "line", "hazard": {"rate": rate}, "outcomes": {"so": {"effects": effects}}},
        "gust": {"scope": "lab", "hazard": {"rate": rate}, "outcomes": {"so": {"effects": brief}}},
        "after": {
            "scope": "workload",
            "hazard": {
                "rate": 1.0,
                "excited_by": [{"driver": "storm", "factor": 5.0, "half_life_days": 1.0}],
                "self_excitation": {"branching": 0.5, "half_life_days": 3.0},
            },
            "outcomes": {"so": {"effects": []}},
        },
    }
    study = made(drivers, run={"keep": EVERYTHING})
    return with_run(study, n_paths=2 if JIT_DISABLED else 6, threads=1)


def assert_same_in_tiny_buffers(study: Study, tiny, monkeypatch) -> None:
    """Under two strategies, since the second finds buffers that the first has grown."""
    played = [study.strategy, Strategy(name="idle")]
    in_tiny = play(study, played)
    grown = list(tiny.grown)
    monkeypatch.setattr(engine, "Buffers", Buffers)
    assert differing(in_tiny.arrays, play(study, played).arrays) == []
    assert grown


def test_a_thousand_occurrences_a_path(tiny, monkeypatch):
    study = busy(3.0 if JIT_DISABLED else 150.0)
    assert_same_in_tiny_buffers(study, tiny, monkeypatch)
    assert set(tiny.grown) == {1, 2, 3}, "every kind of buffer was too short"
    if not JIT_DISABLED:
        result = run(study, 6, EVERYTHING)
        assert result["strikes_by_driver"].sum(axis=1).min() > 850
        assert len(result["occurrence_time"]) == result["strikes_by_driver"].sum()


@pytest.mark.parametrize("seed", range(3000, 3004 if JIT_DISABLED else 3030))
def test_random_studies(seed, tiny, monkeypatch):
    study = with_run(Study.from_mapping(random_study(seed)), n_paths=4, keep=EVERYTHING, threads=1)
    in_tiny = play(study)
    monkeypatch.setattr(engine, "Buffers", Buffers)
    assert differing(in_tiny.arrays, play(study).arrays) == []


@pytest.mark.parametrize("room", range(1, 25))
def test_a_claim_is_staged_beside_occurrences_that_fill_the_buffer(room, tiny, monkeypatch):
    """A claim on day 10 that must not be written over what strikes later."""
    drivers: dict[str, Any] = {
        f"storm {day}": strike(day, {"one_off": {"amount": 100.0 + day}}, on="new") for day in range(20, 36)
    }
    drivers["holds"] = claim({"saving": {"claimed": 0.5, "realised": 1.0}})
    study = with_run(made(drivers, adoption={"line": "new", "day": 10}), n_paths=1, keep=EVERYTHING)
    monkeypatch.setattr(tiny, "room", room)
    result = play(study)
    assert result["total_cost_by_component"][0].tolist() == [10 * 1000.0 + 355 * 500.0, 0.0, 2040.0, 0.0, 0.0]
    assert result["occurrence_time"].tolist() == [10.0, *map(float, range(20, 36))]


def test_a_grown_buffer_serves_the_next_block(tiny):
    study = busy(3.0 if JIT_DISABLED else 60.0)
    blocks = list(engine.blocks_of(study, engine.lower_study(study), block_paths=1))
    assert len(blocks) == study.run.n_paths
    again = list(engine.blocks_of(study, engine.lower_study(study), block_paths=study.run.n_paths))
    for row, (block,) in enumerate(blocks):
        assert block["total_cost"][0] == again[0][0]["total_cost"][row]


def test_a_block_too_large_for_memory_is_played_in_halves(monkeypatch, tiny):
    """Where occurrences would need more room than a block may have: the same numbers, in the same order."""
    study = with_run(Study.from_mapping(random_study(3)), n_paths=200, threads=1, keep=EVERYTHING)
    (whole,) = [block[0] for block in engine.blocks_of(study, engine.lower_study(study))]
    assert len(whole["occurrence_path"]) > 40
    monkeypatch.setattr(blocks, "MOST_OCCURRENCES", 16)
    (halves,) = [block[0] for block in engine.blocks_of(study, engine.lower_study(study))]
    for name, array in whole.items():
        np.testing.assert_array_equal(array, halves[name], err_msg=name)
