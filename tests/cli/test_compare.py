"""`simengine compare`."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from simengine.results.store import read_result
from tests.cli.conftest import SMALL, Said

Run = Callable[..., Said]


def test_strategies_meet_the_same_futures(simengine: Run, here: Path) -> None:
    said = simengine("compare", *SMALL, "strategy=proceed,pause", "output.dir=x")
    assert said.status == 0, said.err
    result = read_result(here / "x")
    assert result.labels("strategy") == ["proceed", "pause"]
    alone = simengine("run", *SMALL, "strategy=pause", "output.dir=y")
    assert alone.status == 0
    np.testing.assert_array_equal(result["total_cost"][1], read_result(here / "y")["total_cost"])
    assert {path.name for path in (here / "x").glob("*.csv")} == {"percentiles.csv", "differences.csv"}
    assert "pause" in said.out


def test_four_strategies_unless_told(simengine: Run, here: Path) -> None:
    assert simengine("compare", *SMALL, "output.dir=x").status == 0
    assert read_result(here / "x").labels("strategy") == ["proceed", "pause", "pilot", "clauses"]


def test_strategies_of_ones_own(simengine: Run, here: Path) -> None:
    (here / "own" / "strategy").mkdir(parents=True)
    (here / "own" / "strategy" / "mine.yaml").write_text("name: mine\nadoption: {delay_days: 10}\n")
    said = simengine("compare", "-cd", "own", *SMALL, "strategy=proceed,mine", "output.dir=x")
    assert said.status == 0, said.err
    assert read_result(here / "x").labels("strategy") == ["proceed", "mine"]


def test_one_strategy_is_no_comparison(simengine: Run) -> None:
    said = simengine("compare", *SMALL, "strategy=pause")
    assert said.status == 2
    assert "strategy=proceed,pause" in said.err


def test_every_strategys_problems_are_told_once(simengine: Run, here: Path) -> None:
    said = simengine("compare", "scenario=baseline", "strategy=puase,pilot,clausse", "run.seed=-1")
    assert said.status == 2
    assert "did you mean pause?" in said.err
    assert "did you mean clauses?" in said.err
    assert said.err.count("run.seed") == said.err.count("run.seed (override") * 2
    assert list(here.iterdir()) == []


def test_twice_the_same_strategy_is_refused(simengine: Run) -> None:
    assert simengine("compare", *SMALL, "strategy=pause,pause").status == 2


def test_the_remedy_for_one_strategy_is_none_that_is_refused(simengine: Run) -> None:
    said = simengine("compare", *SMALL, "strategy=proceed")
    assert "write strategy=pause,proceed" in said.err


def test_without_paths(simengine: Run, here: Path) -> None:
    """A summary tells the same differences of means as the paths, and says which numbers are sketched."""
    said = simengine("compare", *SMALL, "strategy=proceed,pause", "run.keep=summary", "output.dir=x")
    assert said.status == 0, said.err
    assert "come from sketches" in " ".join(said.out.split())
    assert simengine("compare", *SMALL, "strategy=proceed,pause", "output.dir=y").status == 0

    def rows(folder: str) -> dict[tuple[str, str, str, str], dict[str, str]]:
        with (here / folder / "differences.csv").open(encoding="utf-8") as stream:
            return {
                (row["metric"], row["level"], row["name"], row["statistic"]): row
                for row in csv.DictReader(stream)
            }

    told, exact = rows("x"), rows("y")
    assert told.keys() <= exact.keys()
    for key, row in told.items():
        if key[3] == "mean":
            assert float(row["value"]) == pytest.approx(float(exact[key]["value"]), rel=1e-9, abs=1e-6)
            assert "sketch" not in row["flag"]
        elif key[3] == "P50":
            assert "sketch" in row["flag"]
