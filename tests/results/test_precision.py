"""`run.precision`: as many paths as it takes, and the same number of them everywhere."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

from simengine.engine.simulate import BLOCK_PATHS
from simengine.estimators import Estimate, mean, quantile, tvar
from simengine.model.errors import ConfigError
from simengine.model.precision import Precision
from simengine.model.run import Run
from simengine.model.study import Study
from simengine.results.precision import check_points, estimated, relative_error
from simengine.results.simulation import play, simulate
from tests.engine.running import differing, with_run
from tests.results.synthetic import EVERYTHING, small_study

pytestmark = pytest.mark.compiled  # thousands of paths

TARGET = {"metric": "total_cost", "statistic": "mean", "relative_error": 0.01}


def run_of(**changes: Any) -> Run:
    made = {"start": "2026-03-05", "horizon_days": 100, "n_paths": 1000, "precision": TARGET}
    return Run.model_validate(made | changes)


def study_of(*targets: dict[str, Any], keep: Any = ("totals",), **run: Any) -> Study:
    tree = small_study(1000, keep).canonical()
    tree["run"] |= {"precision": list(targets), "first_path": 100, **run}
    return Study.from_mapping(tree)


def asked(metric: str, statistic: str, relative_error: float, confidence: float = 0.95) -> dict[str, Any]:
    return {
        "metric": metric,
        "statistic": statistic,
        "relative_error": relative_error,
        "confidence": confidence,
    }


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ({}, [1024, 2048, 4096, 5000]),
        ({"first_path": 100}, [1948, 3996, 5000]),
        ({"n_paths": 1024}, [1024, 2048, 4096, 5000]),
        ({"n_paths": 1025}, [2048, 4096, 5000]),
        ({"max_paths": 1000}, [1000]),
        ({"max_paths": 1024}, [1024]),
        ({"precision": None, "max_paths": None}, [1000]),
    ],
)
def test_check_points_are_ends_of_blocks(run: dict[str, Any], expected: list[int]) -> None:
    made = run_of(**{"max_paths": 5000, **run})
    points = list(check_points(made, BLOCK_PATHS))
    assert points == expected
    for point in points[:-1]:
        assert (made.first_path + point) % BLOCK_PATHS == 0


def test_a_run_takes_a_million_paths_at_most_unless_it_says_so() -> None:
    assert run_of().most_paths == 1_000_000
    assert run_of(n_paths=2_000_000).most_paths == 2_000_000
    assert run_of(max_paths=1200).most_paths == 1200
    assert run_of(precision=None).most_paths == 1000


@pytest.mark.parametrize("threads", [1, 3])
def test_it_ends_at_the_first_check_point_that_meets_it(threads: int) -> None:
    """Every check point is looked at afresh, in a run of exactly that many paths."""
    study = study_of(asked("disruption_exposure", "mean", 0.015), max_paths=20_000, threads=threads)
    result = play(study)
    ends: list[tuple[int, float]] = []
    for n_paths in check_points(study.run, BLOCK_PATHS):
        values = play(with_run(study, n_paths=n_paths, precision=(), max_paths=None))["disruption_exposure"]
        found = mean(values)
        ends.append((n_paths, 0.5 * (found.high - found.low) / found.value))
        if ends[-1][1] <= 0.015:
            break
    assert len(ends) > 1, "a target that the first check point meets shows nothing"
    assert result.attrs["n_paths"] == ends[-1][0] == len(result["total_cost"])
    told = json.loads(result.attrs["precision"])
    assert told["checked_at"] == [n_paths for n_paths, _ in ends]
    assert told["targets"][0]["reached"] == ends[-1][1]
    assert told["targets"][0]["met"] is True
    assert told["max_paths"] == 20_000


def test_the_result_is_the_run_of_that_many_paths() -> None:
    study = study_of(
        asked("disruption_exposure", "mean", 0.017), keep=EVERYTHING, n_paths=1000, max_paths=9000
    )
    result = play(study)
    assert result.attrs["n_paths"] > 1948, "it must go on at least once"
    plain = play(with_run(study, n_paths=result.attrs["n_paths"], precision=(), max_paths=None))
    assert differing(result.arrays, plain.arrays) == []
    assert result.attrs["result_hash"] == plain.attrs["result_hash"]
    assert {k: v for k, v in result.attrs.items() if k != "precision"} == plain.attrs
    assert result.coords["path"].tolist() == plain.coords["path"].tolist()


def test_all_targets_of_all_strategies_must_be_met() -> None:
    """What is met later decides; a strategy that varies more than the study's own, too."""
    one, other = asked("disruption_exposure", "P90", 0.025), asked("disruption_days", "mean", 0.011)
    ends = [play(study_of(t, max_paths=30_000)).attrs["n_paths"] for t in (one, other)]
    assert ends[0] != ends[1], "targets that end together show nothing"
    both = play(study_of(one, other, max_paths=30_000))
    assert both.attrs["n_paths"] == max(ends)
    study = study_of(asked("disruption_days", "mean", 0.02), max_paths=30_000)
    alone = simulate(study)
    compared = play(study, [{"name": "as it is"}, {"name": "standby", "standby": {"lead_factor": 0.5}}])
    assert compared.attrs["n_paths"] == alone.attrs["n_paths"]
    assert compared["total_cost"].shape == (2, alone.attrs["n_paths"])


