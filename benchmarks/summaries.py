"""Summarising, writing and reading many paths of 24 workloads: time and peak memory, each in its own process.

    python -m benchmarks.summaries            # a million paths: 0.2 GB of totals by workload
    python -m benchmarks.summaries 1e7        # ten million

Beside plain xarray and NumPy, which give mean, standard deviation and quantiles without any error.
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

from simengine.analysis.attribution import contributions
from simengine.analysis.labelled import summarise
from simengine.analysis.summarise import QUANTILES
from simengine.results import store
from simengine.results.dataset import Result, collect
from tests.results.synthetic import small_study

N_WORKLOADS = 24
LEVELS = list(QUANTILES)


def make_result(n_paths: int) -> Result:
    """Totals by workload, lognormal, with a twentieth of paths that all workloads suffer on."""
    study = small_study(n_paths, ["totals", "by_workload"], N_WORKLOADS)
    rng = np.random.default_rng(1)
    values = rng.standard_normal((n_paths, N_WORKLOADS))
    np.exp(values, out=values)
    values[rng.random(n_paths) < 0.05] *= 3.0
    return collect({"total_cost": values.sum(axis=1), "total_cost_by_workload": values}, study=study)


def with_simengine(result: Result, folder: Path) -> Any:
    """Mean, standard deviation, nine quantiles and TVaR of each workload, each with error and interval."""
    return summarise(result, by="workload", of="total_cost")


def with_xarray(result: Result, folder: Path) -> Any:
    """The same without TVaR and without any error."""
    values = result.to_dataset()["total_cost_by_workload"]
    return values.mean("path"), values.std("path"), values.quantile(LEVELS, "path", method="inverted_cdf")


def with_numpy(result: Result, folder: Path) -> Any:
    """The same by NumPy."""
    values = result["total_cost_by_workload"]
    quantiles = np.quantile(values, LEVELS, axis=0, method="inverted_cdf")
    return values.mean(axis=0), values.std(axis=0), quantiles


def tail_by_workload(result: Result, folder: Path) -> Any:
    """What each workload contributes to TVaR95, with its error."""
    return contributions(result, by="workload", level=0.95)


def writing(result: Result, folder: Path) -> Any:
    """Into a result's folder, hashed and forced to the disk."""
    return store.write(result, folder / "result", overwrite=True)


def writing_with_xarray(result: Result, folder: Path) -> Any:
    """By to_zarr with its defaults; without the names, for which zarr has no settled type."""
    dataset = result.to_dataset().drop_vars("workload")
    return dataset.to_zarr(folder / "data.zarr", mode="w", zarr_format=3, consolidated=False)


def reading(result: Result, folder: Path) -> Any:
    """Every byte compared with the manifest, then into memory."""
    stored = store.read_result(folder / "result")
    return stored["total_cost_by_workload"].sum()


CONTENDERS: dict[str, Callable[[Result, Path], Any]] = {
    f.__name__: f
    for f in (
        with_simengine, with_xarray, with_numpy, tail_by_workload, writing, writing_with_xarray, reading
    )
}  # fmt: skip


def peak_bytes() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def measure(name: str, n_paths: int) -> dict[str, Any]:
    """Seconds, processor seconds and what memory went above the data; in a process of its own."""
    result = make_result(n_paths)
    with tempfile.TemporaryDirectory() as folder:
        few, warm = make_result(1000), Path(folder) / "warm"
        if name == "reading":
            writing(few, warm)
            writing(result, Path(folder))
        CONTENDERS[name](few, warm)
        before, started, cpu = peak_bytes(), time.perf_counter(), time.process_time()
        CONTENDERS[name](result, Path(folder))
        seconds, busy = time.perf_counter() - started, time.process_time() - cpu
    peak = peak_bytes()
    return {"name": name, "seconds": seconds, "cpu": busy, "above": peak - before, "peak": peak}


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("n_paths", nargs="?", type=lambda text: int(float(text)), default=1_000_000)
    arguments.add_argument("--only", choices=[*CONTENDERS])
    chosen = arguments.parse_args()
    if chosen.only:
        print(json.dumps(measure(chosen.only, chosen.n_paths)))
        return
    size = 8e-9 * chosen.n_paths * N_WORKLOADS
    print(f"{chosen.n_paths:,} paths of {N_WORKLOADS} workloads, {size:.2f} GB")
    print("| | seconds | processor seconds | memory above the data, GB | peak, GB |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name in CONTENDERS:
        command = [sys.executable, "-m", "benchmarks.summaries", str(chosen.n_paths), "--only", name]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        one = json.loads(done.stdout)
        numbers = (one["seconds"], one["cpu"], one["above"] / 1e9, one["peak"] / 1e9)
        print(f"| {name} | " + " | ".join(f"{number:.2f}" for number in numbers) + " |", flush=True)


if __name__ == "__main__":
    main()
