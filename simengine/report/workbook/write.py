"""The whole workbook, sheet by sheet."""

from __future__ import annotations

from collections.abc import Callable

from simengine.report.contents import Contents
from simengine.report.workbook import (
    budget,
    concentration,
    cover,
    distribution,
    drivers,
    exceedance,
    levels,
    portfolio,
    register,
    strategies,
)
from simengine.report.workbook.book import Book

Writer = Callable[[Book, Contents], None]
# Name, what it answers, and what writes it; in the order of the tabs, after the cover.
SHEETS: tuple[tuple[str, str, Writer], ...] = (
    (portfolio.NAME, portfolio.ABOUT, portfolio.write),
    (distribution.COST, distribution.ABOUT_COST, distribution.write_cost),
    (distribution.EXPOSURE, distribution.ABOUT_EXPOSURE, distribution.write_exposure),
    (levels.WORKLOADS, levels.ABOUT_WORKLOADS, levels.write_workloads),
    (levels.GROUPS, levels.ABOUT_GROUPS, levels.write_groups),
    (levels.OTHER, levels.ABOUT_OTHER, levels.write_others),
    (budget.NAME, budget.ABOUT, budget.write),
    (budget.CHARTS, budget.ABOUT_CHARTS, budget.write_charts),
    (exceedance.NAME, exceedance.ABOUT, exceedance.write),
    (drivers.NAME, drivers.ABOUT, drivers.write),
    (concentration.NAME, concentration.ABOUT, concentration.write),
    (register.NAME, register.ABOUT, register.write),
    (register.SOURCES, register.ABOUT_SOURCES, register.write_sources),
)
OF_COMPARISONS: tuple[tuple[str, str, Writer], ...] = ((strategies.NAME, strategies.ABOUT, strategies.write),)


def workbook(contents: Contents) -> bytes:
    """report.xlsx of a run or a comparison; the same result gives the same bytes.

    Every cell is a plain value: no name, whatever it begins with, becomes a formula or a link.
    """
    attrs = contents.attrs
    expected = [told.of_portfolio("total_cost") for told in contents.told]
    largest = max((abs(one.value) for one in expected if one is not None), default=0.0)
    title = f"{attrs['portfolio']} under {attrs['scenario']}, strategy {attrs['strategy']}"
    book = Book(contents.currency, largest, title, str(attrs["result_hash"]), contents.tolerance)
    chosen = (*OF_COMPARISONS, *SHEETS) if contents.compares else SHEETS
    cover.write(book, contents, [(name, about) for name, about, _ in chosen])
    for _, _, write in chosen:
        write(book, contents)
    return book.finished()
