"""Reports of a result that kept a summary: sections that its sketches allow are there."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from simengine.analysis.exceedance import oep
from simengine.analysis.summarise import summarise
from simengine.report.files import write_reports
from simengine.report.layout import console_for
from simengine.report.run import print_run
from simengine.results.dataset import Result
from simengine.results.simulation import play
from tests.engine.running import with_run
from tests.results.synthetic import small_study

openpyxl = pytest.importorskip("openpyxl")
pytest.importorskip("xlsxwriter")
pytest.importorskip("plotly")

NAMED = ("total_cost", "total_cost_by_workload", "total_cost_by_lab", "total_cost_by_line", "oep", "aep")


@pytest.fixture(scope="module")
def named() -> Result:
    return play(with_run(small_study(1500, ["summary"]), summarise=NAMED, first_path=0))


@pytest.fixture(scope="module")
def folder(named: Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reports")
    write_reports(named, folder, ["xlsx", "html"])
    return folder


def rows_of(folder: Path, sheet: str) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(folder / "report.xlsx")[sheet].iter_rows(values_only=True))


def test_the_workbook_has_return_periods(named: Result, folder: Path) -> None:
    rows = rows_of(folder, "Exceedance")
    at = next(k for k, row in enumerate(rows) if row[0] == "Return period, years")
    curve = oep(named)
    assert [row[0] for row in rows[at + 1 :]] == curve.return_period.tolist()
    assert [row[2] for row in rows[at + 1 :]] == curve.value.tolist()


def test_the_workbook_has_labs_and_lines(named: Result, folder: Path) -> None:
    rows = {row[:2]: row for row in rows_of(folder, "Labs, lines, tags")}
    told = [row for row in summarise(named) if row.metric == "total_cost" and not row.period]
    found = {(row.level, row.name, row.statistic): row.value for row in told}
    assert rows["Lab", "a_lab"][2] == found["lab", "a_lab", "mean"]
    assert rows["Line", "alpha"][4] == found["line", "alpha", "P50"]
    assert rows["Line", "alpha"][12] is None, "a part of the tail takes a second pass"


def test_the_page_has_return_periods(folder: Path) -> None:
    page = (folder / "report.html").read_text("utf-8")
    assert "-years" in page
    assert "Exposure by return period (OEP and AEP) was not kept" not in page


def test_the_page_says_how_a_summary_would_have_the_rest(folder: Path) -> None:
    page = (folder / "report.html").read_text("utf-8")
    said = "The distribution of disruption exposure: this run did not keep what it needs. "
    wanted = (
        "<code>totals</code> to <code>run.keep</code>, or <code>disruption_exposure</code> to <code>run.s"
    )
    assert f"{said}Add {wanted}" in page


def test_the_screen_tells_what_there_is(named: Result) -> None:
    """Sketches of total cost alone: no percentiles of exposure, and no mistake about it."""
    console = console_for(io.StringIO())
    print_run(console, summarise(named), named.attrs)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "Workloads" in text
    assert "P95" in text
