"""Reports of a result, in memory or stored: the summary they share, and each form; time and peak memory."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest

from benchmarks.reports import CONTENDERS, with_numpy, writing
from benchmarks.summaries import LEVELS
from simengine.analysis.summarise import DISTRIBUTIONS, summarise
from simengine.model.run import DEFAULT_KEEP
from simengine.report.contents import contents_of
from simengine.report.files import FORMS
from simengine.results.dataset import Result, collect
from simengine.results.store import read_result
from tests.results.synthetic import small_arrays, small_study

pytestmark = pytest.mark.benchmark(group="reports of 24 workloads")

# Millions, for who has the memory: about 1 kB a path.
PATHS = int(float(os.environ.get("SIMENGINE_REPORT_PATHS", "100000")))
N_WORKLOADS = 24


@pytest.fixture(scope="module")
def result(request: pytest.FixtureRequest) -> Result:
    """Arrays such as an engine could have made: what they cost to simulate is measured elsewhere."""
    small = request.config.getoption("benchmark_disable")
    study = small_study(1_000 if small else PATHS, DEFAULT_KEEP, N_WORKLOADS)
    return collect(small_arrays(study), study=study)


def record(benchmark, result: Result, work) -> None:
    """Time it, then run it once more to see what it takes at most beside the result."""
    benchmark.pedantic(work, rounds=3, warmup_rounds=1)
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    benchmark.extra_info["n_paths"] = int(result.attrs["n_paths"])
    benchmark.extra_info["peak_MB"] = round(peak / 1e6, 1)
    benchmark.extra_info["result_MB"] = round(sum(array.nbytes for array in result.arrays.values()) / 1e6, 1)


def test_summary(benchmark, result: Result) -> None:
    record(benchmark, result, lambda: summarise(result))


@pytest.mark.parametrize("form", list(FORMS))
def test_report(benchmark, result: Result, form: str, tmp_path: Path) -> None:
    """The form alone, from a summary that is there already."""
    rows = {"proceed": summarise(result)}
    record(benchmark, result, lambda: FORMS[form].write(contents_of(result, rows), tmp_path))
    assert (tmp_path / FORMS[form].file).stat().st_size > 10_000


@pytest.fixture(scope="module")
def stored(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same on the disk, written block by block."""
    folder = tmp_path_factory.mktemp("stored") / "result"
    writing(folder, 1_000 if request.config.getoption("benchmark_disable") else PATHS)
    return folder


@pytest.mark.parametrize("name", CONTENDERS)
def test_of_a_stored_result(benchmark, stored: Path, name: str, tmp_path: Path) -> None:
    """Read, verified and told; `python -m benchmarks.reports` runs each in a process of its own."""
    assert benchmark.pedantic(CONTENDERS[name], args=(stored, tmp_path), rounds=1) is not None


def test_they_agree(stored: Path, tmp_path: Path) -> None:
    rows = {row[:6]: row.value for row in summarise(read_result(stored))}
    found = iter(with_numpy(stored, tmp_path))
    for metric in DISTRIBUTIONS:
        for workload in sorted(f"w{k}" for k in range(N_WORKLOADS)):
            average, _, quantiles = next(found)
            assert rows[metric, "workload", workload, "", "", "mean"] == pytest.approx(average, rel=1e-12)
            for level, value in zip(LEVELS, quantiles, strict=True):
                assert rows[metric, "workload", workload, "", "", f"P{100 * level:.10g}"] == value
