"""The fan of cumulative cost by period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simengine.plot.axes import COST, INK, kept, named, new_axes, one_of, unit_of
from simengine.report.charts.fan import fan as fan_of
from simengine.report.charts.scale import scale_for
from simengine.results.dataset import Result

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

MOST_TICKS = 8


def fan(
    source: Result | xr.Dataset,
    metric: str = "total_cost",
    *,
    strategy: str | None = None,
    ax: Axes | None = None,
    color: str = COST,
) -> Axes:
    """What has been spent by the end of each accounting period: P5 to P95, P25 to P75, median and mean.

    Parameters
    ----------
    source
        A Dataset or `Result` that kept `by_period`.
    metric
        `total_cost` or `disruption_exposure`.
    strategy
        Which one of a comparison.
    ax, color
        Where and in which colour to draw.
    """
    result = one_of(source, strategy)
    kept(result, f"{metric}_by_period")
    found = fan_of(result, metric)
    scale = scale_for([e.value for e in found.quantiles[0.95]], unit_of(result, f"{metric}_by_period"))
    at = range(len(found.periods))
    curves = {level: [scale(e.value) for e in estimates] for level, estimates in found.quantiles.items()}
    axes = new_axes(ax)
    axes.fill_between(at, curves[0.05], curves[0.95], color=color, alpha=0.17, linewidth=0, label="P5 to P95")
    axes.fill_between(at, curves[0.25], curves[0.75], color=color, alpha=0.3, linewidth=0, label="P25 to P75")
    axes.plot(at, curves[0.5], color=color, linewidth=1.8, label="median")
    axes.plot(
        at, [scale(e.value) for e in found.average], color=INK, linewidth=1.0, linestyle=":", label="mean"
    )
    ticks = list(at)[:: max(1, -(-len(found.periods) // MOST_TICKS))]
    axes.set_xticks(ticks, [found.periods[k] for k in ticks])
    axes.set_ylim(bottom=min(0.0, *curves[0.05]))
    axes.set_ylabel(f"cumulative {named(metric, scale)}")
    axes.legend(frameon=False, fontsize=9, loc="upper left")
    return axes
