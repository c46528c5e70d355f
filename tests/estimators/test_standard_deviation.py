"""The standard deviation and its error against definitions and the jackknife."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simengine.estimators import (
    Estimate,
    mean,
    mean_and_standard_deviation,
    standard_deviation,
    standard_deviation_difference,
)

SAMPLE = np.random.default_rng(41).lognormal(3.0, 0.5, 2000)


def jackknife(values: np.ndarray) -> np.ndarray:
    """The standard deviation without each of the values."""
    return np.array([np.delete(values, k).std(ddof=1) for k in range(values.size)])


def test_the_standard_deviation_is_that_of_the_sample() -> None:
    result = standard_deviation(np.array([1.0, 2.0, 3.0, 6.0]))
    assert result.value == pytest.approx(math.sqrt(14 / 3))
    assert result.low < result.value < result.high
    assert result.value / result.low == pytest.approx(result.high / result.value)


def test_its_error_is_the_jackknifes() -> None:
    n = SAMPLE.size
    without = jackknife(SAMPLE)
    error = math.sqrt((n - 1) / n * np.square(without - without.mean()).sum())
    assert standard_deviation(SAMPLE).standard_error == pytest.approx(error, rel=0.01)


@pytest.mark.parametrize("values", [SAMPLE, SAMPLE[:2], SAMPLE[:1], np.zeros(5)], ids=len)
def test_together_with_the_mean_it_is_what_they_are_alone(values: np.ndarray) -> None:
    average, spread = mean_and_standard_deviation(values)
    assert repr((average, spread)) == repr((mean(values), standard_deviation(values)))


def test_a_difference_is_paired() -> None:
    other = SAMPLE * 1.1 + np.random.default_rng(42).normal(size=SAMPLE.size)
    n = SAMPLE.size
    without = jackknife(other) - jackknife(SAMPLE)
    error = math.sqrt((n - 1) / n * np.square(without - without.mean()).sum())
    result = standard_deviation_difference(other, SAMPLE)
    assert result.value == pytest.approx(other.std(ddof=1) - SAMPLE.std(ddof=1), rel=1e-12)
    assert result.standard_error == pytest.approx(error, rel=0.01)
    assert result.standard_error < 0.3 * standard_deviation(other).standard_error


def test_equal_and_constant_arrays() -> None:
    assert standard_deviation_difference(SAMPLE, SAMPLE.copy()) == Estimate(0.0, 0.0, 0.0, 0.0)
    assert standard_deviation(np.full(10, 3.0)) == Estimate(0.0, 0.0, 0.0, 0.0)
    assert standard_deviation_difference(SAMPLE + 4096.0, SAMPLE).value == pytest.approx(0.0, abs=1e-9)


def test_one_path_tells_nothing() -> None:
    for result in (
        standard_deviation(np.array([4.0])),
        standard_deviation_difference(np.array([4.0]), np.array([3.0])),
    ):
        assert math.isnan(result.value)
        assert math.isnan(result.standard_error)
        assert result.high == math.inf
