"""Cost, tail and disruption by workload, and by lab, line and tag; parts of the portfolio's tail add up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from simengine.analysis.attribution import contributions
from simengine.analysis.diversification import Diversification, diversification
from simengine.analysis.grouping import groups, tag_keys
from simengine.estimators import Estimate
from simengine.report.contents import Contents, Told
from simengine.report.workbook.book import Book, Column, Placed, Sheet, estimates, strategy_column
from simengine.report.workbook.charts import bar_chart, bar_height
from simengine.report.workbook.words import DO_NOT_SUM

WORKLOADS, ABOUT_WORKLOADS = "Workloads", "each workload's cost and tail, beside the portfolio's"
GROUPS, ABOUT_GROUPS = "Labs, lines, tags", "the same by lab, by model line and by tag, such as cost centre"
OTHER, ABOUT_OTHER = "Disruption and saving", "exposure, days and saving by workload, lab, line and tag"
TAIL = 0.95
PART_OF_TAIL = "Part of portfolio's TVaR95"
# Heading, metric, statistic, kind.
COSTS = (
    ("Expected cost", "total_cost", "mean", "money"),
    ("P50", "total_cost", "P50", "money"),
    ("P90", "total_cost", "P90", "money"),
    ("P95", "total_cost", "P95", "money"),
    ("TVaR95", "total_cost", "TVaR95", "money"),
    (PART_OF_TAIL, "part_of_tail", "TVaR95", "money"),
)
OTHERS = (
    ("Expected exposure", "disruption_exposure", "mean", "money"),
    ("P90", "disruption_exposure", "P90", "money"),
    ("P95", "disruption_exposure", "P95", "money"),
    ("Disrupted days", "disruption_days", "mean", "number"),
    ("Expected saving", "saving", "mean", "money"),
    ("Chance of no saving", "no_saving", "probability", "share"),
)
NO_GROUPS = "Labs, lines and tags were not told apart: a summary has workloads (run.keep with by_workload)."
NOT_KEPT = "Workloads were not kept one by one (run.keep without by_workload)."


@dataclass(frozen=True)
class Line:
    """A row: what it is called, and its estimate for each column."""

    strategy: str
    heads: tuple[str, ...]
    figures: Callable[[str, str], Estimate | None]
    part_of_tail: Estimate | None
    stands_out: bool = False


def write_workloads(book: Book, contents: Contents) -> None:
    sheet = book.sheet(
        WORKLOADS,
        "Total cost by workload",
        f"{PART_OF_TAIL}: what the workload costs on average in the worst 5% of the portfolio's paths. "
        "These add up, as means do.",
        f"{DO_NOT_SUM} So percentiles have their sum below, and the portfolio's own beside it.",
    )
    if not _kept(contents):
        sheet.note(NOT_KEPT)
        return
    lines = [line for told in contents.told for line in (*_workloads(told), *_totals(told))]
    placed = _table(sheet, contents, ("Workload", "Model line", "Lab"), lines, COSTS)
    sheet.skip()
    _chart(book, sheet, contents, placed)


def write_groups(book: Book, contents: Contents) -> None:
    sheet = book.sheet(
        GROUPS,
        "Total cost by lab, model line and tag",
        "A workload counts where it is at the start, whatever happens to it later. Within labs, within "
        "lines and within a tag, means and parts of the portfolio's TVaR95 add up to the portfolio's.",
        DO_NOT_SUM,
    )
    if not _kept(contents):
        sheet.note(NOT_KEPT)
        return
    lines = [line for told in contents.told for line in _groups(told)]
    if not lines:
        sheet.note(NO_GROUPS)
        return
    _table(sheet, contents, ("Split by", "Name"), lines, COSTS)


def write_others(book: Book, contents: Contents) -> None:
    sheet = book.sheet(
        OTHER,
        "Disruption and saving, by workload, lab, model line and tag",
        f"Below 0 a saving is a loss: it costs more than the status quo. {DO_NOT_SUM}",
    )
    if not _kept(contents):
        sheet.note(NOT_KEPT)
        return
    lines = [line for told in contents.told for line in _everything(told)]
    _table(sheet, contents, ("Split by", "Name"), lines, OTHERS)


def _kept(contents: Contents) -> bool:
    return all(told.figures.names("total_cost", "workload") for told in contents.told)


def _table(
    sheet: Sheet,
    contents: Contents,
    heads: Sequence[str],
    lines: Sequence[Line],
    measures: Sequence[tuple[str, str, str, str]],
) -> Placed:
    columns = strategy_column(contents, [line.strategy for line in lines])
    columns += [Column(head, "text", [line.heads[k] for line in lines]) for k, head in enumerate(heads)]
    for title, metric, statistic, kind in measures:
        part = metric == "part_of_tail"
        columns += estimates(
            title, kind, [line.part_of_tail if part else line.figures(metric, statistic) for line in lines]
        )
    bold = [row for row, line in enumerate(lines) if line.stands_out]
    return sheet.table(columns, filtered=True, frozen=1 + contents.compares, bold=bold)


def _workloads(told: Told) -> list[Line]:
    portfolio = told.study.portfolio
    parts = _parts_of_tail(told, "workload")
    found = []
    for name in told.result.labels("workload"):
        line = portfolio.workloads[name].line
        heads = (name, line, portfolio.lines[line].lab)
        found.append(Line(told.strategy, heads, _of(told, "workload", name), parts.get(name)))
    return found


def _totals(told: Told) -> list[Line]:
    """What the workloads add up to, the portfolio's own figures, and the difference."""
    if not {"total_cost", "total_cost_by_workload"} <= set(told.result.arrays):
        return []
    compared: dict[str, Diversification | None] = {
        "P50": diversification(told.result, level=0.5),
        "P90": diversification(told.result, level=0.9),
        "P95": diversification(told.result, level=0.95),
        "TVaR95": diversification(told.result, level=TAIL, tail=True),
    }

    def pick(part: str) -> Callable[[str, str], Estimate | None]:
        def figure(metric: str, statistic: str) -> Estimate | None:
            one = compared.get(statistic) if metric == "total_cost" else None
            if one is not None:
                return getattr(one, part)
            return (
                told.of_portfolio(metric, statistic) if statistic == "mean" and part != "difference" else None
            )

        return figure

    whole = told.of_portfolio("total_cost", "TVaR95")
    return [
        Line(told.strategy, ("Sum of workloads", "", ""), pick("parts"), whole, True),
        Line(told.strategy, ("Portfolio", "", ""), told.of_portfolio, whole, True),
        Line(told.strategy, ("Diversification: sum less portfolio", "", ""), pick("difference"), None, True),
    ]


