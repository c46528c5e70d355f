"""Strategies side by side: the range of each, and its paired difference from the baseline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simengine.analysis.of_summary import Summarised, sketch_of
from simengine.estimators import Estimate, mean, mean_difference, quantile
from simengine.estimators.sketch import quantile_of_bins
from simengine.results.dataset import Result
from simengine.results.variables import change_of

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Strategies:
    """By strategy: mean, quantiles, and the difference of means on the same futures (0 for the baseline)."""

    names: list[str]
    baseline: str
    average: dict[str, Estimate]
    quantiles: dict[str, dict[float, Estimate]]
    difference: dict[str, Estimate]


def has_strategies(result: Result, metric: str) -> bool:
    """Whether a comparison kept what `strategies` needs: paths, or a sketch."""
    return metric in result or sketch_of(result.of_strategy(result.labels("strategy")[0]), metric) is not None


def strategies(result: Result, metric: str = "total_cost", baseline: str | None = None) -> Strategies:
    """The strategies of a comparison, each against `baseline` (the first one, unless named).

    A summary must have a sketch of the metric, and the first strategy is its baseline: see `has_strategies`.
    """
    names = result.labels("strategy")
    base = names[0] if baseline is None else baseline
    if base not in names:
        raise ValueError(f"no strategy {base!r} in this comparison; it has {', '.join(names)}")
    if metric not in result:
        return _of_summary(result, metric, names, base)
    against = result.of_strategy(base)[metric]
    average, quantiles, difference = {}, {}, {}
    for name in names:
        values = result.of_strategy(name)[metric]
        ordered = np.sort(values)
        average[name] = mean(ordered)
        quantiles[name] = {level: quantile(ordered, level, ordered=True) for level in LEVELS}
        difference[name] = mean_difference(values, against)
    return Strategies(names, base, average, quantiles, difference)


def _of_summary(result: Result, metric: str, names: list[str], base: str) -> Strategies:
    """The same from sums and sketches."""
    if base != names[0]:
        raise ValueError(f"a summary holds strategies against the first one, {names[0]}; not {base!r}")
    average, quantiles, difference = {}, {}, {}
    for name in names:
        own = Summarised(result.of_strategy(name))
        bins = own.bins(metric)
        if bins is None:
            raise ValueError(f"no sketch of {metric} in this comparison")
        average[name] = own.mean(metric)
        quantiles[name] = {level: quantile_of_bins(bins, level) for level in LEVELS}
        difference[name] = own.mean(change_of(metric))
    return Strategies(names, base, average, quantiles, difference)
