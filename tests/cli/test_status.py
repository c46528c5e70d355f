"""`simengine status`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import SMALL, Said

Run = Callable[..., Said]


def test_a_whole_result(simengine: Run) -> None:
    told = simengine("run", *SMALL, "output.dir=x")
    said = simengine("status", "x")
    assert said.status == 0
    assert said.out.startswith("x: whole\n")
    result_hash = said.out.split("result hash")[1].split()[0]
    assert len(result_hash) == 64
    assert result_hash in told.out
    assert "seed            7\n" in said.out


def test_large_counts_have_separators_and_seeds_have_not(simengine: Run) -> None:
    simengine("run", *SMALL, "run.first_path=12345", "run.seed=12345", "output.dir=x")
    said = simengine("status", "x")
    assert "first path      12,345\n" in said.out
    assert "seed            12345\n" in said.out


def test_a_damaged_result(simengine: Run, here: Path) -> None:
    simengine("run", *SMALL, "output.dir=x")
    (here / "x" / "percentiles.csv").write_text("changed")
    said = simengine("status", "x")
    assert said.status == 2
    assert "x: not whole" in said.out
    assert "percentiles.csv" in said.err


def test_what_is_no_result(simengine: Run, here: Path) -> None:
    (here / "empty").mkdir()
    for folder in ("empty", "nowhere"):
        said = simengine("status", folder)
        assert said.status == 2
        assert folder in said.err
