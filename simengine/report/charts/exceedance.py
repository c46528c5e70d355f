"""The exceedance curve of one metric: how likely is more than so much, and how sure that is."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from simengine.estimators import Estimate, ExceedanceCurve, quantile
from simengine.estimators import exceedance as curve_of

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
