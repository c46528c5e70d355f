"""report.xlsx, read back: the numbers are the result's, nothing is a formula, and it prints and filters."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from openpyxl.utils import range_boundaries

from simengine.analysis.assumptions import assumptions
from simengine.analysis.attribution import contributions
from simengine.analysis.budget import budget
from simengine.analysis.compare import differences
from simengine.analysis.diversification import diversification
from simengine.analysis.exceedance import aep, oep
from simengine.estimators import Estimate, mean, quantile, tvar
from simengine.model.study import Study
from simengine.report.contents import contents_of
from simengine.report.workbook.distribution import bin_edges, round_step
from simengine.report.workbook.write import OF_COMPARISONS, SHEETS, workbook
from simengine.results.dataset import Result, collect
from simengine.results.made_by import studies_of
from simengine.results.store import read_result, write
from tests.report.opened import MAIN, cell, facts, opened, parts, read, table, texts
from tests.results.synthetic import EVERYTHING, small_arrays, small_comparison, small_result, small_study

RESULT = small_result()
COMPARISON = small_comparison()
RAW = workbook(contents_of(RESULT))
RAW_COMPARISON = workbook(contents_of(COMPARISON))
BOOK = read(RAW)
BOOK_COMPARISON = read(RAW_COMPARISON)
NAMES = [name for name, _, _ in SHEETS]
HOSTILE = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "http://example.org/x", "a&b<c>\"d'", "0042"]


def boundaries(cells: str) -> tuple[int, int, int, int]:
    """First column and row, last column and row."""
    found = [number for number in range_boundaries(cells) if number is not None]
    assert len(found) == 4
    return found[0], found[1], found[2], found[3]


def close(number: Any) -> Any:
    return pytest.approx(number, rel=1e-12, abs=1e-6)


def half(estimate: Estimate) -> Any:
    return close(0.5 * (estimate.high - estimate.low))


def test_the_sheets() -> None:
    assert BOOK.sheetnames == ["Cover", *NAMES]
    assert BOOK_COMPARISON.sheetnames == ["Cover", *[name for name, _, _ in OF_COMPARISONS], *NAMES]


# What is written


@pytest.mark.parametrize("raw", [RAW, RAW_COMPARISON], ids=["run", "comparison"])
def test_nothing_is_a_formula_or_an_outside_link(raw: bytes) -> None:
    sheets = list(parts(raw, "xl/worksheets/"))
    assert len(sheets) >= 10
    for name, root in sheets:
        assert root.find(f".//{MAIN}f") is None, name
        # Links are to places in the workbook, by location, not by relationship.
        for link in root.iter(f"{MAIN}hyperlink"):
            assert set(link.attrib) == {"ref", "location", "display"}
    assert not [name for name, _ in parts(raw, "xl/externalLinks")]
    for one in (one for sheet in read(raw) for row in sheet for one in row):
        assert one.data_type != "f"
        assert not (isinstance(one.value, str) and one.value.startswith("#")), "no cell holds an error"


def hostile_result() -> Result:
    """Names of everything that a user may name, each the beginning of something else."""
    study = small_study(n_paths=40, n_workloads=len(HOSTILE))
    text = json.dumps(study.canonical())
    for k, name in enumerate(HOSTILE):
        text = text.replace(json.dumps(f"w{k}"), json.dumps(name))
    text = text.replace('"exit"', '"=exit()"').replace('"alpha"', '"@alpha"').replace('"a_lab"', '"+a_lab"')
    text = text.replace('"small"', '"&L&8=small"').replace('"windy"', '"-windy"')
    tree = json.loads(text)
    for workload in tree["portfolio"]["workloads"].values():
        workload["tags"] = {"=key": "=value"}
    hostile = Study.from_mapping(tree)
    return collect(small_arrays(hostile), study=hostile, codes={"occurrence_driver": ["=exit()", "outage"]})


def test_names_stay_names() -> None:
    raw = workbook(contents_of(hostile_result()))
    for name, root in parts(raw, "xl/worksheets/"):
        assert root.find(f".//{MAIN}f") is None, name
    book = read(raw)
    found = {row["Workload"] for row in table(book["Workloads"], "Workload")}
    assert set(HOSTILE) <= found
    assert {"=exit()", "outage"} <= {row["Driver"] for row in table(book["Drivers"], "Driver")}
    splits = {(row["Split by"], row["Name"]) for row in table(book["Labs, lines, tags"], "Split by")}
    assert {("Lab", "+a_lab"), ("Line", "@alpha"), ("Tag =key", "=value")} <= splits
    for sheet in book:
        for one in (one for row in sheet for one in row):
            if isinstance(one.value, str):
                assert one.data_type in ("s", "inlineStr")
                # So that editing the one makes no formula of it either.
                assert one.quotePrefix == one.value.startswith(("=", "+", "-", "@")), one.value
    footer = next(root for _, root in parts(raw, "xl/worksheets/")).find(f".//{MAIN}oddFooter")
    assert footer is not None
    assert footer.text is not None
    assert footer.text.startswith("&L&8 &&L&&8=small under -windy")


def test_a_title_is_no_formula_of_a_chart() -> None:
    """XlsxWriter takes a chart's text that begins with = for a reference."""
    raw = workbook(contents_of(hostile_result()))
    sheets = {f"'{name}'" for name in read(raw).sheetnames}
    sheets |= {name.strip("'") for name in sheets}
    for name, root in parts(raw, "xl/charts/"):
        for reference in (node.text or "" for node in root.iter() if node.tag.endswith("}f")):
            assert reference.rpartition("!")[0] in sheets, (name, reference)


