"""Each workload's share of the mean and of the tail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simengine.analysis.axes import refusal
from simengine.plot.axes import COST, INK, kept, literal, new_axes, one_of
from simengine.report.charts.concentration import concentration as concentration_of
from simengine.results.dataset import Result
from simengine.results.variables import VARIABLES

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes


def concentration(
    source: Result | xr.Dataset,
    metric: str = "total_cost",
    *,
    by: str = "workload",
    strategy: str | None = None,
    ax: Axes | None = None,
    color: str = COST,
) -> Axes:
    """Shares in percent of the mean (bars) and of TVaR95 (diamonds), the greatest first, at most 24.

    Parameters
    ----------
    source
        A Dataset or `Result` that kept `totals` and `by_workload`.
    metric
        `total_cost`, `disruption_exposure`, or another variable that is kept by workload.
    by
        `workload`, `lab`, `line` or a tag, as `simengine.analysis.attribution.contributions` takes it.
    strategy
        Which one of a comparison.
    ax, color
        Where and in which colour to draw.
    """
    result = one_of(source, strategy)
    kept(result, metric, f"{metric}_by_workload")
    found = concentration_of(result, metric, by)
    if found is None:
        raise refusal("metric", f"{metric}, which is 0 on every path", "a metric with something to share", "")
    axes = new_axes(ax, height=1.0 + 0.3 * len(found.parts), grid="x")
    rows = range(len(found.parts))
    axes.barh(
        rows, [100.0 * p.share_of_mean for p in found.parts], color=color, alpha=0.6, height=0.6, label="mean"
    )
    axes.plot(
        [100.0 * p.share_of_tail for p in found.parts], rows, "D", color=INK, markersize=5, label="TVaR95"
    )
    axes.set_yticks(rows, [literal(part.name) for part in found.parts])
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.set_xlabel(f"share of {VARIABLES[metric].long_name} (%)")
    axes.legend(frameon=False, fontsize=9, loc="lower right")
    return axes
