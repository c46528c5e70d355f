"""The fan of cumulative cost by period."""

from __future__ import annotations

from typing import Any

from simengine.report.charts.fan import LEVELS, Fan
from simengine.report.charts.scale import scale_for
from simengine.report.page.blocks import Chart, Column, Table
from simengine.report.page.drawing.style import axis, grid, label, layout, numbers, plain
from simengine.report.page.wording import amount, minus, sentence

HEIGHT = 360
MOST_TICKS = 8
STEPS = (1, 2, 3, 4, 6, 12, 24)


def draw(found: Fan, unit: str, id: str) -> Chart:
    """Bands from P5 to P95 and from P25 to P75, the median and the mean."""
    n_periods = len(found.periods)
    scale = scale_for([e.value for e in found.quantiles[LEVELS[-1]]], unit)
    at = list(range(n_periods))
    curves = {level: numbers(scale(e.value) for e in found.quantiles[level]) for level in LEVELS}
    average = numbers(scale(e.value) for e in found.average)

    def band(low: float, high: float, colour: str) -> dict[str, Any]:
        return {
            "type": "scatter",
            "mode": "lines",
            "x": [*at, *at[::-1]],
            "y": [*curves[low], *curves[high][::-1]],
            "fill": "toself",
            "fillcolor": colour,
            "line": {"width": 0},
            "hoverinfo": "skip",
        }

    hover = []
    for k, period in enumerate(found.periods):
        quantiles = "<br>".join(
            f"P{100 * level:.10g} {minus(scale.text(found.quantiles[level][k].value))}"
            for level in LEVELS[::-1]
        )
        mean = minus(scale.text(found.average[k].value))
        hover.append(f"by the end of {plain(period)} ({plain(scale.unit)})<br>{quantiles}<br>mean {mean}")
    line = {"type": "scatter", "mode": "lines", "x": at}
    data = [
        band(0.05, 0.95, "@cost-band"),
        band(0.25, 0.75, "@cost-core"),
        line
        | {"y": curves[0.5], "line": {"color": "@cost", "width": 2}, "hovertext": hover, "hoverinfo": "text"},
        line | {"y": average, "line": {"color": "@ink", "width": 1.2, "dash": "dot"}, "hoverinfo": "skip"},
    ]
    step = next((s for s in STEPS if n_periods <= s * MOST_TICKS), -(-n_periods // MOST_TICKS))
    ticks = at[::step]
    levels = {"P95": 0.95, "P5": 0.05, "median": 0.5}
    ends = {name: scale(found.quantiles[level][-1].value) for name, level in levels.items()}
    annotations = [
        label(n_periods - 1, y, name, xanchor="left", xshift=6, font={"size": 11, "color": "@muted"})
        for name, y in ends.items()
    ]
    spec = {
        "data": data,
        "layout": layout(
            axis(
                tickmode="array",
                tickvals=ticks,
                ticktext=[plain(found.periods[k]) for k in ticks],
                range=[-0.3, n_periods - 0.7],
                tickformat="",
            ),
            grid(f"spent so far ({scale.unit})", rangemode="tozero", nticks=6),
            annotations=annotations,
            margin={"l": 64, "r": 60, "t": 12, "b": 48},
        ),
    }
    columns = [Column("mean"), *(Column(f"P{100 * level:.10g}") for level in LEVELS)]
    rows = [
        (period, [amount(found.average[k]), *(amount(found.quantiles[level][k]) for level in LEVELS)])
        for k, period in enumerate(found.periods)
    ]
    last = found.periods[-1]
    low, high = found.quantiles[0.05][-1], found.quantiles[0.95][-1]
    lead = (
        "Shaded: half and nine tenths of the futures; the line is the median, the dots are the mean. "
        f"By the end of {last} {sentence(amount(found.average[-1]))} {unit} are spent on average."
    )
    alternative = (
        f"Fan chart of cumulative cost over {n_periods} periods. By the end of {last}: "
        f"P5 {low.value:,.0f}, P95 {high.value:,.0f} {unit}."
    )
    table = Table(f"Cumulative cost by the end of each period ({unit})", "period", columns, rows)
    return Chart(id, "Cumulative cost", lead, alternative, spec, HEIGHT, table)
