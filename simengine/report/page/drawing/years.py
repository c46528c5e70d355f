"""OEP and AEP: the loss by return period."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from simengine.estimators import Estimate
from simengine.report.charts.scale import Scale, scale_for
from simengine.report.charts.years import Years
from simengine.report.page.blocks import Chart, Column, Table
from simengine.report.page.drawing.style import axis, grid, label, layout, numbers
from simengine.report.page.wording import amount, minus

HEIGHT = 320
TICKS = (2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000)
TOLD = (2, 5, 10, 20, 50, 100, 200, 250, 500, 1000, 10000)


def draw(found: Years, unit: str, id: str) -> Chart:
    """Two curves in their 95% intervals, the year's sum above the year's largest."""
    scale = scale_for([e.value for e in found.aggregate], unit)
    named = (
        ("AEP", found.aggregate, "@exposure", "@exposure-band", "solid"),
        ("OEP", found.occurrence, "@cost", "@cost-band", "dash"),
    )
    data, annotations = [], []
    for name, estimates, colour, band, dash in named:
        data += [
            _band(found.periods, estimates, scale, band),
            _curve(found.periods, name, estimates, scale, colour, dash),
        ]
        shift = 9 if name == "AEP" else -9
        annotations.append(
            label(
                _logarithm(found.periods[-1]),
                scale(estimates[-1].value),
                name,
                xanchor="left",
                xshift=6,
                yshift=shift,
                font={"size": 12, "color": colour},
            )
        )
    ticks = [tick for tick in TICKS if tick <= found.periods[-1]]
    if len(ticks) > 6:
        ticks = [tick for tick in ticks if str(tick)[0] == "1" or tick == 2]
    spec = {
        "data": data,
        "layout": layout(
            axis(
                "return period (years)",
                type="log",
                tickmode="array",
                tickvals=ticks,
                ticktext=[f"{tick:,}" for tick in ticks],
                tickformat="",
            ),
            grid(f"disruption exposure ({scale.unit})", rangemode="tozero", nticks=6),
            annotations=annotations,
            margin={"l": 64, "r": 46, "t": 12, "b": 48},
        ),
    }
    rows = [
        (f"1 in {period:,.0f} years", [amount(one), amount(whole)])
        for period, one, whole in zip(found.periods, found.occurrence, found.aggregate, strict=True)
        if period in TOLD
    ]
    lead = (
        "What the largest occurrence of a year (OEP) and all of its occurrences together (AEP) exceed "
        "once in so many years."
    )
    columns = [Column("OEP: largest occurrence"), Column("AEP: the year's sum")]
    table = Table(f"Disruption exposure by return period ({unit})", "return period", columns, rows)
    alternative = (
        "Curves of the yearly disruption exposure by return period, of the largest occurrence and of the sum."
    )
    return Chart(id, "Return periods", lead, alternative, spec, HEIGHT, table, is_half=True)


def _curve(
    periods: Sequence[float], name: str, estimates: Sequence[Estimate], scale: Scale, colour: str, dash: str
) -> dict[str, Any]:
    hover = [
        f"{name}, 1 in {period:,.4g} years<br>{minus(scale.text(e.value))} {scale.unit}"
        f" ({minus(scale.text(e.low))} to {minus(scale.text(e.high))})"
        for period, e in zip(periods, estimates, strict=True)
    ]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": list(periods),
        "y": numbers(scale(e.value) for e in estimates),
        "line": {"color": colour, "width": 2, "dash": dash},
        "hovertext": hover,
        "hoverinfo": "text",
    }


def _band(
    periods: Sequence[float], estimates: Sequence[Estimate], scale: Scale, colour: str
) -> dict[str, Any]:
    y = [*(e.low for e in estimates), *(e.high for e in estimates[::-1])]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [*periods, *periods[::-1]],
        "y": numbers(map(scale, y)),
        "fill": "toself",
        "fillcolor": colour,
        "line": {"width": 0},
        "hoverinfo": "skip",
    }


def _logarithm(period: float) -> float:
    """Where an annotation stands on a logarithmic axis."""
    return math.log10(period)
