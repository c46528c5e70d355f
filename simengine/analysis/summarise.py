"""The summary of a result: tidy rows, each an estimate with its Monte Carlo error."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from simengine.analysis.attribution import InTail, mean_parts
from simengine.analysis.axes import TAG_PREFIX, Axis, axes_of, cells, one_strategy
from simengine.analysis.exceedance import RETURN_PERIODS, YEARLY, aep, complete_years, oep
from simengine.analysis.grouping import GATHERED_BYTES, LEVELS, columns, groups, tag_keys, tag_name
from simengine.analysis.of_summary import Summarised, distribution_of_bins
from simengine.analysis.on_threads import each_told
from simengine.analysis.statistics import checked_level, percentile, tail_mean, tail_share
from simengine.estimators import (
    Estimate,
    ReturnPeriodCurve,
    mean,
    mean_and_standard_deviation,
    mean_by_column,
    probability,
    quantile,
    tvar,
)
from simengine.estimators.estimate import CONFIDENCE
from simengine.results.dataset import Result, as_result
from simengine.results.derived import below_plan, no_saving
from simengine.results.summary import is_summary
from simengine.results.variables import CURRENCY, VARIABLES

if TYPE_CHECKING:
    import xarray as xr

QUANTILES = (0.05, 0.10, 0.25, 0.50, 0.75, 0.80, 0.90, 0.95, 0.99)
TAIL = 0.95
# Told with quantiles and tail, in portfolio and workloads; of the others the mean will do.
DISTRIBUTIONS = ("total_cost", "total_cost_pv", "disruption_exposure", "disruption_exposure_pv")
AVERAGES = (
    "disruption_days", "planned_cost", "no_event_cost", "status_quo_cost", "largest_occurrence",
    "concentration",
    "herfindahl_by_lab_at_start", "herfindahl_by_line_at_start",
    "herfindahl_by_lab_at_horizon", "herfindahl_by_line_at_horizon",
)  # fmt: skip
CURVES = {"oep": oep, "aep": aep}
Told = TypeVar("Told")
SPLIT = ("total_cost", "total_cost_pv", "disruption_exposure")


class Row(NamedTuple):
    """One number of a summary; `component` and `period` are empty where they do not apply."""

    metric: str
    level: str
    name: str
    component: str
    period: str
    statistic: str
    value: float
    standard_error: float
    ci_low: float
    ci_high: float
    currency: str
    unit: str


def summarise(
    source: Result | xr.Dataset, quantiles: Sequence[float] = QUANTILES, tail: float = TAIL
) -> list[Row]:
    """Everything that a run says about portfolio, labs, lines, workloads, tags, components, periods, drivers.

    Cost and exposure, nominal and in present value, come with mean, standard deviation, quantiles (type 1),
    TVaR and, of each part, its contribution to the portfolio's TVaR (co-TVaR); probabilities with Wilson's
    interval; OEP and AEP by return period; everything else as a mean. What the run did not keep is left out.

    Parameters
    ----------
    source
        A result of one strategy; of a comparison take `Result.of_strategy`.
    quantiles, tail
        Levels between 0 and 1.
    """
    result = one_strategy(as_result(source))
    quantiles = [checked_level("quantiles", level) for level in quantiles]
    tail = checked_level("tail", tail)
    rows = _Rows(result)
    if is_summary(result.arrays) and "total_cost" not in result:
        _from_summary(rows, quantiles, tail)
        return rows.found
    for metric in DISTRIBUTIONS:
        for level, name, told in _by_level(
            result, (metric,), lambda values: list(distribution(values, quantiles, tail))
        ):
            for statistic, estimate in told:
                rows.add(metric, level, name, statistic, estimate)
    for metric in AVERAGES:
        for level, name, estimate in _by_level(result, (metric,), mean):
            rows.add(metric, level, name, "mean", estimate)
    _savings(rows)
    _splits(rows, quantiles, tail)
    _drivers(rows)
    _contributions(rows, tail)
    _years(rows)
    return rows.found


def by_level(
    result: Result, metric: str, levels: Sequence[str] = LEVELS
) -> Iterator[tuple[str, str, np.ndarray]]:
    """Level, name and values per path of a metric: the portfolio, labs, lines, workloads and tags.

    As far as they were kept; labs, lines and tags are those of the workloads at the start.
    """
    if metric in result:
        yield "portfolio", str(result.attrs["portfolio"]), result[metric]
    if f"{metric}_by_workload" in result:
        found = [group for level in levels for group in groups(result, level)]
        by_workload = result.rows(f"{metric}_by_workload")
        for group, values in zip(found, columns(by_workload, [g.members for g in found]), strict=True):
            yield group.level, group.name, values


def _by_level(
    result: Result, metrics: Sequence[str], tell: Callable[..., Told]
) -> Iterator[tuple[str, str, Told]]:
    """`by_level` of several metrics together: level, name and what is told of their values.

    Groups of the same workloads, such as a lab with one line, are asked once.
    """
    if all(metric in result for metric in metrics):
        values = [result[metric] for metric in metrics]
        yield "portfolio", str(result.attrs["portfolio"]), tell(*values)
        del values
    variables = [f"{metric}_by_workload" for metric in metrics]
    if all(variable in result for variable in variables):
        found = [group for level in LEVELS for group in groups(result, level)]
        members = list(dict.fromkeys(group.members for group in found))
        share = GATHERED_BYTES // len(metrics)
        each = zip(*(columns(result.rows(v), members, share) for v in variables), strict=True)
        told = dict(zip(members, each_told(each, tell, result.n_paths), strict=True))
        for group in found:
            yield group.level, group.name, told[group.members]


def distribution(
    values: np.ndarray,
    quantiles: Sequence[float] = QUANTILES,
    tail: float = TAIL,
    confidence: float = CONFIDENCE,
) -> Iterator[tuple[str, Estimate]]:
    """Name and estimate of mean, standard deviation, each quantile and the tail's mean, from one sort."""
    average, spread = mean_and_standard_deviation(values, confidence)
    yield "mean", average
    yield "sd", spread
    ordered = np.sort(values)
    for level in quantiles:
        yield percentile(level), quantile(ordered, level, confidence, ordered=True)
    yield tail_mean(tail), tvar(ordered, tail, confidence, ordered=True)


