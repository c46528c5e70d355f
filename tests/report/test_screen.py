"""What is printed: the numbers that matter, on any terminal, and nothing that steers it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from simengine.analysis.compare import differences, summaries
from simengine.analysis.summarise import summarise
from simengine.report.comparison import print_comparison
from simengine.report.layout import console_for
from simengine.report.numbers import with_error
from simengine.report.run import print_run
from simengine.results.dataset import Result
from tests.results.synthetic import small_comparison, small_result

RESULT = small_result()
COMPARISON = small_comparison()
ROWS = summarise(RESULT)


def run_text(console: Console, result: Result = RESULT, folder: Path | None = None) -> str:
    print_run(console, summarise(result), result.attrs, folder)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def plain(width: int) -> Console:
    return Console(file=io.StringIO(), width=width, highlight=False, markup=False, emoji=False)


def test_a_run_says_what_matters(tmp_path: Path) -> None:
    (tmp_path / "percentiles.csv").write_text("")
    text = run_text(plain(120), folder=tmp_path)
    for expected in (
        "small under windy, strategy proceed",
        "500 futures of 500 days from 2026-03-05 (seed 7, from path 100); money in EUR, nominal.",
        "P(saving below plan)",
        "P(no saving)",
        "present value",
        "outage",
        str(tmp_path / "percentiles.csv"),
        RESULT.attrs["result_hash"],
    ):
        assert expected in text
    portfolio = [row for row in ROWS if row.level == "portfolio" and not row.component and not row.period]
    for row in portfolio:
        if row.metric in ("total_cost", "disruption_exposure"):
            assert with_error(row) in text
    for k in range(3):
        assert f"w{k}" in text


def test_wide_intervals_are_marked_and_explained() -> None:
    for tolerance, marked in ((0.9, False), (0.001, True)):
        console = plain(120)
        print_run(console, ROWS, RESULT.attrs, tolerance=tolerance)
        print_comparison(
            console, summaries(COMPARISON), differences(COMPARISON), COMPARISON.attrs, tolerance=tolerance
        )
        assert isinstance(console.file, io.StringIO)
        text = console.file.getvalue()
        (mean,) = (row for row in ROWS if row[:6] == ("total_cost", "portfolio", "small", "", "", "mean"))
        assert (f"{with_error(mean)}*" in text) == marked
        assert text.count("* the 95% interval reaches further than 0.1% of the value") == 2 * marked
    (idle,) = (line for line in text.split("Change against")[1].splitlines() if line.startswith("idle"))
    assert "0 ± 0*" not in idle, "what is known exactly is not wide"
    assert "~" in text
    assert "~*" not in text, "an interval that includes 0 is wide anyway"


def test_precision_says_how_many_futures_it_took() -> None:
    target = {"metric": "total_cost", "statistic": "P95", "relative_error": 0.01, "confidence": 0.95}
    told = {"max_paths": 9000, "checked_at": [250, 500]}
    met = {**target, "reached": 0.0081, "met": True}
    missed = {**target, "statistic": "TVaR99", "reached": None, "met": False}
    attrs = {**RESULT.attrs, "precision": json.dumps(told | {"targets": [met, missed]})}
    console = plain(160)
    print_run(console, ROWS, attrs)
    print_comparison(console, summaries(COMPARISON), differences(COMPARISON), attrs)
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert (
        text.count(
            "Precision met: P95 of total_cost: 0.81% at 95% confidence (asked: 1%), "
            "after 500 futures of at most 9,000."
        )
        == 2
    )
    assert text.count("Precision NOT met: TVaR99 of total_cost: no bound yet at") == 2


def test_a_comparison_shows_differences() -> None:
    console = plain(120)
    print_comparison(console, summaries(COMPARISON), differences(COMPARISON), COMPARISON.attrs)
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert "strategies proceed, pause, idle" in text
    assert "Change against proceed" in text
    (idle,) = (line for line in text.split("Change against")[1].splitlines() if line.startswith("idle"))
    assert idle.count("0 ± 0") >= 3


@pytest.mark.parametrize("width", [20, 48, 60, 80, 100, 200])
def test_nothing_is_cut_on_narrow_terminals(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    console = console_for(io.StringIO())
    print_comparison(console, summaries(COMPARISON), differences(COMPARISON), COMPARISON.attrs)
    text = run_text(console)
    for line in text.splitlines():
        long_by_design = "result hash" in line
        assert cell_len(line.rstrip()) <= max(width, 40) or long_by_design, line
        assert "…" not in line


def test_plain_when_not_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    console = console_for(io.StringIO())
    assert console.width == 120
    assert "\x1b" not in run_text(console)


def test_terminals_without_unicode() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii", write_through=True)
    print_run(console_for(stream), ROWS, RESULT.attrs)
    text = raw.getvalue().decode("ascii")
    assert " +/- " in text


def test_names_cannot_steer_the_terminal_or_the_layout() -> None:
    names = {"workload": ["[red]w0", "w1\x1b[2J", ":smile:"]}
    coords = {**RESULT.coords, "workload": RESULT.coords["workload"].astype("U20")}
    coords["workload"][:] = names["workload"]
    tree = json.loads(RESULT.attrs["configuration"])
    workloads = tree["portfolio"]["workloads"].values()
    tree["portfolio"]["workloads"] = dict(zip(names["workload"], workloads, strict=True))
    attrs = {**RESULT.attrs, "portfolio": "[bold]x", "configuration": json.dumps(tree)}
    text = run_text(plain(120), Result(RESULT.arrays, coords, attrs))
    assert "[bold]x under windy" in text
    assert "[red]w0" in text
    assert ":smile:" in text
    assert "\x1b" not in text


@pytest.mark.parametrize(
    "keep", ["totals", "by_workload", "by_component", "by_driver", "by_period", "by_year"]
)
def test_whatever_was_kept_is_printed(keep: str) -> None:
    text = run_text(plain(100), small_result(keep=[keep]))
    assert "result hash" in text
