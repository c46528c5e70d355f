"""What all charts share: fonts, axes, margins. Colours are roles that the style sheet defines, `@name`."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from simengine.estimators import Estimate

LEFT, RIGHT, TOP, BOTTOM = 64, 16, 12, 48
# Strategies in the order of a comparison: a colour and, for those who do not see it, a dash.
SERIES = (
    "@series-1",
    "@series-2",
    "@series-3",
    "@series-4",
    "@series-5",
    "@series-6",
    "@series-7",
    "@series-8",
)
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "solid", "dash")
PROBABILITIES = (0.999, 0.99, 0.95, 0.9, 0.75, 0.5, 0.25, 0.1, 0.05, 0.01, 0.001, 1e-4, 1e-5)


def plain(text: str) -> str:
    """A name of the study as Plotly's texts need it: nothing in it is mark-up."""
    return html.escape(text, quote=False).replace("\n", " ")


def axis(title: str = "", **more: Any) -> dict[str, Any]:
    """A quiet axis."""
    base: dict[str, Any] = {
        "showgrid": False,
        "zeroline": False,
        "showline": True,
        "linecolor": "@rule",
        "ticks": "outside",
        "ticklen": 4,
        "tickcolor": "@rule",
        "tickfont": {"color": "@muted", "size": 12},
        "fixedrange": True,
        "automargin": True,
        "separatethousands": True,
        "tickformat": ",",
    }
    if title:
        base["title"] = {"text": plain(title), "font": {"color": "@muted", "size": 12}, "standoff": 10}
    return base | more


def grid(title: str = "", **more: Any) -> dict[str, Any]:
    """An axis whose lines cross the chart."""
    return axis(title, showgrid=True, gridcolor="@grid", showline=False, ticks="", **more)


def names_axis(names: Sequence[str]) -> dict[str, Any]:
    """Names down the side, the first at the top, at 0, 1, 2, ..."""
    return axis(
        showline=False,
        ticklen=6,
        tickcolor="@none",
        tickmode="array",
        tickvals=list(range(len(names))),
        ticktext=[plain(name) for name in names],
        tickfont={"color": "@ink", "size": 12},
        range=[len(names) - 0.4, -0.6],
        tickformat="",
    )


def layout(xaxis: Mapping[str, Any], yaxis: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "autosize": True,
        "margin": {"l": LEFT, "r": RIGHT, "t": TOP, "b": BOTTOM},
        "paper_bgcolor": "@none",
        "plot_bgcolor": "@none",
        "font": {"color": "@ink", "size": 12},
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "hoverlabel": {
            "bgcolor": "@paper",
            "bordercolor": "@rule",
            "font": {"color": "@ink", "size": 12},
            "align": "left",
        },
        "xaxis": dict(xaxis),
        "yaxis": dict(yaxis),
        **more,
    }


def label(x: float, y: float, text: str, **more: Any) -> dict[str, Any]:
    """A text beside a mark."""
    return {
        "x": x,
        "y": y,
        "text": text,
        "showarrow": False,
        "font": {"size": 12, "color": "@ink"},
        **more,
    }


def numbers(values: Iterable[float]) -> list[float | None]:
    """Seven digits, more than a screen shows, to keep the page small; None for what is not known."""
    return [float(f"{value:.7g}") if math.isfinite(value) else None for value in values]


def half_width(of: Estimate) -> float:
    """Half of the interval, 0 where the paths are too few to tell it."""
    half = 0.5 * (of.high - of.low)
    return half if math.isfinite(half) else 0.0
