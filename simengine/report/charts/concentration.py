"""How much hangs on few: each workload's, lab's and line's share of the mean and of the tail."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simengine.analysis.attribution import Contributions, contributions
from simengine.estimators import Estimate
from simengine.results.dataset import Result

TAIL = 0.95
MOST = 24


@dataclass(frozen=True)
class Part:
    """What one workload (lab, line) contributes to mean and TVaR95, in money and as shares of 1."""

    name: str
    of_mean: Estimate
    of_tail: Estimate
    share_of_mean: float
    share_of_tail: float


@dataclass(frozen=True)
class Concentration:
    """The parts, the greatest first; `n_parts` counts those too that are not among them."""

    by: str
    parts: list[Part]
    n_parts: int


def concentration(result: Result, metric: str = "total_cost", by: str = "workload") -> Concentration | None:
    """Contributions to `metric`, which must have been kept `by_workload`, of the `MOST` largest parts.

    They add up to mean and TVaR: see `simengine.analysis.attribution`. None where the metric is nothing on
    every future.
    """
    of_mean, of_tail = contributions(result, metric, by), contributions(result, metric, by, TAIL)
    if not of_mean.total.value or not of_tail.total.value:
        return None
    order = [int(k) for k in np.argsort(-of_mean.value, kind="stable")]
    parts = [
        Part(
            of_mean.names[k],
            _estimate(of_mean, k),
            _estimate(of_tail, k),
            float(of_mean.share[k]),
            float(of_tail.share[k]),
        )
        for k in order[:MOST]
    ]
    return Concentration(by, parts, len(order))


def _estimate(of: Contributions, k: int) -> Estimate:
    return Estimate(*(float(a[k]) for a in (of.value, of.standard_error, of.ci_low, of.ci_high)))