def test_control_characters_and_long_texts() -> None:
    study = small_study(n_paths=30)
    tree = json.loads(json.dumps(study.canonical()))
    tree["portfolio"]["source"] = "x" * 40_000
    tree["portfolio"]["owner"] = tree["scenario"]["drivers"]["exit"]["owner"] = "a\x0bb"
    told = Study.from_mapping(tree)
    book = opened(collect(small_arrays(told), study=told, codes={}))
    rows = table(book["Assumptions"], "Part")
    assert max(len(row["Source"]) for row in rows) == 2000
    assert {row["Owner"] for row in rows} == {"a\\x0bb", "not stated"}


@pytest.mark.parametrize("currency", ['we"ird] ;name', "US", "Ł", '"', "]"])
def test_a_currency_may_have_any_name(currency: str) -> None:
    study = small_study(n_paths=30)
    tree = json.loads(json.dumps(study.canonical()))
    tree["portfolio"]["currency"] = currency
    told = Study.from_mapping(tree)
    book = opened(collect(small_arrays(told), study=told, codes={}))
    shown = cell(book["Portfolio"], "Statistic", "Total cost").number_format
    assert shown.count("#,##0") == 2
    assert shown.count("[") == shown.count("]") <= 2
    assert facts(book["Cover"])["Currency"] == currency


def test_the_same_result_gives_the_same_bytes(tmp_path) -> None:
    assert workbook(contents_of(small_result())) == RAW
    assert workbook(contents_of(read_result(write(RESULT, tmp_path / "run")))) == RAW
    stored = read_result(write(COMPARISON, tmp_path / "comparison"))
    assert workbook(contents_of(stored)) == RAW_COMPARISON


# What it says


