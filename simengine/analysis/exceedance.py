"""Exceedance by year: OEP from the largest occurrence of each year, AEP from the year's sum.

Every complete 365-day year of every path is one observation, so that a return period is in years; errors are
clustered by path, since the years of a path share its parameters. The years of a growing portfolio are not
alike: the curve is that of a year picked at random from the horizon.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from simengine.analysis.axes import one_strategy, refusal
from simengine.analysis.of_summary import Summarised
from simengine.estimators import (
    RETURN_PERIODS,
    ExceedanceCurve,
    ReturnPeriodCurve,
    exceedance,
    return_periods,
)
from simengine.estimators.estimate import CONFIDENCE
from simengine.model.wording import show
from simengine.results.dataset import Result, as_result
from simengine.results.summary import CURVES, DAYS_OF_YEAR

if TYPE_CHECKING:
    import xarray as xr

__all__ = [
    "RETURN_PERIODS",
    "ExceedanceCurve",
    "ReturnPeriodCurve",
    "aep",
    "aep_exceedance",
    "complete_years",
    "exceedance",
    "has_curves",
    "oep",
    "oep_exceedance",
    "return_periods",
    "yearly",
]

YEARLY = CURVES


def oep(
    source: Result | xr.Dataset,
    periods: Sequence[float] = RETURN_PERIODS,
    confidence: float = CONFIDENCE,
) -> ReturnPeriodCurve:
    """Occurrence exceedance: the disruption exposure booked to a year's largest occurrence, by return period.

    Parameters
    ----------
    source
        A result of one strategy that kept `by_year`.
    periods
        Return periods in years, above 1.
    """
    return _by_period(source, "oep", periods, confidence)


def aep(
    source: Result | xr.Dataset,
    periods: Sequence[float] = RETURN_PERIODS,
    confidence: float = CONFIDENCE,
) -> ReturnPeriodCurve:
    """Aggregate exceedance: the disruption exposure booked to all occurrences of a year, by return period."""
    return _by_period(source, "aep", periods, confidence)


def oep_exceedance(
    source: Result | xr.Dataset, thresholds: Sequence[float] | np.ndarray | None = None
) -> ExceedanceCurve:
    """The probability that a year's largest occurrence exceeds each threshold, in money."""
    return exceedance(yearly(source, "oep"), thresholds)


def aep_exceedance(
    source: Result | xr.Dataset, thresholds: Sequence[float] | np.ndarray | None = None
) -> ExceedanceCurve:
    """The probability that a year's occurrences exceed each threshold together, in money."""
    return exceedance(yearly(source, "aep"), thresholds)


def yearly(source: Result | xr.Dataset, curve: str) -> np.ndarray:
    """What `oep` or `aep` looks at: (path, year), complete years only.

    A last year that the horizon cuts short is left out: it would count as a year with less in it. What an
    occurrence does beyond the horizon costs nothing, so late years carry less of long disruptions too.

    Raises
    ------
    ConfigError
        If the run did not keep `by_year`, or has no complete year.
    """
    result = one_strategy(as_result(source))
    return result[_checked(result, curve)][:, : complete_years(result)]


def _checked(result: Result, curve: str) -> str:
    """The variable that a curve looks at, if it is there and has a complete year."""
    name = YEARLY[curve]
    if name not in result:
        remedy = "run again with by_year in run.keep"
        if "sketch_quantity" in result:
            remedy += f", or with {curve} in run.summarise"
        raise refusal(
            "run.keep", "a result without by_year", f"one that kept {name}, for {curve.upper()}", remedy
        )
    years = complete_years(result)
    if years < 1:
        horizon = float(result.attrs["horizon_days"])
        raise refusal(
            "run.horizon_days",
            f"a horizon of {horizon:.10g} days",
            "at least one year of 365 days, for OEP and AEP",
            "run again with a longer horizon",
        )
    return name


def complete_years(source: Result | xr.Dataset) -> int:
    """How many whole 365-day years the horizon holds."""
    return int(float(as_result(source).attrs["horizon_days"]) // DAYS_OF_YEAR)


def _by_period(
    source: Result | xr.Dataset, curve: str, periods: Sequence[float], confidence: float
) -> ReturnPeriodCurve:
    result, periods = one_strategy(as_result(source)), checked_periods(periods)
    if YEARLY[curve] not in result and "sketch_quantity" in result:
        found = Summarised(result).curve(curve, periods, confidence)
        if found is not None:
            return found
    years = result.rows(_checked(result, curve))
    return return_periods(years, periods, confidence, n_each=complete_years(result))


def has_curves(source: Result | xr.Dataset) -> bool:
    """Whether a result tells OEP and AEP: from its years, or from sketches that `run.summarise` named."""
    result = as_result(source)
    if all(name in result for name in YEARLY.values()):
        return True
    sketched = result.codes["sketch_quantity"] if "sketch_quantity" in result else ()
    return all(f"{curve} 1" in sketched for curve in YEARLY)


def checked_periods(periods: Sequence[float]) -> list[float]:
    """Return periods that are some.

    Raises
    ------
    ConfigError
        If one is not a number above 1.
    """
    for period in periods:
        if not isinstance(period, int | float | np.number) or not 1.0 < period < math.inf:
            raise refusal("periods", show(period), "return periods in years, above 1, such as 100", "")
    return [float(period) for period in periods]
