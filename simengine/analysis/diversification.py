"""Percentiles do not sum: by how much those of the parts exceed that of the portfolio."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simengine.analysis.axes import DIMS, METRICS, axes_of, cells, kept_variable, one_strategy
from simengine.analysis.statistics import checked_level
from simengine.estimators import Estimate, quantile, tvar
from simengine.estimators.combination import Combination
from simengine.results.dataset import Result, as_result

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class Diversification:
    """A percentile (or tail mean) of every part, added up, against that of the portfolio; in money.

    `difference` is `parts` less `portfolio`: what is budgeted too much if every part gets its own percentile.
    """

    parts: Estimate
    portfolio: Estimate
    difference: Estimate


def diversification(
    source: Result | xr.Dataset,
    by: str = "workload",
    level: float = 0.9,
    metric: str = "total_cost",
    *,
    tail: bool = False,
) -> Diversification | None:
    """The diversification difference at a level, or None if the run did not keep the split.

    Parameters
    ----------
    source
        A result of one strategy.
    by, metric
        As in `contributions`: `workload`, `period`, `lab`, a tag, ...; `total_cost` or another total.
    level
        Between 0 and 1.
    tail
        Whether TVaR is meant, and not the quantile. Of TVaR the difference is never below 0; of quantiles it
        may be, where bad paths of the parts come together.

    Raises
    ------
    ConfigError
        If a name is unknown or the level is none.
    """
    result = one_strategy(as_result(source))
    level = checked_level("level", level)
    if metric in METRICS and not {metric, f"{metric}_by_{DIMS.get(by, 'workload')}"} <= set(result.arrays):
        return None
    axes = axes_of(result, by)
    name = kept_variable(result, metric, axes)
    whole = result[kept_variable(result, metric, ())]
    combined = Combination(tail=tail)
    for part in cells(result, name, axes):
        combined.add(1.0, part, level)
    parts = combined.estimate()
    combined.add(-1.0, whole, level)
    return Diversification(parts, (tvar if tail else quantile)(whole, level), combined.estimate())
