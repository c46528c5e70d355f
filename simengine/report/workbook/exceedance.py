"""Return periods: what a year's largest occurrence (OEP) and all of a year's occurrences (AEP) exceed."""

from __future__ import annotations

from simengine.analysis.exceedance import ReturnPeriodCurve, aep, complete_years, has_curves, oep
from simengine.estimators import Estimate
from simengine.report.contents import Contents
from simengine.report.workbook.book import Book, Column, Placed, Sheet, estimates, strategy_column
from simengine.report.workbook.charts import line_chart

NAME, ABOUT = (
    "Exceedance",
    "disruption by return period: the largest occurrence (OEP) and the sum (AEP) of a year",
)


def write(book: Book, contents: Contents) -> None:
    sheet = book.sheet(
        NAME,
        "Exceedance: disruption exposure by return period",
        "OEP: the largest single occurrence of a year is above this once in so many years. AEP: all "
        "occurrences of a year together are. Each complete 365-day year of each path is one observation; "
        "what an occurrence does is counted in the year in which it struck.",
        "A return period is a chance, not a timetable: once in 100 years is 1% in any year.",
    )
    if not all(has_curves(told.result) for told in contents.told):
        sheet.note(
            "Years were not kept: run again with by_year in run.keep, or with oep and aep in run.summarise."
        )
        return
    if complete_years(contents.result) < 1:
        sheet.note("The horizon holds no complete year of 365 days, so there is neither OEP nor AEP.")
        return
    curves = [(told.strategy, oep(told.result), aep(told.result)) for told in contents.told]
    rows = [
        (strategy, k, one, other) for strategy, one, other in curves for k in range(len(one.return_period))
    ]
    columns = [
        *strategy_column(contents, [row[0] for row in rows]),
        Column("Return period, years", "year", [float(one.return_period[k]) for _, k, one, _ in rows]),
        Column("Chance in a year", "share", [float(one.probability[k]) for _, k, one, _ in rows]),
        *estimates("OEP: largest occurrence", "money", [_at(one, k) for _, k, one, _ in rows]),
        *estimates("AEP: sum of the year", "money", [_at(other, k) for _, k, _, other in rows]),
    ]
    placed = sheet.table(columns, filtered=contents.compares, frozen=1 + contents.compares)
    _charts(book, sheet, contents, placed)


def _at(curve: ReturnPeriodCurve, k: int) -> Estimate:
    return Estimate(
        float(curve.value[k]), float(curve.standard_error[k]), float(curve.ci_low[k]), float(curve.ci_high[k])
    )


def _charts(book: Book, sheet: Sheet, contents: Contents, placed: Placed) -> None:
    period = len(strategy_column(contents, ()))
    of_each = (placed.last - placed.first + 1) // len(contents.told)
    row, column = placed.first - 1, period + 7
    titles = {period + 2: "OEP: the largest occurrence of a year", period + 4: "AEP: the sum of a year"}
    if not contents.compares:
        series = [(placed.heading(c), placed.values(period), placed.values(c)) for c in titles]
        sheet.chart(_curve(book, contents, "Disruption exposure by return period", series), row, column)
        return
    for c, title in titles.items():
        firsts = range(0, of_each * len(contents.told), of_each)
        series = [
            (placed.at(r, 0), placed.part(period, r, r + of_each - 1), placed.part(c, r, r + of_each - 1))
            for r in firsts
        ]
        sheet.chart(_curve(book, contents, title, series), row, column)
        row += 18


def _curve(book: Book, contents: Contents, title: str, series: list):
    return line_chart(
        book.workbook,
        f"{title}, {contents.currency}",
        series,
        x_title="return period, years",
        x_format="#,##0",
        y_format="#,##0",
        x_log=True,
    )