def test_what_cannot_be_met_ends_at_the_limit_and_says_so() -> None:
    result = play(study_of(asked("disruption_exposure", "TVaR99", 1e-6), max_paths=2500))
    told = json.loads(result.attrs["precision"])
    assert result.attrs["n_paths"] == 2500
    assert told["checked_at"] == [1948, 2500]
    assert told["targets"][0]["met"] is False
    assert told["targets"][0]["reached"] > 1e-6


def test_an_error_around_nothing_is_unbounded() -> None:
    """Nothing is saved here, and nothing was planned to be: both are exactly 0."""
    told = json.loads(play(study_of(asked("planned_saving", "mean", 0.1))).attrs["precision"])
    assert told["targets"][0]["reached"] == 0.0
    assert relative_error(Estimate(0.0, 1.0, -2.0, 2.0)) == math.inf
    assert relative_error(Estimate(5.0, math.nan, -math.inf, math.inf)) == math.inf
    assert relative_error(Estimate(-5.0, 0.5, -6.0, -4.0)) == 0.2


@pytest.mark.parametrize("confidence", [0.8, 0.99])
def test_statistics_are_those_of_the_summaries(confidence: float) -> None:
    rng = np.random.default_rng(4)
    columns = {name: rng.lognormal(10.0, 1.0, 3000) for name in ("total_cost", "status_quo_cost")}

    def of(metric: str, statistic: str) -> Estimate:
        target = Precision.model_validate(asked(metric, statistic, 0.1, confidence))
        return estimated(target, columns.__getitem__)

    cost = columns["total_cost"]
    assert of("total_cost", "P99.5") == quantile(cost, 0.995, confidence)
    assert of("total_cost", "TVaR90") == tvar(cost, 0.9, confidence)
    saved = columns["status_quo_cost"] - cost
    assert of("saving", "mean") == mean(saved, confidence)
    assert of("no_saving", "probability").value == np.mean(saved <= 0.005)


@pytest.mark.parametrize(
    ("run", "place", "words"),
    [
        ({"precision": {"metric": "total_cost"}}, "run.precision.relative_error", "relative_error"),
        ({"precision": asked("total_cots", "mean", 0.1)}, "run.precision.metric", "did you mean total_cost"),
        ({"precision": asked("total_cost", "P0", 0.1)}, "run.precision.statistic", "above 0 and below 100"),
        ({"precision": asked("total_cost", "P995", 0.1)}, "run.precision.statistic", "TVaR95"),
        ({"precision": asked("total_cost", "mena", 0.1)}, "run.precision.statistic", "did you mean mean"),
        ({"precision": asked("total_cost", "median", 0.1)}, "run.precision.statistic", "the median is P50"),
        ({"precision": asked("total_cost", "mean", 0)}, "run.precision.relative_error", "above 0"),
        ({"precision": asked("total_cost", "mean", 5)}, "run.precision.relative_error", "below 1"),
        ({"precision": asked("total_cost", "mean", 0.1, 95)}, "run.precision.confidence", "below 1"),
        (
            {"precision": asked("total_cost", "probability", 0.1)},
            "run.precision.statistic",
            "no_saving have a probability",
        ),
        (
            {"precision": [TARGET, asked("no_saving", "P95", 0.1)]},
            "run.precision[1].statistic",
            "happens or does not",
        ),
        ({"precision": [TARGET, TARGET]}, "run.precision", "mean of total_cost twice"),
        ({"precision": "P95"}, "run.precision", "one target or a list"),
        ({"precision": TARGET, "keep": ["by_workload"]}, "run.keep", "add totals"),
        ({"max_paths": 5000}, "run.max_paths", "without run.precision"),
        ({"precision": TARGET, "max_paths": 999}, "run.max_paths", "less than run.n_paths"),
        ({"precision": TARGET, "max_paths": 2**63, "first_path": 1}, "run.first_path", "max_paths"),
    ],
)
def test_mistakes_are_named(run: dict[str, Any], place: str, words: str) -> None:
    tree = small_study(1000, ["totals"]).canonical()
    tree["run"] |= {"first_path": 0} | run
    with pytest.raises(ConfigError) as refused:
        Study.from_mapping(tree)
    (problem,) = refused.value.problems
    assert problem.path == place
    assert words in f"{problem.arrived} {problem.allowed} {problem.remedy}"


def test_how_many_paths_are_asked_for_is_no_part_of_the_study() -> None:
    study = study_of(asked("total_cost", "mean", 0.1), max_paths=3000)
    assert study.canonical() == with_run(study, precision=(), max_paths=None).canonical()
