"""Reducers give the same bits whatever the order of blocks, and refuse gaps and overlaps."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest

from simengine.estimators.reducers import Moments, Reducer, Retain, RetainRagged

N_PATHS = 1000
STARTS = (0, 256, 512, 768)
VALUES = np.random.default_rng(7).lognormal(9.0, 2.0, size=(N_PATHS, 3))


def block_at(start: int) -> dict[str, np.ndarray]:
    rows = VALUES[start : start + 256]
    return {"cost": rows, "path": np.repeat(np.arange(len(rows)), 2)}


def fed(reducer: Reducer, starts: tuple[int, ...] = STARTS) -> Reducer:
    for start in starts:
        reducer.update(block_at(start), start, min(256, N_PATHS - start))
    return reducer


MAKERS: list[Callable[[], Reducer]] = [
    lambda: Retain("cost", np.empty((N_PATHS, 3))),
    lambda: RetainRagged(("path",), path="path", first_path=5000),
    lambda: Moments("cost"),
]


def as_bytes(finalised: object) -> list[bytes]:
    if isinstance(finalised, dict):
        return [value.tobytes() for value in finalised.values()]
    parts = finalised if isinstance(finalised, tuple) else (finalised,)
    return [np.asarray(part).tobytes() for part in parts]


@pytest.mark.parametrize("make", MAKERS, ids=["retain", "ragged", "moments"])
def test_order_and_merging_change_no_bit(make: Callable[[], Reducer]) -> None:
    expected = as_bytes(fed(make()).finalise())
    for order in itertools.permutations(STARTS):
        assert as_bytes(fed(make(), order).finalise()) == expected
    late, early = fed(make(), (768, 256)), fed(make(), (512, 0))
    late.merge(early)
    assert as_bytes(late.finalise()) == expected


def test_retain_fills_the_array_that_it_is_given() -> None:
    strategies = np.empty((2, N_PATHS, 3))
    for out in strategies:
        assert fed(Retain("cost", out)).finalise() is out
    np.testing.assert_array_equal(strategies, [VALUES, VALUES])


def test_ragged_joins_in_order_of_path() -> None:
    joined = fed(RetainRagged(("path",), "path", first_path=5000), (512, 0, 768, 256)).finalise()
    np.testing.assert_array_equal(joined["path"], np.repeat(np.arange(5000, 5000 + N_PATHS), 2))


def test_moments_agree_with_numpy() -> None:
    count, mean, deviations = fed(Moments("cost")).finalise()
    assert count == N_PATHS
    np.testing.assert_allclose(mean, VALUES.mean(axis=0), rtol=1e-13)
    np.testing.assert_allclose(deviations / (N_PATHS - 1), VALUES.var(axis=0, ddof=1), rtol=1e-12)


def test_moments_survive_a_large_offset() -> None:
    shifted = Moments("cost")
    for start in STARTS:
        rows = VALUES[start : start + 256]
        shifted.update({"cost": rows * 1e-6 + 1e9}, start, len(rows))
    _, _, deviations = shifted.finalise()
    np.testing.assert_allclose(deviations / (N_PATHS - 1), VALUES.var(axis=0, ddof=1) * 1e-12, rtol=1e-4)


@pytest.mark.parametrize("make", MAKERS, ids=["retain", "ragged", "moments"])
def test_a_block_that_arrives_twice_is_refused(make: Callable[[], Reducer]) -> None:
    with pytest.raises(ValueError, match="path 256 arrived twice"):
        fed(make(), (0, 256, 256))


def test_missing_and_overlapping_paths_are_refused() -> None:
    with pytest.raises(ValueError, match="paths from 256 to 512 are missing"):
        fed(Moments("cost"), (0, 512, 768)).finalise()
    with pytest.raises(ValueError, match="768 paths arrived of 1000"):
        fed(Retain("cost", np.empty((N_PATHS, 3))), (0, 256, 512)).finalise()
    overlapping = fed(Moments("cost"))
    overlapping.update({"cost": VALUES[:10]}, 100, 10)
    with pytest.raises(ValueError, match="from 100 to 256 are covered twice"):
        overlapping.finalise()
    with pytest.raises(ValueError, match="0 paths arrived"):
        Moments("cost").finalise()
    with pytest.raises(ValueError, match="has no paths"):
        Moments("cost").update({"cost": VALUES[:0]}, 0, 0)
