"""How much hangs on few: each workload's share of the expected cost, of the tail, and of the exposure."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simengine.estimators import Estimate
from simengine.estimators.estimate import around
from simengine.results.dataset import Result

TAIL = 0.95
MOST = 24


@dataclass(frozen=True)
class Concentration:
    """Shares of the portfolio by workload, the greatest first; beyond `MOST` the smallest are one."""

    workloads: list[str]
    of_mean: list[Estimate]
    of_tail: list[Estimate]


def concentration(result: Result, metric: str = "total_cost") -> Concentration | None:
    """Shares of the mean of `metric`, and of its mean over the worst 5% of futures, kept `by_workload`.

    A share is a ratio of means; its error is that of a ratio by the delta method, the two taken on the same
    futures. None where the metric is nothing on every future.
    """
    columns, total = result[f"{metric}_by_workload"], result[metric]
    if not total.any():
        return None
    labels = result.labels("workload")
    order = [int(k) for k in np.argsort(-columns.mean(axis=0), kind="stable")]
    groups = [[k] for k in order]
    names = [labels[k] for k in order]
    if len(order) > MOST:
        groups = [*groups[: MOST - 1], order[MOST - 1 :]]
        names = [*names[: MOST - 1], f"{len(order) - MOST + 1} other workloads"]
    worst = np.argsort(total, kind="stable")[math.floor(TAIL * total.size) :]
    own = [columns[:, group].sum(axis=1) for group in groups]
    return Concentration(
        names,
        [_share(part, total) for part in own],
        [_share(part[worst], total[worst]) for part in own],
    )


def _share(part: np.ndarray, whole: np.ndarray) -> Estimate:
    """mean(part) / mean(whole), with the delta method's error."""
    base = float(whole.mean())
    ratio = float(part.mean()) / base
    if whole.size < 2:
        return Estimate(ratio, math.nan, -math.inf, math.inf)
    residual = (part - ratio * whole) / base
    return around(ratio, float(residual.std(ddof=1)) / math.sqrt(whole.size))
