"""The exceedance curve of one metric: how much, with which probability, and how sure that is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simengine.estimators import Estimate, quantile

POINTS = 80
# A tail of fewer futures has no interval worth drawing.
FEWEST_ABOVE = 20
# Probabilities that tables tell, and every curve has if its paths suffice.
TOLD = (0.99, 0.95, 0.9, 0.75, 0.5, 0.25, 0.1, 0.05, 0.02, 0.01, 0.005, 0.001, 1e-4)


@dataclass(frozen=True)
class Exceedance:
    """What is exceeded with each probability, the probabilities falling."""

    probabilities: list[float]
    estimates: list[Estimate]

    def at(self, probability: float) -> Estimate | None:
        """The value at one of `TOLD`, if the paths suffice for it."""
        return next((e for p, e in zip(self.probabilities, self.estimates, strict=True) if p == probability), None)


def exceedance(values: np.ndarray) -> Exceedance:
    """The curve from 99.9% down to where twenty futures lie above: quantiles (type 1) with their intervals."""
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    last = min(0.5, FEWEST_ABOVE / ordered.size)
    logits = np.linspace(math.log(999.0), math.log(last / (1.0 - last)), POINTS)
    even = {round(float(1.0 / (1.0 + math.exp(-logit))), 7) for logit in logits}
    probabilities = sorted(even | {p for p in TOLD if p >= last}, reverse=True)
    found = [(p, quantile(ordered, round(1.0 - p, 9), ordered=True)) for p in probabilities]
    bounded = [(p, e) for p, e in found if math.isfinite(e.low) and math.isfinite(e.high)]
    return Exceedance([p for p, _ in bounded], [e for _, e in bounded])
