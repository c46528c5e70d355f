"""Draws against SciPy, conditioning, mixtures, blocks against single draws, and golden hashes."""

from __future__ import annotations

import hashlib
import os
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from scipy import stats

from simengine.model.distributions import Quantity, parse
from simengine.rng.address import CHOICE_BIT, address_key
from simengine.rng.philox import uniform_block
from simengine.rng.variates import DistTable, build_table, needs_choice, quantile, quantile_block
from tests.rng.quantities import CONTINUOUS, MIXED, NAMED, TRUNCATED
from tests.rng.simd import is_simd, needs_wide_registers

JIT_DISABLED = os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0")
ALL = {**NAMED, **{f"truncated {name}": q for name, q in TRUNCATED.items()}, **MIXED}
# The least and the greatest uniform, both tails, the middle.
EDGES = np.array(
    [2.0**-54, 1e-12, 1e-6, 1e-3, 0.25, 0.5, 0.75, 0.999, 1.0 - 1e-6, 1.0 - 1e-12, 1.0 - 2.0**-53]
)
Z = 4.5


def uniforms(n: int, *parts: str) -> np.ndarray:
    out = np.empty(n)
    uniform_block(np.uint64(address_key(20260303, *parts)), np.uint64(0), np.uint64(0), out)
    return out


def draws(quantity: Quantity, u: np.ndarray, choices: np.ndarray | None = None) -> np.ndarray:
    out = np.empty(len(u))
    quantile_block(build_table([quantity]), 0, u, u if choices is None else choices, out)
    return out


# The same distributions, made by SciPy from the parameters in tests/rng/quantities.py.
SCIPY: dict[str, Any] = {
    "uniform": stats.uniform(1.0, 1.0),
    "normal": stats.norm(0.2, 0.1),
    "lognormal": stats.lognorm(np.log(119 / 7) / (2 * stats.norm.ppf(0.9)), scale=np.sqrt(7 * 119)),
    "lognormal_sigma": stats.lognorm(1.2, scale=2000),
    "triangular": stats.triang(0.2, 0, 5),
    "triangular_left": stats.triang(0.0, 0, 5),
    "triangular_right": stats.triang(1.0, 0, 5),
    "pareto": stats.pareto(2.5, scale=2),
    "beta": stats.beta(6.5, 6.5),
    "beta_skewed": stats.beta(0.4, 3),
    "pert": stats.beta(1 + 4 * 0.55 / 1.05, 1 + 4 * 0.5 / 1.05, -0.1, 1.05),
    "pert_edge": stats.beta(1, 5),
    "gamma": stats.gamma(2, scale=0.5),
    "gamma_small": stats.gamma(0.3, scale=10),
}


@pytest.mark.parametrize("name", SCIPY)
def test_quantiles_equal_scipys(name: str) -> None:
    exact = SCIPY[name]
    scale = float(exact.std())
    u = np.concatenate([EDGES, uniforms(200, name)])
    np.testing.assert_allclose(draws(parse(NAMED[name]), u), exact.ppf(u), rtol=2e-10, atol=1e-14 * scale)


@pytest.mark.parametrize("name", SCIPY)
def test_moments_equal_scipys(name: str) -> None:
    exact = SCIPY[name]
    n = 1000 if JIT_DISABLED else 40_000
    x = draws(parse(NAMED[name]), uniforms(n, name, "moments"))
    mean, variance, _, excess = (float(moment) for moment in exact.stats("mvsk"))
    assert abs(x.mean() - mean) < Z * np.sqrt(variance / n)
    if np.isfinite(excess) and excess < 50.0:
        assert abs(x.var() - variance) < Z * variance * np.sqrt((excess + 2.0) / n)


