"""Strategies side by side: their ranges, and their differences from the baseline."""

from __future__ import annotations

from simengine.report.charts.scale import scale_for
from simengine.report.charts.strategies import LEVELS, Strategies
from simengine.report.page.blocks import Chart, Column, Table
from simengine.report.page.drawing.style import (
    SERIES,
    axis,
    half_width,
    label,
    layout,
    names_axis,
    numbers,
    plain,
)
from simengine.report.page.wording import amount, changed, minus, sentence

ROW, AROUND = 46, 60


def draw_ranges(found: Strategies, name: str, unit: str, id: str) -> Chart:
    """A line from P5 to P95, a bar from P25 to P75, a dot for the median and a mark for the mean."""
    scale = scale_for([found.quantiles[s][0.95].value for s in found.names], unit)
    data, annotations = [], []
    for row, strategy in enumerate(found.names):
        quantiles = found.quantiles[strategy]
        low, lower, middle, upper, high = (scale(quantiles[level].value) for level in LEVELS)
        average = found.average[strategy]
        told = "<br>".join(
            f"P{100 * level:.10g} {minus(scale.text(quantiles[level].value))}" for level in LEVELS[::-1]
        )
        hover = (
            f"{plain(strategy)} ({plain(scale.unit)})<br>{told}<br>mean {minus(scale.text(average.value))}"
        )
        colour = SERIES[row % len(SERIES)]
        shared = {"hovertext": hover, "hoverinfo": "text", "type": "scatter"}
        data += [
            shared
            | {
                "mode": "lines",
                "x": numbers([low, high]),
                "y": [row, row],
                "line": {"color": colour, "width": 2},
            },
            shared
            | {
                "mode": "lines",
                "x": numbers([lower, upper]),
                "y": [row, row],
                "line": {"color": colour, "width": 10},
            },
            shared
            | {
                "mode": "markers",
                "x": numbers([middle]),
                "y": [row],
                "marker": {"size": 9, "color": "@paper", "line": {"color": colour, "width": 2}},
            },
            shared
            | {
                "mode": "markers",
                "x": numbers([scale(average.value)]),
                "y": [row],
                "marker": {"symbol": "line-ns", "size": 18, "line": {"color": "@ink", "width": 2}},
            },
        ]
        annotations.append(
            label(high, row, minus(scale.text(quantiles[0.95].value)), xanchor="left", xshift=6)
        )
    spec = {
        "data": data,
        "layout": layout(
            axis(f"{name} ({scale.unit})", rangemode="tozero", nticks=6),
            names_axis(found.names),
            annotations=annotations,
        ),
    }
    columns = [Column("mean"), *(Column(f"P{100 * level:.10g}") for level in LEVELS)]
    rows = [
        (s, [amount(found.average[s]), *(amount(found.quantiles[s][level]) for level in LEVELS)])
        for s in found.names
    ]
    lead = "Thin: P5 to P95, with P95 in figures. Thick: the middle half. Ring: median. Upright: mean."
    alternative = f"Ranges of {name} by strategy. " + "; ".join(
        f"{s}: mean {sentence(amount(found.average[s]))}, P95 {amount(found.quantiles[s][0.95]).text}"
        for s in found.names
    )
    table = Table(f"{name} by strategy ({unit})", "strategy", columns, rows)
    height = ROW * len(found.names) + AROUND
    return Chart(id, f"Range of {name}", lead, alternative, spec, height, table, is_half=True)


def draw_differences(found: Strategies, name: str, unit: str, id: str) -> Chart:
    """The paired difference of means from the baseline with its 95% interval."""
    names = [s for s in found.names if s != found.baseline]
    estimates = [found.difference[s] for s in names]
    scale = scale_for([v for e in estimates for v in (e.low, e.high)], unit)
    colours = [
        "@muted" if e.low <= 0.0 <= e.high else "@more" if e.value > 0.0 else "@less" for e in estimates
    ]
    data = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": numbers(scale(e.value) for e in estimates),
            "y": list(range(len(names))),
            "marker": {"size": 9, "color": colours},
            "error_x": {
                "type": "data",
                "array": numbers(scale(half_width(e)) for e in estimates),
                "color": "@ink",
                "thickness": 1.4,
                "width": 5,
            },
            "hovertext": [
                f"{plain(s)}: {sentence(changed(e))} {unit}" for s, e in zip(names, estimates, strict=True)
            ],
            "hoverinfo": "text",
        }
    ]
    annotations = [
        label(
            scale(e.value),
            row,
            minus(scale.text(e.value, half_width(e) or None, signed=True)),
            yanchor="bottom",
            yshift=7,
        )
        for row, e in enumerate(estimates)
    ]
    zero = {
        "type": "line",
        "x0": 0,
        "x1": 0,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "layer": "below",
        "line": {"color": "@muted", "width": 1},
    }
    ends = [0.0, *(scale(e.value + sign * half_width(e)) for e in estimates for sign in (-1.0, 1.0))]
    room = 0.12 * ((max(ends) - min(ends)) or 1.0)
    spec = {
        "data": data,
        "layout": layout(
            axis(
                f"change of mean {name} ({scale.unit})",
                nticks=5,
                range=[min(ends) - room, max(ends) + room],
            ),
            names_axis(names),
            annotations=annotations,
            shapes=[zero],
        ),
    }
    lead = (
        f"Change of the mean against {found.baseline} on the same futures, with its 95% interval; "
        "left of 0 is less."
    )
    rows = [(s, [changed(e)]) for s, e in zip(names, estimates, strict=True)]
    table = Table(
        f"Change of mean {name} against {found.baseline} ({unit})", "strategy", [Column("change")], rows
    )
    alternative = f"Paired differences of mean {name} from {found.baseline}. " + "; ".join(
        f"{s}: {sentence(changed(e))} {unit}" for s, e in zip(names, estimates, strict=True)
    )
    height = ROW * len(names) + AROUND
    return Chart(id, f"Change of mean {name}", lead, alternative, spec, height, table, is_half=True)
