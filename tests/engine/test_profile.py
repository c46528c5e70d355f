"""A profile counts what happened, and its stages are those of the run."""

from __future__ import annotations

import time

import numpy as np
import pytest

from simengine.engine import blocks
from simengine.engine.lower import Lowered
from simengine.engine.profile import STAGES, Profile
from simengine.engine.simulate import lower_study
from simengine.model.study import Study
from simengine.results.simulation import play
from tests.engine.running import differing, with_run
from tests.results.synthetic import small_study

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
    """Both drivers strike labs; all three workloads are on a line of the first of the two."""
    study = small_study(2000)
    result = play(study)
    entity = np.array(result.codes["occurrence_entity"])[result["occurrence_entity"]]
    assert profiled(study).n_struck == 3 * np.count_nonzero(entity == "a_lab")
    assert profiled(with_run(study, threads=2)).n_struck == 3 * np.count_nonzero(entity == "a_lab")


def test_what_an_occurrence_concerns() -> None:
    def of(study: Study) -> dict[tuple[str, str], int]:
        lowered: Lowered = lower_study(study)
        counts = blocks.concerned(lowered).tolist()
        pairs = [(pair.driver, pair.entity) for pair in lowered.entities.pairs]
        return dict(zip(pairs, counts, strict=True))

    found = of(small_study(1, n_workloads=5))
    assert found == {(d, lab): 5 * (lab == "a_lab") for d in ("exit", "outage") for lab in ("a_lab", "b_lab")}
