"""Percentiles that do not add up: by how much, and how sure."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simengine.estimators import diversification, quantile, quantile_difference

PARTS = np.random.default_rng(51).lognormal(3.0, [[0.4], [0.8], [0.2]], (3, 5000))


def test_it_is_the_sum_of_quantiles_less_the_quantile_of_the_sum() -> None:
    total = PARTS.sum(axis=0)
    result = diversification(PARTS, total, 0.9)
    expected = sum(quantile(part, 0.9).value for part in PARTS) - quantile(total, 0.9).value
    assert result.value == pytest.approx(expected, rel=1e-12)
    assert result.low < result.value < result.high


def test_of_one_part_it_is_a_difference_of_quantiles() -> None:
    one, total = PARTS[0], PARTS[0] + PARTS[1]
    result, known = diversification([one], total, 0.8), quantile_difference(one, total, 0.8)
    assert result.value == known.value
    assert result.standard_error == pytest.approx(known.standard_error, rel=1e-9)


def test_parts_that_move_together_are_not_diversified() -> None:
    whole = np.round(PARTS[0] * 1024.0)
    result = diversification([whole, 2.0 * whole], 3.0 * whole, 0.95)
    assert result.value == 0.0
    assert result.standard_error == pytest.approx(0.0, abs=1e-9 * float(whole.max()))


def test_too_few_paths_tell_no_error() -> None:
    result = diversification(PARTS[:, :20], PARTS[:, :20].sum(axis=0), 0.99)
    assert math.isnan(result.standard_error)
    assert result.high == math.inf


def test_other_paths_are_refused() -> None:
    with pytest.raises(ValueError, match="as many paths"):
        diversification(PARTS, PARTS[0, 1:], 0.9)
