"""Losses by year: what is exceeded once in so many years, by a year's largest occurrence and by its sum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simengine.analysis.exceedance import aep, complete_years, oep
from simengine.estimators import Estimate
from simengine.results.dataset import Result

# A return period for which fewer years lie above has no interval worth drawing.
FEWEST_ABOVE = 20
PERIODS = (
    2.0, 2.5, 3.0, 4.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0, 50.0, 70.0, 100.0, 150.0, 200.0, 250.0, 300.0,
    500.0, 700.0, 1000.0, 1500.0, 2000.0, 3000.0, 5000.0, 7000.0, 10000.0,
)  # fmt: skip


@dataclass(frozen=True)
class Years:
    """For each return period the exceeded loss, of occurrences (OEP) and of the year (AEP)."""

    periods: list[float]
    occurrence: list[Estimate]
    aggregate: list[Estimate]


def years(result: Result) -> Years | None:
    """OEP and AEP of disruption exposure, from years or their sketches; None without a complete year."""
    observed = int(result.attrs["n_paths"]) * complete_years(result)
    periods = [period for period in PERIODS if observed / period >= FEWEST_ABOVE]
    if not observed or not periods:
        return None
    curves = []
    for curve in (oep(result, periods), aep(result, periods)):
        columns = np.stack([curve.value, curve.standard_error, curve.ci_low, curve.ci_high], axis=1)
        curves.append([Estimate(*map(float, row)) for row in columns])
    return Years(periods, *curves)