def test_the_cover_says_what_was_run() -> None:
    cover, attrs = BOOK["Cover"], RESULT.attrs
    said = facts(cover)
    assert cover["A1"].value == "small under windy"
    assert said["Result hash"] == attrs["result_hash"]
    assert said["Configuration hash"] == attrs["configuration_sha256"]
    assert said["Seed"] == "7"
    assert said["Paths"] == "500, from path 100 on"
    assert said["Start"] == datetime(2026, 3, 5)
    assert said["Horizon"] == "500 days, to 2027-07-18"
    assert said["Currency"] == "EUR"
    assert said["simengine"] == attrs["engine_version"]
    assert "numpy" in said["Packages"]
    text = texts(cover)
    assert "± is half of the 95% Monte Carlo interval" in text
    assert "90% of paths at or below" in text
    assert "Percentiles do not sum" in text
    assert said["Entries in the register"] == len(assumptions(studies_of(attrs)[0]))
    headlines = {row["Headline"]: row for row in table(cover, "Headline")}
    assert headlines["Expected total cost"]["Figure"] == close(RESULT["total_cost"].mean())
    assert headlines["Budget at P90"]["Figure"] == close(quantile(RESULT["total_cost"], 0.9).value)


def test_every_sheet_is_linked_from_the_cover() -> None:
    for book in (BOOK, BOOK_COMPARISON):
        links = [cell.hyperlink for row in book["Cover"] for cell in row if cell.hyperlink]
        assert [link.location for link in links] == [f"'{name}'!A1" for name in book.sheetnames[1:]]


def test_portfolio() -> None:
    rows = {row["Statistic"]: row for row in table(BOOK["Portfolio"], "Statistic")}
    for metric, heading in (("total_cost", "Total cost"), ("disruption_exposure", "Disruption exposure")):
        values = RESULT[metric]
        found = {"Expected": mean(values), "TVaR95": tvar(values, 0.95)}
        found |= {f"P{100 * level:g}": quantile(values, level) for level in (0.05, 0.5, 0.8, 0.9, 0.95, 0.99)}
        for name, estimate in found.items():
            assert rows[name][heading] == close(estimate.value)
            assert rows[name][f"{heading} ±"] == half(estimate)
    assert rows["P90"]["What it says"] == "90% of paths at or below"
    steps = {row["Cost"]: row["Total cost"] for row in table(BOOK["Portfolio"], "Cost")}
    assert steps["Plan that was sold"] == close(RESULT["planned_cost"].mean())
    components = {row["Component"]: row for row in table(BOOK["Portfolio"], "Component")}
    assert components["Upkeep"]["Total cost"] == close(RESULT["total_cost_by_component"][:, 1].mean())
    outcomes = {row["Outcome"]: row["Figure"] for row in table(BOOK["Portfolio"], "Outcome")}
    assert outcomes["Nothing saved"] == close(np.mean(RESULT["total_cost"] >= RESULT["status_quo_cost"]))


@pytest.mark.parametrize(
    ("sheet", "metric"),
    [("Cost distribution", "total_cost"), ("Exposure distribution", "disruption_exposure")],
)
def test_distribution(sheet: str, metric: str) -> None:
    rows, values = table(BOOK[sheet], "More than"), RESULT[metric]
    assert sum(row["Share of paths"] for row in rows) == pytest.approx(1.0, abs=1e-12)
    for row in rows:
        low = -math.inf if row["More than"] is None else row["More than"]
        high = math.inf if row["Up to"] is None else row["Up to"]
        assert row["Share of paths"] == close(np.mean((values > low) & (values <= high)))
        if row["Up to"] is not None:
            assert row["Chance of more"] == close(np.mean(values > high))
    for before, after in pairwise(rows):
        assert before["Up to"] == after["More than"]


def test_bins_keep_an_atom_apart() -> None:
    edges = bin_edges(np.array([0.0] * 90 + [1.0, 2.0, 250.0, 1000.0]))
    assert edges[0] < 0.0 == edges[1]
    assert bin_edges(np.full(5, 7.0))[0] < 7.0 <= bin_edges(np.full(5, 7.0))[-1]
    assert [round_step(least) for least in (1.0, 1.2, 2.2, 3.0, 7.0, 0.03)] == [
        1.0,
        2.0,
        2.5,
        5.0,
        10.0,
        0.05,
    ]