class _Rows:
    """Collects rows of one result."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.found: list[Row] = []

    def add(
        self, metric: str, level: str, name: str, statistic: str, estimate: Estimate, **where: str
    ) -> None:
        """`where` may say `component`, `period` and `unit`, the registry's unless given."""
        currency = str(self.result.attrs["currency"])
        unit = where.get("unit") or unit_of(metric, level)
        self.found.append(
            Row(
                metric, level, name, where.get("component", ""), where.get("period", ""), statistic,
                estimate.value, estimate.standard_error, estimate.low, estimate.high,
                currency, currency if unit == CURRENCY else unit,
            )
        )  # fmt: skip


@cache
def unit_of(metric: str, level: str) -> str:
    """The registry's unit of a metric at a level; groups of workloads have the portfolio's."""
    known = VARIABLES.get(f"{metric}_by_{level}") or VARIABLES[metric]
    return known.unit


def _savings(rows: _Rows) -> None:
    """What is saved against the status quo, what the plan promised, and how likely neither comes."""

    def told(total: np.ndarray, planned: np.ndarray, status_quo: np.ndarray) -> list[Estimate]:
        return [
            mean(status_quo - total),
            mean(status_quo - planned),
            probability(below_plan(total, planned)),
            probability(no_saving(total, status_quo)),
        ]

    named = (
        ("saving", "mean", CURRENCY), ("planned_saving", "mean", CURRENCY),
        ("saving_below_plan", "probability", "1"), ("no_saving", "probability", "1"),
    )  # fmt: skip
    metrics = ("total_cost", "planned_cost", "status_quo_cost")
    for level, name, estimates in _by_level(rows.result, metrics, told):
        for (metric, statistic, unit), estimate in zip(named, estimates, strict=True):
            rows.add(metric, level, name, statistic, estimate, unit=unit)


