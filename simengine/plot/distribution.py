"""The distribution of a metric over the futures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simengine.plot.axes import COST, INK, MUTED, kept, named, new_axes, one_of, unit_of
from simengine.report.charts.distribution import distribution as distribution_of
from simengine.report.charts.scale import scale_for
from simengine.results.dataset import Result

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes


def distribution(
    source: Result | xr.Dataset,
    metric: str = "total_cost",
    *,
    strategy: str | None = None,
    ax: Axes | None = None,
    color: str = COST,
) -> Axes:
    """Shares of the futures in bins, with mean, P5, P50 and P95.

    An atom at the least value (no disruption at all) is told in the legend and not drawn, as are the futures
    beyond the last bin.

    Parameters
    ----------
    source
        A Dataset or `Result` with `metric`.
    metric
        A variable over `path` alone, in its own unit.
    strategy
        Which one of a comparison.
    ax, color
        Where and in which colour to draw.
    """
    result = one_of(source, strategy)
    kept(result, metric)
    found = distribution_of(result[metric])
    scale = scale_for(found.edges, unit_of(result, metric))
    edges = np.array([scale(edge) for edge in found.edges])
    shares = [100.0 * share.value for share in found.shares]
    axes = new_axes(ax)
    axes.bar(edges[:-1], shares, np.diff(edges) * 0.94, align="edge", color=color, alpha=0.6, linewidth=0)
    axes.axvline(
        scale(found.average.value), color=INK, linewidth=1.2, label=f"mean {scale.text(found.average.value)}"
    )
    for level, estimate in found.marks.items():
        text = f"P{100.0 * level:.10g} {scale.text(estimate.value)}"
        axes.axvline(scale(estimate.value), color=MUTED, linewidth=1.0, linestyle=":", label=text)
    if found.atom:
        at, share = found.atom
        axes.plot([], [], " ", label=f"{100.0 * share.value:.1f}% at {scale.text(at)}")
    if found.beyond.value:
        axes.plot([], [], " ", label=f"{100.0 * found.beyond.value:.2g}% beyond")
    axes.set_xlim(edges[0], edges[-1])
    axes.set_xlabel(named(metric, scale))
    axes.set_ylabel("share of futures (%)")
    axes.legend(frameon=False, fontsize=9)
    return axes
