"""Labels, units, provenance and the hash of a result."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys

import numpy as np
import pytest
import xarray as xr

from simengine.model.errors import InternalError
from simengine.model.study import Study
from simengine.results.dataset import Result, collect, label
from simengine.results.variables import COMPONENTS, kept
from tests.results.synthetic import (
    CODES,
    EVERYTHING,
    small_arrays,
    small_comparison,
    small_result,
    small_study,
)


def test_a_dataset_has_names_labels_and_units() -> None:
    study = small_study()
    arrays = small_arrays(study)
    dataset = label(arrays, study=study, codes=CODES)
    assert isinstance(dataset, xr.Dataset)
    assert set(dataset.data_vars) == {v.name for v in kept(EVERYTHING)}
    assert list(dataset.indexes["path"][[0, -1]]) == [100, 599]
    assert list(dataset["component"].values) == list(COMPONENTS)
    assert list(dataset["period"].values) == [
        "2026Q1",
        "2026Q2",
        "2026Q3",
        "2026Q4",
        "2027Q1",
        "2027Q2",
        "2027Q3",
    ]
    assert list(dataset["year"].values) == [0, 1]
    assert dataset["total_cost"].attrs["units"] == "EUR"
    assert dataset["disruption_days"].attrs["units"] == "workload-days"
    assert dataset["disruption_days_by_workload"].attrs["units"] == "days"
    assert dataset["occurrence_driver"].attrs["names"] == ["exit", "outage"]
    by_name = dataset["total_cost_by_workload"].sel(path=100, workload="w1")
    assert float(by_name) == arrays["total_cost_by_workload"][0, 1]


def test_arrays_are_not_copied() -> None:
    study = small_study()
    arrays = small_arrays(study)
    dataset = label(arrays, study=study, codes=CODES)
    for name, array in arrays.items():
        assert np.shares_memory(dataset[name].values, array), name
        assert np.shares_memory(Result.from_dataset(dataset)[name], array), name


def test_provenance_makes_the_study_again() -> None:
    study = small_study()
    attrs = small_result().attrs
    assert Study.from_mapping(json.loads(attrs["configuration"])).canonical() == study.canonical()
    assert attrs["configuration_sha256"] == hashlib.sha256(attrs["configuration"].encode()).hexdigest()
    assert (attrs["seed"], attrs["n_paths"], attrs["first_path"], attrs["stream_version"]) == (7, 500, 100, 1)
    assert set(json.loads(attrs["packages"])) == {"numba", "numpy", "scipy"}
    assert re.fullmatch("[0-9a-f]{64}", attrs["result_hash"])


def test_the_hash_sees_numbers_and_what_made_them_and_nothing_else() -> None:
    study = small_study()
    arrays = small_arrays(study)
    first = collect(arrays, study=study).attrs["result_hash"]

    def hash_of(changed: dict[str, np.ndarray], other: Study = study) -> str:
        return collect(changed, study=other).attrs["result_hash"]

    backwards = dict(reversed(list(arrays.items())))
    strided = {name: np.asfortranarray(array) for name, array in arrays.items()}
    on_two_threads = study.model_copy(update={"run": study.run.model_copy(update={"threads": 2})})
    assert hash_of(backwards) == hash_of(strided) == hash_of(arrays, on_two_threads) == first

    nudged = arrays | {"concentration": np.nextafter(arrays["concentration"], 2.0)}
    renamed = arrays | {"total_cost": arrays["planned_cost"], "planned_cost": arrays["total_cost"]}
    fewer = {name: array for name, array in arrays.items() if name != "concentration"}
    reseeded = study.model_copy(update={"run": study.run.model_copy(update={"seed": 8})})
    hashes = {first, hash_of(nudged), hash_of(renamed), hash_of(fewer), hash_of(arrays, reseeded)}
    assert len(hashes) == 5


def test_the_hash_is_frozen() -> None:
    """Computed once by hand with hashlib alone; if it moves, every stored hash loses its meaning."""
    study = small_study(4, ["by_year"])
    arrays = {
        "largest_occurrence_by_year": np.arange(8.0).reshape(4, 2),
        "disruption_exposure_by_year": np.zeros((4, 2)),
    }
    result = collect(arrays, study=study)
    lines = [["simengine result", 1, 1, result.attrs["configuration_sha256"]]]
    for name in ("disruption_exposure_by_year", "largest_occurrence_by_year"):
        digest = hashlib.sha256(arrays[name].astype("<f8").tobytes()).hexdigest()
        lines.append([name, ["path", "year"], "<f8", [4, 2], digest])
    text = "".join(json.dumps(line) + "\n" for line in lines)
    assert result.attrs["result_hash"] == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda arrays: arrays | {"total_costs": arrays["total_cost"]}, "total_costs is no variable"),
        (
            lambda arrays: arrays | {"total_cost": arrays["total_cost"][1:]},
            r"shape \(499,\) instead of \(500,\)",
        ),
        (lambda arrays: arrays | {"total_cost": arrays["total_cost"].astype(np.float32)}, "holds float32"),
        (
            lambda arrays: arrays | {"total_cost_by_workload": arrays["total_cost_by_workload"].T},
            r"total_cost_by_workload has shape \(3, 500\)",
        ),
    ],
)
def test_what_does_not_fit_the_registry_is_our_fault(change, message: str) -> None:
    study = small_study()
    with pytest.raises(InternalError, match=message):
        collect(change(small_arrays(study)), study=study)


def test_a_comparison_has_a_strategy_dimension() -> None:
    comparison = small_comparison()
    dataset = comparison.to_dataset()
    assert dataset["total_cost_by_workload"].dims == ("strategy", "path", "workload")
    assert list(dataset["strategy"].values) == ["proceed", "pause", "idle"]
    configured = json.loads(dataset.attrs["configuration"])
    assert [strategy["name"] for strategy in configured["strategies"]] == ["proceed", "pause", "idle"]
    one = comparison.of_strategy("pause")
    assert one.dims("total_cost") == ("path",)
    assert np.shares_memory(one["total_cost"], comparison["total_cost"])
    np.testing.assert_array_equal(one["total_cost"], dataset["total_cost"].sel(strategy="pause"))


def test_a_transposed_dataset_is_understood() -> None:
    result = small_result()
    turned = result.to_dataset().transpose("workload", "driver", ...)
    again = Result.from_dataset(turned)
    np.testing.assert_array_equal(again["total_cost_by_workload"], result["total_cost_by_workload"])
    assert again.mismatches() == []


def test_results_without_xarray_do_not_import_it() -> None:
    """A run that only writes and prints must not pay for xarray, zarr or pandas."""
    program = (
        "import sys, simengine.results.store, simengine.results.dataset\n"
        "heavy = {'xarray', 'pandas', 'zarr', 'scipy', 'numba'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