def test_workloads_and_what_diversification_is_worth() -> None:
    rows = {row["Workload"]: row for row in table(BOOK["Workloads"], "Workload")}
    parts_of_tail = contributions(RESULT, "total_cost", "workload", 0.95)
    for k, name in enumerate(RESULT.labels("workload")):
        values = RESULT["total_cost_by_workload"][:, k]
        assert (rows[name]["Model line"], rows[name]["Lab"]) == ("alpha", "a_lab")
        assert rows[name]["P90"] == close(quantile(values, 0.9).value)
        assert rows[name]["Part of portfolio's TVaR95"] == close(parts_of_tail.value[k])
    compared = diversification(RESULT, level=0.9)
    assert compared is not None
    assert rows["Sum of workloads"]["P90"] == close(compared.parts.value)
    assert rows["Portfolio"]["P90"] == close(quantile(RESULT["total_cost"], 0.9).value)
    assert rows["Diversification: sum less portfolio"]["P90"] == close(compared.difference.value)
    assert rows["Diversification: sum less portfolio"]["P90 ±"] == half(compared.difference)
    named = [rows[name] for name in RESULT.labels("workload")]
    for column in ("Expected cost", "Part of portfolio's TVaR95"):
        assert sum(row[column] for row in named) == close(rows["Portfolio"][column])


def test_groups_add_up() -> None:
    rows = table(BOOK["Labs, lines, tags"], "Split by")
    whole = RESULT["total_cost"].mean()
    for split in ("Lab", "Line"):
        assert sum(row["Expected cost"] for row in rows if row["Split by"] == split) == close(whole)
    others = {(row["Split by"], row["Name"]): row for row in table(BOOK["Disruption and saving"], "Split by")}
    exposure = RESULT["disruption_exposure_by_workload"][:, 1]
    assert others["Workload", "w1"]["P95"] == close(quantile(exposure, 0.95).value)
    assert others["Portfolio", "small"]["Expected exposure"] == close(RESULT["disruption_exposure"].mean())


def test_budget() -> None:
    sheet = BOOK["Budget"]
    rows, found = table(sheet, "Period"), budget(RESULT)
    p90 = "P90 (90% of paths at or below)"
    for row, period in zip(rows, found, strict=True):
        assert row["Period"] == period.period
        assert (row["From"].date(), row["To"].date()) == (period.first, period.last)
        assert row["Expected"] == close(period.own["mean"].value)
        assert row[p90] == close(period.own["P90"].value)
        assert row["So far: P90"] == close(period.cumulative["P90"].value)
        base, contingency = row["P50 (50% of paths at or below)"], row["Contingency (P90 less P50)"]
        assert base + contingency == close(row[p90])
    sums = {row["Added up over"]: row for row in table(sheet, "Added up over")}
    assert sums["All periods"]["Sum of their P90s"] == close(sum(row[p90] for row in rows))
    for row in sums.values():
        difference = row["Sum of their P90s"] - row["Portfolio's P90"]
        assert row["Diversification difference"] == pytest.approx(difference, rel=1e-9)
    assert "90% of paths at or below" in texts(sheet)
    assert "Percentiles do not sum" in texts(sheet)


def test_exceedance() -> None:
    rows, one, other = table(BOOK["Exceedance"], "Return period, years"), oep(RESULT), aep(RESULT)
    assert [row["Return period, years"] for row in rows] == list(one.return_period)
    for k, row in enumerate(rows):
        assert row["Chance in a year"] == close(1.0 / one.return_period[k])
        assert row["OEP: largest occurrence"] == close(one.value[k])
        assert row["AEP: sum of the year"] == close(other.value[k])


