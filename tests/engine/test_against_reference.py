"""The kernels against the pure-Python reference, path by path, on random studies over the whole model.

Every variable and every occurrence is compared. By default the loop over seeds takes 300 studies; more with

    SIMENGINE_STUDIES=2000 python -m pytest -n 2 tests/engine/test_against_reference.py

and what Hypothesis looks at is widened, and no longer the same each time, with HYPOTHESIS_PROFILE=explore.
"""

from __future__ import annotations

import math
import os
from typing import Any

import pytest
from hypothesis import assume, given, settings

from simengine.model.strategy import Strategy
from simengine.model.study import Study
from simengine.results.simulation import play
from tests.conftest import JIT_DISABLED
from tests.engine.running import EVERYTHING, in_blocks, with_run
from tests.reference import simulate_path
from tests.reference.agreement import disagreements, occurrence_disagreements
from tests.reference.places import Places
from tests.studies import random_study, studies

N_STUDIES = int(os.environ.get("SIMENGINE_STUDIES", "30" if JIT_DISABLED else "300"))
STUDIES_PER_TEST = 10
PATHS = 2
LOOKED_AT = 10 if JIT_DISABLED else max(300, settings().max_examples)


# The reference plays a path again for each of its occurrences: what Hypothesis makes is kept to so many, the
# seeded studies are not.
MOST_OCCURRENCES = 60


def assert_agreement(tree: dict[str, Any], most_occurrences: float = math.inf) -> None:
    """Kernels and reference say the same of the first paths, of the last one also without the strategy."""
    study = with_run(Study.from_mapping(tree), n_paths=PATHS, keep=EVERYTHING, threads=1)
    played = [study.strategy, Strategy(name="without")]
    by_strategy = in_blocks(study, 1024, played)
    if most_occurrences < math.inf:
        assume(all(len(arrays["occurrence_path"]) <= PATHS * most_occurrences for arrays in by_strategy))
    labelled, places = play(study), Places(study)
    magnitudes = labelled.labels("magnitude")
    members = {group: places.members_of(group) for group in study.portfolio.groups}
    for row, strategy in [*((row, 0) for row in range(PATHS)), (PATHS - 1, 1)]:
        told = simulate_path(study.with_strategy(played[strategy]), study.run.first_path + row)
        arrays = by_strategy[strategy]
        assert set(told.variables) <= set(arrays)
        found = disagreements(told, arrays, row)
        found += occurrence_disagreements(told, arrays, row, labelled.codes, members, magnitudes)
        assert not found, f"path {row} under {played[strategy].name}:\n" + "\n".join(found)


@pytest.mark.parametrize("first", range(0, N_STUDIES, STUDIES_PER_TEST))
def test_seeded_studies(first: int) -> None:
    for seed in range(first, min(first + STUDIES_PER_TEST, N_STUDIES)):
        try:
            assert_agreement(random_study(seed))
        except Exception as error:
            error.add_note(f"random_study({seed})")
            raise


@settings(max_examples=LOOKED_AT)
@given(studies())
def test_studies_that_hypothesis_makes(tree: dict[str, Any]) -> None:
    assert_agreement(tree, MOST_OCCURRENCES)
