"""The NumPy version answers the same question: a comparison of speeds is worth nothing otherwise."""

from __future__ import annotations

import numpy as np
import pytest

import simengine
from benchmarks.numpy_baseline import simulate_numpy

# Of the six studies about 1,400 figures are compared, many of which go together (periods follow each other):
# the chance that any is off by more than 4 standard errors is some per cent, and the seeds are fixed.
Z = 4.0


# NumPy takes a growth of 0 as 1e-11 a day, and loses digits in a difference of exponentials: over years 1e-8,
# over a month 2 * 1.1e-16 / (27 * 1e-11), and twice that of squares.
ROUNDING, ROUNDING_OF_A_MONTH = 1e-7, 2e-6


def standard_scores(ours: np.ndarray, theirs: np.ndarray, rounding: float) -> np.ndarray:
    """Difference of the two means over its standard error; 0 where both are the same constant."""
    variance = ours.var(axis=0, ddof=1) / len(ours) + theirs.var(axis=0, ddof=1) / len(theirs)
    difference = ours.mean(axis=0) - theirs.mean(axis=0)
    # Where nothing is uncertain both must agree as they are.
    exact = np.abs(difference) <= rounding * np.abs(ours.mean(axis=0))
    return np.where(exact, 0.0, difference / np.sqrt(np.where(variance > 0.0, variance, 1e-300)))


@pytest.mark.parametrize("portfolio", ["single_workload", "midmarket", "enterprise"])
@pytest.mark.parametrize("scenario", ["quiet_exit", "baseline"])
def test_numpy_agrees(compose, size, portfolio: str, scenario: str) -> None:
    n_paths = size(50_000, 5_000) if portfolio == "enterprise" else size(200_000, 20_000)
    keep = ("totals", "by_workload", "by_component", "by_period", "by_driver")
    study = compose(n_paths, portfolio, scenario, keep=keep)
    ours, theirs = simengine.simulate(study), simulate_numpy(study, n_paths, seed=1)
    far = {}
    for name, values in theirs.items():
        if name == "strikes_by_driver" and name not in ours:
            continue
        mine = ours[name].to_numpy()
        if name == "total_cost_by_component":
            mine = ours[name].sel(component=["inference", "upkeep", "one_off", "move"]).to_numpy()
        rounding = ROUNDING_OF_A_MONTH if name.endswith("_by_period") else ROUNDING
        # Means, and mean squares: the spread must agree too.
        for power in (1, 2):
            pair = (mine.astype(float) ** power, values.astype(float) ** power)
            scores = standard_scores(*pair, rounding)
            if np.any(np.abs(scores) > Z):
                far[f"{name}^{power}"] = scores
    assert not far
