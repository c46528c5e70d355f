"""The distribution of a metric: bins, with the mean and three quantiles marked."""

from __future__ import annotations

from itertools import pairwise

from simengine.report.charts.distribution import Distribution
from simengine.report.charts.scale import scale_for
from simengine.report.page.blocks import Chart, Column, Table
from simengine.report.page.drawing.style import axis, grid, label, layout, numbers
from simengine.report.page.wording import amount, chance, minus, sentence

HEIGHT = 320
# Quantiles nearer than this part of the axis have one name together.
TOUCHING = 0.1


def draw(found: Distribution, name: str, unit: str, id: str, colour: str) -> Chart:
    """The chart of `found`, the distribution of the metric that is called `name`."""
    scale = scale_for(found.edges, unit)
    edges = [scale(edge) for edge in found.edges]
    width = edges[1] - edges[0]
    shares = [100.0 * share.value for share in found.shares]
    ranges = [
        f"{minus(scale.text(a, b - a))} to {minus(scale.text(b, b - a))} {scale.unit}"
        for a, b in pairwise(found.edges)
    ]
    hover = [
        f"{text}<br>{sentence(chance(share))} of futures"
        for text, share in zip(ranges, found.shares, strict=True)
    ]
    bars = {
        "type": "bar",
        "x": numbers((a + b) / 2.0 for a, b in pairwise(edges)),
        "y": numbers(shares),
        "width": width * 0.94,
        "marker": {"color": colour, "line": {"width": 0}},
        "hovertext": hover,
        "hoverinfo": "text",
    }
    top = max(shares, default=1.0) or 1.0
    shapes, annotations, placed = [], [], []
    close = 0.09 * (edges[-1] - edges[0])
    marks = [
        ("mean", found.average, "solid"),
        *((f"P{100 * p:.10g}", e, "dot") for p, e in found.marks.items()),
    ]
    for text, estimate, dash in marks:
        x = scale(estimate.value)
        if not edges[0] <= x <= edges[-1] or (
            text != "mean" and found.atom and estimate.value <= found.atom[0]
        ):
            continue
        height = 1.17 if text == "mean" else 1.07
        shapes.append(
            {
                "type": "line",
                "x0": x,
                "x1": x,
                "y0": 0,
                "y1": top * height,
                "layer": "above",
                "line": {"color": "@ink" if text == "mean" else "@muted", "width": 1.2, "dash": dash},
            }
        )
        if text == "mean":
            annotations.append(_name(x, top * height, text))
        else:
            placed.append((x, text))
    for x, text in _joined(placed, TOUCHING * (edges[-1] - edges[0])):
        # A quantile close to the mean stands off to its own side of it.
        away = x - scale(found.average.value)
        side = {} if abs(away) > close else {"xanchor": "left" if away > 0 else "right"}
        annotations.append(_name(x, top * 1.07, text, **side))
    spec = {
        "data": [bars],
        "layout": layout(
            axis(f"{name} ({scale.unit})", range=[edges[0] - width / 2, edges[-1] + width / 2]),
            grid("share of futures", ticksuffix="%", range=[0, top * 1.28], nticks=5),
            shapes=shapes,
            annotations=annotations,
            bargap=0,
        ),
    }
    rows = [(text, [chance(share)]) for text, share in zip(ranges, found.shares, strict=True)]
    if found.atom:
        at, share = found.atom
        rows.insert(0, (f"exactly {minus(scale.text(at))} {scale.unit}", [chance(share)]))
    if found.beyond.value:
        rows.append(("beyond these", [chance(found.beyond)]))
    table = Table(f"{name}: share of futures", name, [Column("share of futures")], rows)
    return Chart(
        id,
        "Distribution",
        _lead(found, unit),
        _alternative(found, name, unit),
        spec,
        HEIGHT,
        table,
        is_half=True,
    )


def _name(x: float, y: float, text: str, **side: str) -> dict[str, object]:
    return label(x, y, text, yanchor="bottom", font={"size": 11, "color": "@muted"}, **side)


def _joined(placed: list[tuple[float, str]], apart: float) -> list[tuple[float, str]]:
    """Names from left to right, where those that would lie on one another are one."""
    found: list[tuple[float, str]] = []
    for x, text in placed:
        if found and x - found[-1][0] < apart:
            before, names = found.pop()
            found.append((0.5 * (before + x), f"{names}, {text}"))
        else:
            found.append((x, text))
    return found


def _lead(found: Distribution, unit: str) -> str:
    low, middle, high = (amount(found.marks[level]) for level in (0.05, 0.5, 0.95))
    told = []
    if found.atom:
        told.append(f"{sentence(chance(found.atom[1]))} of futures have {amount_of(found.atom[0])} {unit}.")
    if not found.atom or found.marks[0.5].value > found.atom[0]:
        told.append(f"Half of the futures stay at or below {sentence(middle)} {unit}.")
    if not found.atom:
        told.append(f"Nine in ten lie between {low.text} and {high.text}.")
    if found.beyond.value:
        told.append(f"{sentence(chance(found.beyond))} lie beyond the axis.")
    return " ".join(told)


def amount_of(value: float) -> str:
    return minus(f"{value:,.0f}")


def _alternative(found: Distribution, name: str, unit: str) -> str:
    quantiles = ", ".join(f"P{100 * p:.10g} {e.value:,.0f}" for p, e in found.marks.items())
    return f"Histogram of {name} over the futures. Mean {found.average.value:,.0f} {unit}; {quantiles}."
