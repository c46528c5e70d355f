"""Numbers are rounded to their error, and never say more than is known."""

from __future__ import annotations

import math
from typing import NamedTuple

import pytest

from simengine.report.cells import Cells
from simengine.report.numbers import is_wide, percentage, with_error


class Shown(NamedTuple):
    value: float
    ci_low: float
    ci_high: float


@pytest.mark.parametrize(
    ("value", "half", "text"),
    [
        (4_412_310.4, 812.4, "4,412,310 ± 810"),
        (4_412_310.4, 23_456.0, "4,412,000 ± 23,000"),
        (-17_345.6, 1_250.0, "-17,300 ± 1,200"),
        (12.3456, 0.4321, "12.35 ± 0.43"),
        (219_000.0, 0.0, "219,000 ± 0"),
        (219_000.125, 0.0, "219,000.12 ± 0"),
        (0.0, 0.0, "0 ± 0"),
        (-3e-11, 2e-11, "0 ± 0"),
        (-0.3, 12.0, "0 ± 12"),
        (1234.5678, 0.00012, "1,234.57 ± 0.00"),
        (98_765.4, 99_500.0, "99,000 ± 100,000"),
        (1_100_579.3, math.inf, "1,100,579 ± ?"),
    ],
)
def test_values_are_rounded_to_their_error(value: float, half: float, text: str) -> None:
    assert with_error(Shown(value, value - half, value + half)) == text


def test_counts_may_have_more_decimals() -> None:
    assert with_error(Shown(0.41234, 0.40834, 0.41634), most=3) == "0.412 ± 0.004"
    assert with_error(Shown(0.41234, 0.40834, 0.41634), plus_minus="+/-") == "0.41 +/- 0.00"


@pytest.mark.parametrize(
    ("value", "low", "high", "text"),
    [
        (0.9612, 0.9579, 0.9645, "96.1% (95.8 to 96.5)"),
        (0.0, 0.0, 0.0000384, "0.000% (0.000 to 0.004)"),
        (1.0, 0.963, 1.0, "100% (96 to 100)"),
        (0.5, 0.1, 0.9, "50% (10 to 90)"),
    ],
)
def test_probabilities_come_with_their_interval(value: float, low: float, high: float, text: str) -> None:
    assert percentage(Shown(value, low, high)) == text


@pytest.mark.parametrize(
    ("value", "half", "wide"),
    [
        (100.0, 5.0, False),
        (100.0, 5.01, True),
        (-100.0, 5.0, False),
        (-100.0, 5.01, True),
        (0.0, 0.0, False),
        (0.0, 1.0, True),
        (-3e-11, 2e-11, False),
        (1e9, math.inf, True),
    ],
)
def test_what_is_wide(value: float, half: float, wide: bool) -> None:
    row = Shown(value, value - half, value + half)
    assert is_wide(row, 0.05) == wide
    assert is_wide(row, 1.01 * half / abs(value) if value and math.isfinite(half) else 0.5) == (
        wide and not (value and math.isfinite(half))
    )


def test_a_mark_is_explained_where_there_is_one() -> None:
    cells = Cells("±", 0.05)
    assert cells.number(Shown(100.0, 99.0, 101.0)) == "100.0 ± 1.0"
    assert cells.footnote() is None
    assert cells.number(Shown(100.0, 90.0, 110.0)) == "100 ± 10*"
    assert cells.share(Shown(0.5, 0.1, 0.9)) == "50% (10 to 90)*"
    note = cells.footnote()
    assert note is not None
    assert note.startswith("* ")
    assert "5% of the value" in note
