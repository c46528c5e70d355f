"""Concentration: how much hangs on one lab or line, and how much may be hit at one time."""

from __future__ import annotations

import numpy as np

from simengine.analysis.attribution import Contributions, contributions
from simengine.analysis.statistics import percentile
from simengine.estimators import Estimate, mean, quantile
from simengine.report.contents import Contents, Told
from simengine.report.workbook.book import Book, Column, Placed, Sheet, estimates, strategy_column
from simengine.report.workbook.charts import bar_chart, bar_height

NAME, ABOUT = "Concentration", "how much hangs on one lab or line, and how much may be hit at one time"
TAIL = 0.95
LEVELS = (0.5, 0.9, 0.95)
MEASURES = (
    (
        "concentration",
        "Hit at one time",
        "greatest share of daily spend disrupted or being moved by force",
        "share",
    ),
    (
        "herfindahl_by_lab_at_start",
        "Labs at the start",
        "Herfindahl index of daily spend: 1 is one lab",
        "index",
    ),
    (
        "herfindahl_by_lab_at_horizon",
        "Labs at the horizon",
        "the same after what happened, stranded apart",
        "index",
    ),
    (
        "herfindahl_by_line_at_start",
        "Lines at the start",
        "Herfindahl index of daily spend: 1 is one line",
        "index",
    ),
    (
        "herfindahl_by_line_at_horizon",
        "Lines at the horizon",
        "the same after what happened, stranded apart",
        "index",
    ),
)


NEEDED = [f"{metric}{of}" for metric in ("total_cost", "disruption_exposure") for of in ("", "_by_workload")]


def write(book: Book, contents: Contents) -> None:
    sheet = book.sheet(
        NAME,
        "Concentration",
        "The Herfindahl index is the sum of squared shares of daily spend. 1 divided by it is the number "
        "of equal labs (or lines) that would be as concentrated.",
    )
    _measures(sheet, contents)
    sheet.skip()
    _shares(book, sheet, contents)


def _measures(sheet: Sheet, contents: Contents) -> None:
    rows = [
        (told, words, meaning, kind, measured)
        for told in contents.told
        for metric, words, meaning, kind in MEASURES
        if (measured := _measured(told, metric))
    ]
    if not rows:
        sheet.note("Totals were not kept (run.keep without totals).")
        return
    kinds = [row[3] for row in rows]
    means = [row[4][0] for row in rows]
    equal = [
        1.0 / one.value if kind == "index" and one is not None and one.value else None
        for kind, one in zip(kinds, means, strict=True)
    ]
    columns = [
        *strategy_column(contents, [row[0].strategy for row in rows]),
        Column("Measure", "text", [row[1] for row in rows]),
        Column("What it says", "text", [row[2] for row in rows]),
        *estimates("Expected", kinds, means),
        Column("As many equal ones", "number", equal),
    ]
    for k, level in enumerate(LEVELS, start=1):
        columns += estimates(percentile(level), kinds, [row[4][k] for row in rows])
    sheet.table(columns, frozen=1 + contents.compares)


def _measured(told: Told, metric: str) -> tuple[Estimate | None, ...]:
    """The mean, and the quantiles of `LEVELS`, which a summary does not know; empty if nothing is known."""
    if metric not in told.result:
        known = told.of_portfolio(metric)
        return () if known is None else (known, *(None for _ in LEVELS))
    values = told.result[metric]
    ordered = np.sort(values)
    return (mean(values), *(quantile(ordered, level, ordered=True) for level in LEVELS))


def _shares(book: Book, sheet: Sheet, contents: Contents) -> None:
    for by, title in (("lab", "By lab"), ("line", "By model line")):
        if not all(name in told.result for told in contents.told for name in NEEDED):
            return
        sheet.section(f"{title}, where workloads are at the start", across=9)
        found = [(told, _of(told, by)) for told in contents.told]
        rows = [(told, k, three) for told, three in found for k in range(len(three[0].names))]
        names = [three[0].names[k] for _, k, three in rows]
        held = [_workloads(told, by, name) for (told, *_), name in zip(rows, names, strict=True)]
        columns = [
            *strategy_column(contents, [told.strategy for told, *_ in rows]),
            Column(title.removeprefix("By ").capitalize(), "text", names),
            Column("Workloads", "text", held, width=40),
        ]
        for position, heading in enumerate(("Expected cost", "Cost in the worst 5%", "Expected exposure")):
            parts = [(three[position], k) for _, k, three in rows]
            columns += estimates(heading, "money", [_part(part, k) for part, k in parts], wide=False)
            columns.append(Column("Share", "share", [_finite(part.share[k]) for part, k in parts]))
        placed = sheet.table(columns)
        sheet.skip()
        if not contents.compares:
            _chart(book, sheet, placed, f"Shares {title.lower()}", len(rows))


def _of(told: Told, by: str) -> tuple[Contributions, Contributions, Contributions]:
    return (
        contributions(told.result, "total_cost", by),
        contributions(told.result, "total_cost", by, TAIL),
        contributions(told.result, "disruption_exposure", by),
    )


def _workloads(told: Told, by: str, name: str) -> str:
    portfolio = told.study.portfolio
    lines = [name] if by == "line" else [line for line, of in portfolio.lines.items() if of.lab == name]
    return ", ".join(sorted(key for key, workload in portfolio.workloads.items() if workload.line in lines))


def _part(found: Contributions, k: int) -> Estimate:
    numbers = (found.value, found.standard_error, found.ci_low, found.ci_high)
    return Estimate(*(float(array[k]) for array in numbers))


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _chart(book: Book, sheet: Sheet, placed: Placed, title: str, count: int) -> None:
    series = [(placed.heading(column - 2), placed.values(0), placed.values(column)) for column in (4, 7, 10)]
    chart = bar_chart(book.workbook, title, series, x_format="0%")
    height = bar_height(count, 3)
    sheet.chart(chart, sheet.row, 0, width=820, height=height)
    sheet.skip(height // 20 + 2)
