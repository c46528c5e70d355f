"""Reports of `keep: summary`: charts and tables are drawn from sums and sketches."""

from __future__ import annotations

import io
import json
import re

import numpy as np
import pytest
from openpyxl import load_workbook

import simengine
from simengine.estimators.sketch import RELATIVE_ERROR
from simengine.model.study import Study
from simengine.report.charts.distribution import distribution_of
from simengine.report.charts.exceedance import exceedance_of
from simengine.report.charts.strategies import has_strategies, strategies
from simengine.report.contents import contents_of
from simengine.report.page import page_bytes
from simengine.report.workbook.write import workbook
from simengine.results.dataset import Result
from simengine.results.simulation import play
from tests.engine.running import with_run

pytestmark = pytest.mark.compiled  # thousands of paths

N_PATHS = 2000
NAMES = ("proceed", "pause")


def study_of(*keep: str) -> Study:
    return with_run(simengine.compose(["portfolio=midmarket"]), n_paths=N_PATHS, keep=keep)


@pytest.fixture(scope="module")
def compared() -> tuple[Result, Result]:
    """A comparison that kept a summary, and the same that kept paths."""
    played = [simengine.compose(["portfolio=midmarket", f"strategy={name}"]).strategy for name in NAMES]
    return play(study_of("summary"), played), play(study_of("totals", "by_workload"), played)


@pytest.mark.parametrize("metric", ["total_cost", "disruption_exposure"])
def test_exceedance_is_that_of_the_paths(compared: tuple[Result, Result], metric: str) -> None:
    own, paths = (result.of_strategy("pause") for result in compared)
    found = exceedance_of(own, metric)
    assert found is not None
    values = paths[metric]
    share = [(values > threshold).mean() for threshold in found.curve.threshold]
    assert len(share) > 50
    np.testing.assert_allclose(found.curve.value, share, atol=1e-12)
    assert found.curve.value.min() >= 20 / N_PATHS
    exact = exceedance_of(paths, metric)
    assert exact is not None
    assert found.told.keys() == exact.told.keys()
    for level, estimate in found.told.items():
        assert abs(estimate.value - exact.told[level].value) <= RELATIVE_ERROR * exact.told[level].value


@pytest.mark.parametrize("metric", ["total_cost", "disruption_exposure"])
def test_the_distribution_is_that_of_the_paths(compared: tuple[Result, Result], metric: str) -> None:
    own, exact = (distribution_of(result.of_strategy("pause"), metric) for result in compared)
    assert own is not None
    assert exact is not None
    whole = sum(share.value for share in own.shares) + own.beyond.value
    whole += own.atom[1].value if own.atom else 0.0
    assert whole == pytest.approx(1.0)
    assert (own.atom is None) == (exact.atom is None)
    if own.atom and exact.atom:
        assert own.atom == exact.atom
    assert own.average.value == pytest.approx(exact.average.value)
    # Edges are round numbers of quantiles that differ by a bin: mostly the same.
    np.testing.assert_array_equal(own.edges, exact.edges)
    # Paths within a bin of an edge may count on its other side.
    differing = sum(abs(a.value - b.value) for a, b in zip(own.shares, exact.shares, strict=True))
    assert differing < 0.05


def test_strategies_are_those_of_the_paths(compared: tuple[Result, Result]) -> None:
    own, exact = (strategies(result, "total_cost") for result in compared)
    for name in NAMES:
        assert own.average[name].value == pytest.approx(exact.average[name].value)
        assert own.difference[name].standard_error == pytest.approx(exact.difference[name].standard_error)
        for level, estimate in own.quantiles[name].items():
            assert estimate.value == pytest.approx(exact.quantiles[name][level].value, rel=RELATIVE_ERROR)
    assert has_strategies(compared[0], "total_cost")
    assert not has_strategies(compared[0], "concentration")


def charts_of(text: str) -> set[str]:
    (data,) = re.findall(r'<script type="application/json" id="figures">(.*?)</script>', text, re.DOTALL)
    return set(json.loads(data))


def test_the_page_draws_them(compared: tuple[Result, Result]) -> None:
    text = page_bytes(compared[0]).decode()
    drawn = charts_of(text)
    for metric in ("total_cost", "disruption_exposure"):
        assert {f"strategies-{metric}", f"differences-{metric}", f"exceedance-{metric}"} <= drawn
        assert {f"s{k}-{metric}-{what}" for k in (0, 1) for what in ("distribution", "exceedance")} <= drawn
    assert "come from sketches" in text
    assert "that no strategy changes left out" in text
    assert drawn <= charts_of(page_bytes(compared[1]).decode())


def test_without_sketches_the_page_says_what_is_missing(compared: tuple[Result, Result]) -> None:
    run = with_run(study_of("summary"), n_paths=100, summarise=("concentration",))
    text = page_bytes(play(run)).decode()
    assert "The distribution of total cost: this run did not keep what it needs" in text
    assert charts_of(text) == set()


def test_the_workbook_tells_workloads_drivers_and_distributions(compared: tuple[Result, Result]) -> None:
    contents = contents_of(compared[0])
    book = load_workbook(io.BytesIO(workbook(contents)))

    def table(sheet: str, corner: str) -> list[dict[str, object]]:
        rows: list[list[object]] = [[cell.value for cell in row] for row in book[sheet].iter_rows()]
        top = next(k for k, row in enumerate(rows) if corner in row)
        heads = list(map(str, rows[top]))
        return [dict(zip(heads, row, strict=True)) for row in rows[top + 1 :] if any(row)]

    figures = contents.told[1].figures
    mine = [row for row in table("Workloads", "Workload") if row["Strategy"] == "pause"]
    assert [row["Workload"] for row in mine] == compared[0].labels("workload")
    for row in mine:
        known = figures.get("total_cost", "workload", str(row["Workload"]))
        assert known is not None
        assert row["Expected cost"] == pytest.approx(known.value)
    driver = next(
        r for r in table("Drivers", "Driver") if r["Strategy"] == "pause" and r["Driver"] == "licensing_shift"
    )
    known = figures.get("total_cost", "driver", "licensing_shift")
    assert known is not None
    assert driver["Total cost, adds to the mean"] == pytest.approx(known.value)
    shares = [row["Share of paths, pause"] for row in table("Cost distribution", "Up to")]
    assert sum(share for share in shares if isinstance(share, float | int)) == pytest.approx(1.0)
    assert [row["Measure"] for row in table("Concentration", "Measure")[:1]] == ["Hit at one time"]
