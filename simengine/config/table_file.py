"""One table of a portfolio: a CSV file with an entity in each row.

A column is the path of a field, as messages and overrides write it: `daily_spend`, `usage.context`,
`tags.cost_centre`, `responses.fallbacks.0.lead_days`. A cell holds what YAML would hold there on one line:
`1000`, `{lognormal: {p10: 600, p90: 1100}}`, `[2026-02-16, 2026-03-01]`. Texts need no quotes in columns of
names, lists of names may be separated by semicolons, and an empty cell is an absent field.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path as FilePath
from typing import Any

from simengine.config.document import MOST_VALUES, read_document
from simengine.config.loader import display, read_text, unreadable
from simengine.config.merging import Origin
from simengine.model.errors import Problem
from simengine.model.paths import Path, dotted
from simengine.model.wording import did_you_mean

NAME = "name"

# Fields of plain text, by the last part of their path, and those that hold several names or dates.
_TEXTS = frozenset({"lab", "line", "licence", "hosting", "policy", "source", "kind", "reviewed", "owner"})
_LISTS = frozenset({"groups", "releases"})
_COLUMN = re.compile(r"[\w-]+(\.[\w-]+|\[\d+\])*")
_PARTS = re.compile(r"[\w-]+")


class CellError(Exception):
    """A cell or column that is refused: what arrived, what is allowed, and how to mend it."""


@dataclass
class Table:
    """The entities of a table by name, where their values stand, and what is wrong with the table."""

    file: str
    place: Path
    entities: dict[str, Any] = field(default_factory=dict)
    origins: dict[Path, Origin] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def report(self, at: Path, line: int, arrived: str, allowed: str, remedy: str) -> None:
        path = dotted((*self.place, *at))
        self.problems.append(Problem(path, arrived, allowed, remedy, self.file, line))


def read_table(path: FilePath, place: Path) -> Table:
    """Read a table whose entities belong at a place of the study, such as `("portfolio", "labs")`."""
    table = Table(display(path), place)
    try:
        rows = list(_rows(read_text(path)))
    except (OSError, UnicodeDecodeError) as failed:
        table.problems.append(replace(unreadable(table.file, failed), path=dotted(place)))
        return table
    except csv.Error as failed:
        table.report((), 1, f"{failed}", "a table in CSV", "check the double quotes, or save it as CSV again")
        return table
    if not rows:
        table.report((), 1, "an empty file", "a line of column names", f"begin with {NAME},...")
        return table
    header_line, header = rows[0]
    columns = _columns(table, header_line, [cell.strip() for cell in header])
    if len(rows) * len(header) > MOST_VALUES:
        table.report((), 1, f"more than {MOST_VALUES} cells", f"at most {MOST_VALUES}", "split the portfolio")
    elif not table.problems:
        table.origins[place] = Origin(table.file, header_line)
        for line, cells in rows[1:]:
            if any(cell.strip() for cell in cells):
                _read_row(table, columns, line, [cell.strip() for cell in cells])
    return table


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Every row with the line that it begins on; the header shows which sign separates the cells."""
    line = 1
    if told := re.match(r"sep=(.)\r?\n", text):
        # Some spreadsheets say so in a line of their own.
        delimiter, text, line = told[1], text[told.end() :], 2
    else:
        header = text.partition("\n")[0]
        delimiter = next((sign for sign in ",;\t" if sign in header), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    first = line
    for cells in reader:
        yield line, cells
        line = reader.line_num + first


def _columns(table: Table, line: int, header: list[str]) -> list[Path]:
    """The field that each column holds."""
    columns: list[Path] = []
    for written in header:
        parts = _PARTS.findall(written)
        column = tuple(int(part) if part.isdecimal() else part for part in parts)
        if not _COLUMN.fullmatch(written) or written.startswith("_"):
            allowed = "the path of a field, such as daily_spend or responses.fallbacks.0.line"
            table.report((), line, f"the column {written!r}", allowed, "name the column, or remove it")
        elif column in columns:
            arrived = f"the column {written} twice"
            table.report((), line, arrived, "each column once", "remove or rename one")
        columns.append(column)
    if (NAME,) not in columns:
        remedy = did_you_mean(NAME, header) or f"add a column called {NAME}"
        table.report((), line, f"no column called {NAME}", f"a column called {NAME}", remedy)
    return columns


def _read_row(table: Table, columns: list[Path], line: int, cells: list[str]) -> None:
    if len(cells) > len(columns):
        allowed = f"{len(columns)}, as many as there are columns"
        table.report((), line, f"{len(cells)} cells", allowed, "put cells with commas in double quotes")
        return
    values = {column: cell for column, cell in zip(columns, cells, strict=False) if cell}
    name = values.pop((NAME,), "")
    if not name:
        remedy = "add a name, or remove the row"
        table.report((), line, "a row without a name", f"a name in the column {NAME}", remedy)
        return
    if name in table.entities:
        arrived = f"{name} again, after line {table.origins[(*table.place, name)].line}"
        table.report((name,), line, arrived, "each name once", "rename or remove one")
        return
    entity = table.entities[name] = {}
    table.origins[(*table.place, name)] = Origin(table.file, line)
    for column, cell in values.items():
        value = _value(table, (name, *column), cell, line)
        try:
            _put(entity, column, value)
        except CellError as refused:
            table.report((name, *column), line, *refused.args)


def _value(table: Table, at: Path, cell: str, line: int) -> Any:
    """What a cell holds, as YAML would read it."""
    place = (*table.place, *at)
    table.origins[place] = Origin(table.file, line)
    if at[-1] in _TEXTS or at[1] == "tags":
        return cell
    if at[-1] in _LISTS and not cell.startswith(("[", "{")):
        return [part.strip() for part in cell.split(";") if part.strip()]
    document = read_document(cell, table.file, dotted(place), line)
    table.problems += document.problems
    table.origins |= {(*place, *path): Origin(table.file, line) for path in document.lines}
    return document.tree


def _put(entity: dict[str, Any], column: Path, value: Any) -> None:
    """Put a value at its place in a row's entity; positions make lists, which must have no gaps."""
    node: Any = entity
    for part, following in pairwise(column):
        empty: Any = [] if isinstance(following, int) else {}
        if isinstance(part, int):
            _refuse_gap(node, part)
            if part == len(node):
                node.append(empty)
            node = node[part]
        else:
            node = node.setdefault(part, empty)
        if type(node) is not type(empty):
            raise _clash(column)
    last = column[-1]
    if isinstance(last, int):
        _refuse_gap(node, last)
        if last < len(node):
            raise _clash(column)
        node.append(value)
    elif last in node:
        raise _clash(column)
    else:
        node[last] = value


def _refuse_gap(entries: list[Any], position: int) -> None:
    if position > len(entries):
        arrived = f"entry {position}, and no entry {len(entries)} before it"
        raise CellError(arrived, "a list without gaps", "fill the entries, and order the columns, from 0 on")


def _clash(column: Path) -> CellError:
    allowed = "one column for a field, or columns for its parts"
    return CellError(
        f"{dotted(column)} beside another column of the same field", allowed, "empty one of them"
    )
