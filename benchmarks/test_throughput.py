"""Paths per second of midmarket under quiet_exit: compiled, in NumPy, and in pure Python, in one run.

At equal cores: one thread beside one process, two threads beside two processes. The worker processes have
started and imported everything before the clock starts, as the kernels are compiled before it does.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import pytest

import simengine
from benchmarks.conftest import COMPARABLE
from benchmarks.numpy_baseline import simulate_numpy
from tests.reference import simulate_path

EVERYTHING = (*COMPARABLE, "by_period", "by_driver", "by_year")
N_PROCESSES = 2


def record(benchmark, n_paths: int, paths_per_call: int | None = None) -> None:
    """Note paths per second beside the times."""
    benchmark.extra_info["n_paths"] = n_paths
    if benchmark.stats is not None:
        benchmark.extra_info["paths_per_second"] = (paths_per_call or n_paths) / benchmark.stats.stats.min


def numpy_share(study: simengine.Study, n_paths: int, seed: int) -> float:
    """One process's part. Only a number travels back: sending arrays would be charged to NumPy."""
    return float(simulate_numpy(study, n_paths, seed)["total_cost"].sum())


@pytest.fixture(scope="module")
def processes() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(N_PROCESSES, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.benchmark(group="midmarket, quiet_exit: what NumPy gives too")
def test_engine(benchmark, compose, size, threads: int) -> None:
    n_paths = size(500_000, 2_000)
    simengine.simulate(compose(1_000, threads=threads))
    study = compose(n_paths, threads=threads)
    dataset = benchmark.pedantic(simengine.simulate, args=(study,), rounds=3)
    assert dataset.sizes["path"] == n_paths
    record(benchmark, n_paths)


@pytest.mark.benchmark(group="midmarket, quiet_exit: what NumPy gives too")
def test_numpy_one_process(benchmark, compose, size) -> None:
    n_paths = size(100_000, 2_000)
    study = compose(n_paths)
    out = benchmark.pedantic(simulate_numpy, args=(study, n_paths), rounds=3, warmup_rounds=1)
    assert out["total_cost"].size == n_paths
    record(benchmark, n_paths)


@pytest.mark.benchmark(group="midmarket, quiet_exit: what NumPy gives too")
def test_numpy_two_processes(benchmark, compose, size, processes: ProcessPoolExecutor) -> None:
    n_paths = size(100_000, 1_000)
    study = compose(n_paths)

    def both() -> list[float]:
        shares = [processes.submit(numpy_share, study, n_paths, seed) for seed in range(N_PROCESSES)]
        return [share.result() for share in shares]

    sums = benchmark.pedantic(both, rounds=3, warmup_rounds=1)
    assert len(sums) == N_PROCESSES
    record(benchmark, N_PROCESSES * n_paths)


@pytest.mark.benchmark(group="midmarket, quiet_exit: what NumPy gives too")
def test_pure_python(benchmark, compose, size) -> None:
    """The tests' reference: slow and obvious on purpose, and it attributes every occurrence."""
    n_paths = size(20, 1)
    study = compose(n_paths)
    results = benchmark.pedantic(
        lambda: [simulate_path(study, path) for path in range(n_paths)], rounds=1, iterations=1
    )
    assert len(results) == n_paths
    record(benchmark, n_paths)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.benchmark(group="midmarket, quiet_exit: periods, drivers and years too")
def test_engine_with_everything(benchmark, compose, size, threads: int) -> None:
    n_paths = size(200_000, 2_000)
    simengine.simulate(compose(1_000, threads=threads, keep=EVERYTHING))
    study = compose(n_paths, threads=threads, keep=EVERYTHING)
    dataset = benchmark.pedantic(simengine.simulate, args=(study,), rounds=3)
    assert "total_cost_by_period" in dataset
    record(benchmark, n_paths)


@pytest.mark.parametrize("n_paths", [10_000, 100_000, 1_000_000])
@pytest.mark.benchmark(group="time per path does not grow with paths")
def test_number_of_paths(benchmark, compose, timed: bool, n_paths: int) -> None:
    n_paths = n_paths if timed else n_paths // 1_000
    study = compose(n_paths, keep=("totals",))
    benchmark.pedantic(simengine.simulate, args=(study,), rounds=3, warmup_rounds=1)
    record(benchmark, n_paths)
