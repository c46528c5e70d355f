"""The portfolio: every statistic of cost and exposure, from the plan to the bad futures, components."""

from __future__ import annotations

from simengine.report.contents import Contents
from simengine.report.workbook.book import Book, Column, Placed, Sheet, estimates, strategy_column
from simengine.report.workbook.charts import column_chart
from simengine.report.workbook.words import COMPONENTS, METRICS, PLUS_MINUS, statistic_words, wide_note

NAME, ABOUT = "Portfolio", "cost and disruption of the whole: mean, percentiles, tail, savings, components"
# From the plan that was sold to what bad futures cost: metric, statistic, words.
STEPS = (
    ("status_quo_cost", "mean", "Status quo", "nobody moves, nothing happens"),
    ("planned_cost", "mean", "Plan that was sold", "nothing happens, every claim comes true in full"),
    ("no_event_cost", "mean", "Without events", "planned moves take place, nothing else happens"),
    ("total_cost", "mean", "Expected", "mean of all paths"),
    ("total_cost", "P90", "P90", "90% of paths at or below"),
    ("total_cost", "P95", "P95", "95% of paths at or below"),
    ("total_cost", "TVaR95", "TVaR95", "mean of the worst 5% of paths"),
)
OUTCOMES = (
    (
        "planned_saving",
        "mean",
        "Saving, as planned",
        "against the status quo, by the plan that was sold",
        "money",
    ),
    ("saving", "mean", "Saving, expected", "against the status quo, mean of all paths", "money"),
    ("saving_below_plan", "probability", "Less saved than planned", "share of paths", "share"),
    ("no_saving", "probability", "Nothing saved", "share of paths", "share"),
    ("disruption_days", "mean", "Disrupted days, expected", "workload-days, mean of all paths", "number"),
)


def write(book: Book, contents: Contents) -> None:
    sheet = book.sheet(
        NAME, "Portfolio: total cost and disruption exposure", PLUS_MINUS, wide_note(contents.tolerance)
    )
    _statistics(sheet, contents)
    top = sheet.row + 1
    sheet.skip()
    placed = _steps(sheet, contents)
    if placed is not None:
        _chart(book, sheet, contents, placed, top)
    sheet.skip()
    _outcomes(sheet, contents)
    sheet.skip()
    _components(sheet, contents)


def _statistics(sheet: Sheet, contents: Contents) -> None:
    of = [
        (told, name) for told in contents.told for name in told.figures.statistics("total_cost", "portfolio")
    ]
    if not of:
        sheet.note("Totals were not kept (run.keep without totals).")
        return
    words = [statistic_words(name) for _, name in of]
    columns = [
        *strategy_column(contents, [told.strategy for told, _ in of]),
        Column("Statistic", "text", [name for name, _ in words]),
        Column("What it says", "text", [meaning for _, meaning in words]),
    ]
    for metric, title in METRICS.items():
        columns += estimates(title, "money", [told.of_portfolio(metric, name) for told, name in of])
    expected = [k for k, (_, name) in enumerate(of) if name == "mean"]
    sheet.table(columns, filtered=contents.compares, frozen=1 + contents.compares, bold=expected)


def _steps(sheet: Sheet, contents: Contents) -> Placed | None:
    rows = [
        (told.strategy, words, meaning, found)
        for told in contents.told
        for metric, statistic, words, meaning in STEPS
        if (found := told.of_portfolio(metric, statistic)) is not None
    ]
    if not rows:
        return None
    sheet.section("From the plan to the bad futures", across=5)
    columns = [
        *strategy_column(contents, [row[0] for row in rows]),
        Column("Cost", "text", [row[1] for row in rows]),
        Column("What it says", "text", [row[2] for row in rows]),
        *estimates("Total cost", "money", [row[3] for row in rows]),
    ]
    return sheet.table(columns)


def _chart(book: Book, sheet: Sheet, contents: Contents, placed: Placed, top: int) -> None:
    at = len(strategy_column(contents, ()))
    steps = (placed.last - placed.first + 1) // len(contents.told)
    series = [
        (
            placed.at(k * steps, 0) if contents.compares else placed.heading(at + 2),
            k * steps,
            (k + 1) * steps - 1,
        )
        for k in range(len(contents.told))
    ]
    chart = column_chart(
        book.workbook,
        f"From the plan to the bad futures, {contents.currency}",
        [
            (name, placed.part(at, first, last), placed.part(at + 2, first, last))
            for name, first, last in series
        ],
    )
    sheet.chart(chart, top, 4 + at, width=700, height=420)


def _outcomes(sheet: Sheet, contents: Contents) -> None:
    rows = [
        (told.strategy, words, meaning, kind, found)
        for told in contents.told
        for metric, statistic, words, meaning, kind in OUTCOMES
        if (found := told.of_portfolio(metric, statistic)) is not None
    ]
    if not rows:
        return
    sheet.section("Savings and disruption", across=5)
    sheet.table(
        [
            *strategy_column(contents, [row[0] for row in rows]),
            Column("Outcome", "text", [row[1] for row in rows]),
            Column("What it says", "text", [row[2] for row in rows]),
            *estimates("Figure", [row[3] for row in rows], [row[4] for row in rows]),
        ]
    )


def _components(sheet: Sheet, contents: Contents) -> None:
    rows = [
        (told.strategy, name, told.of_portfolio("total_cost", "mean", name), told.of_portfolio("total_cost"))
        for told in contents.told
        for name in told.figures.components("total_cost")
    ]
    if not rows:
        return
    sheet.section("What the money is for", across=5)
    shares = [
        part.value / whole.value if part is not None and whole is not None and whole.value else None
        for _, _, part, whole in rows
    ]
    sheet.table(
        [
            *strategy_column(contents, [row[0] for row in rows]),
            Column("Component", "text", [COMPONENTS[row[1]][0] for row in rows]),
            Column("What it says", "text", [COMPONENTS[row[1]][1] for row in rows]),
            *estimates("Total cost", "money", [row[2] for row in rows]),
            Column("Share", "share", shares),
        ]
    )
