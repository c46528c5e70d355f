"""NetCDF as an export: one file, the same numbers, and it can be summarised as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
import xarray as xr

import simengine
from tests.results.synthetic import small_comparison, small_result

pytest.importorskip("h5netcdf")
pytest.importorskip("h5py")


@pytest.mark.parametrize("make", [small_result, small_comparison], ids=["run", "comparison"])
def test_a_result_survives_the_export(make, tmp_path: Path) -> None:
    dataset = make().to_dataset()
    dataset.to_netcdf(tmp_path / "result.nc", engine="h5netcdf")
    with xr.open_dataset(tmp_path / "result.nc", engine="h5netcdf") as opened:
        xr.testing.assert_identical(opened.load(), dataset)
        xr.testing.assert_identical(simengine.attribution(opened), simengine.attribution(dataset))


def test_summaries_survive_the_export(tmp_path: Path) -> None:
    dataset = small_result().to_dataset()
    for k, summary in enumerate(
        (
            simengine.summarise(dataset, by=("workload", "period")),
            simengine.attribution(dataset, statistic="tvar", by=("workload", "driver")),
            simengine.return_periods(dataset),
        )
    ):
        summary.to_netcdf(tmp_path / f"{k}.nc", engine="h5netcdf")
        with xr.open_dataset(tmp_path / f"{k}.nc", engine="h5netcdf") as opened:
            xr.testing.assert_identical(opened.load(), summary)
