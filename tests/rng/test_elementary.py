"""The elementary functions against exact digits, at their edges, and as SIMD."""

from __future__ import annotations

import math
import os
from collections.abc import Callable

import mpmath
import numba
import numpy as np
import pytest

from simengine.rng import elementary
from tests.rng.simd import is_simd, needs_wide_registers

mpmath.mp.dps = 40
JIT_DISABLED = os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0")
N_POINTS = 300 if JIT_DISABLED else 2000
LEAST_NORMAL = 2.2250738585072014e-308


def exact_ppf(u: mpmath.mpf) -> mpmath.mpf:
    """Newton's method on the logarithm of the tail, from the bracket of the tail's own size."""
    if abs(u - 0.5) < 0.45:
        return mpmath.sqrt(2) * mpmath.erfinv(2 * u - 1)
    lesser = min(u, 1 - u)
    z = mpmath.sqrt(-2 * mpmath.log(lesser))
    for _ in range(60):
        tail = mpmath.ncdf(-z)
        step = mpmath.log(tail / lesser) * tail / mpmath.npdf(z)
        z += step
        if abs(step) < mpmath.mpf(10) ** -35:
            break
    return -z if u < 0.5 else z


def either_side_of_zero(rng: np.random.Generator, low: float, high: float) -> np.ndarray:
    magnitudes = 10.0 ** rng.uniform(low, high, N_POINTS)
    return np.concatenate([magnitudes, -magnitudes])


def exp_points(rng: np.random.Generator) -> np.ndarray:
    return np.concatenate([rng.uniform(-708.0, 709.7, N_POINTS), rng.uniform(-2.0, 2.0, N_POINTS)])


def expm1_points(rng: np.random.Generator) -> np.ndarray:
    return np.concatenate([rng.uniform(-60.0, 709.0, N_POINTS), either_side_of_zero(rng, -18.0, 1.0)])


def log_points(rng: np.random.Generator) -> np.ndarray:
    wide = 10.0 ** rng.uniform(-307.0, 308.0, N_POINTS)
    return np.concatenate([wide, rng.uniform(0.3, 3.0, N_POINTS), 1.0 + rng.uniform(-1e-3, 1e-3, N_POINTS)])


def log1p_points(rng: np.random.Generator) -> np.ndarray:
    return np.concatenate([-rng.uniform(0.0, 1.0, N_POINTS), either_side_of_zero(rng, -18.0, -0.01)])


def cdf_points(rng: np.random.Generator) -> np.ndarray:
    return np.concatenate([rng.uniform(-37.5, 8.0, N_POINTS), rng.uniform(-2.0, 2.0, N_POINTS)])


