"""Shares of the portfolio by workload: a bar for the mean, a mark for the worst twentieth."""

from __future__ import annotations

from simengine.report.charts.concentration import Concentration
from simengine.report.page.blocks import Chart, Column, Table
from simengine.report.page.drawing.style import axis, layout, names_axis, numbers, plain
from simengine.report.page.wording import sentence, share

ROW, AROUND = 28, 64


def draw(found: Concentration, name: str, id: str, colour: str) -> Chart:
    """The chart of `found`, the shares of the metric that is called `name`."""
    rows = list(range(len(found.workloads)))
    hover = [
        f"{plain(workload)}<br>{sentence(share(mean))} of the mean<br>{sentence(share(tail))} of the worst 5%"
        for workload, mean, tail in zip(found.workloads, found.of_mean, found.of_tail, strict=True)
    ]
    data = [
        {
            "type": "bar", "orientation": "h", "x": numbers(100.0 * e.value for e in found.of_mean), "y": rows,
            "width": 0.56, "marker": {"color": colour, "line": {"width": 0}}, "hovertext": hover, "hoverinfo": "text",
        },
        {
            "type": "scatter", "mode": "markers", "x": numbers(100.0 * e.value for e in found.of_tail), "y": rows,
            "marker": {"symbol": "diamond", "size": 9, "color": "@ink", "line": {"color": "@paper", "width": 1}},
            "hovertext": hover, "hoverinfo": "text",
        },
    ]  # fmt: skip
    spec = {
        "data": data,
        "layout": layout(
            axis(f"share of {name}", ticksuffix="%", rangemode="tozero", nticks=6), names_axis(found.workloads)
        ),
    }
    table = Table(
        f"Share of {name} by workload",
        "workload",
        [Column("of the mean"), Column("of the worst 5% of futures")],
        [
            (workload, [share(mean), share(tail)])
            for workload, mean, tail in zip(found.workloads, found.of_mean, found.of_tail, strict=True)
        ],
    )
    lead = "Bars: share of the mean. Diamonds: share of the mean of the worst 5% of futures."
    alternative = f"Shares of {name} by workload. {found.workloads[0]} has {sentence(share(found.of_mean[0]))} of the mean."
    height = ROW * len(rows) + AROUND
    return Chart(id, f"Who carries the {name}", lead, alternative, spec, height, table, is_half=True)
