"""Tables as CSV files: tidy, complete, and nothing in them that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from simengine.analysis.compare import Difference
from simengine.analysis.summarise import Row
from simengine.model.errors import printable
from simengine.report.cells import FROM_SKETCHES, TOLERANCE
from simengine.report.numbers import is_wide

# What spreadsheets take for the beginning of a formula (OWASP, "CSV injection").
FORMULA_STARTS = ("=", "+", "-", "@")


# The last column of every table: `wide` where the interval is wider than the tolerance, `sketch` where the
# number comes from a sketch and is within its error; both, one, or neither.
FLAG, WIDE, SKETCH = "flag", "wide", "sketch"


def percentiles_csv(rows: Iterable[Row], tolerance: float = TOLERANCE, *, sketched: bool = False) -> bytes:
    """The summary of a run, one row a number; `sketched` if its percentiles come from sketches."""
    return _csv((*Row._fields, FLAG), ((*row, flag_of(row, tolerance, sketched=sketched)) for row in rows))


def strategies_csv(
    summaries: Mapping[str, Iterable[Row]], tolerance: float = TOLERANCE, *, sketched: bool = False
) -> bytes:
    """The summaries of a comparison, the strategy's name in front."""
    rows = (
        (strategy, *row, flag_of(row, tolerance, sketched=sketched))
        for strategy, of_strategy in summaries.items()
        for row in of_strategy
    )
    return _csv(("strategy", *Row._fields, FLAG), rows)


def differences_csv(
    rows: Iterable[Difference], tolerance: float = TOLERANCE, *, sketched: bool = False
) -> bytes:
    """The paired differences of a comparison."""
    flagged = ((*row, flag_of(row, tolerance, sketched=sketched)) for row in rows)
    return _csv((*Difference._fields, FLAG), flagged)


def flag_of(row: Row | Difference, tolerance: float, *, sketched: bool = False) -> str:
    """What the last column says of a row; `sketched` if percentiles come from sketches."""
    flags = [WIDE] if is_wide(row, tolerance) else []
    if sketched and FROM_SKETCHES.match(row.statistic):
        flags.append(SKETCH)
    return " ".join(flags)


def _csv(fields: Sequence[str], rows: Iterable[Sequence[str | float]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(fields)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode()


def plain_text(cell: str) -> str:
    """A text as it was before it became a cell."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell


def _cell(value: str | float) -> str:
    """Numbers in full, empty where there is none; a text that would be a formula gets an apostrophe."""
    if isinstance(value, str):
        return _text(value)
    return repr(float(value)) if math.isfinite(value) else ""


@lru_cache(maxsize=4096)
def _text(value: str) -> str:
    text = printable(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
