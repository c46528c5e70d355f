"""The exceedance curve of one metric: how likely is more than so much, and how sure that is."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from simengine.analysis.of_summary import sketch_of
from simengine.estimators import Estimate, ExceedanceCurve, quantile
from simengine.estimators import exceedance as curve_of
from simengine.estimators.probability import wilson
from simengine.estimators.sketch import Bins, quantile_of_bins
from simengine.results.dataset import Result

N_POINTS = 160
# A tail of fewer futures has no interval worth drawing.
FEWEST_ABOVE = 20
# Probabilities that a table tells, if the paths suffice.
TOLD = (0.99, 0.95, 0.9, 0.75, 0.5, 0.25, 0.1, 0.05, 0.02, 0.01, 0.005, 0.001, 1e-4)


@dataclass(frozen=True)
class Exceedance:
    """The curve, down to where twenty futures lie above, and what is exceeded with each of `TOLD`."""

    curve: ExceedanceCurve
    told: dict[float, Estimate]


def exceedance_of(result: Result, metric: str) -> Exceedance | None:
    """The curve of a metric of one strategy, from its paths or its sketch; None where neither was kept."""
    if metric in result:
        return exceedance(result[metric])
    bins = sketch_of(result, metric)
    return None if bins is None else exceedance_of_bins(bins)


def exceedance_of_bins(bins: Bins) -> Exceedance:
    """The curve of a sketch, exact at the ends of bins, where it is told; `told` are its quantiles."""
    reached = np.cumsum(bins.counts)
    n_paths = int(reached[-1])
    least = min(0.5, FEWEST_ABOVE / n_paths)
    wanted = np.concatenate([np.linspace(1.0, 0.05, N_POINTS // 2), np.geomspace(0.05, least, N_POINTS // 2)])
    at = np.unique(np.searchsorted(reached, (1.0 - wanted) * n_paths).clip(0, len(reached) - 1))
    share = 1.0 - reached[at] / n_paths
    # Nothing to draw of what is 0 on every path.
    shown = (share >= least) & (bins.low[0] != bins.high[-1])
    at, share = at[shown], share[shown]
    low, high = wilson(share, np.full(len(at), float(n_paths)))
    error = np.sqrt(share * (1.0 - share) / n_paths)
    curve = ExceedanceCurve(bins.high[at], share, error, low, high, n_paths, n_paths)
    told = {p: quantile_of_bins(bins, round(1.0 - p, 9)) for p in TOLD if p >= least}
    return Exceedance(
        curve, {p: e for p, e in told.items() if math.isfinite(e.low) and math.isfinite(e.high)}
    )


def exceedance(values: np.ndarray) -> Exceedance:
    """The curve of one value per path, with Wilson's intervals; `told` are quantiles (type 1) with theirs.

    A metric that is the same on every path has a curve without points.
    """
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    least = min(0.5, FEWEST_ABOVE / ordered.size)
    whole = curve_of(ordered, n_points=N_POINTS)
    shown = whole.value >= least
    names = ("threshold", "value", "standard_error", "ci_low", "ci_high")
    curve = replace(whole, **{name: getattr(whole, name)[shown] for name in names})
    told = {p: quantile(ordered, round(1.0 - p, 9), ordered=True) for p in TOLD if p >= least}
    return Exceedance(
        curve, {p: e for p, e in told.items() if math.isfinite(e.low) and math.isfinite(e.high)}
    )
