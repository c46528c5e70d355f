"""`through_others`: told beside a run, which stays as it is."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

import simengine as package
from simengine.analysis.without import STATISTICS
from simengine.results.store import read
from tests.cli.conftest import Said

Run = Callable[..., Said]
STUDY = ("portfolio=single_workload", "scenario=quiet_exit", "run.n_paths=200", "run.threads=1")


def rows(folder: Path) -> dict[tuple[str, str, str], dict[str, str]]:
    """What percentiles.csv says of drivers beside the rest, by driver, metric and statistic."""
    with (folder / "percentiles.csv").open(encoding="utf-8") as stream:
        told = [row for row in csv.DictReader(stream) if row["statistic"] in ("whole", "through_others")]
    assert all(row["level"] == "driver" and row["currency"] == row["unit"] == "USD" for row in told)
    return {(row["name"], row["metric"], row["statistic"]): row for row in told}


def test_nothing_is_told_or_run_again_unless_asked(simengine: Run, here: Path) -> None:
    said = simengine("run", *STUDY, "output.dir=x")
    assert said.status == 0
    assert "through others" not in said.out
    assert rows(here / "x") == {}


def test_it_stands_beside_the_run_and_leaves_it_as_it_is(
    simengine: Run, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "140")  # on a narrow screen a column of such a name breaks
    simengine("run", *STUDY, "output.dir=x")
    said = simengine("run", *STUDY, "output.dir=y", "through_others=true")
    assert said.status == 0
    assert "through others" in said.out
    assert read(here / "x").attrs["result_hash"] == read(here / "y").attrs["result_hash"]
    assert simengine("status", "y").status == 0
    study = package.compose(STUDY)
    found, told = package.through_others(study), rows(here / "y")
    assert len(told) == 4 * len(study.scenario.drivers) > 0
    for (driver, metric, statistic), row in told.items():
        own = found.sel(driver=driver, metric=metric, statistic=statistic)
        for name in ("value", "standard_error", "ci_low", "ci_high"):
            assert float(row[name]) == float(own[name]), (driver, metric, statistic, name)


def test_reports_tell_it_beside_the_run_and_later(simengine: Run, here: Path) -> None:
    forms = "report=[xlsx,html,parquet]"
    simengine("run", *STUDY, "output.dir=x", "through_others=[leadership_exit]", forms)
    assert simengine("report", "x", "--into", "later").status == 0
    for name in ("report.xlsx", "report.html", "percentiles.parquet"):
        assert (here / "x" / name).read_bytes() == (here / "later" / name).read_bytes(), name
    told = rows(here / "x")
    table = pq.read_table(here / "x" / "percentiles.parquet").to_pylist()
    stored = {(r["name"], r["metric"], r["statistic"]): r for r in table if r["statistic"] in STATISTICS}
    assert stored.keys() == told.keys()
    assert all(float(told[key]["value"]) == row["value"] for key, row in stored.items())
    sheet = load_workbook(here / "x" / "report.xlsx")["Drivers"]
    lines = [[c.value for c in row] for row in sheet.iter_rows()]
    top = next(k for k, line in enumerate(lines) if "Through others" in line)
    names, others = lines[top].index("Driver"), lines[top].index("Through others")
    n_drivers = len(package.compose(STUDY).scenario.drivers)
    at = {line[names]: line[others] for line in lines[top + 1 : top + 1 + n_drivers]}
    expected = float(told["leadership_exit", "total_cost", "through_others"]["value"])
    assert at.pop("leadership_exit") == pytest.approx(expected)
    assert set(at.values()) == {None}
    page = (here / "x" / "report.html").read_text("utf-8")
    assert "mean cost through others (USD)" in page
    assert "mean exposure through others (USD)" in page


def test_some_drivers_only(simengine: Run, here: Path) -> None:
    said = simengine("run", *STUDY, "output.dir=x", "through_others=[leadership_exit]")
    assert said.status == 0
    assert {driver for driver, *_ in rows(here / "x")} == {"leadership_exit"}


def test_as_many_paths_as_precision_took(simengine: Run, here: Path) -> None:
    precision = "run.precision='{metric: total_cost, statistic: mean, relative_error: 0.0001}'"
    said = simengine(
        "run", *STUDY, "output.dir=x", precision.replace("'", ""), "run.max_paths=1500",
        "through_others=[leadership_exit]",
    )  # fmt: skip
    assert said.status == 0, said.err
    assert read(here / "x").sizes["path"] > 200
    assert len(rows(here / "x")) == 4


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("through_others=[leadership_exits]", "did you mean leadership_exit?"),
        ("through_others=3", "true, false or a list of drivers"),
        ("through_others=[1,2]", "true, false or a list of drivers"),
        ("through_others='{a: 1}'", "true, false or a list of drivers"),
        ("through_others=yes_please", "a driver of the scenario"),
    ],
)
def test_what_is_asked_wrongly_is_refused_before_the_run(
    simengine: Run, here: Path, written: str, message: str
) -> None:
    said = simengine("run", *STUDY, "output.dir=x", written.replace("'", ""))
    assert said.status == 2
    assert message in said.err
    assert "through_others" in said.err
    assert not (here / "x").exists()


def test_a_comparison_does_not_tell_it(simengine: Run, here: Path) -> None:
    said = simengine("compare", *STUDY, "strategy=pause,proceed", "output.dir=x", "through_others=true")
    assert said.status == 2
    assert "simengine run strategy=pause" in said.err
    assert not (here / "x").exists()


def test_check_reads_it(simengine: Run) -> None:
    assert simengine("check", *STUDY, "through_others=3").status == 2
