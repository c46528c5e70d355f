"""What is computed lane by lane: the same bits as one by one, in wide registers."""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np
import pytest

from simengine.kernels.course import (
    ABREAST,
    N_COURSE,
    spend_after_move,
    spend_as_ever,
    spend_on_first_line,
)
from simengine.kernels.hazard import (
    LANES,
    ROWS,
    ROWS_EACH,
    SPARE,
    X,
    begin_search,
    strengths,
    take_step,
    wear_off,
)
from simengine.kernels.ledger import (
    AMOUNT,
    AMOUNT_PV,
    GROWN,
    LENGTH,
    N_ROWS,
    RATE,
    REGISTER,
    START,
    grow_lanes,
    mean_growth,
    mean_growth_of_lane,
)
from simengine.kernels.occurrences import minus_log
from simengine.kernels.walk import fade
from simengine.rng.philox import uniform, uniform_lanes
from tests.rng.simd import is_simd, needs_wide_registers

N = 53  # no multiple of a register


def addresses() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Keys, paths odd and even, and indices with bits on both halves."""
    rng = np.random.default_rng(5)
    drawn = rng.integers(0, 2**64, size=(3, N), dtype=np.uint64)
    return drawn[0], drawn[1] >> np.uint64(20), drawn[2]


def deferred() -> np.ndarray:
    rng = np.random.default_rng(6)
    lanes = np.zeros((N_ROWS, N + REGISTER))
    lanes[START, :N] = rng.uniform(0.0, 1000.0, N)
    lanes[LENGTH, :N] = rng.uniform(1e-6, 400.0, N)
    lanes[RATE, :N] = rng.uniform(-0.003, 0.003, N)
    lanes[RATE, :5] = 0.0
    return lanes


def test_uniforms_of_lanes_are_those_of_their_addresses() -> None:
    keys, paths, indices = addresses()
    out = np.empty(N)
    uniform_lanes(keys, paths, indices, out)
    assert out.tolist() == [uniform(*address) for address in zip(keys, paths, indices, strict=True)]


@pytest.mark.compiled
@needs_wide_registers
def test_uniforms_of_lanes_become_simd() -> None:
    @numba.njit(error_model="numpy")
    def caller(keys: Any, paths: Any, indices: Any, out: Any) -> None:
        uniform_lanes(keys, paths, indices, out)

    caller(*addresses(), np.empty(N))
    assert is_simd(caller), "uniform_lanes was compiled one lane at a time"


def test_growth_of_lanes() -> None:
    @numba.njit(error_model="numpy")
    def caller(lanes: Any, discount: float) -> None:
        grow_lanes(lanes, discount, N)

    lanes = deferred()
    caller(lanes, 2.1e-4)
    for k in range(N):
        for discount, row in ((0.0, AMOUNT), (2.1e-4, AMOUNT_PV)):
            rate, start, length = lanes[RATE, k] - discount, lanes[START, k], lanes[LENGTH, k]
            mean = math.expm1(rate * length) / (rate * length) if rate != 0.0 else 1.0
            assert lanes[row, k] == pytest.approx(math.exp(rate * start) * length * mean, rel=1e-14)
        assert lanes[GROWN, k] == pytest.approx(math.exp(lanes[RATE, k] * lanes[START, k]), rel=1e-14)


@pytest.mark.compiled
@needs_wide_registers
def test_growth_of_lanes_becomes_simd() -> None:
    @numba.njit(error_model="numpy")
    def caller(lanes: Any) -> None:
        grow_lanes(lanes, 2.1e-4, N)

    caller(deferred())
    assert is_simd(caller), "grow_lanes was compiled one lane at a time"


@pytest.mark.compiled
@needs_wide_registers
def test_courses_become_simd() -> None:
    @numba.njit(error_model="numpy")
    def first(course: Any) -> None:
        spend_on_first_line(course, 2e-4)

    @numba.njit(error_model="numpy")
    def after(course: Any) -> None:
        spend_after_move(course, 1095.0, 2e-4)

    @numba.njit(error_model="numpy")
    def ever(course: Any) -> None:
        spend_as_ever(course, 1095.0, 2e-4)

    for caller in (first, after, ever):
        caller(np.full((N_COURSE, ABREAST), 0.5))
        assert is_simd(caller), f"the loop of {caller.__name__} was compiled one lane at a time"


def test_mean_growth_of_lanes_has_the_bits_of_that_of_one() -> None:
    @numba.njit(error_model="numpy")
    def caller(y: Any, lanes: Any, one_by_one: Any) -> None:
        for k in range(y.shape[0]):
            lanes[k] = mean_growth_of_lane(y[k])
            one_by_one[k] = mean_growth(y[k])

    y = np.concatenate([np.linspace(-4.0, 9.0, 1001), np.linspace(-0.031, 0.031, 1001), [0.0, 1e-300]])
    lanes, one_by_one = np.empty(len(y)), np.empty(len(y))
    caller(y, lanes, one_by_one)
    assert lanes.tolist() == one_by_one.tolist()


@pytest.mark.compiled
@needs_wide_registers
def test_first_integrals_become_simd() -> None:
    @numba.njit(error_model="numpy")
    def caller(values: Any) -> None:
        minus_log(values)

    values = np.linspace(0.01, 0.99, N)
    expected = [-math.log(1.0 - u) for u in values]
    caller(values)
    assert values == pytest.approx(expected, rel=1e-14)
    assert is_simd(caller), "minus_log was compiled one lane at a time"


@pytest.mark.compiled
@needs_wide_registers
@pytest.mark.parametrize("k", [0, 1, 2, 3])
def test_stretches_become_simd(k: int) -> None:
    """What wears off, integrals and Newton's steps; each by itself, since one would hide another."""

    @numba.njit(error_model="numpy")
    def wearing(a: Any) -> None:
        wear_off(a, N, 3)

    @numba.njit(error_model="numpy")
    def asking(a: Any) -> None:
        strengths(a, N, k, 0.01)

    @numba.njit(error_model="numpy")
    def beginning(a: Any) -> None:
        begin_search(a, N, k)

    @numba.njit(error_model="numpy")
    def stepping(a: Any) -> None:
        take_step(a, N)

    @numba.njit(error_model="numpy")
    def fading(a: Any) -> None:
        fade(a, N, 0.01, X, SPARE)

    for caller in (wearing, asking, beginning, stepping, fading):
        caller(np.full((ROWS + 3 * ROWS_EACH) * LANES, 0.5))
        assert is_simd(caller), f"{caller.__name__} was compiled one lane at a time"
