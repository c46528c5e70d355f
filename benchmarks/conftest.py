"""Sizes and studies of the benchmarks: full when timed, tiny under `--benchmark-disable`."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import pytest

import simengine

# What the NumPy version gives, and more: `totals` has the largest occurrence and concentration.
COMPARABLE = ("totals", "by_workload", "by_component")
# Less than the NumPy version gives: nothing for which an occurrence must be booked what it changed.
UNATTRIBUTED = ("by_workload", "by_component")


@pytest.fixture(scope="session")
def timed(request: pytest.FixtureRequest) -> bool:
    return not request.config.getoption("benchmark_disable")


@pytest.fixture(scope="session")
def size(timed: bool) -> Callable[[int, int], int]:
    """`size(full, small)`: how many paths this run takes."""
    return lambda full, small: full if timed else small


@pytest.fixture(scope="session")
def compose() -> Callable[..., simengine.Study]:
    """A study of shipped configuration, with settings of its run."""

    def compose_study(
        n_paths: int,
        portfolio: str = "midmarket",
        scenario: str = "quiet_exit",
        threads: int = 1,
        keep: tuple[str, ...] = COMPARABLE,
        overrides: tuple[str, ...] = (),
    ) -> simengine.Study:
        return simengine.compose(
            [
                f"portfolio={portfolio}",
                f"scenario={scenario}",
                "strategy=proceed",
                f"run.n_paths={n_paths}",
                f"run.threads={threads}",
                f"run.keep=[{','.join(keep)}]",
                *overrides,
            ]
        )

    return compose_study


def hang_tables(benchmark: Any, tables: list[dict[str, Any]], ran: list[dict[str, Any]]) -> None:
    """Leave tables of a whole group with whichever of its benchmarks runs last; `ran` has those before it."""
    for earlier in ran:
        earlier.pop("tables", None)
    benchmark.extra_info["tables"] = tables
    ran.append(benchmark.extra_info)


def pytest_benchmark_update_machine_info(config: pytest.Config, machine_info: dict) -> None:
    """Versions that speed depends on, beside the processor."""
    del config
    machine_info["cores"] = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    )
    machine_info["versions"] = {name: version(name) for name in ("numpy", "numba", "llvmlite", "simengine")}
    machine_info["python"] = platform.python_version()
