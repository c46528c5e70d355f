"""Reports of a stored result of 24 workloads: time and peak memory, each in a process of its own.

    python -m benchmarks.reports                # a million paths: 1.9 GB on the disk
    python -m benchmarks.reports 1e7            # ten million: 19 GB
    python -m benchmarks.reports 1e7 --cap 8    # no process may map more than 8 GiB

The result has everything that a run keeps by default, made up and written block by block by the store's own
writer. Beside it plain xarray and NumPy, which give mean, standard deviation and nine quantiles of the four
distributions of each workload, without any error.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.summaries import LEVELS, N_WORKLOADS, peak_bytes
from simengine.analysis.summarise import DISTRIBUTIONS, summarise
from simengine.model.run import DEFAULT_KEEP
from simengine.report.files import write_reports
from simengine.report.percentiles import percentiles_csv
from simengine.results import store
from simengine.results.dataset import Lazy, collect
from simengine.results.recording import Record
from simengine.results.rows import Rows
from simengine.results.variables import kept
from tests.results.synthetic import small_arrays, small_study

BLOCK = 1 << 16
MADE = "writing"


def writing(folder: Path, n_paths: int) -> None:
    """Arrays such as an engine could have made, as they come: simulating them is measured elsewhere."""
    study = small_study(n_paths, DEFAULT_KEEP, N_WORKLOADS)
    variables = kept(DEFAULT_KEEP)
    names = tuple(variable.name for variable in variables)
    with store.recording(folder) as into:
        record = Record(into, names, (), study.run.first_path)
        for start in range(0, n_paths, BLOCK):
            size = min(BLOCK, n_paths - start)
            block = small_arrays(small_study(size, DEFAULT_KEEP, N_WORKLOADS), seed=start)
            if not start:
                for variable in variables:
                    into.begin(variable.name, block[variable.name].shape[1:], variable.dtype)
                into.begin("path", (), np.dtype(np.int64))
            record.update(block, start, size)

        def rows(name: str) -> Rows:
            return into.rows(name)

        arrays = Lazy(names, lambda name: into.rows(name)[:], rows)
        store.complete(collect(arrays, study=study, paths=into.rows("path")), into)


def with_xarray(folder: Path, into: Path) -> Any:
    """Mean, standard deviation and quantiles of each workload's cost and exposure, by xarray."""
    dataset = store.read(folder)
    found = []
    for metric in DISTRIBUTIONS:
        for workload in range(N_WORKLOADS):
            values = dataset[f"{metric}_by_workload"].isel(workload=workload).load()
            found.append((values.mean(), values.std(), values.quantile(LEVELS, method="inverted_cdf")))
    return found


def with_numpy(folder: Path, into: Path) -> Any:
    """The same by NumPy, from whole arrays."""
    result = store.read_result(folder)
    found = []
    for metric in DISTRIBUTIONS:
        values = result[f"{metric}_by_workload"]
        for column in values.T:
            quantiles = np.quantile(column, LEVELS, method="inverted_cdf")
            found.append((column.mean(), column.std(), quantiles))
    return found


def verifying(folder: Path, into: Path) -> Any:
    """Every byte compared with the manifest, as reading does."""
    return store.read_result(folder)


def csv(folder: Path, into: Path) -> Any:
    """percentiles.csv: everything that a run says, with its error."""
    return (into / "percentiles.csv").write_bytes(percentiles_csv(summarise(store.read_result(folder))))


def parquet(folder: Path, into: Path) -> Any:
    """percentiles.parquet, the same."""
    return write_reports(store.read_result(folder), into, ["parquet"])


def xlsx(folder: Path, into: Path) -> Any:
    """report.xlsx."""
    return write_reports(store.read_result(folder), into, ["xlsx"])


def html(folder: Path, into: Path) -> Any:
    """report.html."""
    return write_reports(store.read_result(folder), into, ["html"])


def all_of_them(folder: Path, into: Path) -> Any:
    """What `simengine report FOLDER` writes."""
    return write_reports(store.read_result(folder), into, ["xlsx", "html", "parquet"])


CONTENDERS: dict[str, Callable[[Path, Path], Any]] = {
    f.__name__: f for f in (verifying, with_xarray, with_numpy, csv, parquet, xlsx, html, all_of_them)
}


def measure(name: str, n_paths: int, folder: Path) -> dict[str, Any]:
    """Seconds, processor seconds and the most memory of a contender; in a process of its own."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as into:
        started, cpu = time.perf_counter(), time.process_time()
        if name == MADE:
            writing(folder, n_paths)
        else:
            CONTENDERS[name](folder, Path(into))
        seconds, busy = time.perf_counter() - started, time.process_time() - cpu
    return {"name": name, "seconds": seconds, "cpu": busy, "peak": peak_bytes()}


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("n_paths", nargs="?", type=lambda text: int(float(text)), default=1_000_000)
    arguments.add_argument("--cap", type=float, help="GiB of address space that a process may have")
    arguments.add_argument("--into", type=Path, help="a folder for the result, which is left there")
    arguments.add_argument("--only", nargs="+", choices=[MADE, *CONTENDERS])
    arguments.add_argument("--measure", help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    if chosen.measure:
        if chosen.cap:
            most = int(chosen.cap * 2**30)
            resource.setrlimit(resource.RLIMIT_AS, (most, most))
        print(json.dumps(measure(chosen.measure, chosen.n_paths, chosen.into)))
        return
    with tempfile.TemporaryDirectory(prefix="simengine-reports-") as temporary:
        folder = chosen.into or Path(temporary) / "result"
        print(f"{chosen.n_paths:,} paths of {N_WORKLOADS} workloads")
        print("| | seconds | processor seconds | peak, GB |")
        print("| --- | ---: | ---: | ---: |")
        for name in (MADE, *CONTENDERS):
            if (name == MADE and folder.exists()) or (
                name != MADE and chosen.only and name not in chosen.only
            ):
                continue
            command = [sys.executable, "-m", "benchmarks.reports", str(chosen.n_paths), "--into", str(folder)]
            command += ["--measure", name, *(["--cap", str(chosen.cap)] if chosen.cap else [])]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            one = json.loads(done.stdout.splitlines()[-1])
            print(
                f"| {name} | {one['seconds']:.1f} | {one['cpu']:.1f} | {one['peak'] / 1e9:.2f} |", flush=True
            )


if __name__ == "__main__":
    main()
