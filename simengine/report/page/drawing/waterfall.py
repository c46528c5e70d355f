"""A waterfall from the plan to the mean or a quantile: steps down the side, levels as marks."""

from __future__ import annotations

from simengine.report.charts.scale import scale_for
from simengine.report.charts.waterfall import REST, SHORTFALL, Waterfall
from simengine.report.page.blocks import Cell, Chart, Column, Table
from simengine.report.page.drawing.style import axis, half_width, label, layout, names_axis, numbers
from simengine.report.page.wording import amount, changed, minus, sentence

ROW, AROUND = 30, 64
# Steps below this share of the longest are one step in the drawing; the table has each.
SMALL = 0.01
MOST_STEPS = 12


def draw(found: Waterfall, unit: str, id: str) -> Chart:
    """The chart; its table lists every step."""
    plan, end = found.steps[0], found.end
    between = [(step.name, step.estimate) for step in found.steps[1:-1]]
    changes = _merged([(name, estimate.value, half_width(estimate)) for name, estimate in between])
    # In the unit of the longest step: a plan of 3,085 thousand and a step of 342.
    scale = scale_for([10.0 * value for _, value, _ in changes] or [plan.estimate.value], unit)
    step = max((abs(value) for _, value, _ in changes), default=0.0) / 100.0 or None
    names = [plan.name, *(name for name, _, _ in changes), end.name]
    bars = {"x": [], "base": [], "y": [], "colour": [], "text": [], "error": []}
    reached = plan.estimate.value
    annotations, shapes = [], []
    tops, ends = [reached], []
    for row, (_, value, half) in enumerate(changes, start=1):
        before, reached = reached, reached + value
        tops += [reached]
        bars["x"].append(scale(value))
        bars["base"].append(scale(before))
        bars["y"].append(row)
        bars["colour"].append("@more" if value > 0 else "@less")
        bars["error"].append(scale(half))
        text = minus(scale.text(value, step, signed=True))
        bars["text"].append(f"{text} ± {scale.text(half, step)} {scale.unit}")
        right = max(scale(before), scale(reached)) + scale(half)
        ends += [scale(reached) - scale(half), right]
        annotations.append(label(right, row, text, xanchor="left", xshift=5))
        shapes.append(_connector(scale(reached), row))
    shapes.insert(0, _connector(scale(plan.estimate.value), 0))
    levels = [(0, plan.estimate), (len(names) - 1, end.estimate)]
    for row, estimate in levels:
        x = scale(estimate.value)
        annotations.append(
            label(x, row, f"<b>{scale.text(estimate.value, step)}</b>", xanchor="left", xshift=8)
        )
    # Error bars too are within, and to the right of the longest there is room for its label.
    reaches = [*map(scale, [*tops, end.estimate.value]), *ends]
    low, high = min(reaches), max(reaches)
    room = (high - low) or abs(high) or 1.0
    data = [
        {
            "type": "bar",
            "orientation": "h",
            "x": numbers(bars["x"]),
            "base": numbers(bars["base"]),
            "y": bars["y"],
            "width": 0.6,
            "marker": {"color": bars["colour"], "line": {"width": 0}},
            "hovertext": bars["text"],
            "hoverinfo": "text",
            "error_x": {
                "type": "data",
                "array": numbers(bars["error"]),
                "color": "@muted",
                "thickness": 1,
                "width": 3,
            },
        },
        {
            "type": "scatter",
            "mode": "markers",
            "x": numbers(scale(e.value) for _, e in levels),
            "y": [row for row, _ in levels],
            "marker": {"symbol": "line-ns", "size": 20, "line": {"color": "@ink", "width": 3}},
            "hovertext": [f"{sentence(amount(e))} {unit}" for _, e in levels],
            "hoverinfo": "text",
        },
    ]
    spec = {
        "data": data,
        "layout": layout(
            axis(f"{scale.unit}", range=[low - 0.05 * room, high + 0.24 * room], nticks=5),
            names_axis([_short(name) for name in names]),
            annotations=annotations,
            shapes=shapes,
        ),
    }
    height = ROW * len(names) + AROUND
    to = "the mean" if end.name == "mean" else f"the {end.name}"
    table = Table(f"From the plan to {to} ({unit})", "step", [Column(unit)], _rows(found))
    if end.name == "mean":
        lead = f"Planned {sentence(amount(plan.estimate))}; mean {sentence(amount(end.estimate))} {unit}."
    else:
        lead = (
            f"{end.name} {sentence(amount(end.estimate))} {unit}. Averages of the {found.n_futures:,} "
            f"futures that rank around it, whose plan was {sentence(amount(plan.estimate))}."
        )
    alternative = f"Waterfall from planned cost to {to} of total cost, driver by driver. {lead}"
    return Chart(id, f"From the plan to {to}", lead, alternative, spec, height, table, is_half=True)


def _short(name: str) -> str:
    return {SHORTFALL: "savings that fail", REST: "rest"}.get(name, name)


def _merged(changes: list[tuple[str, float, float]]) -> list[tuple[str, float, float]]:
    """The steps that a drawing shows: small ones together, their errors added up."""
    longest = max((abs(value) for _, value, _ in changes), default=0.0)
    by_size = sorted(changes, key=lambda change: -abs(change[1]))
    shown = {name for name, value, _ in by_size[: MOST_STEPS - 1] if abs(value) >= SMALL * longest}
    small = [change for change in changes if change[0] not in shown]
    kept = [change for change in changes if change[0] in shown]
    if len(small) < 2:
        return changes
    rest = (f"{len(small)} smaller steps", sum(v for _, v, _ in small), sum(h for _, _, h in small))
    return [*kept, rest]


def _connector(x: float, row: int) -> dict[str, object]:
    return {
        "type": "line",
        "x0": x,
        "x1": x,
        "y0": row,
        "y1": row + 1,
        "layer": "below",
        "line": {"color": "@rule", "width": 1},
    }


def _rows(found: Waterfall) -> list[tuple[str, list[Cell]]]:
    rows = []
    for step in found.steps:
        if step.is_level:
            rows.append((step.name, [amount(step.estimate)]))
        else:
            rows.append((step.name, [changed(step.estimate)]))
            if step.name == SHORTFALL:
                rows += [(f"of it: {part.name}", [changed(part.estimate)]) for part in found.parts]
    return rows
