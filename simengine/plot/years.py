"""OEP and AEP: the loss by return period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simengine.analysis.axes import refusal
from simengine.plot.axes import COST, EXPOSURE, kept, new_axes, one_of, unit_of
from simengine.report.charts.scale import scale_for
from simengine.report.charts.years import years as years_of
from simengine.results.dataset import Result

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes


def years(source: Result | xr.Dataset, *, strategy: str | None = None, ax: Axes | None = None) -> Axes:
    """Disruption exposure by return period, of a year's largest occurrence (OEP) and of its sum (AEP).

    Parameters
    ----------
    source
        A Dataset or `Result` that kept `by_year`, over a year or more.
    strategy
        Which one of a comparison.
    ax
        Where to draw.
    """
    result = one_of(source, strategy)
    kept(result, "disruption_exposure_by_year", "largest_occurrence_by_year")
    found = years_of(result)
    if found is None:
        raise refusal(
            "run",
            "too few complete years",
            "a horizon of 365 days and 40 paths at the least",
            "run again with more",
        )
    scale = scale_for([e.value for e in found.aggregate], unit_of(result, "disruption_exposure_by_year"))
    axes = new_axes(ax)
    for name, estimates, color, dash in (
        ("AEP", found.aggregate, EXPOSURE, "-"),
        ("OEP", found.occurrence, COST, "--"),
    ):
        low, high = [scale(e.low) for e in estimates], [scale(e.high) for e in estimates]
        axes.fill_between(found.periods, low, high, color=color, alpha=0.18, linewidth=0)
        axes.plot(
            found.periods, [scale(e.value) for e in estimates], dash, color=color, linewidth=1.8, label=name
        )
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,g}")
    axes.set_xlabel("return period (years)")
    axes.set_ylabel(f"disruption exposure ({scale.unit})")
    axes.legend(frameon=False, fontsize=9)
    return axes
