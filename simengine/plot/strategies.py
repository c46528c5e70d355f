"""Strategies side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simengine.analysis.axes import refusal
from simengine.plot.axes import INK, LESS, MORE, MUTED, SERIES, kept, literal, named, new_axes, unit_of
from simengine.report.charts.scale import scale_for
from simengine.report.charts.strategies import LEVELS
from simengine.report.charts.strategies import strategies as strategies_of
from simengine.results.dataset import Result, as_result

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes


def strategies(
    source: Result | xr.Dataset,
    metric: str = "total_cost",
    *,
    baseline: str | None = None,
    difference: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """The range of each strategy of a comparison, or its paired difference of means from the baseline.

    A thin line from P5 to P95, a thick one from P25 to P75, a ring at the median and an upright at the mean;
    with `difference` a point and its 95% interval on the same futures.

    Parameters
    ----------
    source
        A comparison with `metric`.
    metric
        A variable over `path` alone, in its own unit.
    baseline
        The strategy to subtract; the first one, unless named.
    difference
        Whether to draw differences.
    ax
        Where to draw.
    """
    result = as_result(source)
    if "strategy" not in result.coords:
        raise refusal(
            "strategies", "a result of one strategy", "a comparison", "make one with simengine.compare"
        )
    names = result.labels("strategy")
    if baseline is not None and baseline not in names:
        raise refusal("baseline", baseline, ", ".join(names), "")
    kept(result, metric)
    found = strategies_of(result, metric, baseline)
    unit = unit_of(result, metric)
    axes = new_axes(ax, height=1.1 + 0.45 * len(names), grid="x")
    if difference:
        names = [name for name in names if name != found.baseline]
        scale = scale_for(
            [v for n in names for v in (found.difference[n].low, found.difference[n].high)], unit
        )
        for row, name in enumerate(names):
            e = found.difference[name]
            color = MUTED if e.low <= 0.0 <= e.high else MORE if e.value > 0.0 else LESS
            half = 0.5 * scale(e.high - e.low)
            axes.errorbar(
                scale(e.value), row, xerr=half, fmt="o", color=color, ecolor=INK, capsize=3, linewidth=1.2
            )
        axes.axvline(0.0, color=MUTED, linewidth=0.8)
        axes.set_xlabel(f"mean {named(metric, scale)}, less that of {literal(found.baseline)}")
    else:
        scale = scale_for([found.quantiles[name][LEVELS[-1]].value for name in names], unit)
        for row, name in enumerate(names):
            low, lower, middle, upper, high = (scale(found.quantiles[name][level].value) for level in LEVELS)
            color = SERIES[row % len(SERIES)]
            axes.plot([low, high], [row, row], color=color, linewidth=1.6)
            axes.plot([lower, upper], [row, row], color=color, linewidth=7, solid_capstyle="butt")
            axes.plot(middle, row, "o", color="white", markeredgecolor=color, markersize=6)
            axes.plot(
                scale(found.average[name].value), row, "|", color=INK, markersize=14, markeredgewidth=1.8
            )
        axes.set_xlabel(named(metric, scale))
    axes.set_yticks(range(len(names)), [literal(name) for name in names])
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    return axes
