"""What a budget needs: each accounting period's cost, and what adds up by then, with their percentiles."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from simengine.analysis.grouping import columns
from simengine.analysis.summarise import percentile
from simengine.engine.calendar import periods_of
from simengine.estimators import Estimate, mean, quantile
from simengine.estimators.combination import quantile_combination
from simengine.results.dataset import Result, as_result
from simengine.results.made_by import studies_of

if TYPE_CHECKING:
    import xarray as xr

LEVELS = (0.10, 0.50, 0.80, 0.90, 0.95)
BASE, PRUDENT = 0.5, 0.9


@dataclass(frozen=True)
class PeriodFigures:
    """One accounting period: its days, and estimates by statistic (mean, P50, P90 ...), in money.

    `own` is what falls into the period, `cumulative` what has fallen due from the start to its end, and
    `contingency` what P90 of the period asks for above its P50.
    """

    period: str
    first: date
    last: date
    own: Mapping[str, Estimate]
    cumulative: Mapping[str, Estimate]
    contingency: Estimate


def budget(
    source: Result | xr.Dataset, metric: str = "total_cost", levels: Sequence[float] = LEVELS
) -> list[PeriodFigures]:
    """Mean and quantiles (type 1) of a metric in each period and up to its end.

    Percentiles of periods do not add up to the percentile of the whole; the last period's `cumulative` is
    that of the whole horizon.

    Parameters
    ----------
    source
        A result of one strategy. Empty if it did not keep the metric by period.
    metric
        `total_cost` or `disruption_exposure`.
    levels
        Between 0 and 1.
    """
    result = as_result(source)
    name = f"{metric}_by_period"
    if name not in result:
        return []
    run = studies_of(result.attrs)[0].run
    borders = periods_of(run).borders
    labels = result.labels("period")
    # One period after the other: all of them need not be in memory at once.
    each = columns(result.rows(name), [(position,) for position in range(len(labels))])
    so_far = np.zeros(len(result.rows(name)))
    found = []
    for position, (label, values) in enumerate(zip(labels, each, strict=True)):
        so_far += values
        begin, end = borders[position], borders[position + 1]
        first = run.start + timedelta(days=int(begin))
        last = run.start + timedelta(days=max(int(begin), math.ceil(end) - 1))
        contingency = quantile_combination([(1.0, values, PRUDENT), (-1.0, values, BASE)])
        own, cumulative = _figures(values, levels), _figures(so_far, levels)
        found.append(PeriodFigures(label, first, last, own, cumulative, contingency))
    return found


def _figures(values: np.ndarray, levels: Sequence[float]) -> dict[str, Estimate]:
    ordered = np.sort(values)
    quantiles = {percentile(level): quantile(ordered, level, ordered=True) for level in levels}
    return {"mean": mean(values), **quantiles}
