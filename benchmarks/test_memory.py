"""Resident memory and time per path do not grow with paths, whether a summary is kept or whole arrays.

`SIMENGINE_BENCHMARK_PATHS=1e7,1e8` adds sizes. Under `--benchmark-disable` a few thousand paths do.
"""

from __future__ import annotations

import os

import pytest

from benchmarks.memory import KEEPS, MEBIBYTE, SIZES, Measured, line, measure

FURTHER = "SIMENGINE_BENCHMARK_PATHS"
# What a run in blocks may need above the smallest one, allocators' moods included.
ABOVE_SMALLEST = 40 * MEBIBYTE
# What telling percentiles of arrays may take above that: the columns that are gathered together, and of
# longer ones the values of three variables with what is made of them, and those of each year.
GATHERED = 48 * MEBIBYTE
DOUBLES_A_PATH = 8


def sizes(timed: bool) -> list[int]:
    further = [int(float(text)) for text in os.environ.get(FURTHER, "").split(",") if text]
    return [*(SIZES if timed else (2_000, 10_000)), *further]


@pytest.mark.parametrize("keep", KEEPS)
@pytest.mark.benchmark(group="memory and time of whole runs, by paths")
def test_memory_and_time_are_flat(benchmark, timed: bool, keep: str) -> None:
    found: list[Measured] = []
    benchmark.pedantic(lambda: found.extend(measure(keep, n) for n in sizes(timed)), rounds=1)
    for one in found:
        print(line(one))
    benchmark.extra_info["measured"] = [one._asdict() for one in found]
    smallest, *larger = found
    for one in larger:
        allowed = smallest.peak_bytes + ABOVE_SMALLEST
        if keep == "arrays":
            allowed += GATHERED + DOUBLES_A_PATH * 8 * one.n_paths
            # Of each path it writes some 1,500 bytes: keeping them would show.
            assert one.n_paths < 1_000_000 or one.peak_bytes < 0.5 * one.on_disk
        assert one.peak_bytes <= allowed, f"{one.n_paths:,} paths of {keep}: {one.peak_bytes / 1e6:,.0f} MB"
        if timed:
            assert one.microseconds_a_path <= 1.5 * smallest.microseconds_a_path
