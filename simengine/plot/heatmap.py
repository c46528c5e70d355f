"""The heat map of workload by driver."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simengine.plot.axes import INK, kept, literal, named, new_axes, one_of, unit_of
from simengine.report.charts.heatmap import heatmap as heatmap_of
from simengine.report.charts.scale import scale_for
from simengine.results.dataset import Result

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes


def heatmap(
    source: Result | xr.Dataset,
    metric: str = "total_cost",
    *,
    strategy: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """What is booked to each workload and driver on average, with ± half of its 95% interval.

    Parameters
    ----------
    source
        A Dataset or `Result` that kept `by_workload_driver`.
    metric
        `total_cost` or `disruption_exposure`.
    strategy
        Which one of a comparison.
    ax
        Where to draw.
    """
    result = one_of(source, strategy)
    kept(result, f"{metric}_by_workload_driver")
    found = heatmap_of(result, metric)
    values = np.array([[e.value for e in row] for row in found.cells])
    scale = scale_for(values.ravel(), unit_of(result, f"{metric}_by_workload_driver"))
    rows, columns = values.shape
    axes = new_axes(ax, width=2.5 + 1.2 * columns, height=1.2 + 0.36 * rows, grid="")
    largest = float(np.abs(values).max()) or 1.0
    # The square root of the size, so that a tenth of the largest is seen too.
    shade = np.sign(values) * np.sqrt(np.abs(values) / largest)
    axes.imshow(shade, cmap="BrBG_r", vmin=-1.7, vmax=1.7, aspect="auto")
    for row, estimates in enumerate(found.cells):
        for column, e in enumerate(estimates):
            if e.value or e.standard_error:
                half = 0.5 * (e.high - e.low)
                text = f"{scale.text(e.value, half or None)} ± {scale.text(half, half or None)}"
                axes.text(column, row, text, ha="center", va="center", fontsize=8, color=INK)
    axes.set_xticks(range(columns), [literal(name) for name in found.drivers])
    axes.set_yticks(range(rows), [literal(name) for name in found.workloads])
    axes.tick_params(length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.set_title(f"mean {named(metric, scale)} as booked", fontsize=10, loc="left", color=INK)
    return axes
