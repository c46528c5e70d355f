"""Strategies side by side, and what each changes against the first on the same futures."""

from __future__ import annotations

from collections.abc import Callable

from simengine.analysis.compare import Difference
from simengine.estimators import Estimate
from simengine.report.contents import Contents
from simengine.report.workbook.book import Book, Column, Placed, Sheet, estimates
from simengine.report.workbook.charts import bar_chart, bar_height, column_chart

NAME, ABOUT = "Strategies", "strategies side by side, and paired differences on the same futures"
# Words, metric, statistic, kind of the figure and of its difference.
MEASURES = (
    ("Total cost, expected", "total_cost", "mean", "money", "change"),
    ("Total cost, P50", "total_cost", "P50", "money", "change"),
    ("Total cost, P90 (90% of paths at or below)", "total_cost", "P90", "money", "change"),
    ("Total cost, P95", "total_cost", "P95", "money", "change"),
    ("Total cost, TVaR95 (mean of the worst 5%)", "total_cost", "TVaR95", "money", "change"),
    ("Total cost in present value, expected", "total_cost_pv", "mean", "money", "change"),
    ("Disruption exposure, expected", "disruption_exposure", "mean", "money", "change"),
    ("Disruption exposure, P95", "disruption_exposure", "P95", "money", "change"),
    ("Disrupted workload-days, expected", "disruption_days", "mean", "number", "number"),
    ("Saving against the status quo, expected", "saving", "mean", "money", "change"),
    ("Less saved than planned, share of paths", "saving_below_plan", "probability", "share", "points"),
    ("Nothing saved, share of paths", "no_saving", "probability", "share", "points"),
)
PAIRED = (
    ("Costs less, share of paths", "cheaper", "probability", "share", "share"),
    ("Change of total cost on a path, P5", "total_cost_change", "P5", "money", "change"),
    ("Change of total cost on a path, P95", "total_cost_change", "P95", "money", "change"),
)


def write(book: Book, contents: Contents) -> None:
    baseline = contents.told[0].strategy
    sheet = book.sheet(
        NAME,
        "Strategies on the same futures",
        f"Every strategy meets the same futures, so differences from {baseline} are told far more exactly "
        "than the figures themselves. 'undecided' marks an interval that includes 0.",
    )
    placed = _side_by_side(sheet, contents)
    sheet.skip()
    changes = _changes(sheet, contents, baseline)
    sheet.skip()
    workloads = _by_workload(sheet, contents, baseline)
    sheet.skip()
    _charts(book, sheet, contents, placed, changes, workloads)


def _side_by_side(sheet: Sheet, contents: Contents) -> Placed:
    shown = [m for m in MEASURES if contents.told[0].of_portfolio(m[1], m[2]) is not None]
    kinds = [measure[3] for measure in shown]
    columns = [Column("Figure", "text", [measure[0] for measure in shown])]
    for told in contents.told:
        columns += estimates(told.strategy, kinds, [told.of_portfolio(m[1], m[2]) for m in shown])
        columns.append(Column("", "text", [""] * len(shown), width=11))
    return sheet.table(columns, frozen=1)


def _changes(sheet: Sheet, contents: Contents, baseline: str) -> Placed | None:
    found = {(d.strategy, d.metric, d.statistic): d for d in contents.differences if d.level == "portfolio"}
    others = [told.strategy for told in contents.told[1:]]
    shown = [m for m in (*MEASURES, *PAIRED) if all((name, m[1], m[2]) in found for name in others)]
    if not shown or not others:
        return None
    sheet.section(f"Difference from {baseline} (below 0 is less)", across=1 + 3 * len(contents.told))
    return _differences(sheet, contents, shown, lambda name, m: found[name, m[1], m[2]])


