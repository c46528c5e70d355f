"""Integrals of intensities and their inverse against quadrature and root finding; integrals of the ledger."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize

from simengine.kernels.ledger import growth_integral, shortfall
from tests.conftest import JIT_DISABLED
from tests.kernels.stretches import integral, intensity, invert, invert_all

LEAST = 1e-300  # below it doubles have fewer digits
EXAMPLES = 60 if JIT_DISABLED else 300
Stretch = tuple[Any, ...]


@st.composite
def stretches(draw: st.DrawFn) -> Stretch:
    """Constant, decaying excitations (factors from 0 on), self-excitation, and the length of the stretch."""
    k = draw(st.integers(0, 3))
    rise = [draw(st.floats(-1.0, 20.0)) for _ in range(k)]
    decay = [math.log(2.0) / draw(st.floats(0.05, 500.0)) for _ in range(k)]
    own = draw(st.sampled_from([0.0, 0.0, 1e-9, 0.02, 3.0]))
    own_decay = math.log(2.0) / draw(st.floats(0.05, 500.0))
    constant = draw(st.sampled_from([1e-12, 1e-4, 0.01, 2.0]))
    return constant, k, np.array(rise), np.array(decay), own, own_decay, draw(st.floats(1e-6, 2000.0))


def on(function: Callable[..., float], stretch: Stretch, *more: float) -> float:
    """What a kernel's function says of a stretch; its length is not among the arguments."""
    return function(*[*stretch[:-1], *more])


def rate_of(stretch: Stretch, x: Any) -> Any:
    constant, k, rise, decay, own, own_decay, _ = stretch
    rate = constant
    for j in range(k):
        # Not 1 + rise exp(-decay x): nearly nothing is left of it where a factor of 0 begins to wear off.
        rate = rate * ((1.0 + rise[j]) + rise[j] * np.expm1(-decay[j] * x))
    return rate + own * np.exp(-own_decay * x)


def by_quadrature(stretch: Stretch, x: float) -> float:
    """Gauss and Legendre's rule on pieces that grow with the distance, as exponentials need them."""
    borders = np.concatenate([[0.0], x * 2.0 ** np.arange(-24.0, 1.0)])
    nodes, weights = np.polynomial.legendre.leggauss(24)
    middle, half = 0.5 * (borders[1:] + borders[:-1]), 0.5 * np.diff(borders)
    return math.fsum(half * (rate_of(stretch, middle[:, None] + half[:, None] * nodes) @ weights))


@settings(max_examples=EXAMPLES)
@given(stretches(), st.floats(0.0, 1.0))
def test_integral(stretch, part):
    x = part * stretch[-1]
    constant, k, rise, decay, own, own_decay, _ = stretch
    # Terms of an expanded product cancel where a factor is near 0: relative to the largest of them.
    largest = rate_of((constant, k, np.abs(rise), decay, own, own_decay, 0.0), 0.0)
    # The intensity only steers Newton's steps: what is left of a faded excitation need not have all digits.
    assert on(intensity, stretch, x) == pytest.approx(rate_of(stretch, x), rel=1e-12, abs=1e-15 * largest)
    assert on(integral, stretch, x) == pytest.approx(
        by_quadrature(stretch, x), rel=1e-11, abs=max(1e-13 * largest * x, LEAST)
    )


@settings(max_examples=EXAMPLES)
@given(stretches(), st.floats(0.0, 1.0, exclude_min=True))
@example((0.01, 1, np.array([-1.0]), np.array([0.1]), 0.0, 1.0, 100.0), 1e-9)  # no intensity to begin with
@example((0.01, 0, np.empty(0), np.empty(0), 0.0, 1.0, 100.0), 1.0)
@example((1e-12, 0, np.empty(0), np.empty(0), 3.0, 14.0, 2000.0), 0.999999)  # all of it at the start
def test_invert(stretch, part):
    longest = stretch[-1]
    whole = on(integral, stretch, longest)
    wanted = part * whole
    x = on(invert, stretch, wanted, longest)
    assert 0.0 <= x <= longest
    # As near as the integral itself can tell two neighbouring days apart.
    slack = 1e-12 * wanted + 4e-16 * longest * rate_of(stretch, x) + 1e-15 * whole
    assert abs(on(integral, stretch, x) - wanted) <= slack


@pytest.mark.parametrize("part", [1e-6, 0.1, 0.5, 0.9, 0.999])
def test_invert_against_a_root_finder(part):
    stretch = (0.01, 2, np.array([7.0, -0.9]), np.array([0.02, 0.1]), 0.05, 0.3, 300.0)
    wanted = part * by_quadrature(stretch, 300.0)
    expected = optimize.brentq(lambda x: by_quadrature(stretch, x) - wanted, 0.0, 300.0, xtol=1e-12)
    assert on(invert, stretch, wanted, 300.0) == pytest.approx(expected, rel=1e-9)


def test_each_lane_is_on_its_own():
    """More stretches than two registers hold, each as if it were alone; searches end after unlike steps."""
    rng = np.random.default_rng(3)
    many = [
        (c, 1, np.array([r]), np.array([d]), own, 0.02, x)
        for c, r, d, own, x in zip(
            rng.uniform(1e-4, 0.1, 100),
            rng.uniform(-1.0, 9.0, 100),
            rng.uniform(1e-3, 1.0, 100),
            rng.choice([0.0, 0.05], 100),
            rng.uniform(1.0, 900.0, 100),
            strict=True,
        )
    ]
    wanted = [
        part * on(integral, s, s[-1]) for part, s in zip(rng.uniform(0.01, 1.0, 100), many, strict=True)
    ]
    alone = [on(invert, s, w, s[-1]) for s, w in zip(many, wanted, strict=True)]
    assert invert_all(many, wanted).tolist() == alone


@settings(max_examples=EXAMPLES)
@given(st.floats(-0.02, 0.02), st.floats(0.0, 2000.0), st.floats(0.0, 1000.0))
@example(0.0, 5.0, 3.0)
@example(1e-320, 5.0, 3.0)
def test_growth_integral(kappa, begin, days):
    end = begin + days
    y = kappa * (end - begin)
    mean = 1.0 if y == 0.0 else math.expm1(y) / y
    expected = math.exp(kappa * begin) * (end - begin) * mean
    assert growth_integral(kappa, begin, end) == pytest.approx(expected, rel=1e-13)


@settings(max_examples=EXAMPLES)
@given(
    st.sampled_from([0.0, 10.0, 900.0, 1000.0, 5000.0]),
    st.floats(-0.005, 0.005),
    st.sampled_from([0.0, 2e-4, -1e-4]),
    st.floats(0.0, 500.0),
    st.floats(0.0, 500.0),
)
@example(1000.0, 0.0, 2e-4, 10.0, 20.0)
def test_shortfall(level, kappa, discount, begin, days):
    """What growing spend falls short of 1,000 a day, against quadrature cut where it crosses."""
    minimum, end = 1000.0, begin + days
    crossing = math.log(minimum / level) / kappa if level > 0.0 and abs(kappa) > 1e-12 else -1.0
    borders = [begin, *([crossing] if begin < crossing < end else []), end]

    def short(t: float) -> float:
        return max(0.0, minimum - level * math.exp(kappa * t)) * math.exp(-discount * t)

    expected = sum(integrate.quad(short, a, b, epsabs=1e-9)[0] for a, b in pairwise(borders))
    assert shortfall(level, kappa, discount, minimum, begin, end) == pytest.approx(
        expected, rel=1e-8, abs=1e-5
    )
