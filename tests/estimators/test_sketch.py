"""Sketches hold what they say: counts in bins of the float's bits, the same whoever counted."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from simengine.estimators import quantile, tvar
from simengine.estimators.sketch import RELATIVE_ERROR, Bins, Sketch, quantile_of_bins, tvar_of_bins

TINY, HUGE = 5e-324, np.finfo(np.float64).max
LAWS = {
    "lognormal": np.random.default_rng(1).lognormal(13.0, 0.5, 20_000),
    "signed": np.random.default_rng(2).normal(10.0, 1000.0, 20_000),
    "zero-inflated": np.where(
        np.random.default_rng(3).random(20_000) < 0.7, 0.0, np.random.default_rng(4).pareto(1.5, 20_000)
    ),
    "discrete": np.random.default_rng(5).choice([-3.0, 0.0, 219_000.0, 1e6], 20_000),
    "all over": np.random.default_rng(6).choice([-1.0, 1.0], 20_000)
    * np.exp(np.random.default_rng(7).uniform(-700, 700, 20_000)),
}


def sketched(values: np.ndarray) -> Bins:
    sketch = Sketch(1)
    for part in np.array_split(values, 7):
        sketch.add(part[:, None])
    return sketch.bins(0)


def bin_by_hand(value: float) -> tuple[float, float]:
    """The bin of a number, from its mantissa and exponent: no bits are looked at."""
    if value == 0.0:
        return 0.0, 0.0
    mantissa, exponent = math.frexp(abs(value))
    step = math.floor((2.0 * mantissa - 1.0) * 512)
    low, high = (math.ldexp(1.0 + (step + k) / 512, exponent - 1) for k in (0, 1))
    return (low, high) if value > 0.0 else (-high, -low)


@pytest.mark.parametrize("law", LAWS)
def test_every_value_is_counted_in_its_bin(law: str) -> None:
    bins = sketched(LAWS[law])
    expected = Counter(bin_by_hand(value) for value in LAWS[law].tolist())
    found = dict(
        zip(zip(bins.low.tolist(), bins.high.tolist(), strict=True), bins.counts.tolist(), strict=True)
    )
    assert found == dict(expected)
    assert list(found) == sorted(found), "in the order of values"


@pytest.mark.parametrize("law", LAWS)
def test_the_middle_is_near_all_that_a_bin_holds(law: str) -> None:
    bins = sketched(LAWS[law])
    ordered = np.sort(LAWS[law])
    middle = np.repeat(bins.middle, bins.counts)
    assert (np.abs(middle - ordered) <= RELATIVE_ERROR * np.abs(ordered)).all()
    assert RELATIVE_ERROR < 0.001


def test_the_ends_of_the_doubles() -> None:
    values = np.array([0.0, -0.0, TINY, -TINY, 2.0**-1022, HUGE, -HUGE, 1.0, np.nextafter(1.0, 0.0)])
    bins = sketched(values)
    assert bins.counts.sum() == len(values)
    assert np.isfinite(bins.middle).all()
    assert bins.counts[(bins.low == 0.0) & (bins.high == 0.0)].tolist() == [2], "zeros are apart"
    for value in values.tolist():
        assert ((bins.low <= value) & (value <= bins.high)).any()
    for special in (math.nan, math.inf, -math.inf):
        with pytest.raises(ValueError, match="not finite"):
            Sketch(1).add(np.array([[special]]))


def test_parts_in_any_order_make_the_same_sketch() -> None:
    table = np.stack(list(LAWS.values()), axis=1)
    whole = Sketch(table.shape[1])
    whole.add(table)
    rng = np.random.default_rng(8)
    for _ in range(5):
        parts = []
        for rows in np.array_split(rng.permutation(len(table)), 9):
            parts.append(Sketch(table.shape[1]))
            parts[-1].add(table[rows])
        merged = Sketch(table.shape[1])
        for part in parts:
            merged.merge(part)
        for column in range(table.shape[1]):
            for one, other in zip(merged.bins(column), whole.bins(column), strict=True):
                np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("level", [0.001, 0.05, 0.5, 0.7, 0.95, 0.999])
@pytest.mark.parametrize("law", LAWS)
def test_quantiles_are_those_of_the_paths(law: str, level: float) -> None:
    """Within the bound; and the interval encloses that of the paths, by no more than the bound."""
    ours, exact = quantile_of_bins(sketched(LAWS[law]), level), quantile(LAWS[law], level)
    for found, expected in ((ours.value, exact.value), (ours.low, exact.low), (ours.high, exact.high)):
        assert abs(found - expected) <= 2.0 * RELATIVE_ERROR * abs(expected)
    assert abs(ours.value - exact.value) <= RELATIVE_ERROR * abs(exact.value)
    assert ours.low <= exact.low <= exact.high <= ours.high


@pytest.mark.parametrize("level", [0.5, 0.7, 0.95, 0.999])
@pytest.mark.parametrize("law", ["lognormal", "zero-inflated", "discrete", "signed"])
def test_tails_are_those_of_the_paths(law: str, level: float) -> None:
    ours, exact = tvar_of_bins(sketched(LAWS[law]), level), tvar(LAWS[law], level)
    assert abs(ours.value - exact.value) <= RELATIVE_ERROR * abs(exact.value)
    assert ours.standard_error == pytest.approx(exact.standard_error, rel=0.01, abs=0.002 * abs(exact.value))
    assert ours.low <= exact.low + 1e-9 * abs(exact.low)
    assert ours.high >= exact.high - 1e-9 * abs(exact.high)


def test_few_paths_bound_nothing() -> None:
    bins = sketched(np.array([5.0, 7.0]))
    assert quantile_of_bins(bins, 0.95).high == math.inf
    assert math.isnan(tvar_of_bins(bins, 0.95).standard_error)
