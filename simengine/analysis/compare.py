"""Strategies on the same futures: each one's figures, and its paired differences from a baseline."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from simengine.analysis.axes import refusal
from simengine.analysis.exceedance import YEARLY, complete_years, yearly
from simengine.analysis.of_summary import Summarised
from simengine.analysis.statistics import checked_level, percentile, tail_mean
from simengine.analysis.summarise import (
    DISTRIBUTIONS,
    QUANTILES,
    TAIL,
    Row,
    by_level,
    by_period,
    summarise,
    unit_of,
)
from simengine.estimators import (
    Estimate,
    mean_difference,
    probability,
    probability_difference,
    quantile,
    quantile_difference,
    return_period_difference,
    standard_deviation_difference,
    tvar_difference,
)
from simengine.estimators.sketch import Bins, OfBins, difference_of_bins, quantile_of_bins, tvar_of_bins
from simengine.model.wording import did_you_mean, listed, show
from simengine.results.dataset import Result, as_result
from simengine.results.derived import TOLERANCE, below_plan, no_saving
from simengine.results.summary import is_summary
from simengine.results.variables import CURRENCY, change_of

if TYPE_CHECKING:
    import xarray as xr


class Difference(NamedTuple):
    """One number of a strategy less that of the baseline, on the same paths.

    The statistic of `cheaper` is a probability of its own: on how many futures this strategy costs less.
    """

    strategy: str
    baseline: str
    metric: str
    level: str
    name: str
    statistic: str
    value: float
    standard_error: float
    ci_low: float
    ci_high: float
    currency: str
    unit: str


def summaries(
    source: Result | xr.Dataset, quantiles: Sequence[float] = QUANTILES, tail: float = TAIL
) -> dict[str, list[Row]]:
    """Each strategy's summary, by its name."""
    result = as_result(source)
    return {name: summarise(result.of_strategy(name), quantiles, tail) for name in result.labels("strategy")}


def differences(
    source: Result | xr.Dataset,
    baseline: str | None = None,
    quantiles: Sequence[float] = QUANTILES,
    tail: float = TAIL,
) -> list[Difference]:
    """Every strategy less the baseline, for the portfolio and each workload.

    Both met the same futures, so errors are those of paired differences: of means by the paths' own
    differences, of quantiles and TVaR by influence functions (`quantile_difference`, `tvar_difference`). A
    strategy that changes nothing differs by exactly 0, with an error of 0. The metrics `total_cost_change`
    and `disruption_exposure_change` are what changes on a path: their quantiles tell by how much, and on how
    many futures, where differences of quantiles compare futures that need not be the same.

    Of a summary means and probabilities are those of the paired differences too, exactly summed; quantiles
    and TVaR come from sketches, and the intervals of their differences are the widest
    (`simengine.estimators.sketch.difference_of_bins`).

    Parameters
    ----------
    source
        A comparison.
    baseline
        The strategy to subtract; the first one, unless named, and of a summary always.
    quantiles, tail
        Levels between 0 and 1.

    Raises
    ------
    ConfigError
        If the baseline is not among the strategies, or a level is none.
    """
    result = as_result(source)
    quantiles = [checked_level("quantiles", level) for level in quantiles]
    tail = checked_level("tail", tail)
    names = result.labels("strategy")
    base = names[0] if baseline is None else baseline
    if base not in names:
        raise refusal(
            "baseline",
            show(base),
            f"a strategy of this comparison: {listed(names)}",
            did_you_mean(base, names),
        )
    told_without_paths = is_summary(result.arrays) and "total_cost" not in result
    if told_without_paths and base != names[0]:
        raise refusal(
            "baseline",
            f"{show(base)}, of a summary",
            f"{show(names[0])}: paths were held against those of the first strategy",
            f"compare again with {base} first, or keep totals",
        )
    between = between_summaries if told_without_paths else _between
    against, currency = result.of_strategy(base), str(result.attrs["currency"])
    found: list[Difference] = []
    for name in names:
        if name == base:
            continue
        for metric, level, of, statistic, estimate, unit in between(
            result.of_strategy(name), against, quantiles, tail
        ):
            numbers = (estimate.value, estimate.standard_error, estimate.low, estimate.high)
            in_money = currency if unit == CURRENCY else unit
            found.append(Difference(name, base, metric, level, of, statistic, *numbers, currency, in_money))
    return found


# Of what it is told how much it changes on a path.
CHANGING = ("total_cost", "disruption_exposure")
# Named probability, what the total is held against, and how.
SHARES: tuple[tuple[str, str, Callable[[np.ndarray, np.ndarray], np.ndarray]], ...] = (
    ("saving_below_plan", "planned_cost", below_plan),
    ("no_saving", "status_quo_cost", no_saving),
)


# Metric, level, name, statistic, difference and unit.
Found = tuple[str, str, str, str, Estimate, str]


