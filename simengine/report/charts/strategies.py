"""Strategies side by side: the range of each, and its paired difference from the baseline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simengine.estimators import Estimate, mean, mean_difference, quantile
from simengine.results.dataset import Result

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Strategies:
    """By strategy: mean, quantiles, and the difference of means on the same futures (0 for the baseline)."""

    names: list[str]
    baseline: str
    average: dict[str, Estimate]
    quantiles: dict[str, dict[float, Estimate]]
    difference: dict[str, Estimate]


def strategies(result: Result, metric: str = "total_cost", baseline: str | None = None) -> Strategies:
    """The strategies of a comparison, each against `baseline` (the first one, unless named)."""
    names = result.labels("strategy")
    base = names[0] if baseline is None else baseline
    if base not in names:
        raise ValueError(f"no strategy {base!r} in this comparison; it has {', '.join(names)}")
    against = result.of_strategy(base)[metric]
    average, quantiles, difference = {}, {}, {}
    for name in names:
        values = result.of_strategy(name)[metric]
        ordered = np.sort(values)
        average[name] = mean(ordered)
        quantiles[name] = {level: quantile(ordered, level, ordered=True) for level in LEVELS}
        difference[name] = mean_difference(values, against)
    return Strategies(names, base, average, quantiles, difference)
