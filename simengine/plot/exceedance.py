"""Exceedance curves, one or one for each strategy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simengine.plot.axes import COST, DASHES, SERIES, kept, literal, named, new_axes, one_of, unit_of
from simengine.report.charts.exceedance import exceedance as exceedance_of
from simengine.report.charts.scale import scale_for
from simengine.results.dataset import Result, as_result

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes


def exceedance(
    source: Result | xr.Dataset,
    metric: str = "total_cost",
    *,
    strategy: str | None = None,
    ax: Axes | None = None,
    log: bool = True,
) -> Axes:
    """The probability of more than each value, in its 95% interval (Wilson's).

    A comparison has a curve for each strategy.

    Parameters
    ----------
    source
        A Dataset or `Result` with `metric`.
    metric
        A variable over `path` alone, in its own unit.
    strategy
        Only this one of a comparison.
    ax
        Where to draw.
    log
        Whether probabilities are on a logarithmic scale.
    """
    result = as_result(source)
    kept(result, metric)
    compared = "strategy" in result.coords and strategy is None
    names = result.labels("strategy") if compared else [strategy]
    curves = [exceedance_of(one_of(result, name)[metric]).curve for name in names]
    scale = scale_for([value for curve in curves for value in curve.threshold], unit_of(result, metric))
    axes = new_axes(ax)
    for k, (name, curve) in enumerate(zip(names, curves, strict=True)):
        at = [scale(value) for value in curve.threshold]
        color = SERIES[k % len(SERIES)] if compared else COST
        dash = DASHES[k % len(DASHES)] if compared else "-"
        axes.fill_between(
            at, 100.0 * curve.ci_low, 100.0 * curve.ci_high, color=color, alpha=0.18, linewidth=0
        )
        axes.plot(at, 100.0 * curve.value, dash, color=color, linewidth=1.8, label=literal(name or ""))
    if compared:
        axes.legend(frameon=False, fontsize=9)
    if log:
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_xlabel(named(metric, scale))
    axes.set_ylabel("probability of more (%)")
    return axes
