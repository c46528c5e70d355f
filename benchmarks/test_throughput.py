"""Paths per second under quiet_exit: compiled, in NumPy, and in pure Python, in one run.

At equal cores: one thread beside one process, two threads beside two processes. The worker processes have
started and imported everything before the clock starts, as the kernels are compiled before it does.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import pytest

import simengine
from benchmarks.conftest import COMPARABLE, UNATTRIBUTED
from benchmarks.numpy_baseline import hold_memory, simulate_numpy
from simengine.model.run import DEFAULT_KEEP
from tests.reference import simulate_path

N_PROCESSES = 2
# Portfolio, paths of the engine, and of one process of NumPy; tiny runs take a few of each.
SIZES = {"midmarket": (500_000, 100_000), "enterprise": (100_000, 25_000)}
SMALL = {"midmarket": (2_000, 2_000), "enterprise": (500, 500)}
# `totals` and `usual` book to each occurrence what it changed, which NumPy does not; without `totals` the
# engine hands out a little less than NumPy does. So what NumPy is to be compared with lies between the two.
KEEPS = {
    "unattributed": UNATTRIBUTED,
    "totals": COMPARABLE,
    "unattributed by period": (*UNATTRIBUTED, "by_period"),
    "usual": DEFAULT_KEEP,
}
# What it keeps, and whether it plays the future once more for each strike: see `simulate_numpy`.
KEEPS_OF_NUMPY = {
    "totals": (COMPARABLE, False),
    "by period": ((*COMPARABLE, "by_period"), False),
    "by period, projecting": ((*COMPARABLE, "by_period"), True),
}
PORTFOLIOS = [
    pytest.param(portfolio, marks=pytest.mark.benchmark(group=f"{portfolio}, quiet_exit"))
    for portfolio in SIZES
]


def record(benchmark, n_paths: int) -> None:
    """Note paths per second beside the times."""
    benchmark.extra_info["n_paths"] = n_paths
    if benchmark.stats is not None:
        benchmark.extra_info["paths_per_second"] = n_paths / benchmark.stats.stats.min


def numpy_share(study: simengine.Study, n_paths: int, seed: int, projects: bool) -> float:
    """One process's part. Only a number travels back: sending arrays would be charged to NumPy."""
    return float(simulate_numpy(study, n_paths, seed, projects=projects)["total_cost"].sum())


@pytest.fixture(scope="module")
def processes() -> Iterator[ProcessPoolExecutor]:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(N_PROCESSES, mp_context=context, initializer=hold_memory) as pool:
        yield pool


@pytest.mark.parametrize("n_processes", [1, N_PROCESSES])
@pytest.mark.parametrize("keep", KEEPS_OF_NUMPY)
@pytest.mark.parametrize("portfolio", PORTFOLIOS)
def test_numpy(
    benchmark, compose, timed, processes: ProcessPoolExecutor, portfolio: str, keep: str, n_processes: int
) -> None:
    n_paths = (SIZES if timed else SMALL)[portfolio][1]
    kept, projects = KEEPS_OF_NUMPY[keep]
    study = compose(n_paths, portfolio, keep=kept)

    def every() -> list[float]:
        shares = [
            processes.submit(numpy_share, study, n_paths, seed, projects) for seed in range(n_processes)
        ]
        return [share.result() for share in shares]

    every()
    sums = benchmark.pedantic(every, rounds=3, warmup_rounds=1)
    assert len(sums) == n_processes
    record(benchmark, n_processes * n_paths)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("keep", KEEPS)
@pytest.mark.parametrize("portfolio", PORTFOLIOS)
def test_engine(benchmark, compose, timed: bool, portfolio: str, keep: str, threads: int) -> None:
    n_paths = (SIZES if timed else SMALL)[portfolio][0]
    simengine.simulate(compose(1_000, portfolio, threads=threads, keep=KEEPS[keep]))
    study = compose(n_paths, portfolio, threads=threads, keep=KEEPS[keep])
    dataset = benchmark.pedantic(simengine.simulate, args=(study,), rounds=3)
    assert dataset.sizes["path"] == n_paths
    record(benchmark, n_paths)


@pytest.mark.benchmark(group="midmarket, quiet_exit")
def test_pure_python(benchmark, compose, size) -> None:
    """The tests' reference: slow and obvious on purpose, and it attributes every occurrence."""
    n_paths = size(20, 1)
    study = compose(n_paths)
    results = benchmark.pedantic(
        lambda: [simulate_path(study, path) for path in range(n_paths)], rounds=1, iterations=1
    )
    assert len(results) == n_paths
    record(benchmark, n_paths)
