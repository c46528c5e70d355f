"""Exceedance curves: one with its interval band, or several strategies together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from simengine.report.charts.exceedance import TOLD, Exceedance
from simengine.report.charts.scale import Scale, scale_for
from simengine.report.page.blocks import Cell, Chart, Column, Table
from simengine.report.page.drawing.style import DASHES, SERIES, axis, grid, layout, numbers, plain
from simengine.report.page.wording import amount, minus, sentence

HEIGHT = 320
TICKS = (0.99, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 1e-4, 1e-5)


def draw(found: Exceedance, name: str, unit: str, id: str, colour: str, band: str) -> Chart:
    """The curve of one strategy, in its 95% interval."""
    scale = _scale([found], unit)
    data = [_band(found, scale, band), _curve(found, scale, colour, "solid", "")]
    told = [(p, found.told.get(p)) for p in (0.05, 0.01)]
    lead = " ".join(
        f"{'One' if p == 0.05 else 'one'} in {round(1 / p)} exceeds {sentence(amount(e))} {unit}{end}"
        for (p, e), end in zip(told, (";", "."), strict=True)
        if e is not None
    )
    table = Table(f"{name}: exceeded with a probability", "probability", [Column(unit)], _rows([found]))
    alternative = f"Curve of the probability that {name} exceeds a value, with its 95% interval."
    return Chart(
        id,
        "Exceedance",
        lead.rstrip(";"),
        alternative,
        _spec(data, name, scale, [found]),
        HEIGHT,
        table,
        is_half=True,
    )


def draw_together(curves: Mapping[str, Exceedance], name: str, unit: str, id: str) -> Chart:
    """The curves of several strategies; a legend names them, and hides one at a click."""
    scale = _scale(curves.values(), unit)
    data = []
    for k, (strategy, found) in enumerate(curves.items()):
        curve = _curve(found, scale, SERIES[k % len(SERIES)], DASHES[k % len(DASHES)], strategy)
        data.append(curve | {"name": plain(strategy), "showlegend": True})
    spec = _spec(data, name, scale, list(curves.values()))
    spec["layout"] |= {
        "showlegend": True,
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 1.02,
            "yanchor": "bottom",
            "font": {"size": 12, "color": "@ink"},
        },
    }
    alternative = f"Curves of the probability that {name} exceeds a value, one for each strategy."
    table = Table(
        f"{name}: exceeded with a probability ({unit})",
        "probability",
        [Column(strategy) for strategy in curves],
        _rows(list(curves.values())),
    )
    return Chart(
        id,
        f"Exceedance of {name}",
        "How likely each strategy comes to more than a value.",
        alternative,
        spec,
        HEIGHT + 40,
        table,
    )


def _scale(curves: Any, unit: str) -> Scale:
    return scale_for([value for found in curves for value in found.curve.threshold], unit)


def _curve(found: Exceedance, scale: Scale, colour: str, dash: str, strategy: str) -> dict[str, Any]:
    before = f"{plain(strategy)}<br>" if strategy else ""
    curve = found.curve
    hover = [
        f"{before}more than {minus(scale.text(threshold))} {scale.unit}<br>{_percent(p)} of futures"
        f" ({_percent(low)} to {_percent(high)})"
        for threshold, p, low, high in zip(
            curve.threshold, curve.value, curve.ci_low, curve.ci_high, strict=True
        )
    ]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": numbers(map(scale, curve.threshold)),
        "y": numbers(100.0 * curve.value),
        "line": {"color": colour, "width": 2, "dash": dash},
        "hovertext": hover,
        "hoverinfo": "text",
    }


def _band(found: Exceedance, scale: Scale, colour: str) -> dict[str, Any]:
    curve = found.curve
    return {
        "type": "scatter",
        "mode": "lines",
        "x": numbers(map(scale, [*curve.threshold, *curve.threshold[::-1]])),
        "y": numbers([*(100.0 * curve.ci_low), *(100.0 * curve.ci_high[::-1])]),
        "fill": "toself",
        "fillcolor": colour,
        "line": {"width": 0},
        "hoverinfo": "skip",
    }


def _spec(data: list[Any], name: str, scale: Scale, curves: Sequence[Exceedance]) -> dict[str, Any]:
    least = min(float(p) for found in curves for p in found.curve.value)
    ticks = [p for p in TICKS if p >= least]
    if len(ticks) > 7:
        ticks = [p for p in ticks if p not in (0.2, 0.02, 0.005, 0.002)]
    logarithmic = {
        "type": "log",
        "tickmode": "array",
        "range": [math.log10(70.0 * least), math.log10(125.0)],
        "tickvals": [100.0 * p for p in ticks],
        "ticktext": [_percent(p) for p in ticks],
    }
    linear = {"type": "linear", "tickmode": "auto", "nticks": 6, "ticksuffix": "%", "range": [0, 102]}
    return {
        "data": data,
        "layout": layout(
            axis(f"{name} ({scale.unit})", nticks=6), grid("probability of more", **logarithmic)
        ),
        "scales": {"logarithmic": logarithmic | {"ticksuffix": ""}, "linear": linear},
    }


def _percent(p: float) -> str:
    """12%, 0.1%, 99.9%: two digits, of what lacks to 100% if that is less."""
    percent = 100.0 * p
    return f"{percent:.3g}%" if percent >= 99.0 else f"{percent:.2g}%"


def _rows(curves: Sequence[Exceedance]) -> list[tuple[str, list[Cell]]]:
    rows = []
    for p in TOLD:
        found = [curve.told.get(p) for curve in curves]
        if any(found):
            rows.append((f"{_percent(p)}", [amount(e) if e else Cell("") for e in found]))
    return rows
