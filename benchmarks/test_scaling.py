"""How a path's time grows with paths, workloads, drivers and threads; with occurrences: test_occurrences.py.

All on one thread but for the last, and of what a run keeps unless it is told otherwise.
"""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.grown import with_drivers, with_workloads
from simengine.engine.profile import Profile
from simengine.model.run import DEFAULT_KEEP
from simengine.model.study import Study
from simengine.results.simulation import play


def record(benchmark, study: Study, each: str | None = None, number: int = 0) -> None:
    """Time a study, and note paths per second, and what there is how many of."""
    play(study)  # compiles, and keeps the tables of distributions
    benchmark.pedantic(play, args=(study,), rounds=3)
    benchmark.extra_info["n_paths"] = study.run.n_paths
    if each is not None:
        benchmark.extra_info |= {"each": each, "number": number}
    if benchmark.stats is not None:
        benchmark.extra_info["paths_per_second"] = study.run.n_paths / benchmark.stats.stats.min


@pytest.mark.parametrize("n_paths", [10_000, 100_000, 1_000_000])
@pytest.mark.benchmark(group="paths: time for each stays the same")
def test_paths(benchmark, compose, size, n_paths: int) -> None:
    record(benchmark, compose(size(n_paths, n_paths // 1_000), keep=("totals",)))


@pytest.mark.parametrize(("number", "n_paths"), [(8, 50_000), (60, 10_000), (240, 2_500)])
@pytest.mark.benchmark(group="workloads of an enterprise under quiet_exit")
def test_workloads(benchmark, compose, size, number: int, n_paths: int) -> None:
    study = with_workloads(compose(size(n_paths, 20), "enterprise", keep=DEFAULT_KEEP), number)
    assert len(study.portfolio.workloads) == number
    record(benchmark, study, "workload", number)


@pytest.mark.parametrize("number", [1, 8, 64])
@pytest.mark.benchmark(group="drivers of one rate in all")
def test_drivers(benchmark, compose, size, number: int) -> None:
    study = compose(size(50_000, 200), keep=("totals",))
    record(benchmark, with_drivers(study, "licensing_shift", number), "driver", number)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize(("portfolio", "n_paths"), [("midmarket", 200_000), ("enterprise", 50_000)])
@pytest.mark.benchmark(group="threads")
def test_threads(benchmark, compose, size, portfolio: str, n_paths: int, threads: int) -> None:
    study = compose(size(n_paths, 2_100), portfolio, threads=threads, keep=DEFAULT_KEEP)
    record(benchmark, study, "thread", threads)


def test_as_much_happens_with_many_drivers(compose) -> None:
    """4 standard errors of a difference of Poisson counts, three times over, as strikes come in clumps."""
    struck = []
    for number in (1, 8):
        profile = Profile()
        play(with_drivers(compose(20_000, keep=("totals",)), "licensing_shift", number), profile=profile)
        struck.append(profile.n_struck)
    assert struck[0] > 1_000
    assert abs(struck[1] - struck[0]) < 3.0 * 4.0 * np.sqrt(struck[0] + struck[1])


def test_copies_cost_as_much(compose) -> None:
    """Each copy of a portfolio draws anew, so totals double but for 4 standard errors."""
    study = compose(2_000, "enterprise", keep=("totals",))
    once, twice = (play(with_workloads(study, number))["no_event_cost"] for number in (60, 120))
    error = np.sqrt((4.0 * once.var() + twice.var()) / 2_000)
    assert abs(twice.mean() - 2.0 * once.mean()) < 4.0 * error
