"""Percentiles do not sum: by how much those of the parts exceed that of the portfolio."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simengine.estimators import Estimate, quantile, tvar
from simengine.estimators.combination import quantile_combination, tvar_combination
from simengine.results.dataset import Result, as_result

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class AddedUp:
    """A percentile (or tail mean) of every part, added up, against that of the portfolio; in money.

    `difference` is `parts` less `portfolio`: what is budgeted too much if every part gets its own percentile.
    """

    parts: Estimate
    portfolio: Estimate
    difference: Estimate


def added_up(
    source: Result | xr.Dataset,
    by: str = "workload",
    level: float = 0.9,
    metric: str = "total_cost",
    *,
    tail: bool = False,
) -> AddedUp | None:
    """The diversification difference at a level, or None if the run did not keep the split.

    Parameters
    ----------
    source
        A result of one strategy.
    by
        `workload`, `component` or `period`.
    level
        Between 0 and 1.
    metric
        `total_cost` or `disruption_exposure`.
    tail
        Whether TVaR is meant, and not the quantile. Of TVaR the difference is never below 0; of quantiles it
        may be, where bad paths of the parts come together.
    """
    result = as_result(source)
    name = f"{metric}_by_{by}"
    if metric not in result or name not in result:
        return None
    whole = result[metric]
    parts = [(1.0, column, level) for column in np.ascontiguousarray(result[name].T)]
    combined, own = (tvar_combination, tvar) if tail else (quantile_combination, quantile)
    return AddedUp(combined(parts), own(whole, level), combined([*parts, (-1.0, whole, level)]))
