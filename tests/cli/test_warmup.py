"""`simengine warmup`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from simengine.engine import warm
from simengine.rng.elementary import exp
from simengine.rng.log_concave import score_nodes
from simengine.rng.philox import uniform_lanes
from simengine.rng.variates import needs_choice, quantile_block
from tests.cli.conftest import Said

Run = Callable[..., Said]


@pytest.mark.compiled
def test_what_is_kept_is_loaded_and_said_where(simengine: Run, here: Path) -> None:
    first = simengine("warmup")
    assert first.status == 0
    said = simengine("warmup")
    assert said.status == 0
    assert "kernels kept already, and loaded in " in said.out
    folder = Path(said.out.splitlines()[1].split()[0])
    assert folder.is_dir()
    assert list(folder.glob("kernels*/portfolio.*.nbi"))
    assert said.err == ""
    assert list(here.iterdir()) == []


@pytest.mark.compiled
def test_what_only_some_studies_call_is_compiled_too() -> None:
    """By those with a history, with Student's t, or that keep the magnitudes of occurrences."""
    warm.warm_up()
    for called in (exp, score_nodes, uniform_lanes, needs_choice, quantile_block):
        assert called.overloads  # type: ignore[attr-defined]


def test_nowhere_to_keep_it_is_said(simengine: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm, "cache_folder", lambda: None)
    said = simengine("warmup")
    assert said.status == 0
    assert "every process compiles anew" in said.err
    assert "NUMBA_CACHE_DIR" in said.err


@pytest.mark.compiled
@pytest.mark.slow
def test_after_it_no_study_compiles(tmp_path: Path) -> None:
    """In a folder of its own: a whole study adds nothing to it, and the first line says what goes on."""
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "simengine", *arguments]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
        )

    warmed = run("warmup")
    assert "compiling kernels" in warmed.stderr
    assert "kernels compiled and kept in " in warmed.stdout
    compiled = sorted((tmp_path / "cache").glob("compiled-*/**/*.nb?"))
    assert compiled
    done = run("run", "portfolio=enterprise", "strategy=full_contract", "run=debug", "run.n_paths=2")
    assert done.stderr == ""
    assert sorted((tmp_path / "cache").glob("compiled-*/**/*.nb?")) == compiled
