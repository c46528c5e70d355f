"""The budget: each accounting period's cost with P50 and P90, what adds up by then, and why P90s do not."""

from __future__ import annotations

from collections.abc import Callable

from simengine.analysis.budget import PeriodFigures, budget
from simengine.analysis.diversification import diversification
from simengine.estimators import Estimate
from simengine.report.contents import Contents, Told
from simengine.report.workbook.book import Book, Column, Placed, Sheet, estimates, strategy_column
from simengine.report.workbook.charts import band_chart, line_chart_of_periods
from simengine.report.workbook.words import DO_NOT_SUM

CHARTS, ABOUT_CHARTS = (
    "Budget charts",
    "P50, contingency up to P90 and expected cost by period, and what adds up",
)
NAME, ABOUT = "Budget", "what to set aside in each period: expected, P50, P90, contingency, and what adds up"
NOT_KEPT = "Periods were not kept (run.keep without by_period)."
P50, P90 = "P50 (50% of paths at or below)", "P90 (90% of paths at or below)"
LEVEL = 0.9


def write(book: Book, contents: Contents) -> None:
    sheet = book.sheet(
        NAME,
        "Budget by period",
        "P90 means: 90% of paths at or below. A period given its P90 is overspent in one future of ten. The "
        "contingency is P90 less P50.",
        f"{DO_NOT_SUM} Do not add P90s up: to stay within a total in 90% of paths, take the P90 'so far' of "
        "the period in which it must hold.",
    )
    found = [(told, budget(told.result)) for told in contents.told]
    if not all(periods for _, periods in found):
        sheet.note(NOT_KEPT)
        return
    _periods(sheet, contents, found)
    sheet.skip()
    _do_not_sum(sheet, contents)


def write_charts(book: Book, contents: Contents) -> None:
    """Draws the cells of the sheet before."""
    sheet = book.sheet(
        CHARTS,
        "Budget by period, drawn",
        "The full height of a bar is the period's P90: 90% of paths at or below. What is drawn are the cells "
        f"of the sheet {NAME}.",
    )
    placed = book.placed.get(NAME)
    if placed is None:
        sheet.note(NOT_KEPT)
        return
    _charts(book, sheet, contents, placed)


def _periods(sheet: Sheet, contents: Contents, found: list[tuple[Told, list[PeriodFigures]]]) -> None:
    rows = [(told, period) for told, periods in found for period in periods]

    def figures(heading: str, of: Callable[[PeriodFigures], Estimate]) -> tuple[Column, Column]:
        return estimates(heading, "money", [of(period) for _, period in rows])

    sheet.book.placed[NAME] = sheet.table(
        [
            *strategy_column(contents, [told.strategy for told, _ in rows]),
            Column("Period", "text", [period.period for _, period in rows]),
            Column("From", "date", [period.first for _, period in rows]),
            Column("To", "date", [period.last for _, period in rows]),
            *figures("Expected", lambda period: period.own["mean"]),
            *figures(P50, lambda period: period.own["P50"]),
            *figures("Contingency (P90 less P50)", lambda period: period.contingency),
            *figures(P90, lambda period: period.own["P90"]),
            *figures("So far: expected", lambda period: period.cumulative["mean"]),
            *figures("So far: P50", lambda period: period.cumulative["P50"]),
            *figures("So far: P90", lambda period: period.cumulative["P90"]),
        ],
        filtered=True,
        frozen=1 + contents.compares,
        height=44,
    )


def _do_not_sum(sheet: Sheet, contents: Contents) -> None:
    rows = [
        (told.strategy, words, compared)
        for told in contents.told
        for by, words in (("workload", "All workloads"), ("period", "All periods"))
        if (compared := diversification(told.result, by, LEVEL)) is not None
    ]
    if not rows:
        return
    sheet.section("Why P90s must not be added up (whole horizon)", across=9)
    before = 2 - len(strategy_column(contents, ()))
    sheet.table(
        [
            *strategy_column(contents, [row[0] for row in rows]),
            Column("Added up over", "text", [row[1] for row in rows]),
            *[Column("", "text", [""] * len(rows)) for _ in range(before + 1)][:2],
            *estimates("Sum of their P90s", "money", [row[2].parts for row in rows]),
            *estimates("Portfolio's P90", "money", [row[2].portfolio for row in rows]),
            *estimates("Diversification difference", "money", [row[2].difference for row in rows]),
        ]
    )


def _charts(book: Book, sheet: Sheet, contents: Contents, placed: Placed) -> None:
    period = len(strategy_column(contents, ()))
    expected, base, above = period + 3, period + 5, period + 7
    so_far = [expected + 8, expected + 10, expected + 12]
    of_each = (placed.last - placed.first + 1) // len(contents.told)
    for k, told in enumerate(contents.told):
        first, last = k * of_each, (k + 1) * of_each - 1
        periods = placed.part(period, first, last)

        def series(column: int, first: int = first, last: int = last, periods: list = periods) -> tuple:
            return placed.heading(column), periods, placed.part(column, first, last)

        of = f" ({told.strategy})" if contents.compares else ""
        title = f"Cost by period, {contents.currency}{of}: P50, contingency up to P90, and expected"
        bars = band_chart(book.workbook, title, series(base), series(above), series(expected))
        sheet.chart(bars, sheet.row, 0, width=720, height=380)
        title = f"Cost so far, {contents.currency}{of}"
        lines = line_chart_of_periods(book.workbook, title, [series(column) for column in so_far])
        sheet.chart(lines, sheet.row, 12, width=620, height=380)
        sheet.skip(20)