def _differences(
    sheet: Sheet,
    contents: Contents,
    shown: list[tuple[str, str, str, str, str]],
    of: Callable[[str, tuple[str, str, str, str, str]], Difference],
) -> Placed:
    """Below the columns of the strategies themselves, the first of which has nothing to differ from."""
    kinds = [measure[4] for measure in shown]
    empty = [""] * len(shown)
    columns = [
        Column("Difference", "text", [measure[0] for measure in shown]),
        Column(contents.told[0].strategy, "text", ["baseline", *empty[1:]]),
        Column("", "text", empty),
        Column("", "text", empty),
    ]
    for told in contents.told[1:]:
        paired = [of(told.strategy, measure) for measure in shown]
        columns += estimates(told.strategy, kinds, [_estimate(one) for one in paired], wide=False)
        columns.append(Column("", "text", [_verdict(one) for one in paired]))
    return sheet.table(columns)


def _by_workload(sheet: Sheet, contents: Contents, baseline: str) -> Placed | None:
    found = {
        (d.strategy, d.name): d
        for d in contents.differences
        if (d.level, d.metric, d.statistic) == ("workload", "total_cost", "mean")
    }
    everyone = list(dict.fromkeys(name for _, name in found))
    changed = {name for (_, name), one in found.items() if one.value or one.standard_error}
    names = [name for name in everyone if name in changed]
    if not names:
        return None
    across = 1 + 3 * len(contents.told)
    left_out = len(everyone) - len(names)
    others = f" ({left_out} that no strategy changes left out)" if left_out else ""
    sheet.section(f"Difference of expected cost from {baseline}, by workload{others}", across=across)
    shown = [(name, "total_cost", "mean", "money", "change") for name in names]
    return _differences(sheet, contents, shown, lambda strategy, measure: found[strategy, measure[0]])


def _estimate(one: Difference) -> Estimate:
    return Estimate(one.value, one.standard_error, one.ci_low, one.ci_high)


def _verdict(one: Difference) -> str:
    if one.metric in ("cheaper", "total_cost_change"):
        return ""
    if one.ci_low == one.ci_high == 0.0:
        return "the same"
    if one.ci_low <= 0.0 <= one.ci_high:
        return "undecided"
    return "less" if one.value < 0.0 else "more"


def _charts(
    book: Book,
    sheet: Sheet,
    contents: Contents,
    placed: Placed,
    changes: Placed | None,
    workloads: Placed | None,
) -> None:
    strategies = [1 + 3 * k for k in range(len(contents.told))]
    right, row = 2 + 3 * len(contents.told), placed.first - 1
    rows = [
        k
        for k, statistic in enumerate(_costs(contents))
        if statistic in ("mean", "P50", "P90", "P95", "TVaR95")
    ]
    if rows:
        names = placed.part(0, rows[0], rows[-1])
        series = [(placed.heading(c), names, placed.part(c, rows[0], rows[-1])) for c in strategies]
        chart = column_chart(book.workbook, f"Total cost by strategy, {contents.currency}", series)
        sheet.chart(chart, row, right, width=700, height=300)
    if changes is not None and rows:
        names = changes.part(0, rows[0], rows[-1])
        series = [(changes.heading(c), names, changes.part(c, rows[0], rows[-1])) for c in strategies[1:]]
        title = f"Difference from {contents.told[0].strategy}, {contents.currency}"
        sheet.chart(column_chart(book.workbook, title, series), row + 16, right, width=700, height=300)
    if workloads is not None:
        series = [(workloads.heading(c), workloads.values(0), workloads.values(c)) for c in strategies[1:]]
        title = f"Difference of expected cost by workload, {contents.currency}"
        height = bar_height(workloads.last - workloads.first + 1, len(series))
        sheet.chart(bar_chart(book.workbook, title, series), row + 32, right, width=700, height=height)


def _costs(contents: Contents) -> list[str]:
    """Statistics of total cost in the order of the rows."""
    shown = [m for m in MEASURES if contents.told[0].of_portfolio(m[1], m[2]) is not None]
    return [m[2] if m[1] == "total_cost" else "" for m in shown]
