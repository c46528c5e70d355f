"""A workbook of plain values: nothing in it is a formula, and every refusal of XlsxWriter's is heard."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from textwrap import wrap
from typing import Any

import xlsxwriter
from xlsxwriter.chart import Chart
from xlsxwriter.format import Format

from simengine.estimators import Estimate
from simengine.model.errors import InternalError, printable
from simengine.report.contents import Contents
from simengine.report.numbers import NOTHING, reaches_far
from simengine.report.workbook.formats import (
    ALIGNED_LEFT,
    FLAG,
    HEADING,
    LEFT,
    LINK,
    NOTE,
    PALE,
    PLAIN,
    RULE,
    SECTION,
    TITLE,
    cell_style,
    number_formats,
)

Value = str | float | int | date | None
# What spreadsheets take for the beginning of a formula once somebody edits the cell.
FORMULA_STARTS = ("=", "+", "-", "@")
# Excel holds 32,767 letters in a cell; a source that long is told as far as anybody would read.
LONGEST_TEXT = 2000
# Excel's limits are 255 letters each; & counts twice in a footer.
LONGEST_PROPERTY, LONGEST_FOOTER = 250, 80
UNKNOWN = "–"
# Excel and LibreOffice date files from the first of these; a fixed one keeps the same result the same bytes.
MADE = datetime(2000, 1, 1)
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
A4, LANDSCAPE_WIDTH, ROWS_OF_A_PAGE = 9, 170, 66
LINE = 13.5
# Letters of the font that fit into one unit of a column's width, which is a digit of a larger one.
LETTERS = 1.12


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, the kind of its cells (see `number_formats`), and their values.

    `errors_of` are the estimates whose errors these are, of which the wide ones are marked, `kinds` each
    cell's own kind where they differ, `width` overrides what would fit, and of a wrapped text `most_lines`
    are shown (its cell has all of it).
    """

    heading: str
    kind: str
    values: Sequence[Value]
    errors_of: Sequence[Estimate | None] = ()
    width: float | None = None
    most_lines: int = 99
    kinds: Sequence[str] = ()

    def kind_of(self, row: int) -> str:
        return self.kinds[row] if self.kinds else self.kind


# Signed kinds, and the kind of their errors.
UNSIGNED = {"change": "money", "points": "share"}


def estimates(
    heading: str, kind: str | Sequence[str], found: Sequence[Estimate | None], wide: bool = True
) -> tuple[Column, Column]:
    """A figure and half of its 95% interval, side by side; where there is no estimate both are empty.

    `kind` is that of all figures, or one for each; `wide` says whether wide intervals are marked.
    """
    kinds = [kind] * len(found) if isinstance(kind, str) else list(kind)
    errors = [f"{UNSIGNED.get(own, own)}±" for own in kinds]
    values = [None if one is None else one.value for one in found]
    halves = [None if one is None else half_width(one) for one in found]
    figure = Column(heading, kinds[0] if kinds else "money", values, kinds=kinds)
    return figure, Column("±", errors[0] if errors else "money±", halves, found if wide else (), kinds=errors)


def half_width(estimate: Estimate) -> float:
    """Half of the interval; NaN where the paths are too few to bound it."""
    half = 0.5 * (estimate.high - estimate.low)
    return half if math.isfinite(half) else math.nan


def is_wide(estimate: Estimate, tolerance: float) -> bool:
    """Whether half of an interval is more than this part of its figure, or not known at all."""
    return reaches_far(estimate.value, half_width(estimate), tolerance)


def strategy_column(contents: Contents, strategies: Iterable[str]) -> list[Column]:
    """A first column that says whose row it is, in a comparison; none in a run."""
    return [Column("Strategy", "text", list(strategies))] if contents.compares else []


@dataclass(frozen=True)
class Placed:
    """Where a table lies in its sheet: its first and last row of values, and its first column, from 0."""

    sheet: str
    first: int
    last: int
    column: int

    def values(self, column: int) -> list[Any]:
        """The cells of a column, as a chart refers to them."""
        at = self.column + column
        return [self.sheet, self.first, at, self.last, at]

    def heading(self, column: int) -> list[Any]:
        return [self.sheet, self.first - 1, self.column + column]

    def at(self, row: int, column: int) -> list[Any]:
        """One cell, by its row from the table's first."""
        return [self.sheet, self.first + row, self.column + column]

    def part(self, column: int, first: int, last: int) -> list[Any]:
        """The cells of a column from one row to another, counted from the table's first."""
        at = self.column + column
        return [self.sheet, self.first + first, at, self.first + last, at]