@pytest.mark.parametrize("name", TRUNCATED)
def test_truncation_conditions(name: str) -> None:
    written = TRUNCATED[name]
    whole = parse({key: value for key, value in written.items() if key != "truncate"} | _bounded(written))
    low, high = written["truncate"]
    low, high = -np.inf if low is None else low, np.inf if high is None else high
    u = np.concatenate([EDGES, uniforms(100, "truncated", name)])
    x = draws(parse(written), u)
    assert np.all((x >= low) & (x <= high))
    if name in ("discrete", "empirical"):
        return
    # The distribution function given the ends, from the nearer tail.
    if whole.cdf(low) > 0.5:
        reached = (whole.sf(low) - whole.sf(x)) / (whole.sf(low) - whole.sf(high))
    else:
        reached = (whole.cdf(x) - whole.cdf(low)) / (whole.cdf(high) - whole.cdf(low))
    np.testing.assert_allclose(reached, u, rtol=1e-9, atol=1e-11)


def _bounded(written: dict[str, Any]) -> dict[str, Any]:
    """A Pareto of infinite variance is allowed with finite ends only; far ones change nothing here."""
    return {"truncate": [0, 1e300]} if "pareto" in written else {}


def test_truncated_points_keep_their_proportions() -> None:
    u = (np.arange(700) + 0.5) / 700
    values, counts = np.unique(draws(parse(TRUNCATED["discrete"]), u), return_counts=True)
    assert values.tolist() == [2.0, 3.0]
    assert counts.tolist() == [500, 200]
    values, counts = np.unique(draws(parse(TRUNCATED["empirical"]), u[:600] * 700 / 600), return_counts=True)
    assert values.tolist() == [4.5, 5.0, 9.0]
    assert counts.tolist() == [200, 200, 200]


@pytest.mark.parametrize("n", [1, 2, 3, 7, 100])
def test_empirical_quantiles_are_of_type_1(n: int) -> None:
    observations = np.random.default_rng(n).normal(size=n)
    u = np.concatenate([EDGES, uniforms(100, "empirical")])
    expected = np.quantile(observations, u, method="inverted_cdf")
    assert draws(parse({"empirical": observations.tolist()}), u).tolist() == expected.tolist()


@given(CONTINUOUS)
@hypothesis_settings(max_examples=10 if JIT_DISABLED else 100)
def test_the_distribution_function_takes_draws_back_to_their_uniforms(written: Any) -> None:
    quantity = parse(written)
    u = np.array([1e-4, 0.02, 0.4, 0.5, 0.77, 0.999])
    x = draws(quantity, u)
    # Where the numbers near x are sparse, the uniform cannot be told more exactly than they differ.
    coarseness = np.abs(quantity.cdf(x * (1 + 4e-16)) - quantity.cdf(x * (1 - 4e-16)))
    assert np.all(np.abs(quantity.cdf(x) - u) <= 1e-9 + coarseness)
    assert np.all(np.diff(x) >= 0.0)


@given(CONTINUOUS, st.floats(0.001, 0.98), st.floats(0.01, 1.0))
@hypothesis_settings(max_examples=5 if JIT_DISABLED else 60)
def test_draws_of_any_truncation_stay_inside_and_are_conditional(
    written: Any, start: float, part: float
) -> None:
    quantity = parse(written)
    stop = start + part * (0.999 - start)
    low, high = (float(quantity.ppf(p)) for p in (start, stop))
    if not low < high or stop - start < 1e-4:
        return
    u = np.array([2.0**-54, 0.1, 0.5, 0.9, 1.0 - 2.0**-53])
    x = draws(parse({**written, "truncate": [low, high]}), u)
    assert np.all((x >= low) & (x <= high))
    reached = (quantity.cdf(x) - quantity.cdf(low)) / (quantity.cdf(high) - quantity.cdf(low))
    coarseness = np.abs(quantity.cdf(x * (1 + 4e-16)) - quantity.cdf(x * (1 - 4e-16))) / (stop - start)
    assert np.all(np.abs(reached - u) <= 1e-8 + 2.0 * coarseness)


