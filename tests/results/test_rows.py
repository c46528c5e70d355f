"""What is read of a stored result, a few rows at a time, is what was written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simengine.results import zarr_format
from simengine.results.dataset import Result
from simengine.results.rows import PickedRows, StoredRows
from simengine.results.store import read_result, write
from simengine.results.variables import VARIABLES
from tests.results.synthetic import small_comparison, small_result

N_PATHS = 500


@pytest.fixture(params=["run", "comparison"])
def pair(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Result, Result]:
    """A result in memory, and the same on the disk, cut into files of few rows."""
    monkeypatch.setattr(zarr_format, "CHUNK_BYTES", 4096)
    monkeypatch.setattr(zarr_format, "LEAST_ROWS", 64)
    made = small_result(N_PATHS) if request.param == "run" else small_comparison(n_paths=N_PATHS)
    return made, read_result(write(made, tmp_path / "result"))


def of_one(result: Result) -> Result:
    return result.of_strategy("pause") if "strategy" in result.coords else result


def test_rows_of_one_strategy_are_read_from_its_own_files(pair: tuple[Result, Result]) -> None:
    made, stored = map(of_one, pair)
    n_cut = 0
    for name in made.arrays:
        if VARIABLES[name].dims[0] != "path":
            continue
        rows = stored.rows(name)
        n_cut += isinstance(rows, StoredRows)
        assert rows.shape == made[name].shape
        assert rows.dtype == made[name].dtype
        np.testing.assert_array_equal(np.asarray(rows), made[name], err_msg=name)
        np.testing.assert_array_equal(rows[60:200], made[name][60:200], err_msg=name)
        np.testing.assert_array_equal(stored[name], made[name], err_msg=name)
    assert n_cut > 15


@pytest.mark.parametrize("positions", [[], [0], [3, 64, 65, 499], list(range(100, 400, 7))], ids=len)
def test_picked_rows(pair: tuple[Result, Result], positions: list[int]) -> None:
    made, stored = map(of_one, pair)
    at = np.array(positions, dtype=np.int64)
    picked = PickedRows(stored.rows("total_cost_by_workload"), at)
    expected = made["total_cost_by_workload"][at]
    assert (len(picked), picked.shape, picked.dtype) == (len(at), expected.shape, expected.dtype)
    np.testing.assert_array_equal(np.asarray(picked), expected)
    np.testing.assert_array_equal(picked[1:3], expected[1:3])


def test_a_stored_result_is_a_lazy_dataset(pair: tuple[Result, Result]) -> None:
    made, stored = pair
    told, lazy = made.to_dataset(), stored.to_dataset()
    compared = "strategy" in made.coords
    assert not lazy["total_cost_by_workload"].variable._in_memory
    choices: list[dict[str, object]] = [
        {"path": 7},
        {"path": -1},
        {"path": slice(60, 70)},
        {"path": slice(0, 400, 90)},
        {"path": [3, 200, 64]},
        {"workload": 1},
        {"path": slice(10, 20), "workload": [2, 0]},
    ]
    if compared:
        choices += [{"strategy": 1, "path": slice(60, 70)}, {"strategy": -1}, {"strategy": [2, 0], "path": 5}]
    for choice in choices:
        name = "total_cost_by_workload"
        np.testing.assert_array_equal(
            lazy[name].isel(choice).values, told[name].isel(choice).values, err_msg=str(choice)
        )
    assert lazy.identical(told)