@pytest.mark.parametrize(("nth", "metric"), [(0, "total_cost"), (1, "disruption_exposure")])
def test_drivers_add_up_exactly(nth: int, metric: str) -> None:
    rows = table(BOOK["Drivers"], "Driver", nth)
    *parts_, whole = rows
    assert [row["Driver"] for row in rows] == ["exit", "outage", "Without any event", "Portfolio"]
    assert whole["Adds to the mean"] == close(mean(RESULT[metric]).value)
    assert whole["Adds to TVaR95"] == close(tvar(RESULT[metric], 0.95).value)
    for column in ("Adds to the mean", "Adds to TVaR95", "Share of the mean", "Share of TVaR95"):
        assert sum(row[column] for row in parts_) == close(whole[column])
    struck = RESULT["strikes_by_driver"]
    assert parts_[0]["Strikes at least once"] == close(np.mean(struck[:, 0] > 0))
    assert parts_[1]["Expected strikes"] == close(struck[:, 1].mean())


def test_concentration() -> None:
    sheet = BOOK["Concentration"]
    rows = {row["Measure"]: row for row in table(sheet, "Measure")}
    assert rows["Hit at one time"]["P95"] == close(quantile(RESULT["concentration"], 0.95).value)
    index = RESULT["herfindahl_by_lab_at_start"].mean()
    assert rows["Labs at the start"]["Expected"] == close(index)
    assert rows["Labs at the start"]["As many equal ones"] == close(1.0 / index)
    (lab,) = table(sheet, "Lab")
    assert lab["Workloads"] == "w0, w1, w2"
    assert lab["Share"] == close(1.0)


def test_the_register_holds_every_assumption() -> None:
    tree = json.loads(RESULT.attrs["configuration"])
    tree["scenario"]["drivers"]["exit"] |= {
        "source": "=a page", "kind": "data", "reviewed": "2026-11-24", "owner": "Ada"
    }  # fmt: skip
    tree["scenario"]["drivers"]["outage"] |= {"reviewed": "last spring"}
    study = Study.from_mapping(tree)
    book = opened(collect(small_arrays(study), study=study, codes={}))
    rows, found = table(book["Assumptions"], "Part"), assumptions(study)
    assert [(row["Part"], row["Field"]) for row in rows] == [
        (one.part if one.part != "strategy" else "strategy proceed", one.field) for one in found
    ]
    by_field = {row["Field"]: row for row in rows}
    rate = by_field["drivers.exit.hazard.rate"]
    assert rate["Value"] == 0.3
    assert (rate["Source"], rate["Kind"], rate["Owner"]) == ("=a page", "data", "Ada")
    assert rate["Reviewed"] == datetime(2026, 11, 24)
    assert by_field["drivers.outage.hazard.rate"]["Reviewed"] == "last spring"
    assert by_field["workloads.*.daily_spend"]["Value"] == "1000; 2000; 3000"
    assert by_field["workloads.*.daily_spend"]["Source"] == "not stated"
    numbers = {row["Source"]: row["No."] for row in table(book["Sources"], "No.")}
    assert all(numbers[row["Source"]] == row["No."] for row in rows)


def test_strategies_side_by_side() -> None:
    sheet = BOOK_COMPARISON["Strategies"]
    figures = {row["Figure"]: row for row in table(sheet, "Figure")}
    for k, name in enumerate(COMPARISON.labels("strategy")):
        values = COMPARISON["total_cost"][k]
        assert figures["Total cost, expected"][name] == close(values.mean())
        assert figures["Total cost, P90 (90% of paths at or below)"][name] == close(
            quantile(values, 0.9).value
        )
    changes = {row["Difference"]: row for row in table(sheet, "Difference")}
    found = {
        (d.strategy, d.metric, d.statistic): d for d in differences(COMPARISON) if d.level == "portfolio"
    }
    for words, metric, statistic in (
        ("Total cost, expected", "total_cost", "mean"),
        ("Total cost, TVaR95 (mean of the worst 5%)", "total_cost", "TVaR95"),
        ("Nothing saved, share of paths", "no_saving", "probability"),
        ("Costs less, share of paths", "cheaper", "probability"),
    ):
        for name in ("pause", "idle"):
            one = found[name, metric, statistic]
            assert changes[words][name] == close(one.value)
            assert changes[words][f"{name} ±"] == close(0.5 * (one.ci_high - one.ci_low))
    assert changes["Total cost, expected"]["idle"] == 0
    workloads = table(sheet, "Difference", 1)
    assert [row["Difference"] for row in workloads] == COMPARISON.labels("workload")
    assert "the same" in texts(sheet)
    assert "undecided" in texts(sheet)