@pytest.mark.parametrize("name", MIXED)
def test_mixtures_have_the_distribution_that_the_model_says(name: str) -> None:
    quantity = parse(MIXED[name])
    n = 1000 if JIT_DISABLED else 20_000
    x = draws(quantity, uniforms(n, name, "u"), uniforms(n, name, "choice"))
    low, high = quantity.support()
    assert np.all((x >= low) & (x <= high))
    # Dvoretzky-Kiefer-Wolfowitz: the greatest distance exceeds sqrt(ln(2 / 1e-6) / 2n) once in a million.
    points = np.unique(x)
    empirical = np.searchsorted(np.sort(x), points, side="right") / n
    assert np.max(np.abs(empirical - quantity.cdf(points))) < np.sqrt(np.log(2e6) / (2 * n))
    assert abs(x.mean() - quantity.mean()) < Z * x.std() / np.sqrt(n)


def test_a_truncation_around_a_mixture_reweights_its_parts() -> None:
    written = MIXED["truncated_around"]
    gamma, beta = stats.gamma(2, scale=0.5), stats.beta(6.5, 6.5)
    kept = np.array([0.5 * (gamma.cdf(8) - gamma.cdf(0.5)), 0.3 * beta.sf(0.5), 0.2])
    table = build_table([parse(written)])
    thresholds = np.cumsum(kept / kept.sum())[:2]
    for threshold in thresholds:
        before, after = (quantile(table, 0, 0.5, threshold + side * 1e-9) for side in (-1, 1))
        assert before != after
    assert quantile(table, 0, 0.5, 1.0 - 2.0**-53) == 7.0


def test_only_mixtures_need_a_choice() -> None:
    names = list(ALL)
    table = build_table([parse(ALL[name]) for name in names])
    assert {name for i, name in enumerate(names) if needs_choice(table, i)} == set(MIXED)


def test_a_block_has_the_bits_of_single_draws() -> None:
    table = build_table([parse(written) for written in ALL.values()])
    u = np.concatenate([EDGES, uniforms(52, "block")])
    choices = uniforms(len(u), "choices")
    out = np.empty(len(u))
    for i, name in enumerate(ALL):
        quantile_block(table, i, u, choices, out)
        single = [float(quantile(table, i, a, b)) for a, b in zip(u.tolist(), choices.tolist(), strict=True)]
        assert out.tolist() == single, name


def test_a_row_does_not_depend_on_its_neighbours() -> None:
    alone = build_table([parse(NAMED["gamma"])])
    among = build_table([parse(written) for written in (*MIXED.values(), NAMED["gamma"], NAMED["pert"])])
    for u in (0.01, 0.5, 0.99):
        assert quantile(alone, 0, u, 0.5) == quantile(among, len(MIXED), u, 0.5)


def test_golden_draws_of_stream_version_1() -> None:
    table = build_table([parse(written) for written in ALL.values()])
    n = 128
    digest = hashlib.sha256()
    u, choices, out = np.empty(n), np.empty(n), np.empty(n)
    for i, name in enumerate(ALL):
        key = np.uint64(address_key(7, "golden", name))
        uniform_block(key, np.uint64(0), np.uint64(0), u)
        uniform_block(key, np.uint64(0), np.uint64(CHOICE_BIT), choices)
        quantile_block(table, i, u, choices, out)
        digest.update(out.astype("<f8").tobytes())
    assert digest.hexdigest() == "79a9cc2fe34a81727a44474f08581308b63686b56155984e504b27f606f45c8a"


def test_an_empty_table_can_be_built() -> None:
    assert isinstance(build_table([]), DistTable)


@pytest.mark.compiled
@needs_wide_registers
@pytest.mark.parametrize("part", ["_score_block", "_normal_block", "_exponential_block", "_beta_block"])
def test_blocks_become_simd(part: str) -> None:
    import numba

    from simengine.rng import variates

    inner = getattr(variates, part)

    @numba.njit(error_model="numpy")
    def score(a, b, out):
        inner(a > b, a, b, out, out)

    @numba.njit(error_model="numpy")
    def four(a, b, out):
        inner(a, b, a, b, out)

    @numba.njit(error_model="numpy")
    def six(a, b, out):
        inner(a, b, a, b, a, b, out)

    caller = {"_score_block": score, "_beta_block": six}.get(part, four)
    caller(0.5, 0.7, np.linspace(0.1, 0.9, 64))
    assert is_simd(caller), f"{part} was compiled one lane at a time"
