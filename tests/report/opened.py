"""report.xlsx as other software sees it: read by openpyxl, and as the XML that it is."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

from openpyxl import load_workbook

from simengine.report.contents import contents_of
from simengine.report.workbook.write import workbook
from simengine.results.dataset import Result

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


# What openpyxl returns has unions of many types, most of which these workbooks never hold.
Sheet = Any


def read(raw: bytes) -> Any:
    """openpyxl's workbook of a file's bytes."""
    return load_workbook(io.BytesIO(raw))


def opened(result: Result) -> Any:
    """openpyxl's workbook of a result's report."""
    return read(workbook(contents_of(result)))


def table(sheet: Sheet, first_heading: str, nth: int = 0) -> list[dict[str, Any]]:
    """The rows below the nth row of headings that begins so; ± is put after the heading before it."""
    tops = [row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value == first_heading]
    top = tops[nth]
    headings: list[str] = []
    for cell in sheet[top]:
        if not isinstance(cell.value, str):
            break
        headings.append(f"{headings[-1]} ±" if cell.value == "±" else cell.value)
    found = []
    for row in range(top + 1, sheet.max_row + 1):
        values = [sheet.cell(row, column + 1).value for column in range(len(headings))]
        if all(value is None for value in values[:2]):
            break
        found.append(dict(zip(headings, values, strict=True)))
    return found


def cell(sheet: Sheet, first_heading: str, column: str, nth_row: int = 0) -> Any:
    """A cell below a heading, counted from the first row of values."""
    top = next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value == first_heading)
    at = next(k for k in range(1, sheet.max_column + 1) if sheet.cell(top, k).value == column)
    return sheet.cell(top + 1 + nth_row, at)


def texts(sheet: Sheet) -> str:
    """Every text of a sheet, a line each."""
    return "\n".join(str(cell.value) for row in sheet for cell in row if isinstance(cell.value, str))


def facts(sheet: Sheet) -> dict[str, Any]:
    """Labels of a cover with the first value to the right of each."""
    found: dict[str, Any] = {}
    for row in sheet:
        cells = [cell.value for cell in row if cell.value is not None]
        for label, value in pairwise(cells):
            found.setdefault(str(label), value)
    return found


def parts(raw: bytes, below: str) -> Iterator[tuple[str, ElementTree.Element]]:
    """The XML files of a folder of the workbook."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        for name in archive.namelist():
            if name.startswith(below) and name.endswith(".xml"):
                yield name, ElementTree.fromstring(archive.read(name))