def _between(own: Result, base: Result, quantiles: Sequence[float], tail: float) -> Iterator[Found]:
    """Metric, level, name, statistic, difference and unit of one strategy and the baseline."""
    for metric in DISTRIBUTIONS:
        for level, name, ours, theirs in _together(own, base, metric):
            for statistic, estimate in _distribution(ours, theirs, quantiles, tail):
                yield metric, level, name, statistic, estimate, unit_of(metric, level)
            if metric in CHANGING:
                change = np.sort(ours - theirs)
                for q in quantiles:
                    estimate = quantile(change, q, ordered=True)
                    yield change_of(metric), level, name, percentile(q), estimate, unit_of(metric, level)
    for level, name, ours, theirs in _together(own, base, "disruption_days"):
        days = mean_difference(ours, theirs)
        yield "disruption_days", level, name, "mean", days, unit_of("disruption_days", level)
    for level, name, ours, theirs in _together(own, base, "total_cost"):
        yield "cheaper", level, name, "probability", probability(ours < theirs - TOLERANCE), "1"
    if complete_years(own) >= 1:
        for metric, variable in YEARLY.items():
            if variable in own:
                curve = return_period_difference(yearly(own, metric), yearly(base, metric))
                for statistic, estimate in by_period(curve):
                    yield metric, "portfolio", str(own.attrs["portfolio"]), statistic, estimate, CURRENCY
    for metric, reference, hits in SHARES:
        totals, references = _together(own, base, "total_cost"), _together(own, base, reference)
        for (level, name, ours, theirs), (_, _, our_reference, their_reference) in zip(
            totals, references, strict=False
        ):
            both = hits(ours, our_reference), hits(theirs, their_reference)
            yield metric, level, name, "probability", probability_difference(*both), "1"


def between_summaries(own: Result, base: Result, quantiles: Sequence[float], tail: float) -> Iterator[Found]:
    """The same of a summary, as far as it goes: portfolio and workloads, without sd and return periods."""
    ours, theirs = Summarised(own), Summarised(base)
    levels = [("portfolio", str(own.attrs["portfolio"]), "", (), ())]
    levels += [
        ("workload", name, "_by_workload", (k,), (name,)) for k, name in enumerate(own.labels("workload"))
    ]
    for metric in DISTRIBUTIONS:
        for level, name, by, position, labels in levels:
            unit, change = unit_of(metric, level), change_of(metric + by)
            yield metric, level, name, "mean", ours.mean(change, *position), unit
            both = ours.bins(metric + by, *labels), theirs.bins(metric + by, *labels)
            if both[0] is not None and both[1] is not None:
                same = ours.never_varies(change, *position)
                for statistic, estimate in _of_bins(both[0], both[1], quantiles, tail, same=same):
                    yield metric, level, name, statistic, estimate, unit
            changed = ours.bins(change, *labels) if metric in CHANGING else None
            if changed is not None:
                for q in quantiles:
                    estimate = quantile_of_bins(changed, q)
                    yield change_of(metric), level, name, percentile(q), estimate, unit
    for level, name, by, position, _ in levels:
        days = ours.mean(change_of(f"disruption_days{by}"), *position)
        yield "disruption_days", level, name, "mean", days, unit_of("disruption_days", level)
    for level, name, by, position, _ in levels:
        yield "cheaper", level, name, "probability", ours.probability(f"cheaper{by}", *position), "1"
    for metric, _, _ in SHARES:
        for level, name, by, position, _ in levels:
            yield metric, level, name, "probability", ours.mean(change_of(metric + by), *position), "1"


def _of_bins(
    own: Bins, base: Bins, quantiles: Sequence[float], tail: float, *, same: bool
) -> Iterator[tuple[str, Estimate]]:
    """Differences of quantiles and tail; exactly none where every path is the `same`."""

    def of(statistic: str, estimated: OfBins) -> tuple[str, Estimate]:
        found = difference_of_bins(own, base, estimated)
        known = same and not math.isnan(found.standard_error)
        return statistic, Estimate(0.0, 0.0, 0.0, 0.0) if known else found

    for q in quantiles:
        yield of(percentile(q), lambda bins, confidence, q=q: quantile_of_bins(bins, q, confidence))
    yield of(tail_mean(tail), lambda bins, confidence: tvar_of_bins(bins, tail, confidence))


def _together(one: Result, other: Result, metric: str) -> Iterator[tuple[str, str, np.ndarray, np.ndarray]]:
    """Level, name and both results' values of a metric."""
    for (level, name, first), (_, _, second) in zip(
        by_level(one, metric), by_level(other, metric), strict=True
    ):
        yield level, name, first, second


def _distribution(
    own: np.ndarray, base: np.ndarray, quantiles: Sequence[float], tail: float
) -> Iterator[tuple[str, Estimate]]:
    """Differences of mean, quantiles and tail, from one sort of each."""
    yield "mean", mean_difference(own, base)
    yield "sd", standard_deviation_difference(own, base)
    both = np.sort(own), np.sort(base)
    for level in quantiles:
        yield percentile(level), quantile_difference(own, base, level, ordered=both)
    yield tail_mean(tail), tvar_difference(own, base, tail, ordered=both)
