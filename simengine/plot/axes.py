"""Axes to draw on, quiet ones, and the colours of the charts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simengine.analysis.axes import refusal
from simengine.report.charts.scale import Scale
from simengine.report.extras import check_installed
from simengine.results.dataset import Result, as_result
from simengine.results.variables import VARIABLES

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

INK, MUTED, RULE, GRID = "#1b1f23", "#59626b", "#d5dadf", "#eceff1"
COST, EXPOSURE, MORE, LESS = "#2f6090", "#a65a2e", "#b4592f", "#2c7a68"
SERIES = ("#2f6090", "#c07a1f", "#2c7a68", "#8a5a9c", "#a94450", "#5f6f2e", "#4b8fb3", "#7a6a5a")
DASHES = ("-", "--", ":", "-.")


def new_axes(ax: Axes | None, *, height: float = 3.6, width: float = 6.4, grid: str = "y") -> Axes:
    """The given axes or those of a new figure, without a frame and with lines across along `grid`."""
    check_installed(("matplotlib",), "simengine.plot")
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots(figsize=(width, height), layout="constrained")
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(RULE)
    ax.tick_params(colors=MUTED, labelsize=9)
    ax.xaxis.label.set_color(MUTED)
    ax.yaxis.label.set_color(MUTED)
    ax.set_axisbelow(True)
    if grid:
        ax.grid(axis=grid, color=GRID, linewidth=0.8)  # type: ignore[arg-type]
    return ax


def one_of(source: Result | xr.Dataset, strategy: str | None) -> Result:
    """The result of one strategy; of a comparison, the one that is named.

    Raises
    ------
    ConfigError
        If a comparison is given without a strategy, or has no such one.
    """
    result = as_result(source)
    if "strategy" not in result.coords:
        if strategy is not None and strategy != result.attrs["strategy"]:
            raise refusal(
                "strategy",
                strategy,
                str(result.attrs["strategy"]),
                "this result has one strategy: leave it out",
            )
        return result
    names = result.labels("strategy")
    if strategy not in names:
        arrived = "a comparison, and no strategy named" if strategy is None else strategy
        raise refusal("strategy", arrived, ", ".join(names), "name one: strategy=...")
    return result.of_strategy(strategy)


def kept(result: Result, *names: str) -> None:
    """Raise ConfigError, which says what to keep, if a variable is missing."""
    for name in names:
        if name in result:
            continue
        if name not in VARIABLES:
            known = sorted(n for n, v in VARIABLES.items() if v.dims == ("path",))
            raise refusal("metric", name, ", ".join(known), "")
        keep = VARIABLES[name].keep
        raise refusal(
            "run.keep", f"a result without {name}", "one that kept it", f"run again with {keep} in run.keep"
        )


def unit_of(result: Result, metric: str) -> str:
    """The metric's unit, with the currency put in; nothing for a plain number."""
    unit = str(result.variable_attributes(metric)["units"])
    return "" if unit == "1" else unit


def named(metric: str, scale: Scale) -> str:
    """An axis' name and unit."""
    name = VARIABLES[metric].long_name
    return f"{name} ({scale.unit})" if scale.unit else name


def literal(text: str) -> str:
    """A name of the study, in which matplotlib reads no formula."""
    return text.replace("$", r"\$")
