"""A profile counts what happened, and its stages are those of the run."""

from __future__ import annotations

import time

import numpy as np
import pytest

from simengine.engine.profile import STAGES, Profile
from simengine.engine.replay import replay
from simengine.model.strategy import Strategy
from simengine.model.study import Study
from simengine.results.simulation import play
from tests.engine.running import differing, with_run
from tests.reference.hand_made import made, strike
from tests.results.synthetic import small_study
from tests.studies import random_study

pytestmark = pytest.mark.compiled  # thousands of paths


def profiled(study: Study) -> Profile:
    profile = Profile()
    play(study, profile=profile)
    return profile


def test_it_changes_no_bit() -> None:
    study = small_study(1500)
    plain, timed = play(study), play(study, profile=Profile())
    assert differing(plain.arrays, timed.arrays) == []
    assert plain.attrs == play(with_run(study, profile=True)).attrs


@pytest.mark.parametrize("threads", [1, 3])
def test_every_stage_has_its_time(threads: int) -> None:
    begun = time.perf_counter()
    profile = profiled(with_run(small_study(3000), threads=threads))
    seconds = profile.seconds()
    assert tuple(seconds) == STAGES
    for stage in ("lower", "compile", "occurrences", "responses", "ledger", "reduce"):
        assert seconds[stage] > 0.0, stage
    assert profile.n_paths == 3000
    assert 0.0 < profile.simulating < profile.whole <= time.perf_counter() - begun
    assert sum(seconds.values()) < 1.1 * threads * profile.whole


def test_struck_workloads_are_counted() -> None:
    """Both drivers strike labs; all three workloads are on a line of the first of the two, and stay there."""
    study = small_study(2000)
    result = play(study)
    entity = np.array(result.codes["occurrence_entity"])[result["occurrence_entity"]]
    assert profiled(study).n_struck == 3 * np.count_nonzero(entity == "a_lab")
    assert profiled(with_run(study, threads=2)).n_struck == 3 * np.count_nonzero(entity == "a_lab")


def test_each_strategy_counts_what_it_lets_be_struck() -> None:
    """Day 50 strikes before and after a move on day 20 away from the line; nobody is on the other line."""
    study = made(
        {
            "first": strike(10, {"one_off": {"amount": 1.0}}),
            "second": strike(50, {"one_off": {"amount": 1.0}}, {"one_off": {"amount": 2.0}}),
            "elsewhere": strike(30, {"one_off": {"amount": 1.0}}, on="spare"),
            "not_for_it": strike(40, {"one_off": {"amount": 1.0}, "where": {"hosting": "self_hosted"}}),
            "before": strike(-5, {"upkeep": {"per_day": 1.0}}, history=True),
            "past_and_not_for_it": strike(
                -6, {"upkeep": {"per_day": 1.0}, "where": {"hosting": "self_hosted"}}, history=True
            ),
        },
        adoption={"line": "new", "day": 20},
    )
    study = with_run(study, n_paths=7, keep=("totals",))
    profile = Profile()
    play(study, [Strategy(name="proceed")], profile=profile)
    assert profile.n_struck == 7 * 2  # first and before
    stays = {"name": "stays", "adoption": {"delay_days": 400}}
    profile = Profile()
    play(study, [Strategy(name="proceed"), stays], profile=profile)
    assert profile.n_struck == 7 * (2 + 3)


@pytest.mark.parametrize("seed", range(5000, 5060))
def test_the_count_is_that_of_the_notes(seed: int) -> None:
    """On random studies: as many as `explain` tells of, path by path."""
    study = with_run(Study.from_mapping(random_study(seed)), n_paths=20, keep=("totals", "occurrences"))
    first = study.run.first_path
    alone = [with_run(study, n_paths=1, first_path=first + k) for k in range(20)]
    noted = [note for one in alone for note in replay(one).notes if note.kind == "meets"]
    assert profiled(with_run(study, threads=1)).n_struck == len(noted)