def test_every_sheet_of_a_comparison_names_its_strategies() -> None:
    for name in (
        "Portfolio",
        "Workloads",
        "Labs, lines, tags",
        "Budget",
        "Exceedance",
        "Drivers",
        "Concentration",
    ):
        found = {row["Strategy"] for row in table(BOOK_COMPARISON[name], "Strategy")}
        assert found == {"proceed", "pause", "idle"}, name
    second = [row for row in table(BOOK_COMPARISON["Budget"], "Strategy") if row["Strategy"] == "pause"]
    own = budget(COMPARISON.of_strategy("pause"))
    assert [row["Expected"] for row in second] == [close(period.own["mean"].value) for period in own]


# How it looks


@pytest.mark.parametrize("book", [BOOK, BOOK_COMPARISON], ids=["run", "comparison"])
def test_it_prints(book) -> None:
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.fitToWidth in (None, 1)  # 1 is what is meant where nothing is written
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (
            RESULT.attrs["result_hash"][:12] in book["Cover"].oddFooter.left.text or book is BOOK_COMPARISON
        )
    for name in ("Workloads", "Labs, lines, tags", "Assumptions", "Exceedance"):
        assert book[name].print_title_rows, name


@pytest.mark.parametrize(
    "name", ["Workloads", "Labs, lines, tags", "Disruption and saving", "Budget", "Assumptions"]
)
def test_headings_stay_in_sight_and_filter(name: str) -> None:
    for book in (BOOK, BOOK_COMPARISON):
        sheet = book[name]
        _, top, last_column, bottom = boundaries(sheet.auto_filter.ref)
        column, row = sheet.freeze_panes[:1], int(sheet.freeze_panes[1:])
        assert row == top + 1
        assert column > "A"
        assert bottom > top
        headings = [sheet.cell(top, k + 1) for k in range(last_column)]
        assert all(cell.font.bold and isinstance(cell.value, str) for cell in headings)


def test_numbers_have_formats_and_room() -> None:
    for book in (BOOK, BOOK_COMPARISON):
        for sheet in book:
            for one in (one for row in sheet for one in row if isinstance(one.value, float | int | date)):
                assert one.number_format != "@"
                # About how many letters the one shows, in a column that must hold them.
                if isinstance(one.value, float | int) and "EUR" in one.number_format:
                    needed = len(f"EUR {one.value:,.0f}")
                    assert sheet.column_dimensions[one.column_letter].width >= needed, one.coordinate
    money = cell(BOOK["Portfolio"], "Statistic", "Total cost")
    assert money.number_format == "[$EUR] #,##0;-[$EUR] #,##0"
    assert money.offset(column=1).number_format == '"± "#,##0'
    assert cell(BOOK["Budget"], "Period", "From").number_format == "d mmm yyyy"
    assert cell(BOOK["Drivers"], "Driver", "Strikes at least once").number_format == "0.0%"


def test_small_money_has_cents() -> None:
    arrays = {
        name: array / 1e5 if array.dtype.kind == "f" else array for name, array in RESULT.arrays.items()
    }
    money = cell(opened(replace(RESULT, arrays=arrays))["Portfolio"], "Statistic", "Total cost")
    assert money.number_format.startswith("[$EUR] #,##0.00")


