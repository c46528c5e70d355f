"""Everything that the page tells about one strategy, from cards to stories."""

from __future__ import annotations

from collections.abc import Iterator

from simengine.analysis.exceedance import has_curves
from simengine.analysis.summarise import Row
from simengine.report.charts.concentration import concentration
from simengine.report.charts.distribution import distribution_of
from simengine.report.charts.exceedance import exceedance_of
from simengine.report.charts.fan import fan
from simengine.report.charts.heatmap import heatmap
from simengine.report.charts.waterfall import waterfall
from simengine.report.charts.years import years
from simengine.report.contents import Contents, Told
from simengine.report.page import drawing
from simengine.report.page.blocks import Block, Chapter, Note, NotKept, Section
from simengine.report.page.headline import cards
from simengine.report.page.heat import heat_table
from simengine.report.page.stories import told
from simengine.report.page.tables import by_component, by_driver, by_workload, indices, shares, statistics
from simengine.results.dataset import Result
from simengine.results.summary import is_summary

TAIL = 0.95
# Metric: how it is called, and the family of its colours.
METRICS = {
    "total_cost": ("total cost", "cost"),
    "disruption_exposure": ("disruption exposure", "exposure"),
}


def chapter(contents: Contents, of: Told, id: str) -> Chapter:
    """The chapter of one strategy; the ids of its parts begin with `id`."""
    result, rows = of.result, list(of.rows)
    sections = [
        Section(f"{id}-cost", "Total cost", list(_metric(result, rows, id, "total_cost"))),
        Section(
            f"{id}-exposure", "Disruption exposure", list(_metric(result, rows, id, "disruption_exposure"))
        ),
        Section(f"{id}-time", "Over time", list(_time(result, id))),
        Section(f"{id}-drivers", "What drives it", list(_drivers(result, rows, id))),
        Section(f"{id}-concentration", "Concentration", list(_concentration(result, rows, id))),
        Section(
            f"{id}-stories",
            "Three futures, day by day",
            list(told(contents.result, of.strategy if contents.compares else None)),
        ),
    ]
    return Chapter(id, of.strategy, cards(rows, result.attrs), sections)


def _metric(result: Result, rows: list[Row], id: str, metric: str) -> Iterator[Block]:
    name, colour = METRICS[metric]
    unit = str(result.attrs["currency"])
    of_rows = [
        row
        for row in rows
        if (row.metric, row.level, row.component, row.period) == (metric, "portfolio", "", "")
    ]
    if not of_rows:
        yield NotKept(f"The distribution of {name}", ["totals"])
        return
    spread = distribution_of(result, metric)
    if spread is not None:
        of = f"{id}-{metric}-distribution"
        yield drawing.distribution.draw(spread, name, unit, of, f"@{colour}-bar")
    elif metric in result or of_rows[0].standard_error == 0.0:
        yield Note(f"On every future the {name} is {of_rows[0].value:,.2f} {unit}.")
    else:
        yield NotKept(f"The distribution of {name}", ["totals"], metric if is_summary(result.arrays) else "")
    curve = exceedance_of(result, metric) if spread is not None else None
    # So few futures, or so many alike, that no point has enough of them above it.
    if curve is not None and curve.curve.value.size:
        of = f"{id}-{metric}-exceedance"
        yield drawing.exceedance.draw(curve, name, unit, of, f"@{colour}", f"@{colour}-band")
    yield statistics(rows, metric, name)
    if metric == "total_cost":
        components = by_component(rows)
        yield components if components else NotKept("What the money is for", ["by_component"])
    else:
        yield from _years(result, id)


def _years(result: Result, id: str) -> Iterator[Block]:
    if not has_curves(result):
        yield NotKept("Exposure by return period (OEP and AEP)", ["by_year"])
        return
    found = years(result)
    if found:
        yield drawing.years.draw(found, str(result.attrs["currency"]), f"{id}-years")


def _time(result: Result, id: str) -> Iterator[Block]:
    if "total_cost_by_period" in result:
        yield drawing.fan.draw(fan(result), str(result.attrs["currency"]), f"{id}-fan")
    else:
        yield NotKept("Cumulative cost by period", ["by_period"])


def _drivers(result: Result, rows: list[Row], id: str) -> Iterator[Block]:
    unit = str(result.attrs["currency"])
    if "total_cost" in result and "total_cost_by_driver" in result:
        for level, short in ((None, "mean"), (TAIL, "tail")):
            yield drawing.waterfall.draw(waterfall(result, level), unit, f"{id}-waterfall-{short}")
    else:
        missing = [
            keep
            for keep, name in (("totals", "total_cost"), ("by_driver", "total_cost_by_driver"))
            if name not in result
        ]
        yield NotKept("The way from the plan to the mean and to the P95", missing)
    struck = by_driver(rows)
    if struck:
        yield struck
    if "total_cost_by_workload_driver" in result:
        for metric, (name, _) in METRICS.items():
            yield heat_table(heatmap(result, metric), name, unit)
    else:
        yield NotKept("The heat map of workloads by driver", ["by_workload_driver"])


def _concentration(result: Result, rows: list[Row], id: str) -> Iterator[Block]:
    for metric, (name, colour) in METRICS.items():
        if metric in result and f"{metric}_by_workload" in result:
            found = concentration(result, metric)
            if found:
                unit = str(result.attrs["currency"])
                yield drawing.concentration.draw(found, name, unit, f"{id}-{metric}-shares", f"@{colour}-bar")
    if "total_cost" in result and "total_cost_by_workload" in result:
        for by in ("lab", "line"):
            found = concentration(result, "total_cost", by)
            if found:
                yield shares(found, "total cost", str(result.attrs["currency"]))
    table = by_workload(rows)
    yield table if table else NotKept("Shares and statistics by workload", ["by_workload"])
    struck = indices(rows)
    if struck:
        yield struck