def ppf_points(rng: np.random.Generator) -> np.ndarray:
    tail = 10.0 ** rng.uniform(-300.0, 0.0, N_POINTS // 2) * 0.5
    upper = 1.0 - 10.0 ** rng.uniform(-15.9, 0.0, N_POINTS // 2) * 0.5
    return np.concatenate([rng.uniform(0.0, 1.0, N_POINTS), tail, upper])


# The bounds that docs/decisions/0002-own-elementary-functions.md states, in units of the last place.
BOUNDS = [
    ("exp", mpmath.exp, exp_points, 1.2),
    ("expm1", mpmath.expm1, expm1_points, 2.0),
    ("log", mpmath.log, log_points, 1.0),
    ("log1p", mpmath.log1p, log1p_points, 2.0),
    ("normal_cdf", mpmath.ncdf, cdf_points, 8.0),
    ("normal_ppf", exact_ppf, ppf_points, 8.0),
]


@pytest.mark.parametrize(("name", "exact", "points", "bound"), BOUNDS, ids=[row[0] for row in BOUNDS])
def test_error_in_units_of_the_last_place_stays_below_the_stated_bound(
    name: str, exact: Callable, points: Callable, bound: float
) -> None:
    function = getattr(elementary, name)
    worst, where = 0.0, math.nan
    for x in points(np.random.default_rng(20260303)).tolist():
        truth = exact(mpmath.mpf(x))
        if abs(truth) < LEAST_NORMAL:
            continue
        error = float(abs(float(function(x)) - truth) / float(np.spacing(abs(float(truth)))))
        if error > worst:
            worst, where = error, x
    assert worst <= bound, f"{name}({where!r}) is off by {worst:.3g} units"


@pytest.mark.parametrize(
    ("name", "x", "expected"),
    [
        ("exp", 0.0, 1.0),
        ("exp", 1000.0, math.inf),
        ("exp", math.inf, math.inf),
        ("exp", -1000.0, 0.0),
        ("exp", -math.inf, 0.0),
        ("exp", -745.0, 5e-324),
        ("expm1", 0.0, 0.0),
        ("expm1", -math.inf, -1.0),
        ("expm1", 800.0, math.inf),
        ("expm1", 1e-300, 1e-300),
        ("log", 1.0, 0.0),
        ("log", 0.0, -math.inf),
        ("log", math.inf, math.inf),
        ("log1p", 0.0, 0.0),
        ("log1p", -1.0, -math.inf),
        ("log1p", 1e-300, 1e-300),
        ("log1p", math.inf, math.inf),
        ("normal_cdf", 0.0, 0.5),
        ("normal_cdf", 40.0, 1.0),
        ("normal_cdf", -math.inf, 0.0),
        ("normal_cdf", math.inf, 1.0),
        ("normal_ppf", 0.5, 0.0),
    ],
)
def test_edges_are_exact(name: str, x: float, expected: float) -> None:
    assert float(getattr(elementary, name)(x)) == expected


@pytest.mark.parametrize("name", ["exp", "expm1", "log", "log1p", "normal_cdf"])
def test_not_a_number_stays_so(name: str) -> None:
    assert math.isnan(getattr(elementary, name)(math.nan))


@pytest.mark.parametrize(("name", "x"), [("log", -1.0), ("log", -1e-320), ("log1p", -1.5)])
def test_below_the_domain_is_not_a_number(name: str, x: float) -> None:
    assert math.isnan(getattr(elementary, name)(x))


def test_logarithm_of_subnormal_numbers() -> None:
    for x in (5e-324, 1e-320, 2.2e-308):
        assert float(elementary.log(x)) == pytest.approx(math.log(x), rel=4e-16)


def test_normal_quantile_is_antisymmetric() -> None:
    for u in (0.25, 2.0**-10, 2.0**-30, 2.0**-52):
        assert float(elementary.normal_ppf(u)) == -float(elementary.normal_ppf(1.0 - u))


@pytest.mark.compiled
@needs_wide_registers
@pytest.mark.parametrize("name", ["exp", "expm1", "log", "log1p", "normal_cdf", "normal_ppf"])
def test_a_loop_over_a_block_becomes_simd(name: str) -> None:
    function = getattr(elementary, name)

    @numba.njit(error_model="numpy")
    def over_block(x, out):
        for lane in range(len(x)):
            out[lane] = function(x[lane])

    x = np.linspace(0.1, 0.9, 64)
    out = np.empty(64)
    over_block(x, out)
    assert is_simd(over_block), f"{name} was compiled one lane at a time"


@pytest.mark.compiled
@pytest.mark.parametrize("name", ["exp", "expm1", "log", "log1p", "normal_cdf", "normal_ppf"])
def test_a_lane_of_a_block_has_the_bits_of_a_single_call(name: str) -> None:
    function = getattr(elementary, name)
    points = {row[0]: row[2] for row in BOUNDS}[name](np.random.default_rng(11))[:: max(1, N_POINTS // 100)]

    @numba.njit(error_model="numpy")
    def over_block(x, out):
        for lane in range(len(x)):
            out[lane] = function(x[lane])

    in_block = np.empty(len(points))
    over_block(points, in_block)
    for x, from_block in zip(points.tolist(), in_block.tolist(), strict=True):
        assert float(function(x)) == from_block
