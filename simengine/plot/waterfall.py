"""The waterfall from the plan to the mean or to a quantile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simengine.analysis.statistics import checked_level
from simengine.plot.axes import INK, LESS, MORE, MUTED, RULE, kept, literal, new_axes, one_of, unit_of
from simengine.report.charts.scale import scale_for
from simengine.report.charts.waterfall import waterfall as waterfall_of
from simengine.results.dataset import Result

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes


def waterfall(
    source: Result | xr.Dataset,
    level: float | None = None,
    *,
    strategy: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """From planned cost to the mean of total cost, or to its quantile at `level`, driver by driver.

    Lines at the ends of the bars are 95% intervals of the steps. The steps add up exactly; see
    `simengine.report.charts.waterfall`.

    Parameters
    ----------
    source
        A Dataset or `Result` that kept `totals` and `by_driver`.
    level
        None for the mean, or between 0 and 1.
    strategy
        Which one of a comparison.
    ax
        Where to draw.
    """
    if level is not None:
        level = checked_level("level", level)
    result = one_of(source, strategy)
    kept(result, "total_cost", "planned_cost", "no_event_cost", "total_cost_by_driver")
    found = waterfall_of(result, level)
    scale = scale_for([step.estimate.value for step in found.steps], unit_of(result, "total_cost"))
    axes = new_axes(ax, height=1.0 + 0.34 * len(found.steps), grid="")
    reached = 0.0
    ends = []
    for row, step in enumerate(found.steps):
        value = step.estimate.value
        half = scale(0.5 * (step.estimate.high - step.estimate.low))
        if step.is_level:
            reached = value
            axes.plot([scale(value)] * 2, [row - 0.34, row + 0.34], color=INK, linewidth=2.5)
            text, right = scale.text(value), scale(value)
        else:
            color = MORE if value > 0.0 else LESS
            axes.barh(
                row, scale(value), left=scale(reached), height=0.6, color=color, xerr=half, ecolor=MUTED
            )
            right = scale(max(reached, reached + value)) + half
            reached += value
            text = scale.text(value, signed=True)
        ends.append(scale(reached))
        axes.annotate(
            text, (right, row), xytext=(5, 0), textcoords="offset points", va="center", fontsize=9, color=INK
        )
    for row, end in enumerate(ends[:-1]):
        axes.plot([end, end], [row, row + 1], color=RULE, linewidth=0.8, zorder=0)
    room = (max(ends) - min(ends)) or abs(ends[0]) or 1.0
    axes.set_xlim(min(ends) - 0.06 * room, max(ends) + 0.22 * room)
    axes.set_yticks(range(len(found.steps)), [literal(step.name) for step in found.steps])
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(f"total cost ({scale.unit})")
    return axes