def _splits(rows: _Rows, quantiles: Sequence[float], tail: float) -> None:
    """By component and period: distributions for the portfolio, means for whatever else was kept."""
    result = rows.result
    portfolio = str(result.attrs["portfolio"])
    for metric in SPLIT:
        for dim in ("component", "period"):
            if f"{metric}_by_{dim}" in result:
                labels, parts = _labelled(result, f"{metric}_by_{dim}", axes_of(result, dim))
                each = each_told(
                    ((values,) for values in parts),
                    lambda values: list(distribution(values, quantiles, tail)),
                    result.n_paths,
                )
                for label, told in zip(labels, each, strict=True):
                    for statistic, estimate in told:
                        rows.add(metric, "portfolio", portfolio, statistic, estimate, **{dim: label[0]})
            if f"{metric}_by_workload_{dim}" in result:
                for level, name, axis in _levels(result):
                    axes = (axis, *axes_of(result, dim))
                    for label, values in zip(
                        *_labelled(result, f"{metric}_by_workload_{dim}", axes), strict=True
                    ):
                        rows.add(metric, level, name(label[0]), "mean", mean(values), **{dim: label[1]})
    if "total_cost_by_component_period" in result:
        axes = axes_of(result, ("component", "period"))
        for label, values in zip(*_labelled(result, "total_cost_by_component_period", axes), strict=True):
            where = dict(zip(("component", "period"), label, strict=True))
            rows.add("total_cost", "portfolio", portfolio, "mean", mean(values), **where)


def _labelled(
    result: Result, variable: str, axes: Sequence[Axis]
) -> tuple[Iterator[tuple[str, ...]], Iterator[np.ndarray]]:
    """Labels and values per path of every part."""
    return itertools.product(*(axis.labels for axis in axes)), cells(result, variable, axes)


def _levels(result: Result) -> Iterator[tuple[str, Callable[[str], str], Axis]]:
    """Each level of workloads with how it names a part, and the split."""
    for by in ("lab", "line", "workload"):
        yield by, str, axes_of(result, by)[0]
    for key in tag_keys(result):
        yield "tag", partial(tag_name, key), axes_of(result, f"{TAG_PREFIX}{key}")[0]


def _contributions(rows: _Rows, tail: float) -> None:
    """What each part adds to TVaR; what it adds to the mean is its own mean."""
    result = rows.result
    portfolio = str(result.attrs["portfolio"])
    for metric in DISTRIBUTIONS:
        if metric not in result:
            continue
        worst = InTail.of(result, metric, tail)
        statistic = tail_share(tail)
        if f"{metric}_by_driver" in result:
            driver = axes_of(result, "driver")
            for (name,), estimate in worst.parts(driver):
                rows.add(metric, "driver", name, statistic, estimate)
        if f"{metric}_by_workload" in result:
            for level, name, axis in _levels(result):
                for (label,), estimate in worst.parts((axis,)):
                    rows.add(metric, level, name(label), statistic, estimate)
        for dim in ("component", "period"):
            if f"{metric}_by_{dim}" in result:
                for (label,), estimate in worst.parts(axes_of(result, dim)):
                    rows.add(metric, "portfolio", portfolio, statistic, estimate, **{dim: label})


def _years(rows: _Rows) -> None:
    """What is exceeded once in so many years, by the largest occurrence of a year and by its sum."""
    if complete_years(rows.result) < 1:
        return
    portfolio = str(rows.result.attrs["portfolio"])
    for metric, variable in YEARLY.items():
        if variable in rows.result:
            for statistic, estimate in by_period(CURVES[metric](rows.result)):
                rows.add(metric, "portfolio", portfolio, statistic, estimate, unit=CURRENCY)


def by_period(curve: ReturnPeriodCurve) -> Iterator[tuple[str, Estimate]]:
    """Name and estimate of each point: RP100 is exceeded once in 100 years."""
    numbers = (curve.value, curve.standard_error, curve.ci_low, curve.ci_high)
    for period, *estimate in zip(curve.return_period, *(n.tolist() for n in numbers), strict=True):
        yield f"RP{period:g}", Estimate(*estimate)


def _drivers(rows: _Rows) -> None:
    """How likely each driver strikes, how often, and what is booked to it."""
    result = rows.result
    if "strikes_by_driver" in result:
        strikes, names = result.rows("strikes_by_driver"), result.labels("driver")
        each = columns(strikes, [(position,) for position in range(len(names))])
        for name, times, expected in zip(names, each, mean_by_column(strikes), strict=True):
            rows.add("strikes", "driver", name, "probability", probability(times > 0), unit="1")
            rows.add("strikes", "driver", name, "mean", expected, unit="1")
    for metric in ("total_cost", "disruption_exposure"):
        if f"{metric}_by_driver" in result and metric in result:
            for (name,), estimate in mean_parts(result, metric, axes_of(result, "driver")):
                rows.add(metric, "driver", name, "mean", estimate)
        elif f"{metric}_by_driver" in result:
            estimates = mean_by_column(result[f"{metric}_by_driver"])
            for name, estimate in zip(result.labels("driver"), estimates, strict=True):
                rows.add(metric, "driver", name, "mean", estimate)


