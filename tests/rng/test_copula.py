"""Copulas: Student's distribution function, its divisor, the triangular factor, and the open interval."""

from __future__ import annotations

import math
import os

import mpmath
import numpy as np
import pytest
from scipy import stats

from simengine.rng.copula import StudentT, lower_factor, score_to_uniform, t_to_uniform
from simengine.rng.variates import build_table, quantile

mpmath.mp.dps = 30
JIT_DISABLED = os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0")
DEGREES = [4.0] if JIT_DISABLED else [0.5, 1.0, 2.0, 4.5, 30.0, 1e4]


def exact(t: float, df: float) -> float:
    """T_df by the incomplete beta function, from the tail."""
    tail = mpmath.betainc(df / 2, 0.5, 0, df / (df + mpmath.mpf(t) ** 2), regularized=True) / 2
    return float(tail if t < 0 else 1 - tail)


@pytest.mark.parametrize("df", DEGREES)
def test_students_distribution_function(df: float) -> None:
    table = build_table([StudentT(df)])
    for t in (-50.0, -4.2, -1.0, -0.3, -1e-9, 0.0, 1e-3, 0.7, 2.5, 11.0):
        truth = exact(t, df)
        if truth > 1e-16:
            assert float(t_to_uniform(table, 0, t)) == pytest.approx(truth, rel=5e-11), t


@pytest.mark.parametrize("t", [-math.inf, -1e300, -1e9, 1e9, 1e300, math.inf])
def test_tied_uniforms_stay_inside_the_open_interval(t: float) -> None:
    table = build_table([StudentT(4.0)])
    for u in (float(t_to_uniform(table, 0, t)), float(score_to_uniform(t))):
        assert 0.0 < u < 1.0
        assert (u > 0.5) == (t > 0.0)


def test_the_divisor_is_chi_squared() -> None:
    student = StudentT(4.5)
    table = build_table([student.chi_squared])
    for u in (1e-9, 0.1, 0.5, 0.9, 1.0 - 1e-9):
        assert float(quantile(table, 0, u, 0.5)) == pytest.approx(float(stats.chi2(4.5).ppf(u)), rel=1e-10)


@pytest.mark.parametrize("df", [0.0, -1.0, math.inf, math.nan, 0.01])
def test_degrees_of_freedom_out_of_range_are_refused(df: float) -> None:
    with pytest.raises(ValueError, match="df"):
        StudentT(df)


def test_the_factor_squares_to_the_matrix() -> None:
    matrix = np.array([[1.0, 0.5, -0.2], [0.5, 1.0, 0.3], [-0.2, 0.3, 1.0]])
    factor = lower_factor(matrix.tolist())
    np.testing.assert_allclose(factor @ factor.T, matrix, atol=1e-15)
    assert np.all(np.triu(factor, 1) == 0.0)


@pytest.mark.parametrize("matrix", [[[1.0, 1.2], [1.2, 1.0]], [[0.0]], [[1.0, 1.0], [1.0, 1.0]]])
def test_a_matrix_that_is_not_positive_definite_is_refused(matrix: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="not positive definite"):
        lower_factor(matrix)