def _groups(told: Told) -> list[Line]:
    """Labs, lines and tags, as far as there are figures of them."""
    return [line for line in _all_groups(told) if line.figures("total_cost", "mean") is not None]


def _all_groups(told: Told) -> list[Line]:
    found = []
    for level in ("lab", "line"):
        parts = _parts_of_tail(told, level)
        found += [
            Line(
                told.strategy,
                (level.capitalize(), group.name),
                _of(told, level, group.name),
                parts.get(group.label),
            )
            for group in groups(told.result, level)
        ]
    for key in tag_keys(told.result):
        parts = _parts_of_tail(told, f"tag:{key}")
        found += [
            Line(
                told.strategy,
                (f"Tag {key}", group.label),
                _of(told, "tag", group.name),
                parts.get(group.label),
            )
            for group in groups(told.result, "tag", key)
        ]
    return found


def _everything(told: Told) -> Iterator[Line]:
    """The portfolio, each workload, and the groups."""
    yield Line(told.strategy, ("Portfolio", told.portfolio), told.of_portfolio, None, True)
    for name in told.result.labels("workload"):
        yield Line(told.strategy, ("Workload", name), _of(told, "workload", name), None)
    yield from _groups(told)


def _of(told: Told, level: str, name: str) -> Callable[[str, str], Estimate | None]:
    return lambda metric, statistic: told.figures.get(metric, level, name, statistic)


def _parts_of_tail(told: Told, by: str) -> dict[str, Estimate]:
    if not {"total_cost", "total_cost_by_workload"} <= set(told.result.arrays):
        return {}
    found = contributions(told.result, "total_cost", by, TAIL)
    rows = zip(found.value, found.standard_error, found.ci_low, found.ci_high, strict=True)
    return {name: Estimate(*map(float, row)) for name, row in zip(found.names, rows, strict=True)}


def _chart(book: Book, sheet: Sheet, contents: Contents, placed: Placed) -> None:
    """What adds up: expected cost and part of the tail, or expected cost by strategy in a comparison."""
    of_each = (placed.last - placed.first + 1) // len(contents.told)
    workloads = len(contents.told[0].result.labels("workload"))
    name = len(strategy_column(contents, ()))
    expected, part = name + 3, name + 3 + 2 * (len(COSTS) - 1)
    names = placed.part(name, 0, workloads - 1)
    if contents.compares:
        title = "Expected cost by workload"
        first_rows = range(0, of_each * len(contents.told), of_each)
        series = [(placed.at(r, 0), names, placed.part(expected, r, r + workloads - 1)) for r in first_rows]
    else:
        tells_tail = "total_cost" in contents.told[0].result
        title = "Expected cost, and part of the portfolio's TVaR95" if tells_tail else "Expected cost"
        series = [
            (placed.heading(column), names, placed.part(column, 0, workloads - 1))
            for column in ((expected, part) if tells_tail else (expected,))
        ]
    chart = bar_chart(book.workbook, f"{title}, {contents.currency}", series)
    sheet.chart(chart, sheet.row, 0, width=900, height=bar_height(workloads, len(series)))
