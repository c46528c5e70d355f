"""What an engine's own result is split into adds up, down to rounding, for every split it can have."""

from __future__ import annotations

import numpy as np
import pytest

import simengine
from simengine.analysis.attribution import contributions
from simengine.analysis.grouping import tag_keys
from simengine.analysis.summarise import summarise
from simengine.results.dataset import Result
from tests.results.synthetic import EVERYTHING

pytestmark = pytest.mark.compiled
N_PATHS = 600


@pytest.fixture(scope="module", params=["proceed", "second_source"])
def result(request: pytest.FixtureRequest) -> Result:
    keep = ",".join(keep for keep in EVERYTHING if keep != "occurrences")
    study = simengine.compose(
        [
            "portfolio=midmarket", "scenario=quiet_exit", f"strategy={request.param}",
            f"run.n_paths={N_PATHS}", f"run.keep=[{keep}]",
        ]
    )  # fmt: skip
    return Result.from_dataset(simengine.simulate(study))


@pytest.mark.parametrize("level", [None, 0.5, 0.9])
@pytest.mark.parametrize("of", ["total_cost", "disruption_exposure"])
def test_every_split_adds_up(result: Result, of: str, level: float | None) -> None:
    tags = [f"tag:{key}" for key in tag_keys(result)]
    assert tags
    splits = ["driver", "workload", "line", "lab", "period", *tags]
    splits += [("workload", "driver"), ("lab", "driver"), ("workload", "period"), (tags[0], "period")]
    if of == "total_cost":
        splits += ["component", ("workload", "component"), ("component", "period")]
    for by in splits:
        found = contributions(result, of, by, level)
        assert float(found.value.sum()) == pytest.approx(found.total.value, rel=1e-9), by


def test_what_is_booked_to_no_driver_is_the_no_event_cost(result: Result) -> None:
    rest = result["total_cost"] - result["total_cost_by_driver"].sum(axis=1)
    np.testing.assert_allclose(rest, result["no_event_cost"], rtol=1e-9)
    found = contributions(result)
    assert found.value[-1] == pytest.approx(result["no_event_cost"].mean(), rel=1e-9)


def test_the_whole_summary_can_be_made(result: Result) -> None:
    rows = summarise(result)
    assert len({row[:6] for row in rows}) == len(rows)
    assert {row.level for row in rows} == {"portfolio", "lab", "line", "workload", "tag", "driver"}
    for row in rows:
        assert np.isfinite(row.value), row
        assert row.ci_low <= row.value <= row.ci_high, row
