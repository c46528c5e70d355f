"""The rows of a result that kept a summary in place of its paths."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

import numpy as np

from simengine.estimators import Estimate, ReturnPeriodCurve
from simengine.estimators.estimate import CONFIDENCE
from simengine.estimators.moments import mean_of_moments
from simengine.estimators.probability import probability_of_count
from simengine.estimators.sketch import Bins, quantile_of_bins, return_periods_of_bins, tvar_of_bins
from simengine.results.dataset import Result
from simengine.results.summary import is_summary


class Summarised:
    """A result with a summary, quantity by quantity."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.n_paths = int(result.attrs["n_paths"])

    def mean(self, quantity: str, *position: int) -> Estimate:
        """The mean of a quantity of each path, or of one of its columns."""
        total, deviations = (
            float(self.result[f"{quantity}_{what}"][position]) for what in ("sum", "deviations")
        )
        return mean_of_moments(total, deviations, self.n_paths)

    def never_varies(self, quantity: str, *position: int) -> bool:
        """Whether a quantity is 0 on every path."""
        parts = (self.result[f"{quantity}_{what}"][position] for what in ("sum", "deviations"))
        return not any(float(part) for part in parts)

    def probability(self, what: str, *position: int) -> Estimate:
        return probability_of_count(int(self.result[f"{what}_count"][position]), self.n_paths)

    def bins(self, quantity: str, *labels: str) -> Bins | None:
        """The sketch of a quantity, or of one of its columns; None if it has none."""
        code = self._codes.get(" ".join([quantity, *labels]))
        if code is None:
            return None
        codes = self.result["sketch_quantity"]
        own = slice(*np.searchsorted(codes, [code, code + 1]))
        return Bins(*(self.result[f"sketch_{part}"][own] for part in ("low", "high", "count")))

    def curve(
        self, curve: str, periods: Sequence[float], confidence: float = CONFIDENCE
    ) -> ReturnPeriodCurve | None:
        """`oep` or `aep` by return period; None if it has no sketch."""
        ranks = itertools.takewhile(lambda k: f"{curve} {k}" in self._codes, itertools.count(1))
        by_rank = [bins for k in ranks if (bins := self.bins(curve, str(k))) is not None]
        return return_periods_of_bins(by_rank, periods, confidence) if by_rank else None

    @cached_property
    def _codes(self) -> dict[str, int]:
        return {name: code for code, name in enumerate(self.result.codes["sketch_quantity"])}


def sketch_of(result: Result, quantity: str, *labels: str) -> Bins | None:
    """The sketch of a quantity of one strategy; None where the result has none."""
    return Summarised(result).bins(quantity, *labels) if is_summary(result.arrays) else None


def distribution_of_bins(
    bins: Bins, quantiles: Sequence[float], tail: float, name: Callable[[float], str]
) -> Iterator[tuple[str, Estimate]]:
    """Name and estimate of each quantile and of the tail's mean."""
    for level in quantiles:
        yield name(level), quantile_of_bins(bins, level)
    yield f"TVaR{100.0 * tail:.10g}", tvar_of_bins(bins, tail)
