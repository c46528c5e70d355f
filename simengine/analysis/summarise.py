"""The summary of a result: tidy rows, each an estimate with its Monte Carlo error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from simengine.analysis.of_summary import Summarised, distribution_of_bins
from simengine.estimators import Estimate, mean, mean_by_column, probability, quantile, tvar
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


def percentile(level: float) -> str:
    """P5 for 0.05, P99.5 for 0.995."""
    return f"P{100.0 * level:.10g}"


def summarise(
    source: Result | xr.Dataset, quantiles: Sequence[float] = QUANTILES, tail: float = TAIL
) -> list[Row]:
    """Everything that a run says about portfolio, workloads, components, periods and drivers.

    Cost and exposure, nominal and in present value, come with mean, quantiles (type 1) and TVaR;
    probabilities with Wilson's interval; everything else as a mean. What the run did not keep is left out.

    Parameters
    ----------
    source
        A result of one strategy; of a comparison take `Result.of_strategy`.
    quantiles, tail
        Levels between 0 and 1.
    """
    result = as_result(source)
    if "strategy" in result.coords:
        raise ValueError("one strategy at a time: take result.of_strategy(name), or compare them")
    rows = _Rows(result)
    if is_summary(result.arrays) and "total_cost" not in result:
        _from_summary(rows, quantiles, tail)
        return rows.found
    for metric in DISTRIBUTIONS:
        for level, name, values in by_level(result, metric):
            for statistic, estimate in distribution(values, quantiles, tail):
                rows.add(metric, level, name, statistic, estimate)
    for metric in AVERAGES:
        for level, name, values in by_level(result, metric):
            rows.add(metric, level, name, "mean", mean(values))
    _savings(rows)
    _splits(rows)
    _drivers(rows)
    return rows.found


def by_level(result: Result, metric: str) -> Iterator[tuple[str, str, np.ndarray]]:
    """The metric's values per path, for the portfolio and for each workload, as far as they were kept."""
    if metric in result:
        yield "portfolio", result.attrs["portfolio"], result[metric]
    if f"{metric}_by_workload" in result:
        columns = np.ascontiguousarray(result[f"{metric}_by_workload"].T)
        for name, values in zip(result.labels("workload"), columns, strict=True):
            yield "workload", name, values


def distribution(
    values: np.ndarray, quantiles: Sequence[float] = QUANTILES, tail: float = TAIL
) -> Iterator[tuple[str, Estimate]]:
    """Name and estimate of the mean, each quantile and the tail's mean, from one sort."""
    yield "mean", mean(values)
    ordered = np.sort(values)
    for level in quantiles:
        yield percentile(level), quantile(ordered, level, ordered=True)
    yield f"TVaR{100.0 * tail:.10g}", tvar(ordered, tail, ordered=True)


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


def unit_of(metric: str, level: str) -> str:
    """The registry's unit of a metric at a level."""
    known = VARIABLES.get(f"{metric}_by_{level}") or VARIABLES[metric]
    return known.unit


def _savings(rows: _Rows) -> None:
    """What is saved against the status quo, what the plan promised, and how likely neither comes."""
    levels = [by_level(rows.result, m) for m in ("total_cost", "planned_cost", "status_quo_cost")]
    for (level, name, total), (_, _, planned), (_, _, status_quo) in zip(*levels, strict=False):
        rows.add("saving", level, name, "mean", mean(status_quo - total), unit=CURRENCY)
        rows.add("planned_saving", level, name, "mean", mean(status_quo - planned), unit=CURRENCY)
        shares = {"saving_below_plan": below_plan(total, planned), "no_saving": no_saving(total, status_quo)}
        for metric, hits in shares.items():
            rows.add(metric, level, name, "probability", probability(hits), unit="1")


def _splits(rows: _Rows) -> None:
    """Means by component and by period, of the portfolio and, where they were kept, of workloads."""
    result = rows.result
    portfolio = str(result.attrs["portfolio"])
    for metric in ("total_cost", "total_cost_pv", "disruption_exposure"):
        for dim in ("component", "period"):
            if f"{metric}_by_{dim}" in result:
                estimates = mean_by_column(result[f"{metric}_by_{dim}"])
                for label, estimate in zip(result.labels(dim), estimates, strict=True):
                    rows.add(metric, "portfolio", portfolio, "mean", estimate, **{dim: label})
            if f"{metric}_by_workload_{dim}" in result:
                by_both = result[f"{metric}_by_workload_{dim}"]
                for position, name in enumerate(result.labels("workload")):
                    estimates = mean_by_column(by_both[:, position])
                    for label, estimate in zip(result.labels(dim), estimates, strict=True):
                        rows.add(metric, "workload", name, "mean", estimate, **{dim: label})
    if "total_cost_by_component_period" in result:
        by_both = result["total_cost_by_component_period"]
        for position, component in enumerate(result.labels("component")):
            estimates = mean_by_column(by_both[:, position])
            for period, estimate in zip(result.labels("period"), estimates, strict=True):
                rows.add(
                    "total_cost", "portfolio", portfolio, "mean", estimate, component=component, period=period
                )


def _drivers(rows: _Rows) -> None:
    """How likely each driver strikes, how often, and what is booked to it."""
    result = rows.result
    if "strikes_by_driver" in result:
        strikes = result["strikes_by_driver"]
        expected = mean_by_column(strikes)
        for position, name in enumerate(result.labels("driver")):
            rows.add(
                "strikes", "driver", name, "probability", probability(strikes[:, position] > 0), unit="1"
            )
            rows.add("strikes", "driver", name, "mean", expected[position], unit="1")
    for metric in ("total_cost", "disruption_exposure"):
        if f"{metric}_by_driver" in result:
            estimates = mean_by_column(result[f"{metric}_by_driver"])
            for name, estimate in zip(result.labels("driver"), estimates, strict=True):
                rows.add(metric, "driver", name, "mean", estimate)


def _from_summary(rows: _Rows, quantiles: Sequence[float], tail: float) -> None:
    """The same rows in the same order, from sums, counts and sketches; without a sketch the mean alone."""
    kept = Summarised(rows.result)
    portfolio, workloads = str(rows.result.attrs["portfolio"]), rows.result.labels("workload")

    def levels(metric: str) -> Iterator[tuple[str, str, str, tuple[int, ...], tuple[str, ...]]]:
        """Level, name, quantity, position and labels of the portfolio and of each workload."""
        yield "portfolio", portfolio, metric, (), ()
        if f"{metric}_by_workload_sum" in rows.result:
            for position, name in enumerate(workloads):
                yield "workload", name, f"{metric}_by_workload", (position,), (name,)

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
        by_workload = quantity.removeprefix("saving")
        for metric in ("saving", "planned_saving"):
            estimate = kept.mean(metric + by_workload, *position)
            rows.add(metric, level, name, "mean", estimate, unit=CURRENCY)
        for metric in ("saving_below_plan", "no_saving"):
            estimate = kept.probability(metric + by_workload, *position)
            rows.add(metric, level, name, "probability", estimate, unit="1")
    _splits_of_summary(rows, kept, quantiles, tail)
    for position, name in enumerate(rows.result.labels("driver")):
        estimate = kept.probability("strikes_by_driver", position)
        rows.add("strikes", "driver", name, "probability", estimate, unit="1")
        rows.add("strikes", "driver", name, "mean", kept.mean("strikes_by_driver", position), unit="1")
    for metric in ("total_cost", "disruption_exposure"):
        for position, name in enumerate(rows.result.labels("driver")):
            rows.add(metric, "driver", name, "mean", kept.mean(f"{metric}_by_driver", position))


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