@dataclass
class Book:
    """The workbook that is being written."""

    currency: str
    largest: float
    title: str
    result_hash: str
    tolerance: float
    _raw: io.BytesIO = field(default_factory=io.BytesIO)

    def __post_init__(self) -> None:
        self.workbook = xlsxwriter.Workbook(self._raw, dict(OPTIONS))
        self.formats = number_formats(self.currency, self.largest)
        self._cache: dict[tuple[Any, ...], Format] = {}
        self._sheets: list[Sheet] = []
        # Tables that other sheets' charts draw, by the name of their sheet.
        self.placed: dict[str, Placed] = {}
        comments = f"simengine, result {self.result_hash}"
        title = _text(self.title)[:LONGEST_PROPERTY]
        self.workbook.set_properties({"title": title, "comments": comments, "created": MADE})

    @property
    def footer(self) -> str:
        """Left of the page number; & begins a code of Excel's, and a digit must not join one."""
        title = _text(self.title)[:LONGEST_FOOTER].replace("&", "&&")
        return f"&L&8 {title} (result {self.result_hash[:12]})&R&8 &A, page &P of &N"

    def format(self, style: Mapping[str, Any]) -> Format:
        key = tuple(sorted(style.items()))
        if key not in self._cache:
            self._cache[key] = self.workbook.add_format(dict(style))
        return self._cache[key]

    def sheet(self, name: str, title: str, *notes: str, width: int = LANDSCAPE_WIDTH) -> Sheet:
        self._sheets.append(Sheet(self, name, title, notes, width))
        return self._sheets[-1]

    def finished(self) -> bytes:
        for sheet in self._sheets:
            sheet.set_up_print()
        self.workbook.close()
        return self._raw.getvalue()


