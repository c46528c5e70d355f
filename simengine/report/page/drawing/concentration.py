"""Shares of the portfolio by workload: a bar for the mean, a diamond for the tail."""

from __future__ import annotations

from simengine.report.charts.concentration import Concentration
from simengine.report.page.blocks import Chart
from simengine.report.page.drawing.style import axis, layout, names_axis, numbers, plain
from simengine.report.page.tables import shares
from simengine.report.page.wording import amount, sentence

ROW, AROUND = 28, 64


def draw(found: Concentration, name: str, unit: str, id: str, colour: str) -> Chart:
    """The chart of `found`, contributions to the metric that is called `name`."""
    rows = list(range(len(found.parts)))
    of_mean = [100.0 * part.share_of_mean for part in found.parts]
    of_tail = [100.0 * part.share_of_tail for part in found.parts]
    hover = [
        f"{plain(part.name)}<br>{mean:.1f}% of the mean: {sentence(amount(part.of_mean))} {unit}"
        f"<br>{tail:.1f}% of TVaR95: {sentence(amount(part.of_tail))} {unit}"
        for part, mean, tail in zip(found.parts, of_mean, of_tail, strict=True)
    ]
    data = [
        {
            "type": "bar",
            "orientation": "h",
            "x": numbers(of_mean),
            "y": rows,
            "width": 0.56,
            "marker": {"color": colour, "line": {"width": 0}},
            "hovertext": hover,
            "hoverinfo": "text",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "x": numbers(of_tail),
            "y": rows,
            "marker": {
                "symbol": "diamond",
                "size": 9,
                "color": "@ink",
                "line": {"color": "@paper", "width": 1},
            },
            "hovertext": hover,
            "hoverinfo": "text",
        },
    ]
    spec = {
        "data": data,
        "layout": layout(
            axis(f"share of {name}", ticksuffix="%", rangemode="tozero", nticks=6),
            names_axis([part.name for part in found.parts]),
        ),
    }
    first = found.parts[0]
    lead = "Bars: share of the mean. Diamonds: share of TVaR95, the mean of the worst 5% of futures."
    if found.n_parts > len(found.parts):
        lead += f" The {len(found.parts)} largest of {found.n_parts:,} workloads."
    alternative = f"Shares of {name} by workload. {first.name} has {of_mean[0]:.1f}% of the mean."
    height = ROW * len(rows) + AROUND
    return Chart(
        id,
        f"Who carries the {name}",
        lead,
        alternative,
        spec,
        height,
        shares(found, name, unit),
        is_half=True,
    )
