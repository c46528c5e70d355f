"""What drives cost and disruption: how often each driver strikes, and what it adds to mean and tail."""

from __future__ import annotations

from collections.abc import Sequence

from simengine.analysis.attribution import Contributions, contributions
from simengine.analysis.without import OTHERS
from simengine.estimators import Estimate
from simengine.report.contents import Contents, Told
from simengine.report.through import metrics_told
from simengine.report.workbook.book import Book, Column, Placed, Sheet, estimates, strategy_column
from simengine.report.workbook.charts import bar_chart, bar_height
from simengine.report.workbook.words import METRICS

NAME, ABOUT = "Drivers", "how often each driver strikes, and what it adds to the mean and to the worst 5%"
TAIL = 0.95
NO_EVENT_WORDS = "Without any event"
TOTAL = "Portfolio"
THROUGH = (
    "Through others: the expected difference to futures in which the driver never strikes, less what is "
    "booked to it: what it sets off in other drivers. These do not add up."
)


def write(book: Book, contents: Contents) -> None:
    sheet = book.sheet(
        NAME,
        "Drivers: what adds to cost and disruption",
        "A path's occurrences are put in order of time, and each is booked what it added to those before it. "
        "Below 0, a driver saves: a claim that comes true.",
        "To the worst 5% (TVaR95) a driver adds what it was booked on average on the portfolio's worst "
        "paths. Both columns add up to the portfolio's number exactly; nothing is left over.",
        *([THROUGH] if metrics_told(contents.told[0].rows) else []),
    )
    kept = [
        metric
        for metric in ("total_cost", "disruption_exposure")
        if all(metric in told.result and f"{metric}_by_driver" in told.result for told in contents.told)
    ]
    told_by_rows = [m for m in METRICS if all(told.figures.names(m, "driver") for told in contents.told)]
    if not kept and not told_by_rows:
        sheet.note("Drivers were not kept (run.keep without by_driver).")
        return
    if not contents.told[0].result.labels("driver"):
        sheet.note("The scenario has no driver: nothing happens in it.")
        return
    if not kept:
        _without_tail(sheet, contents, told_by_rows)
    for metric in kept:
        _metric(book, sheet, contents, metric, first=metric == kept[0])


def _metric(book: Book, sheet: Sheet, contents: Contents, metric: str, *, first: bool) -> None:
    title = METRICS[metric]
    sheet.section(f"{title}, {contents.currency}", across=6)
    both = [
        (
            told,
            contributions(told.result, metric, "driver"),
            contributions(told.result, metric, "driver", TAIL),
        )
        for told in contents.told
    ]
    names = contents.told[0].result.labels("driver")
    rows = [(*of, k) for of in both for k in range(len(names) + 2)]
    of_each = len(names) + 2
    labels = [*names, NO_EVENT_WORDS, TOTAL]
    columns = [
        *strategy_column(contents, [told.strategy for told, *_ in rows]),
        Column("Driver", "text", [labels[k] for *_, k in rows]),
        *estimates(
            "Strikes at least once",
            "share",
            [_strikes(told, names, k, "probability") for told, _, _, k in rows],
        ),
        *estimates(
            "Expected strikes", "number", [_strikes(told, names, k, "mean") for told, _, _, k in rows]
        ),
        *estimates("Adds to the mean", "money", [_part(mean, k) for _, mean, _, k in rows], wide=False),
        Column("Share of the mean", "share", [_share(mean, k) for _, mean, _, k in rows]),
        *estimates("Adds to TVaR95", "money", [_part(tail, k) for _, _, tail, k in rows], wide=False),
        Column("Share of TVaR95", "share", [_share(tail, k) for _, _, tail, k in rows]),
    ]
    through = metric in metrics_told(contents.told[0].rows)
    if through:
        columns += estimates(
            "Through others", "money", [_through(told, metric, names, k) for told, _, _, k in rows]
        )
    totals = [row for row, (*_, k) in enumerate(rows) if k == of_each - 1]
    top = sheet.row
    placed = sheet.table(columns, frozen=(1 + contents.compares) * first, bold=totals)
    right = len(columns) + 1
    height = _charts(book, sheet, contents, placed, title, len(names), (top, right))
    sheet.row = max(sheet.row, top + height // 20) + 1


def _strikes(told: Told, names: list[str], k: int, statistic: str) -> Estimate | None:
    return told.figures.get("strikes", "driver", names[k], statistic) if k < len(names) else None


def _without_tail(sheet: Sheet, contents: Contents, metrics: Sequence[str]) -> None:
    """Of a summary: how often each driver strikes, and what is booked to it on average."""
    names = contents.told[0].result.labels("driver")
    rows = [(told, name) for told in contents.told for name in names]

    def figures(heading: str, kind: str, metric: str, statistic: str) -> tuple[Column, Column]:
        found = [told.figures.get(metric, "driver", name, statistic) for told, name in rows]
        return estimates(heading, kind, found)

    columns = [
        *strategy_column(contents, [told.strategy for told, _ in rows]),
        Column("Driver", "text", [name for _, name in rows]),
        *figures("Strikes at least once", "share", "strikes", "probability"),
        *figures("Expected strikes", "number", "strikes", "mean"),
    ]
    for metric in metrics:
        columns += figures(f"{METRICS[metric]}, adds to the mean", "money", metric, "mean")
    sheet.table(columns, frozen=1 + contents.compares, height=44)
    sheet.note("What drivers add to TVaR95 needs paths (run.keep with totals and by_driver).")


def _through(told: Told, metric: str, names: list[str], k: int) -> Estimate | None:
    return told.figures.get(metric, "driver", names[k], OTHERS) if k < len(names) else None


def _part(found: Contributions, k: int) -> Estimate:
    """Driver k's part; after the drivers what is there without any event, then the whole."""
    if k == len(found.value):
        return found.total
    return Estimate(
        float(found.value[k]), float(found.standard_error[k]), float(found.ci_low[k]), float(found.ci_high[k])
    )


def _share(found: Contributions, k: int) -> float | None:
    whole = found.total.value
    return _part(found, k).value / whole if whole else None


def _charts(
    book: Book,
    sheet: Sheet,
    contents: Contents,
    placed: Placed,
    title: str,
    drivers: int,
    at: tuple[int, int],
) -> int:
    """To the right of the table: mean and tail of a run, in a comparison a chart for each; their height."""
    driver = len(strategy_column(contents, ()))
    parts, (top, right) = (driver + 5, driver + 8), at
    of_each = drivers + 2
    whole = f"What drivers add to {title.lower()}, {contents.currency}"
    if not contents.compares:
        names = placed.part(driver, 0, drivers - 1)
        series = [(placed.heading(c), names, placed.part(c, 0, drivers - 1)) for c in parts]
        height = bar_height(drivers, 2)
        sheet.chart(bar_chart(book.workbook, whole, series), top, right, width=640, height=height)
        return height
    height = bar_height(drivers, len(contents.told))
    for position, (column, what) in enumerate(zip(parts, ("mean", "TVaR95"), strict=True)):
        firsts = [k * of_each for k in range(len(contents.told))]
        series = [
            (
                placed.at(r, 0),
                placed.part(driver, r, r + drivers - 1),
                placed.part(column, r, r + drivers - 1),
            )
            for r in firsts
        ]
        chart = bar_chart(book.workbook, f"{whole}: {what}", series)
        sheet.chart(chart, top + position * (height // 20 + 1), right, width=640, height=height)
    return 2 * height + 40
