"""By how much the parts' own percentiles exceed the portfolio's: why percentiles must not be added up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simengine.analysis.axes import By, axes_of, cells, kept_variable, one_strategy
from simengine.analysis.statistics import checked_level
from simengine.estimators import Estimate
from simengine.estimators import diversification as estimated
from simengine.estimators.estimate import CONFIDENCE
from simengine.results.dataset import Result, as_result

if TYPE_CHECKING:
    import xarray as xr


def diversification(
    source: Result | xr.Dataset,
    of: str = "total_cost",
    by: By = "period",
    level: float = 0.9,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """The sum of the parts' quantiles less the quantile of the portfolio, on the same paths.

    Parameters
    ----------
    source
        A result of one strategy.
    of, by
        As in `contributions`: `total_cost` by `period`, `workload`, `lab`, ...
    level
        Between 0 and 1.

    Raises
    ------
    ConfigError
        If a name is unknown, the level is none, or the run did not keep what is asked for.
    """
    result = one_strategy(as_result(source))
    level = checked_level("level", level)
    axes = axes_of(result, by)
    name = kept_variable(result, of, axes)
    kept_variable(result, of, ())
    return estimated(cells(result, name, axes), result[of], level, confidence)
