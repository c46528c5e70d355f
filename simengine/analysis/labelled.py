"""Summaries as labelled datasets: the same estimates as in the tables, with named dimensions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from simengine.analysis import exceedance
from simengine.analysis.attribution import contributions
from simengine.analysis.axes import (
    Axis,
    By,
    axes_of,
    cells,
    kept_metrics,
    kept_splits,
    kept_variable,
    one_strategy,
    refusal,
)
from simengine.analysis.statistics import checked_confidence, checked_level
from simengine.analysis.summarise import QUANTILES, TAIL, distribution
from simengine.analysis.without import METRICS, Through, keeping, silenced
from simengine.analysis.without import through_others as _through_others
from simengine.estimators.estimate import CONFIDENCE
from simengine.estimators.exceedance import RETURN_PERIODS
from simengine.model.study import Study
from simengine.model.wording import did_you_mean, listed, show
from simengine.results.dataset import Result
from simengine.results.simulation import Progress, play
from simengine.results.variables import CURRENCY, VARIABLES

if TYPE_CHECKING:
    import xarray as xr

NUMBERS = ("value", "standard_error", "ci_low", "ci_high")
# What of a result's provenance goes with every number that is made from it.
PROVENANCE = (
    "title",
    "portfolio",
    "scenario",
    "currency",
    "start",
    "seed",
    "n_paths",
    "first_path",
    "result_hash",
)
STATISTICS = ("mean", "tvar")


def summarise(
    source: Result | xr.Dataset,
    quantiles: Sequence[float] = QUANTILES,
    by: By = (),
    *,
    of: str | Sequence[str] | None = None,
    tail: float = TAIL,
    confidence: float = CONFIDENCE,
) -> xr.Dataset:
    """Mean, standard deviation, quantiles and tail mean over paths, each with its Monte Carlo error.

    Parameters
    ----------
    source
        A result, of one strategy or several, as from `simulate`, `compare`, or opened from its folder.
    quantiles
        Levels between 0 and 1; type 1, the inverse empirical distribution.
    by
        Nothing for the portfolio; or `workload`, `line`, `lab`, `component`, `period`, `driver`, `year`, a
        tag (`tag:key`, or its key alone), or several that split different dimensions, as far as the run kept
        them: `("workload", "period")`. Labs, lines and tags are those of the workloads at the start.
    of
        One variable, or several; by default all that the run kept by these splits.
    tail
        The level of TVaR.
    confidence
        That of the intervals.

    Returns
    -------
    xarray.Dataset
        `value`, `standard_error`, `ci_low` and `ci_high` with dimensions `strategy` (if compared), `metric`
        (unless `of` is one name), `statistic` (`mean`, `sd`, `P5`, ..., `TVaR95`) and the splits, in the
        order of `by`. An error is NaN, and a limit infinite, where the paths do not suffice to tell it.

    Raises
    ------
    ConfigError
        If a name is unknown, a level is none, or the run did not keep what is asked for.
    """
    result = checked_source(source)
    quantiles = [checked_level("quantiles", level) for level in quantiles]
    tail, confidence = checked_level("tail", tail), checked_confidence(confidence)
    axes = axes_of(result, by)
    if of is None:
        metrics = kept_metrics(result, axes)
        if not metrics:
            raise refusal(
                "by",
                " and ".join(axis.name for axis in axes) or "nothing",
                f"what this result kept: by {listed(kept_splits(result)) or 'nothing'}",
                "run again with more in run.keep",
            )
    else:
        metrics = [of] if isinstance(of, str) else list(of)
        for metric in metrics:
            kept_variable(result, metric, axes)

    names: list[str] = []

    def numbers(one: Result) -> np.ndarray:
        found = []
        for metric in metrics:
            for values in cells(one, kept_variable(one, metric, axes), axes):
                estimates = list(distribution(values, quantiles, tail, confidence))
                names[:] = [statistic for statistic, _ in estimates]
                found.append([(e.value, e.standard_error, e.low, e.high) for _, e in estimates])
        shape = (len(metrics), *(len(axis.labels) for axis in axes), len(found[0]), 4)
        return np.moveaxis(np.array(found).reshape(shape), (-1, -2), (0, 2))

    stacked = _by_strategy(result, numbers)
    labels = {"metric": metrics, "statistic": names, **{axis.name: list(axis.labels) for axis in axes}}
    units = [_unit(result, metric, axes) for metric in metrics]
    dataset = _dataset(result, stacked, labels, confidence)
    dataset = dataset.assign_coords(unit=("metric", np.array(units)))
    if isinstance(of, str):
        dataset = dataset.isel(metric=0)
        for name in NUMBERS:
            dataset[name].attrs["units"] = units[0]
    return dataset


def attribution(
    source: Result | xr.Dataset,
    of: str = "total_cost",
    statistic: Literal["mean", "tvar"] = "mean",
    level: float = TAIL,
    by: By = "driver",
    *,
    confidence: float = CONFIDENCE,
) -> xr.Dataset:
    """What each part contributes to the portfolio's mean or TVaR; the parts add up to it.

    Parameters
    ----------
    source
        A result, of one strategy or several.
    of
        A variable that the run kept in parts: `total_cost`, `disruption_exposure`, ...
    statistic
        `mean`, or `tvar` for what each part adds to the worst 1 - `level` of the portfolio (co-TVaR).
    level
        That of TVaR, between 0 and 1.
    by
        `driver` (with `(no event)`, what is booked to none), `workload`, `line`, `lab`, `component`,
        `period`, a tag (`tag:key`, or its key alone; `(none)` for workloads without it), or several that
        split different dimensions, such as `("workload", "driver")`.

    Returns
    -------
    xarray.Dataset
        `value`, `standard_error`, `ci_low`, `ci_high` and `share` of the total, with dimensions `strategy`
        (if compared) and the splits; and `total`, the portfolio's own number, with `total_standard_error`.

    Raises
    ------
    ConfigError
        If a name is unknown, a level is none, or the run did not keep what is asked for.
    """
    result = checked_source(source)
    if statistic not in STATISTICS:
        allowed = listed(STATISTICS)
        raise refusal("statistic", show(statistic), allowed, did_you_mean(statistic, STATISTICS))
    level, confidence = checked_level("level", level), checked_confidence(confidence)
    each = _each_strategy(result)
    found = [contributions(one, of, by, None if statistic == "mean" else level, confidence) for one in each]
    stacked = np.stack([[getattr(part, name) for name in (*NUMBERS, "share")] for part in found], axis=1)
    totals = np.array([[part.total.value, part.total.standard_error] for part in found]).T
    if "strategy" not in result.coords:
        stacked, totals = stacked[:, 0], totals[:, 0]
    labels = {name: list(parts) for name, parts in zip(found[0].by, found[0].labels, strict=True)}
    dataset = _dataset(result, stacked, labels, confidence, (*NUMBERS, "share"))
    compared = ("strategy",) if "strategy" in result.coords else ()
    dataset["total"], dataset["total_standard_error"] = (compared, totals[0]), (compared, totals[1])
    for name in dataset.data_vars:
        dataset[name].attrs["units"] = "1" if name == "share" else found[0].unit
    return dataset.assign_attrs(of=of, statistic=found[0].statistic)


def return_periods(
    source: Result | xr.Dataset,
    periods: Sequence[float] = RETURN_PERIODS,
    *,
    confidence: float = CONFIDENCE,
) -> xr.Dataset:
    """OEP and AEP: the disruption exposure that a year exceeds once in so many years.

    Every complete 365-day year of every path is one observation; errors are clustered by path.

    Parameters
    ----------
    source
        A result that kept `by_year`, of one strategy or several.
    periods
        Return periods in years, above 1.

    Returns
    -------
    xarray.Dataset
        `value`, `standard_error`, `ci_low` and `ci_high`, in money, with dimensions `strategy` (if compared),
        `curve` (`oep`: the year's largest occurrence; `aep`: the year's sum) and `return_period`.

    Raises
    ------
    ConfigError
        If a period is not above 1, the run did not keep `by_year`, or it has no complete year.
    """
    result = checked_source(source)
    confidence = checked_confidence(confidence)

    def numbers(one: Result) -> np.ndarray:
        curves = [curve(one, periods, confidence) for curve in (exceedance.oep, exceedance.aep)]
        return np.array([[getattr(curve, name) for curve in curves] for name in NUMBERS])

    stacked = _by_strategy(result, numbers)
    labels = {"curve": ["oep", "aep"], "return_period": np.array(periods, dtype=np.float64)}
    dataset = _dataset(result, stacked, labels, confidence)
    for name in NUMBERS:
        dataset[name].attrs["units"] = str(result.attrs["currency"])
    dataset["return_period"].attrs["units"] = "years"
    return dataset


def through_others(
    study: Study, drivers: str | Sequence[str] | None = None, progress: Progress | None = None
) -> xr.Dataset:
    """What drivers do as a whole, by their own occurrences, and through others.

    The run as it is, less a run without the driver on the same draws, is the whole of what it does; what
    attribution books to its own occurrences is a part of that, and the rest is done through others. Wholes
    do not add up over drivers.

    Parameters
    ----------
    study
        What is run under its own strategy, once as it is and once without each driver.
    drivers
        Some drivers of its scenario; all, unless named.
    progress
        Called as runs without a driver are done, with how many are and how many there will be.

    Returns
    -------
    xarray.Dataset
        `value` (a mean over paths), `standard_error`, `ci_low` and `ci_high` (95%), in money, with dimensions
        `metric` (`total_cost`, `disruption_exposure`), `driver` and `statistic` (`whole`, `booked`,
        `through_others`).

    Raises
    ------
    ConfigError
        If a driver is not in the scenario.
    """
    if not isinstance(study, Study):
        remedy = "make one with Study.from_mapping(tree) or compose(overrides)"
        raise refusal("study", f"a {type(study).__name__}", "a Study", remedy)
    names = list(silenced(study, drivers))
    result = play(keeping(study, "totals", "by_driver"))
    found = {(one.metric, one.driver): one for one in _through_others(study, names, progress, result)}
    parts = ("whole", "booked", "others")

    def numbers(one: Through) -> list[list[float]]:
        estimates = [getattr(one, part) for part in parts]
        return [[e.value, e.standard_error, e.low, e.high] for e in estimates]

    each = [[numbers(found[metric, name]) for name in names] for metric in METRICS]
    stacked = np.moveaxis(np.array(each).reshape(len(METRICS), len(names), len(parts), 4), -1, 0)
    labels = {
        "metric": list(METRICS),
        "driver": np.array(names, dtype=np.str_),
        "statistic": ["whole", "booked", "through_others"],
    }
    dataset = _dataset(result, stacked, labels, CONFIDENCE)
    for name in NUMBERS:
        dataset[name].attrs["units"] = str(result.attrs["currency"])
    return dataset


def checked_source(source: Any) -> Result:
    """A result whose variables have all their dimensions.

    Raises
    ------
    ConfigError
        If it is none, or has lost a dimension.
    """
    if isinstance(source, Result):
        return source
    import xarray as xr

    remedy = "take what simengine.simulate or simengine.compare returned, or open a result's folder"
    if not isinstance(source, xr.Dataset):
        raise refusal("result", show(type(source).__name__), "an xarray.Dataset of a simengine run", remedy)
    missing = [name for name in ("configuration", "currency", "portfolio") if name not in source.attrs]
    if missing:
        arrived = f"a dataset without the attribute {missing[0]}"
        raise refusal("result", arrived, "an xarray.Dataset of a simengine run", remedy)
    for name, variable in source.data_vars.items():
        known = VARIABLES.get(str(name))
        wanted = known.dims_among([str(dim) for dim in source.dims]) if known else ()
        if known and set(variable.dims) != set(wanted):
            raise refusal(
                str(name),
                f"dimensions {listed(variable.dims, 'and') or 'none'}",
                f"dimensions {listed(wanted, 'and')}",
                "select with lists, so that a dimension stays: workload=['a'], not workload='a'",
            )
    return Result.from_dataset(source)


def _each_strategy(result: Result) -> list[Result]:
    if "strategy" not in result.coords:
        return [one_strategy(result)]
    return [result.of_strategy(name) for name in result.labels("strategy")]


def _by_strategy(result: Result, numbers: Callable[[Result], np.ndarray]) -> np.ndarray:
    """The four numbers in front, then strategies, if they are compared."""
    each = [numbers(one) for one in _each_strategy(result)]
    return np.stack(each, axis=1) if "strategy" in result.coords else each[0]


def _dataset(
    result: Result,
    stacked: np.ndarray,
    labels: Mapping[str, Any],
    confidence: float,
    names: Sequence[str] = NUMBERS,
) -> xr.Dataset:
    import xarray as xr

    compared = {"strategy": result.labels("strategy")} if "strategy" in result.coords else {}
    coords = {dim: np.array(values) for dim, values in {**compared, **labels}.items()}
    variables = {name: (tuple(coords), numbers) for name, numbers in zip(names, stacked, strict=True)}
    provenance = {name: result.attrs[name] for name in PROVENANCE if name in result.attrs}
    return xr.Dataset(variables, coords, {**provenance, "confidence": confidence})


def _unit(result: Result, metric: str, axes: Sequence[Axis]) -> str:
    """Days of a workload are days; those of several, or of the portfolio, workload-days."""
    grouped = any(axis.dim == "workload" and axis.name != "workload" for axis in axes)
    unit = VARIABLES[metric if grouped else kept_variable(result, metric, axes)].unit
    return str(result.attrs["currency"]) if unit == CURRENCY else unit
