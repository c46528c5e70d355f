"""From a study to a labelled result, with the engine in it."""

from __future__ import annotations

import numpy as np
import pytest

from simengine.model.errors import ConfigError
from simengine.model.strategy import Strategy
from simengine.model.study import Study
from simengine.results.simulation import compare, play, simulate
from simengine.results.variables import VARIABLES, kept
from tests.results.synthetic import EVERYTHING, small_study

N_PATHS = 60


@pytest.fixture(scope="module")
def study() -> Study:
    return small_study(N_PATHS)


@pytest.mark.parametrize("keep", EVERYTHING)
def test_a_run_retains_what_it_is_told_to(keep: str) -> None:
    result = play(small_study(N_PATHS, [keep]))
    assert set(result.arrays) == {variable.name for variable in kept([keep])}


def test_parts_add_up(study: Study) -> None:
    dataset = simulate(study)
    cost = dataset["total_cost"]
    for part in ("workload", "component", "period"):
        np.testing.assert_allclose(dataset[f"total_cost_by_{part}"].sum(part), cost, rtol=1e-12)
    np.testing.assert_allclose(
        dataset["total_cost_by_driver"].sum("driver"), cost - dataset["no_event_cost"], atol=1e-6
    )
    booked = np.bincount(
        dataset["occurrence_path"] - 100, weights=dataset["occurrence_exposure"], minlength=N_PATHS
    )
    np.testing.assert_allclose(booked, dataset["disruption_exposure"], rtol=1e-9, atol=1e-6)


def test_occurrences_are_in_order_and_have_names(study: Study) -> None:
    result = play(study)
    path, time = result["occurrence_path"], result["occurrence_time"]
    assert list(np.lexsort((time, path))) == list(range(len(path)))
    assert (path.min(), path.max()) >= (100, 100)
    assert path.max() < 100 + N_PATHS
    strikes = np.zeros((N_PATHS, 2), dtype=np.int32)
    np.add.at(strikes, (path - 100, result["occurrence_driver"]), 1)
    np.testing.assert_array_equal(strikes, result["strikes_by_driver"])
    assert list(result.codes["occurrence_driver"]) == ["exit", "outage"]
    assert {result.codes["occurrence_entity"][k] for k in result["occurrence_entity"]} == {"a_lab", "b_lab"}


def test_the_hash_knows_no_threads(study: Study) -> None:
    hashes = {
        play(study.model_copy(update={"run": study.run.model_copy(update={"threads": n})})).attrs[
            "result_hash"
        ]
        for n in (1, 2)
    }
    assert len(hashes) == 1


def test_strategies_that_change_nothing_differ_by_nothing(study: Study) -> None:
    dataset = compare(study, [study.strategy, {"name": "again"}, Strategy(name="third")])
    alone = simulate(study)
    assert list(dataset["strategy"].values) == ["proceed", "again", "third"]
    for name in dataset.data_vars:
        if "path" in VARIABLES[str(name)].dims:
            for played in dataset[name]:
                assert played.values.tobytes() == alone[name].values.tobytes(), name
    of_second = dataset["occurrence_strategy"] == 1
    np.testing.assert_array_equal(dataset["occurrence_time"][of_second], alone["occurrence_time"])


def test_a_tree_is_no_study() -> None:
    with pytest.raises(ConfigError, match=r"Study\.from_mapping"):
        simulate({"run": {}})  # pyright: ignore[reportArgumentType]


def test_progress_is_reported(study: Study) -> None:
    seen: list[tuple[int, int]] = []
    play(study, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (N_PATHS, N_PATHS)


@pytest.mark.parametrize(("names", "message"), [((), "no strategy"), (("a", "b", "a"), "a, more than once")])
def test_strategies_need_names_of_their_own(study: Study, names: tuple[str, ...], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        compare(study, [Strategy(name=name) for name in names])


@pytest.mark.parametrize("n_paths", [10**15, 10**12])
def test_more_paths_than_memory_holds_are_refused_at_once(study: Study, n_paths: int) -> None:
    huge = Study.from_mapping({**dict(study), "run": study.run.model_copy(update={"n_paths": n_paths})})
    with pytest.raises(ConfigError, match="GB for 1,000,000") as refused:
        simulate(huge)
    assert [problem.path for problem in refused.value.problems] == ["run.keep"]
