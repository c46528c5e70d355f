"""Contributions against counting parts of paths, and their sums against the whole."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simengine.estimators import tail_contribution, tail_of, tvar
from simengine.estimators.order_statistics import exact_level

LEVELS = st.sampled_from([0.01, 0.1, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999])
# Few values, so that ties at the quantile are the rule.
small_parts = st.lists(
    st.tuples(st.integers(0, 3), st.integers(-2, 2), st.integers(0, 1)), min_size=1, max_size=40
).map(lambda rows: np.array(rows, dtype=float).T)  # fmt: skip


def naive(parts: np.ndarray, level: float) -> list[Fraction]:
    """In whole numbers: the mass (1 - level) n is taken from the top; paths that tie share what is left."""
    totals = parts.sum(axis=0).tolist()
    wanted = (1 - exact_level(level)) * len(totals)
    sums, left = [Fraction(0)] * len(parts), wanted
    for value in sorted(set(totals), reverse=True):
        tied = [k for k, total in enumerate(totals) if total == value]
        share = min(Fraction(1), left / len(tied))
        for j, part in enumerate(parts.tolist()):
            sums[j] += share * sum(Fraction(part[k]) for k in tied)
        left -= share * len(tied)
        if left == 0:
            break
    return [total / wanted for total in sums]


@given(small_parts, LEVELS)
def test_a_part_of_the_tail_is_what_its_paths_bring(parts: np.ndarray, level: float) -> None:
    total = parts.sum(axis=0)
    tail = tail_of(total, level)
    found = [tail_contribution(part, tail).value for part in parts]
    assert found == pytest.approx([float(expected) for expected in naive(parts, level)], abs=1e-12)
    assert sum(found) == pytest.approx(tvar(total, level).value, abs=1e-12)
    assert tail.share.sum() == pytest.approx((1 - level) * total.size, rel=1e-12)


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.999])
def test_the_whole_contributes_all_of_it_with_its_error(level: float) -> None:
    total = np.random.default_rng(31).lognormal(10.0, 1.0, 20_000)
    whole, known = tail_contribution(total, tail_of(total, level)), tvar(total, level)
    assert whole.value == pytest.approx(known.value, rel=1e-13)
    # The mean near the quantile stands for the quantile.
    assert whole.standard_error == pytest.approx(known.standard_error, rel=0.01)


def test_a_constant_part_has_no_error_and_an_atom_has_that_of_its_own_paths() -> None:
    rng = np.random.default_rng(32)
    total = rng.integers(0, 3, 5000).astype(float)
    tail = tail_of(total, 0.5)
    assert tail_contribution(np.full(5000, 7.0), tail).value == pytest.approx(7.0, rel=1e-13)
    assert tail_contribution(np.full(5000, 7.0), tail).standard_error <= 1e-12
    assert (total[tail.near] == 1.0).all()
    assert len(tail.near) == (total == 1.0).sum()


@pytest.mark.parametrize("level", [0.8, 0.95])
@pytest.mark.parametrize("atoms", [False, True])
def test_the_error_is_that_of_resampled_paths(level: float, atoms: bool) -> None:
    """The bootstrap of 400 resamples knows a standard error to 1 / sqrt(800), 3.5%; allowed are 4 of that."""
    rng = np.random.default_rng(33)
    parts = rng.lognormal(0.0, 1.0, (2, 4000)) * (rng.random((2, 4000)) < 0.5)
    if atoms:
        parts = np.round(parts)
    total = parts.sum(axis=0)
    stated = tail_contribution(parts[0], tail_of(total, level)).standard_error
    again = []
    for _ in range(400):
        picked = rng.integers(0, 4000, 4000)
        again.append(tail_contribution(parts[0][picked], tail_of(total[picked], level)).value)
    assert stated == pytest.approx(np.std(again), rel=4 / math.sqrt(800))


@pytest.mark.parametrize("enough", [72])
def test_too_few_paths_tell_no_error(enough: int) -> None:
    values = np.random.default_rng(34).random(enough)
    assert math.isfinite(tail_contribution(values, tail_of(values, 0.95)).standard_error)
    few = tail_contribution(values[1:], tail_of(values[1:], 0.95))
    assert math.isnan(few.standard_error)
    assert (few.low, few.high) == (-math.inf, math.inf)
