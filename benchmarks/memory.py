"""Peak memory and time of whole runs, as `simengine run` makes them, each in a process of its own.

    python -m benchmarks.memory                       # 10^4 to 10^6 paths, kept whole and as a summary
    python -m benchmarks.memory 1e7 1e8 --only summary
    SIMENGINE_BENCHMARK_PATHS=1e7 pytest benchmarks/test_memory.py -s

A run into a folder keeps what it writes nowhere else, so its memory is that of its blocks; afterwards
percentiles are told from the disk, a few columns at a time.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

KEEPS = {
    "summary": "run.keep=summary",
    "arrays": "run.keep=[totals,by_workload,by_component,by_period,by_driver,by_year]",
}
SIZES = (10_000, 100_000, 1_000_000)
MEBIBYTE = 1 << 20


class Measured(NamedTuple):
    """`peak_bytes` of resident memory and `on_disk` of the result; processor seconds of simulating, and of
    summarising and writing."""

    keep: str
    n_paths: int
    peak_bytes: int
    on_disk: int
    simulating: float
    telling: float

    @property
    def microseconds_a_path(self) -> float:
        return 1e6 * (self.simulating + self.telling) / self.n_paths


def in_this_process(keep: str, n_paths: int, folder: Path, threads: int = 1) -> Measured:
    """A run into a folder, without its configuration and screen; kernels are compiled before the clock."""
    import simengine
    from simengine.analysis.summarise import summarise
    from simengine.report.percentiles import percentiles_csv
    from simengine.results import store
    from simengine.results.simulation import play

    asked = ["portfolio=midmarket", "scenario=quiet_exit", KEEPS[keep], f"run.threads={threads}"]
    play(simengine.compose([*asked, "run.n_paths=1"]))
    study = simengine.compose([*asked, f"run.n_paths={n_paths}"])
    begun = time.process_time()
    with store.recording(folder) as written:
        result = play(study, into=written)
        played = time.process_time()
        store.complete(result, written, {"percentiles.csv": percentiles_csv(summarise(result))})
    told = time.process_time()
    on_disk = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return Measured(keep, n_paths, peak_bytes(), on_disk, played - begun, told - played)


def measure(keep: str, n_paths: int) -> Measured:
    """`in_this_process`, in another one."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.memory", str(n_paths), "--only", keep, "--into", folder]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Measured(*json.loads(done.stdout))


def peak_bytes() -> int:
    """The most memory that this process has had; what ru_maxrss says includes the one that started it."""
    try:
        status = Path("/proc/self/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) * 1024
    except (OSError, IndexError):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("n_paths", nargs="*", type=lambda text: int(float(text)), default=list(SIZES))
    parser.add_argument("--only", choices=[*KEEPS])
    parser.add_argument("--into", type=Path, help="measure in this process, and print JSON")
    chosen = parser.parse_args()
    if chosen.into:
        (n_paths,) = chosen.n_paths
        print(json.dumps(in_this_process(chosen.only, n_paths, chosen.into / "result")))
        return
    print("| kept | paths | peak memory, MB | on the disk, MB | processor µs a path | of that, telling |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for keep in [chosen.only] if chosen.only else KEEPS:
        for n_paths in chosen.n_paths:
            print(line(measure(keep, n_paths)), flush=True)


def line(one: Measured) -> str:
    telling = 1e6 * one.telling / one.n_paths
    return (
        f"| {one.keep} | {one.n_paths:,} | {one.peak_bytes / 1e6:,.0f} | {one.on_disk / 1e6:,.1f} "
        f"| {one.microseconds_a_path:.1f} | {telling:.1f} |"
    )


if __name__ == "__main__":
    main()
