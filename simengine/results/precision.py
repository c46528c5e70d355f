"""How many paths are enough: `run.precision`, checked at numbers of paths that are fixed beforehand.

The numbers depend on `run.n_paths`, `run.max_paths` and `run.first_path` alone, never on time, threads or the
numbers that come out, so that a study ends at the same path everywhere. A rule that may stop at each of a few
doublings is right a little less often than one that looks once: it stops where the error looks small. In the
limit of a small `relative_error` it is right as often as it says (Chow and Robbins 1965).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from simengine.estimators import Estimate, mean, probability, quantile, tvar
from simengine.model.precision import MEAN, PERCENTILE, PROBABILITY, Precision, read_statistic
from simengine.model.run import Run
from simengine.results.derived import Values, values_of


def check_points(run: Run, block_paths: int) -> Iterator[int]:
    """The numbers of paths after which precision is checked; without `run.precision` only `run.n_paths`.

    The first is `run.n_paths`, each further one twice that before it, up to the end of the block in which it
    falls, and the last is `run.max_paths`.
    """
    if not run.precision:
        yield run.n_paths
        return
    n_paths = run.n_paths
    while True:
        blocks = -(-(run.first_path + n_paths) // block_paths)
        n_paths = min(blocks * block_paths - run.first_path, run.most_paths)
        yield n_paths
        if n_paths == run.most_paths:
            return
        n_paths *= 2


def estimated(target: Precision, of: Values) -> Estimate:
    """The statistic that a target names, from the values of each path."""
    kind, level = read_statistic(target.statistic)
    values = values_of(target.metric, of)
    if kind == MEAN:
        return mean(values, target.confidence)
    if kind == PROBABILITY:
        return probability(values, target.confidence)
    return (quantile if kind == PERCENTILE else tvar)(values, level, target.confidence)


def relative_error(estimate: Estimate) -> float:
    """Half of the interval over the value; infinite where the paths bound nothing, or around 0."""
    half = 0.5 * (estimate.high - estimate.low)
    if half == 0.0:
        return 0.0
    return half / abs(estimate.value) if math.isfinite(half) and estimate.value else math.inf


class Look(NamedTuple):
    """What was found at a check point: the largest relative error among strategies, for each target."""

    n_paths: int
    errors: tuple[float, ...]

    def meets(self, targets: Sequence[Precision]) -> bool:
        return all(e <= target.relative_error for e, target in zip(self.errors, targets, strict=True))


def told(run: Run, looks: Sequence[Look]) -> str:
    """What was asked, and what came of it, as the JSON of a result's attribute `precision`."""
    last = looks[-1]
    targets: list[dict[str, Any]] = [
        target.model_dump()
        # JSON has no infinity.
        | {"reached": error if math.isfinite(error) else None, "met": error <= target.relative_error}
        for target, error in zip(run.precision, last.errors, strict=True)
    ]
    asked = {"targets": targets, "max_paths": run.most_paths, "checked_at": [look.n_paths for look in looks]}
    return json.dumps(asked, allow_nan=False)