class Sheet:
    """A sheet that is written from top to bottom."""

    def __init__(self, book: Book, name: str, title: str, notes: Sequence[str], width: int) -> None:
        self.book, self.name = book, name
        self.raw = book.workbook.add_worksheet(name)
        self.row = 0
        self.repeated: int | None = None
        self.tables = 0
        self.widths: dict[int, float] = {}
        self._letters_across = width
        raw = self.raw
        raw.hide_gridlines(2)
        raw.set_landscape()
        raw.set_paper(A4)
        raw.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        raw.set_footer(book.footer)
        self._write(0, 0, title, TITLE)
        raw.set_row(0, 26)
        self.row = 1
        for note in notes:
            self.note(note)
        self.row += 1

    def note(self, text: str, at: int = 0) -> None:
        """Sentences across the sheet; they run over the empty cells to the right, a row for each line."""
        for line in wrap(_text(text), self._letters_across, break_long_words=False):
            self._write(self.row, at, line, NOTE)
            self.row += 1

    def section(self, text: str, across: int = 1, at: int = 0) -> None:
        """A heading within the sheet, with a rule under as many columns."""
        for column in range(across):
            self._write(self.row, at + column, text if not column else None, SECTION)
        self.raw.set_row(self.row, 19)
        self.row += 1

    def skip(self, rows: int = 1) -> None:
        self.row += rows

    def facts(self, facts: Sequence[tuple[str, str, Value]], label_at: int = 0, value_at: int = 1) -> None:
        """Labels with a value each: label, kind, value."""
        for label, kind, value in facts:
            self._write(self.row, label_at, label, {**PLAIN, "bold": True})
            style = {**cell_style(kind, self.book.formats), "align": "left", "indent": 0}
            self._write(self.row, value_at, value, style)
            self.row += 1

    def links(self, targets: Sequence[tuple[str, str]], label_at: int = 0, value_at: int = 1) -> None:
        """Names of sheets, each a link, and what they answer."""
        for name, about in targets:
            link = f"internal:'{name}'!A1"
            _heard(self.raw.write_url(self.row, label_at, link, self.book.format(LINK), string=name))
            self._write(self.row, value_at, about, PLAIN)
            self.row += 1

    def table(
        self,
        columns: Sequence[Column],
        *,
        at: int = 0,
        filtered: bool = False,
        frozen: int = 0,
        bold: Sequence[int] = (),
        height: float | None = None,
    ) -> Placed:
        """Write a table and go on below it.

        Parameters
        ----------
        columns
            All of the same length.
        at
            Its first column.
        filtered
            Whether its headings get the buttons that filter.
        frozen
            How many of its columns stay in sight, with its headings, which further printed pages repeat.
        bold
            Rows that stand out, such as totals.
        height
            Of the heading's row, if two lines do not do.
        """
        top, count = self.row, len(columns[0].values)
        wraps = any(column.kind == "wrapped" for column in columns)
        for position, column in enumerate(columns):
            aligned = ALIGNED_LEFT if column.kind in LEFT else {"align": "right"}
            self._write(top, at + position, column.heading, {**HEADING, **aligned})
            self._fit(at + position, column)
            self._cells(top + 1, at + position, column, bold, "top" if wraps else "vcenter")
        in_one_line = all(len(c.heading) < self.widths[at + k] - 1 for k, c in enumerate(columns))
        self.raw.set_row(top, height or (20 if in_one_line else 32))
        self._heighten(top + 1, at, columns)
        last_column = at + len(columns) - 1
        if filtered and count:
            _heard(self.raw.autofilter(top, at, top + count, last_column))
        if frozen:
            self.raw.freeze_panes(top + 1, at + frozen)
            self.repeated = top
        self.tables += 1
        self.row = top + count + 1
        return Placed(self.name, top + 1, top + count, at)

    def chart(self, chart: Chart, row: int, column: int, width: int = 620, height: int = 330) -> None:
        chart.set_size({"width": width, "height": height})
        _heard(self.raw.insert_chart(row, column, chart, {"object_position": 2, "x_offset": 12}))

    def set_up_print(self) -> None:
        """One page wide, one high if it can be read; further pages repeat the headings of a sole table."""
        self.raw.fit_to_pages(1, 1 if self.row <= ROWS_OF_A_PAGE else 0)
        if self.repeated is not None and self.tables == 1:
            _heard(self.raw.repeat_rows(self.repeated))

    def column_width(self, column: int, width: float) -> None:
        """At least so wide, in letters."""
        self.widths[column] = max(width, self.widths.get(column, 0.0))
        _heard(self.raw.set_column(column, column, self.widths[column]))

    def _cells(self, top: int, at: int, column: Column, bold: Sequence[int], valign: str) -> None:
        for row, value in enumerate(column.values):
            style = {**cell_style(column.kind_of(row), self.book.formats), "valign": valign}
            style |= {"bottom": 1, "bottom_color": RULE}
            if row in bold:
                style |= {"bold": True, "bg_color": PALE}
            estimate = column.errors_of[row] if column.errors_of else None
            if estimate is not None and is_wide(estimate, self.book.tolerance):
                style["bg_color"] = FLAG
            self._write(top + row, at, value, style)

    def _heighten(self, top: int, at: int, columns: Sequence[Column]) -> None:
        """Room for wrapped texts: not every program makes it by itself."""
        wrapped = [
            (int(LETTERS * self.widths[at + k]) - 2, c) for k, c in enumerate(columns) if c.kind == "wrapped"
        ]
        for row in range(len(columns[0].values) if wrapped else 0):
            lines = [min(c.most_lines, len(wrap(str(c.values[row]), width))) for width, c in wrapped]
            self.raw.set_row(top + row, LINE * max(1, *lines) + 2)

    def _fit(self, at: int, column: Column) -> None:
        if column.width is not None:
            self.column_width(at, column.width)
            return
        texts = [_shown(value, column.kind_of(row), self.book) for row, value in enumerate(column.values)]
        words = max((len(word) for word in column.heading.split()), default=0)
        halved = math.ceil(len(column.heading) / 2) + 3
        longest = max([*map(len, texts), max(words + 1, halved)])
        self.column_width(at, min(max(longest + 2.0, 7.0), 60.0))

    def _write(self, row: int, column: int, value: Value, style: Mapping[str, Any]) -> None:
        raw, looks = self.raw, self.book.format(style)
        if value is None:
            _heard(raw.write_blank(row, column, None, looks))
        elif isinstance(value, str):
            text = _text(value)
            if text.startswith(FORMULA_STARTS):
                # Excel's own mark that what follows is text, also after the cell was edited.
                looks = self.book.format({**style, "quote_prefix": True})
            _heard(raw.write_string(row, column, text, looks))
        elif isinstance(value, date):
            _heard(raw.write_datetime(row, column, datetime(value.year, value.month, value.day), looks))
        elif math.isfinite(value):
            # What is left when sums cancel would be shown as -0.
            number = 0.0 if abs(value) < NOTHING else float(value)
            _heard(raw.write_number(row, column, number, looks))
        else:
            _heard(raw.write_string(row, column, UNKNOWN, looks))


def _text(value: str) -> str:
    text = printable(value)
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 3]}..."


def _shown(value: Value, kind: str, book: Book) -> str:
    """About as long as the cell will be."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return "30 Sep 2026"
    if not math.isfinite(value):
        return UNKNOWN
    if kind in ("money", "change", "money±"):
        digits = f"{value:,.2f}" if ".00" in book.formats["money"] else f"{value:,.0f}"
        return digits + ("+ " if kind == "money±" else f"+{book.currency[:20]} ")
    if kind.startswith("share") or kind == "points":
        return f"+ {100 * value:.1f}%"
    return f"{value:,.2f}" if kind.startswith("number") else f"{value:,.3f}"


def _heard(code: object) -> None:
    """XlsxWriter says by a return code below 0 that it left something out."""
    if isinstance(code, int) and code < 0:
        raise InternalError(f"XlsxWriter refused a cell (code {code})")
