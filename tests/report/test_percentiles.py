"""CSV files are tidy, complete and harmless."""

from __future__ import annotations

import csv
import io
import math

import pytest

from simengine.analysis.compare import differences, summaries
from simengine.analysis.summarise import Row, summarise
from simengine.report.numbers import is_wide
from simengine.report.percentiles import differences_csv, percentiles_csv, strategies_csv
from tests.results.synthetic import small_comparison, small_result


def read_back(raw: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(raw.decode(), newline="")))


def test_every_number_is_written_in_full() -> None:
    rows = summarise(small_result())
    written = read_back(percentiles_csv(rows))
    assert len(written) == len(rows)
    for row, cells in zip(rows, written, strict=True):
        for field in ("metric", "level", "name", "component", "period", "statistic", "currency", "unit"):
            assert cells[field] == getattr(row, field)
        for field in ("value", "standard_error", "ci_low", "ci_high"):
            number = getattr(row, field)
            assert cells[field] == "" if not math.isfinite(number) else float(cells[field]) == number


def test_wide_intervals_are_flagged() -> None:
    rows = summarise(small_result())
    for tolerance in (0.01, 0.3):
        flags = [cells["flag"] for cells in read_back(percentiles_csv(rows, tolerance))]
        expected = ["wide" if is_wide(row, tolerance) else "" for row in rows]
        assert flags == expected
        assert {"wide", ""} == set(expected)
    comparison = small_comparison()
    for written in (strategies_csv(summaries(comparison)), differences_csv(differences(comparison))):
        assert {cells["flag"] for cells in read_back(written)} == {"wide", ""}


def test_a_comparison_names_its_strategies() -> None:
    comparison = small_comparison()
    written = read_back(strategies_csv(summaries(comparison)))
    assert list(dict.fromkeys(cells["strategy"] for cells in written)) == ["proceed", "pause", "idle"]
    against = read_back(differences_csv(differences(comparison)))
    assert {(cells["strategy"], cells["baseline"]) for cells in against} == {
        ("pause", "proceed"),
        ("idle", "proceed"),
    }


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_no_text_becomes_a_formula(name: str) -> None:
    row = Row("total_cost", "workload", name, "", "", "mean", -5.0, 1.0, -7.0, -3.0, "USD", "USD")
    (cells,) = read_back(percentiles_csv([row]))
    assert cells["name"] == f"'{name}"
    assert cells["value"] == "-5.0"


@pytest.mark.parametrize("control", ["\t", "\r", "\n", "\x00"])
def test_control_characters_are_spelt_out(control: str) -> None:
    row = Row("total_cost", "workload", f"{control}=1", "", "", "mean", 5.0, 1.0, 3.0, 7.0, "USD", "USD")
    (cells,) = read_back(percentiles_csv([row]))
    assert cells["name"].startswith("\\")
    assert cells["name"].endswith("=1")


def test_texts_with_commas_and_quotes_stay_one_cell() -> None:
    name = 'a, "b" c'
    row = Row(
        "total_cost", "workload", name, "", "", "mean", 5.0, math.nan, -math.inf, math.inf, "USD", "USD"
    )
    (cells,) = read_back(percentiles_csv([row]))
    assert cells["name"] == name
    assert (cells["standard_error"], cells["ci_low"], cells["ci_high"]) == ("", "", "")