def _from_summary(rows: _Rows, quantiles: Sequence[float], tail: float) -> None:
    """The same rows in the same order, from sums, counts and sketches; without a sketch the mean alone."""
    kept = Summarised(rows.result)
    portfolio = str(rows.result.attrs["portfolio"])

    def levels(metric: str) -> Iterator[tuple[str, str, str, tuple[int, ...], tuple[str, ...]]]:
        """Level, name, quantity, position and labels of the portfolio, and of each workload and group."""
        yield "portfolio", portfolio, metric, (), ()
        for level in LEVELS:
            if f"{metric}_by_{level}_sum" in rows.result:
                for position, name in enumerate(rows.result.labels(level)):
                    yield level, name, f"{metric}_by_{level}", (position,), (name,)

    for metric in DISTRIBUTIONS:
        for level, name, quantity, position, labels in levels(metric):
            rows.add(metric, level, name, "mean", kept.mean(quantity, *position))
            bins = kept.bins(quantity, *labels)
            if bins is not None:
                for statistic, estimate in distribution_of_bins(bins, quantiles, tail, percentile):
                    rows.add(metric, level, name, statistic, estimate)
    for metric in AVERAGES:
        for level, name, quantity, position, _ in levels(metric):
            rows.add(metric, level, name, "mean", kept.mean(quantity, *position))
    for level, name, quantity, position, _ in levels("saving"):
        by = quantity.removeprefix("saving")
        for metric in ("saving", "planned_saving"):
            estimate = kept.mean(metric + by, *position)
            rows.add(metric, level, name, "mean", estimate, unit=CURRENCY)
        for metric in ("saving_below_plan", "no_saving"):
            estimate = kept.probability(metric + by, *position)
            rows.add(metric, level, name, "probability", estimate, unit="1")
    _splits_of_summary(rows, kept, quantiles, tail)
    for position, name in enumerate(rows.result.labels("driver")):
        estimate = kept.probability("strikes_by_driver", position)
        rows.add("strikes", "driver", name, "probability", estimate, unit="1")
        rows.add("strikes", "driver", name, "mean", kept.mean("strikes_by_driver", position), unit="1")
    for metric in ("total_cost", "disruption_exposure"):
        for position, name in enumerate(rows.result.labels("driver")):
            rows.add(metric, "driver", name, "mean", kept.mean(f"{metric}_by_driver", position))
    for curve in YEARLY:
        found = kept.curve(curve, RETURN_PERIODS)
        if found is not None:
            for statistic, estimate in by_period(found):
                rows.add(curve, "portfolio", portfolio, statistic, estimate, unit=CURRENCY)


def _splits_of_summary(rows: _Rows, kept: Summarised, quantiles: Sequence[float], tail: float) -> None:
    """By component and by period, of the portfolio and of workloads; with a sketch also quantiles."""
    result = rows.result
    portfolio = str(result.attrs["portfolio"])
    for metric in ("total_cost", "total_cost_pv", "disruption_exposure"):
        for dim in ("component", "period"):
            if f"{metric}_by_{dim}_sum" in result:
                for position, label in enumerate(result.labels(dim)):
                    where, quantity = {dim: label}, f"{metric}_by_{dim}"
                    rows.add(metric, "portfolio", portfolio, "mean", kept.mean(quantity, position), **where)
                    bins = kept.bins(quantity, label)
                    if bins is not None:
                        for statistic, estimate in distribution_of_bins(bins, quantiles, tail, percentile):
                            rows.add(metric, "portfolio", portfolio, statistic, estimate, **where)
            quantity = f"{metric}_by_workload_{dim}"
            if f"{quantity}_sum" in result:
                for k, name in enumerate(result.labels("workload")):
                    for position, label in enumerate(result.labels(dim)):
                        estimate = kept.mean(quantity, k, position)
                        rows.add(metric, "workload", name, "mean", estimate, **{dim: label})
    for k, component in enumerate(result.labels("component")):
        for position, period in enumerate(result.labels("period")):
            estimate = kept.mean("total_cost_by_component_period", k, position)
            rows.add(
                "total_cost", "portfolio", portfolio, "mean", estimate, component=component, period=period
            )
