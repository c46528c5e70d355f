"""Quantiles of occurrences, of which one path has several."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simengine.analysis.implied import clustered_quantile

REPLICATIONS = 1000


@pytest.mark.parametrize("level", [0.05, 0.5, 0.95])
@pytest.mark.parametrize("paths", [[3], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]], ids=["one", "ten of one path"])
def test_one_path_bounds_nothing(paths: list[int], level: float) -> None:
    result = clustered_quantile(np.arange(1.0, len(paths) + 1.0), np.array(paths), level)
    assert math.isnan(result.standard_error)
    assert (result.low, result.high) == (-math.inf, math.inf)


@pytest.mark.parametrize("level", [0.05, 0.5, 0.95])
@pytest.mark.parametrize("n_values", [5, 20, 50, 200])
def test_intervals_of_independent_occurrences_cover(n_values: int, level: float) -> None:
    """Few occurrences leave the far side open; they never make a quantile look known."""
    samples = np.random.default_rng(1).random((REPLICATIONS, n_values))
    results = [clustered_quantile(sample, np.arange(n_values), level) for sample in samples]
    share = np.mean([result.low <= level <= result.high for result in results])
    assert share >= 0.95 - 4.0 * math.sqrt(0.05 * 0.95 / REPLICATIONS)


def test_occurrences_that_share_their_future_count_for_less() -> None:
    """Ten equal values a path tell what one would."""
    values = np.random.default_rng(2).random(400)
    alone = clustered_quantile(values, np.arange(400), 0.5)
    together = clustered_quantile(np.repeat(values, 10), np.repeat(np.arange(400), 10), 0.5)
    assert together.value == alone.value
    assert together.standard_error == pytest.approx(alone.standard_error, rel=0.05)


def test_an_atom_has_no_error() -> None:
    result = clustered_quantile(np.zeros(400), np.arange(400), 0.95)
    assert (result.value, result.standard_error, result.low, result.high) == (0.0, 0.0, 0.0, 0.0)
