"""Tables of beta and gamma quantiles and of Student's t, against exact digits and SciPy."""

from __future__ import annotations

import math
import os

import mpmath
import numpy as np
import pytest
from scipy import special

from simengine.rng import log_concave
from simengine.rng.log_concave import BETA, GAMMA

mpmath.mp.dps = 40
Z_LOW, Z_HIGH = -8.3, 8.2
JIT_DISABLED = os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0")

BETAS = [
    (2.0, 3.0),
    (1.0, 1.0),
    (6.5, 6.5),
    (0.5, 0.5),
    (1.0, 5.0),
    (0.05, 0.05),
    (0.05, 1e4),
    (1e4, 0.05),
    (1e4, 1e4),
    (0.01, 1e6),
    (1e6, 1e6),
]
GAMMAS = [2.0, 0.01, 0.05, 0.5, 1.0, 30.0, 1e3, 1e5, 1e6]
if JIT_DISABLED:
    # The arithmetic is the same; one shape of each kind is enough at this speed.
    BETAS, GAMMAS = BETAS[:1], GAMMAS[:1]


def at(pieces: np.ndarray, z: np.ndarray) -> np.ndarray:
    """What a table says at scores."""
    position = (z - Z_LOW) / (Z_HIGH - Z_LOW) * len(pieces)
    piece = np.minimum(position.astype(int), len(pieces) - 1)
    return np.sum(pieces[piece] * (position - piece)[:, None] ** np.arange(6), axis=1)


def scores(n: int) -> np.ndarray:
    return np.random.default_rng(5).uniform(Z_LOW, Z_HIGH, n)


@pytest.mark.parametrize(("alpha", "beta"), BETAS)
def test_beta_tables_match_scipy_in_both_tails(alpha: float, beta: float) -> None:
    z = scores(400)
    d = at(log_concave.quantile_pieces(BETA, alpha, beta, Z_LOW, Z_HIGH), z)
    with np.errstate(over="ignore"):
        below, above = alpha / (alpha + beta * np.exp(-d)), beta / (beta + alpha * np.exp(d))
    lower, upper = special.ndtr(z), special.ndtr(-z)
    # Each tail by its own inverse, which knows the smaller number to all digits.
    exact_below = special.betaincinv(alpha, beta, lower)
    exact_above = special.betaincinv(beta, alpha, upper)
    for ours, exact, mass in ((below, exact_below, lower), (above, exact_above, upper)):
        known = (mass < 0.6) & (exact > 1e-290)
        np.testing.assert_allclose(ours[known], exact[known], rtol=1e-10)


@pytest.mark.parametrize("shape", GAMMAS)
def test_gamma_tables_match_scipy_in_both_tails(shape: float) -> None:
    z = scores(400)
    ours = shape * np.exp(at(log_concave.quantile_pieces(GAMMA, shape, 0.0, Z_LOW, Z_HIGH), z))
    lower, upper = special.ndtr(z), special.ndtr(-z)
    exact = np.where(z < 0.0, special.gammaincinv(shape, lower), special.gammainccinv(shape, upper))
    known = exact > 1e-290
    # SciPy's own inverse loses digits at a million.
    np.testing.assert_allclose(ours[known], exact[known], rtol=1e-10 if shape <= 1e5 else 1e-8)


@pytest.mark.parametrize(
    ("family", "first", "second", "z"),
    [
        (BETA, 0.05, 1e4, 0.0132),
        (BETA, 0.05, 1e4, -1.3),
        (BETA, 2.5, 0.7, -5.0),
        (BETA, 40.0, 3.0, 2.0),
        (GAMMA, 1e5, 0.0, -4.5),
        (GAMMA, 0.01, 0.0, 3.1),
        (GAMMA, 3.3, 0.0, 8.0),
    ],
)
def test_tables_match_exact_digits(family: int, first: float, second: float, z: float) -> None:
    d = mpmath.mpf(
        float(at(log_concave.quantile_pieces(family, first, second, Z_LOW, Z_HIGH), np.array([z]))[0])
    )
    if family == BETA:
        x = first / (first + second * mpmath.exp(-d))
        mass = mpmath.betainc(first, second, 0, x, regularized=True)
        log_density = (
            first * mpmath.log(x) + second * mpmath.log(1 - x) - mpmath.log(mpmath.beta(first, second))
        )
    else:
        x = first * mpmath.exp(d)
        mass = mpmath.gammainc(first, 0, x, regularized=True)
        log_density = first * mpmath.log(x) - x - mpmath.loggamma(first)
    # The error of d, by the density of d.
    error = (mass - mpmath.ncdf(z)) / mpmath.exp(log_density)
    assert abs(float(error)) < 5e-11


def test_tail_mass_is_the_incomplete_beta_function() -> None:
    alpha, beta = 2.5, 0.7
    whole = log_concave.whole_mass(BETA, alpha, beta)
    for x in (1e-12, 0.1, 0.5, 0.9, 1.0 - 1e-9):
        d = math.log(x / (1.0 - x) * beta / alpha)
        below = log_concave.tail_mass(BETA, alpha, beta, 1.0, d) / whole
        above = log_concave.tail_mass(BETA, alpha, beta, -1.0, -d) / whole
        assert below == pytest.approx(special.betainc(alpha, beta, x), rel=1e-12)
        assert above == pytest.approx(special.betaincc(alpha, beta, x), rel=1e-9)


@pytest.mark.parametrize(("z_low", "z_high"), [(2.0, 11.0), (-11.0, -3.0), (-0.3, 0.2), (1.0, 1.0 + 1e-9)])
def test_a_table_may_cover_any_stretch(z_low: float, z_high: float) -> None:
    pieces = log_concave.quantile_pieces(GAMMA, 2.0, 0.0, z_low, z_high)
    for share in (0.0, 0.37, 1.0):
        position = share * len(pieces)
        piece = min(int(position), len(pieces) - 1)
        c0, c1, c2, c3, c4, c5 = pieces[piece].tolist()
        x = 2.0 * math.exp(float(log_concave.quintic(c0, c1, c2, c3, c4, c5, position - piece)))
        z = z_low + share * (z_high - z_low)
        exact = (
            special.gammaincinv(2.0, special.ndtr(z))
            if z < 0.0
            else special.gammainccinv(2.0, special.ndtr(-z))
        )
        assert x == pytest.approx(exact, rel=1e-10)


@pytest.mark.compiled
def test_what_is_too_steep_is_refused_rather_than_wrong() -> None:
    with pytest.raises(ArithmeticError, match="too steep"):
        log_concave.quantile_pieces(BETA, 1e-7, 1e-7, Z_LOW, Z_HIGH)