def test_wide_errors_are_shaded() -> None:
    book = read(workbook(contents_of(RESULT, tolerance=0.03)))
    top = cell(book["Portfolio"], "Statistic", "Statistic").row
    shaded = []
    for row in book["Portfolio"].iter_rows(min_row=top, max_row=top + 11):
        for value, error in zip(row[2:10:2], row[3:10:2], strict=True):
            wide = isinstance(error.value, str) or error.value > max(0.03 * abs(value.value), 1e-6)
            assert (error.fill.fgColor.rgb == "FFFFE699") == wide
            shaded.append(wide)
    assert 0 < sum(shaded) < len(shaded)
    assert "more than 3% of its figure" in texts(book["Cover"])


@pytest.mark.parametrize("raw", [RAW, RAW_COMPARISON], ids=["run", "comparison"])
def test_charts_draw_numbers(raw: bytes) -> None:
    book = read(raw)
    charted = {sheet.title: len(sheet._charts) for sheet in book if sheet._charts}
    assert set(charted) >= {
        "Portfolio",
        "Cost distribution",
        "Workloads",
        "Budget charts",
        "Exceedance",
        "Drivers",
    }
    found = 0
    for _, root in parts(raw, "xl/charts/"):
        for node in root.iter():
            kind = node.tag.rpartition("}")[2]
            if kind not in ("val", "yVal", "cat", "xVal", "tx"):
                continue
            for reference in (inner.text or "" for inner in node.iter() if inner.tag.endswith("}f")):
                sheet, _, cells = reference.rpartition("!")
                first_column, first, last_column, last = boundaries(cells.replace("$", ""))
                assert first_column == last_column
                values = [
                    book[sheet.strip("'")].cell(row, first_column).value for row in range(first, last + 1)
                ]
                wanted = (int, float) if kind in ("val", "yVal", "xVal") else (int, float, str)
                assert all(isinstance(value, wanted) for value in values), (reference, values)
                found += 1
    assert found > 30


# What is not there


@pytest.mark.parametrize(
    "keep", [[keep] for keep in EVERYTHING if keep != "occurrences"] + [["totals", "by_workload"]]
)
def test_what_was_not_kept_is_said(keep: list[str]) -> None:
    book = opened(small_result(n_paths=60, keep=keep))
    assert book.sheetnames == ["Cover", *NAMES]
    if "totals" not in keep:
        assert "run.keep without totals" in texts(book["Cover"])
    if "by_period" not in keep:
        assert "run.keep without by_period" in texts(book["Budget"])
    if "by_year" not in keep:
        assert "by_year in run.keep" in texts(book["Exceedance"])
    if "by_driver" not in keep:
        assert "run.keep without by_driver" in texts(book["Drivers"])
    assert table(book["Assumptions"], "Part")


def test_a_horizon_of_less_than_a_year() -> None:
    tree = json.loads(RESULT.attrs["configuration"])
    tree["run"] |= {"horizon_days": 200, "n_paths": 30}
    study = Study.from_mapping(tree)
    book = opened(collect(small_arrays(study), study=study, codes={}))
    assert "no complete year" in texts(book["Exceedance"])


def test_nothing_happens() -> None:
    tree = json.loads(RESULT.attrs["configuration"])
    tree["scenario"] = {"name": "calm"}
    tree["run"] |= {"n_paths": 30, "keep": ["totals", "by_workload", "by_period", "by_driver", "by_year"]}
    study = Study.from_mapping(tree)
    book = opened(collect(small_arrays(study), study=study))
    assert "no driver" in texts(book["Drivers"])
    assert facts(book["Cover"])["Scenario"] == "calm, 0 drivers"


@pytest.mark.parametrize("n_paths", [1, 2, 8])
def test_few_paths_leave_errors_open(n_paths: int) -> None:
    book = opened(small_result(n_paths=n_paths))
    rows = {row["Statistic"]: row for row in table(book["Portfolio"], "Statistic")}
    assert rows["P99"]["Total cost ±"] == "–"
    assert isinstance(rows["P99"]["Total cost"], float)
