"""Whole processes, as a shell sees them: import, help, completion, check, first and later runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.benchmark(group="start-up, whole processes")


def run(*arguments: str, cwd: Path, **environment: str) -> None:
    subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
    )


def rounds(timed: bool, full: int) -> int:
    return full if timed else 1


def test_import(benchmark, timed: bool, tmp_path: Path) -> None:
    benchmark.pedantic(
        run, args=("-c", "import simengine"), kwargs={"cwd": tmp_path}, rounds=rounds(timed, 5)
    )


def test_help(benchmark, timed: bool, tmp_path: Path) -> None:
    arguments = ("-m", "simengine", "--help")
    benchmark.pedantic(run, args=arguments, kwargs={"cwd": tmp_path}, rounds=rounds(timed, 5))


def test_completion(benchmark, timed: bool, tmp_path: Path) -> None:
    """What the shell waits for after each press of the tabulator."""
    benchmark.pedantic(
        run,
        args=("-m", "simengine", "--shell-completion", "query=bash"),
        kwargs={"cwd": tmp_path, "COMP_LINE": "simengine run scenario=qui"},
        rounds=rounds(timed, 5),
    )


def test_check(benchmark, timed: bool, tmp_path: Path) -> None:
    """Asked again: what the study implies is on disk by then."""
    arguments = ("-m", "simengine", "check", "portfolio=midmarket", "scenario=quiet_exit")
    run(*arguments, cwd=tmp_path)
    benchmark.pedantic(run, args=arguments, kwargs={"cwd": tmp_path}, rounds=rounds(timed, 5))


def run_arguments(n_paths: int, folder: Path) -> tuple[str, ...]:
    overrides = (
        "portfolio=midmarket",
        "scenario=quiet_exit",
        f"run.n_paths={n_paths}",
        f"output.dir={folder}",
    )
    return ("-m", "simengine", "run", *overrides)


def test_first_run_compiles(benchmark, timed: bool, tmp_path: Path) -> None:
    """With an empty cache of compiled code, as on a fresh machine."""
    arguments = run_arguments(100_000 if timed else 1_000, tmp_path / "result")
    benchmark.pedantic(
        run,
        args=arguments,
        kwargs={"cwd": tmp_path, "NUMBA_CACHE_DIR": str(tmp_path / "cache")},
        rounds=1,
    )
    assert list((tmp_path / "cache").glob("compiled-*/kernels*/portfolio.*.nbi"))


def test_second_run(benchmark, timed: bool, tmp_path: Path) -> None:
    """100,000 paths, kernels compiled before: the everyday run."""
    n_paths = 100_000 if timed else 1_000
    run(*run_arguments(1_000, tmp_path / "warm"), cwd=tmp_path)
    folders = iter(range(100))
    benchmark.pedantic(
        lambda: run(*run_arguments(n_paths, tmp_path / f"result-{next(folders)}"), cwd=tmp_path),
        rounds=rounds(timed, 5),
    )
