"""`simengine explain`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from simengine.results.store import read_result
from tests.cli.conftest import SMALL, Said

Run = Callable[..., Said]


def test_a_path_by_its_number(simengine: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert simengine("run", *SMALL, "output.dir=x").status == 0
    said = simengine("explain", "x", "--path", "3")
    assert said.status == 0, said.err
    total = float(read_result(here / "x")["total_cost"][3])
    assert said.out.startswith("Path 3 of single_workload under claim_fails, strategy proceed\n")
    assert f"{total:,.2f}" in said.out
    assert "came out the same" in said.out
    assert max(map(len, said.out.splitlines())) <= 80
    assert not said.err


def test_a_path_by_a_quantile(simengine: Run, here: Path) -> None:
    simengine("run", *SMALL, "output.dir=x")
    said = simengine("explain", "--quantile=0.5", "x", "--of", "disruption_exposure", "--all")
    assert said.status == 0, said.err
    assert "P50 of disruption_exposure among 8 paths" in said.out


def test_a_strategy_of_a_comparison(simengine: Run) -> None:
    simengine("compare", *SMALL, "strategy=proceed,pause", "output.dir=x")
    said = simengine("explain", "x", "--path=2", "--strategy=pause")
    assert said.status == 0, said.err
    assert "strategy pause" in said.out
    said = simengine("explain", "x", "--path=2")
    assert said.status == 2
    assert "proceed or pause" in said.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--path", "8"], "0 to 7"),
        (["--path", "1.5"], "0 to 7"),
        (["--path", "first"], "0 to 7"),
        (["--quantile", "99"], "did you mean 0.99?"),
        (["--quantile", "most"], "above 0 and below 1"),
        (["--quantile", "0.5", "--of", "total_csot"], "did you mean total_cost?"),
        ([], "--quantile 0.99 --of total_cost"),
        (["--path"], "expected one argument"),
        (["--pth", "3"], "--pth"),
    ],
)
def test_mistakes(simengine: Run, here: Path, arguments: list[str], said: str) -> None:
    simengine("run", *SMALL, "output.dir=x")
    found = simengine("explain", "x", *arguments)
    assert found.status == 2
    assert said in found.err
    assert not found.out


def test_what_is_damaged_or_no_result(simengine: Run, here: Path) -> None:
    simengine("run", *SMALL, "output.dir=x")
    chunk = next((here / "x" / "data.zarr" / "total_cost" / "c").iterdir())
    chunk.write_bytes(b"\1" + chunk.read_bytes()[1:])
    said = simengine("explain", "x", "--path", "3")
    assert said.status == 2
    assert "damaged" in said.err
    assert "total_cost" in said.err
    said = simengine("explain", "nowhere", "--path", "3")
    assert said.status == 2
    assert "nowhere" in said.err


def test_a_wide_terminal_is_not_filled(simengine: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    simengine("run", *SMALL, "output.dir=x")
    for columns, widest in (("300", 100), ("20", 60)):
        monkeypatch.setenv("COLUMNS", columns)
        said = simengine("explain", "x", "--path", "3")
        assert max(map(len, said.out.splitlines())) <= widest


def test_a_summary_has_no_paths_to_tell(simengine: Run) -> None:
    simengine("run", *SMALL, "run.keep=summary", "output.dir=x")
    said = simengine("explain", "x", "--path", "3")
    assert said.status == 2
    assert "arrived: a summary, which keeps no paths" in said.err
    assert "run.keep=[totals]" in said.err
