"""Cumulative cost by accounting period: quantiles over the futures, a fan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simengine.analysis.grouping import columns
from simengine.estimators import Estimate, mean, quantile
from simengine.results.dataset import Result

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Fan:
    """For each period the mean and quantiles of what has been spent by its end."""

    periods: list[str]
    average: list[Estimate]
    quantiles: dict[float, list[Estimate]]


def fan(result: Result, metric: str = "total_cost") -> Fan:
    """The fan of `metric`, which must have been kept `by_period`; one column is in memory at a time."""
    by_period = result.rows(f"{metric}_by_period")
    spent = np.zeros(len(by_period))
    average: list[Estimate] = []
    quantiles: dict[float, list[Estimate]] = {level: [] for level in LEVELS}
    for values in columns(by_period, [(k,) for k in range(by_period.shape[1])]):
        spent += values
        ordered = np.sort(spent)
        average.append(mean(ordered))
        for level in LEVELS:
            quantiles[level].append(quantile(ordered, level, ordered=True))
    return Fan(result.labels("period"), average, quantiles)
