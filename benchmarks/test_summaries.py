"""Summaries of 24 workloads: every statistic with its error, beside xarray and NumPy without any."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.summaries import (
    CONTENDERS,
    LEVELS,
    N_WORKLOADS,
    make_result,
    with_numpy,
    with_simengine,
    writing,
)


@pytest.mark.parametrize("name", CONTENDERS)
@pytest.mark.benchmark(group=f"a million paths of {N_WORKLOADS} workloads: summarising, writing, reading")
def test_summaries(benchmark, size, name: str, tmp_path: Path) -> None:
    result = make_result(size(1_000_000, 2_000))
    if name == "reading":
        writing(result, tmp_path)
    assert benchmark.pedantic(CONTENDERS[name], args=(result, tmp_path), rounds=3) is not None


def test_they_agree(tmp_path: Path) -> None:
    result = make_result(2_000)
    found = with_simengine(result, tmp_path)["value"]
    means, spreads, quantiles = with_numpy(result, tmp_path)
    np.testing.assert_allclose(found.sel(statistic="mean"), means, rtol=1e-12)
    np.testing.assert_allclose(found.sel(statistic="sd"), spreads * np.sqrt(2000 / 1999), rtol=1e-12)
    for level, row in zip(LEVELS, quantiles, strict=True):
        np.testing.assert_array_equal(found.sel(statistic=f"P{100 * level:.10g}"), row)
