"""What occurrences drew, as it is kept: by hand, for every kind of them, with the bits of the kernels."""

from __future__ import annotations

import numpy as np
import pytest

from simengine.engine.buffers import Buffers
from simengine.engine.magnitudes import occurrence_magnitudes
from simengine.engine.simulate import lower_study
from simengine.kernels import tables
from simengine.kernels.magnitudes import draw_magnitudes
from simengine.kernels.occurrences import draw_occurrences
from simengine.kernels.parameters import draw_parameters
from simengine.model.study import Study
from simengine.results.dataset import Result
from simengine.results.simulation import play
from tests.conftest import JIT_DISABLED
from tests.engine.running import EVERYTHING, bits, with_run
from tests.reference.hand_made import claim, made, strike
from tests.studies import random_study

DRAWN = {"uniform": [1.0, 2.0]}
MIXED = {"mixture": {"weights": [0.5, 0.5], "of": [{"uniform": [0.0, 0.1]}, {"uniform": [0.8, 0.9]}]}}


def column(result: Result, label: str) -> np.ndarray:
    return result["occurrence_magnitude"][:, result.labels("magnitude").index(label)]


def of_driver(result: Result, driver: str) -> np.ndarray:
    return result["occurrence_driver"] == list(result.codes["occurrence_driver"]).index(driver)


def test_every_kind_of_occurrence_states_what_it_drew():
    """History, claims, what strikes nobody: all have their own fields, and no others."""
    drivers = {
        "claim": claim({"saving": {"claimed": 0.6, "realised": DRAWN}}),
        "past": strike(-3, {"upkeep": {"per_day": DRAWN, "days": 40}}, history=True),
        "nobody": strike(9, {"one_off": {"amount": DRAWN}, "where": {"tag": {"no": "such"}}}),
        "twice": strike(20, {"one_off": {"amount": 7}}, {"one_off": {"amount": DRAWN}}),
        "own": strike(30, {"disruption": {"severity": MIXED, "days": 5}, "each": "workload"}),
        "mixed": strike(40, {"disruption": {"severity": MIXED, "days": 5}}),
    }
    adoption = {"line": "new", "day": 10}
    result = play(made(drivers, adoption=adoption, run={"keep": ("occurrences",), "n_paths": 200}))
    fields = {
        "claim": ["saving.0.claimed", "saving.0.realised"],
        "past": ["upkeep.0.days", "upkeep.0.per_day"],
        "nobody": ["one_off.0.amount"],
        "twice": ["one_off.0.amount", "one_off.1.amount"],
        "own": [],
        "mixed": ["disruption.0.days", "disruption.0.severity"],
    }
    assert result.labels("magnitude") == sorted({label for own in fields.values() for label in own})
    for driver, own in fields.items():
        rows = of_driver(result, driver)
        assert rows.sum() == 200
        for label in result.labels("magnitude"):
            assert np.isnan(column(result, label)[rows]).all() == (label not in own), (driver, label)
            assert np.isnan(column(result, label)[rows]).any() == (label not in own), (driver, label)
    assert (column(result, "saving.0.claimed")[of_driver(result, "claim")] == 0.6).all()
    assert (column(result, "one_off.0.amount")[of_driver(result, "twice")] == 7.0).all()
    amount = column(result, "one_off.0.amount")[of_driver(result, "nobody")]
    assert (amount > 1.0).all()
    assert (amount < 2.0).all()
    assert len(np.unique(amount)) == 200
    severity = column(result, "disruption.0.severity")[of_driver(result, "mixed")]
    # 4 binomial standard errors of 200 choices.
    assert abs((severity > 0.5).mean() - 0.5) < 4 * np.sqrt(0.25 / 200)


def test_a_booked_amount_is_the_drawn_one():
    drivers = {"fine": strike(20, {"one_off": {"amount": DRAWN}})}
    result = play(made(drivers, run={"keep": ("occurrences",), "n_paths": 50}))
    assert column(result, "one_off.0.amount") == pytest.approx(result["occurrence_cost"], rel=1e-9)


def test_a_study_without_magnitudes():
    result = play(made({"still": strike(5)}, run={"keep": ("occurrences",), "n_paths": 3}))
    assert result["occurrence_magnitude"].shape == (3, 0)
    assert result.labels("magnitude") == []


def test_the_bits_are_those_of_the_kernels():
    """Where kernels draw a magnitude for all struck workloads, the exported one is the same to the bit."""
    seeds = range(7000, 7003 if JIT_DISABLED else 7040)
    assert sum(compared_with_kernels(seed) for seed in seeds) > 100


def compared_with_kernels(seed: int) -> int:
    """How many magnitudes of a random study were compared, all the same."""
    n_paths = 5
    study = with_run(Study.from_mapping(random_study(seed)), n_paths=n_paths, keep=EVERYTHING, threads=1)
    lowered = lower_study(study)
    buffers = Buffers(lowered, n_paths)
    parameters = np.empty((n_paths, len(lowered.parameter)))
    first = study.run.first_path
    draw_parameters(lowered.parameter, lowered.ties, lowered.table, first, parameters)
    while True:
        draw_occurrences(lowered.model, first, parameters, buffers.times, buffers.occurrences, buffers.status)
        if buffers.status[0] == tables.OK:
            break
        buffers.grow(int(buffers.status[0]))
    table, magnitude = buffers.occurrences, buffers.scratch.magnitude
    draw_magnitudes(lowered.model, lowered.table, first, n_paths, lowered.wanted, table, magnitude)
    n = int(table.offset[n_paths])
    paths = np.repeat(np.arange(n_paths), np.diff(table.offset[: n_paths + 1])) + first
    drawn = occurrence_magnitudes(lowered, paths, table.pair[:n], table.outcome[:n], table.number[:n])
    compared = 0
    for at in np.flatnonzero(lowered.wanted[table.pair[:n]]):
        row = lowered.model.outcome[table.outcome[at]]
        expected = np.full(drawn.shape[1], np.nan)
        for which in range(row["draw_start"], row["draw_end"]):
            if which in lowered.effects.magnitude_of:
                expected[lowered.effects.magnitude_of[which]] = magnitude[at, which - row["draw_start"]]
                compared += 1
        assert bits(drawn[at]) == bits(expected)
    return compared


def test_a_comparison_holds_the_same_draws_under_each_strategy():
    drivers = {"fine": strike(20, {"one_off": {"amount": DRAWN}})}
    study = made(drivers, run={"keep": ("occurrences",), "n_paths": 50})
    result = play(study, [{"name": "one"}, {"name": "other"}])
    assert result.dims("occurrence_magnitude") == ("occurrence", "magnitude")
    one, other = result["occurrence_magnitude"].reshape(2, 50, 1)
    assert bits(one) == bits(other)
    assert bits(one) == bits(play(study)["occurrence_magnitude"])
