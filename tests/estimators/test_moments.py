"""Sums do not depend on order, and variances keep their digits."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from simengine.estimators import exact_sum, mean
from simengine.estimators.exact_sum import ExactSum
from simengine.estimators.moments import ColumnMoments, mean_of_moments, tree_sum


def wild(n: int, seed: int) -> np.ndarray:
    """Numbers of all sizes and both signs, which floating-point sums get wrong."""
    rng = np.random.default_rng(seed)
    values = rng.choice([-1.0, 1.0], (n, 3)) * np.exp(rng.uniform(-600.0, 600.0, (n, 3)))
    values[rng.random((n, 3)) < 0.2] = 0.0
    values[0] = 5e-324, -5e-324, np.finfo(np.float64).max / 4
    return values


@pytest.mark.parametrize("most", [1 << 21, 3])
def test_sums_are_exact(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact_sum, "MOST_ADDITIONS", most)
    values = wild(200, 1)
    total = ExactSum(3)
    for row in values:
        total.add(row)
    expected = [sum(map(Fraction, column)) for column in values.T.tolist()]
    assert total.exactly() == expected
    assert [float(part) for part in total.exactly()] == [math.fsum(column) for column in values.T.tolist()]


def test_parts_in_any_order_make_the_same_sum() -> None:
    values = wild(100, 2)
    parts = [ExactSum(3) for _ in range(5)]
    for k, row in enumerate(values):
        parts[k % 5].add(row)
    merged = ExactSum(3)
    for part in reversed(parts):
        merged.merge(part)
    assert merged.exactly() == [sum(map(Fraction, column)) for column in values.T.tolist()]
    assert ExactSum(2).exactly() == [0, 0]


def test_what_is_not_finite_is_refused() -> None:
    for special in (math.nan, math.inf):
        with pytest.raises(ValueError, match="not finite"):
            ExactSum(1).add(np.array([special]))


@pytest.mark.parametrize("n", [1, 2, 3, 7, 1000, 1024])
def test_a_tree_adds_every_row_once(n: int) -> None:
    whole = np.arange(4.0 * n).reshape(n, 4)
    np.testing.assert_array_equal(tree_sum(whole), whole.sum(axis=0))
    rough = np.random.default_rng(n).lognormal(9.0, 2.0, (n, 4))
    np.testing.assert_allclose(tree_sum(rough), rough.sum(axis=0), rtol=1e-14)


def of_blocks(values: np.ndarray, order: list[int], pivot: np.ndarray) -> ColumnMoments:
    found = ColumnMoments(pivot)
    blocks = np.array_split(values, len(order))
    for k in order:
        found.add([blocks[k]])
    return found


def test_blocks_in_any_order_and_in_parts_give_the_same_bits() -> None:
    values = np.random.default_rng(3).lognormal(9.0, 2.0, (900, 4))
    expected = of_blocks(values, list(range(9)), values[0]).finalise()
    shuffled = of_blocks(values, [4, 2, 8, 0, 1, 7, 3, 6, 5], values[0]).finalise()
    halves = [ColumnMoments(values[0]) for _ in range(2)]
    for k, block in enumerate(np.array_split(values, 9)):
        halves[k % 2].add([block])
    halves[1].merge(halves[0])
    for found in (shuffled, halves[1].finalise()):
        assert [part.tobytes() for part in found] == [part.tobytes() for part in expected]
    np.testing.assert_allclose(expected[0], values.sum(axis=0), rtol=1e-14)
    np.testing.assert_allclose(expected[1] / 899, values.var(axis=0, ddof=1), rtol=1e-12)


def test_small_variation_of_large_numbers_is_kept() -> None:
    noise = np.random.default_rng(4).normal(size=(2048, 1))
    found = of_blocks(1e9 + 1e-3 * noise, [0, 1], np.array([1e9]))
    assert found.finalise()[1][0] / 2047 == pytest.approx(1e-6 * noise.var(ddof=1), rel=1e-3)
    constant = np.full((1500, 1), 0.1)
    total, deviations = of_blocks(constant, [0, 1, 2], np.array([0.1])).finalise()
    assert deviations[0] == 0.0
    assert total[0] == pytest.approx(150.0, rel=1e-15)


@pytest.mark.parametrize("parts", [1, 2, 3])
def test_what_never_varies_has_no_variance_whatever_the_pivot(parts: int) -> None:
    """The pivot is what path 0 is, which need not be among the paths of the run."""
    values = np.column_stack([np.zeros(1500), np.full(1500, 0.1), np.full(1500, -7.3), np.zeros(1500)])
    values[-1, 3] = 1e-9
    pivot = np.array([-5.2, 12_345.678, 0.7, 0.3])
    found = ColumnMoments(pivot)
    for order in ([0, 2, 4], [1, 3, 5], [])[:parts]:
        part = ColumnMoments(pivot)
        for k in order if parts > 1 else range(6):
            part.add([np.array_split(values, 6)[k]])
        found.merge(part)
    total, deviations = found.finalise()
    assert deviations[:3].tolist() == [0.0, 0.0, 0.0]
    assert total[0] == 0.0
    assert mean_of_moments(total[0], deviations[0], 1500).standard_error == 0.0
    # Two parts that never vary do where they are put together.
    found.merge(of_blocks(values + 1.0, [0, 1], pivot))
    assert found.finalise()[1][:3] == pytest.approx([750.0] * 3)


def test_means_are_those_of_the_paths() -> None:
    values = np.random.default_rng(5).lognormal(9.0, 1.0, 5000)
    total, deviations = of_blocks(values[:, None], [0, 1, 2], np.array([9000.0])).finalise()
    ours, exact = mean_of_moments(total[0], deviations[0], 5000), mean(values)
    for found, expected in zip(
        (ours.value, ours.standard_error, ours.low, ours.high),
        (exact.value, exact.standard_error, exact.low, exact.high),
        strict=True,
    ):
        assert found == pytest.approx(expected, rel=1e-12)
    assert math.isnan(mean_of_moments(5.0, 0.0, 1).standard_error)


def test_parts_of_different_runs_are_refused() -> None:
    with pytest.raises(ValueError, match="same pivots"):
        ColumnMoments(np.array([1.0])).merge(ColumnMoments(np.array([2.0])))
    with pytest.raises(ValueError, match="no paths"):
        ColumnMoments(np.array([1.0])).finalise()
