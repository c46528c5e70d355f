"""Numbers as cells: rounded to their error, the error beside."""

from __future__ import annotations

import math
from typing import NamedTuple

from simengine.analysis.compare import Difference
from simengine.analysis.summarise import Row
from simengine.estimators import Estimate
from simengine.report.numbers import percentage, with_error
from simengine.report.page.blocks import UNDECIDED, Cell

# A space at which no line ends.
NARROW = "\u00a0"


class _Interval(NamedTuple):
    value: float
    ci_low: float
    ci_high: float


Estimated = Estimate | Row | Difference


def _interval(of: Estimated) -> _Interval:
    if isinstance(of, Estimate):
        return _Interval(of.value, of.low, of.high)
    return _Interval(of.value, of.ci_low, of.ci_high)


def amount(of: Estimated, most: int = 2, heat: float = 0.0) -> Cell:
    """3,631,600 with ± 7,200 beside it: half of the 95% interval."""
    found = _interval(of)
    if not math.isfinite(found.value):
        return Cell("?", f"±{NARROW}?", told=found)
    value, _, error = with_error(found, most).partition(" ± ")
    return Cell(minus(value), f"±{NARROW}{error}", heat, told=found)


def chance(of: Estimated) -> Cell:
    """42.7% with 42.4 to 43.0 beside it."""
    found = _interval(of)
    value, _, interval = percentage(found).partition(" (")
    low, _, high = interval.rstrip(")").partition(" to ")
    if found.value == 1.0:
        value, high = "100%", "100"
    elif found.value == 0.0:
        value, low = "0%", "0"
    return Cell(value, f"{low} to {high}", told=found)


def changed(of: Estimated, most: int = 2) -> Cell:
    """A difference, signed, marked where its interval includes 0."""
    found = _interval(of)
    cell = amount(of, most)
    text = cell.text if found.value <= 0.0 or cell.text == "0" else f"+{cell.text}"
    unclear = found.ci_low <= 0.0 <= found.ci_high and found.ci_low < found.ci_high
    return Cell(text, cell.error, mark=UNDECIDED if unclear else "")


def sentence(cell: Cell) -> str:
    """The number and its error in running text, on one line."""
    text = f"{cell.text} {cell.error}" if cell.error.startswith("±") else f"{cell.text} ({cell.error})"
    return text.replace(" ", NARROW)


def share(of: Estimated) -> Cell:
    """A share in percent with ± beside it."""
    found = _interval(of)
    percent = _Interval(*(100.0 * number for number in found))
    value, _, error = with_error(percent, 2).partition(" ± ")
    return Cell(minus(value) + "%", f"±{NARROW}{error}", told=found)


def percent_of(part: float) -> str:
    """A part of a whole, without an error of its own: 4.0%."""
    return minus(f"{100.0 * part:.1f}%")


def minus(text: str) -> str:
    """A true minus sign, as wide as the digits."""
    return text.replace("-", "−")
