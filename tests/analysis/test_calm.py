"""A scenario without drivers is summarised and attributed like any other: all of it is without an event."""

from __future__ import annotations

import json

import pytest

from simengine.analysis.attribution import contributions
from simengine.analysis.summarise import summarise
from simengine.model.study import Study
from simengine.results.dataset import collect
from tests.results.synthetic import small_arrays, small_result


def test_everything_is_without_an_event() -> None:
    tree = json.loads(small_result(n_paths=10).attrs["configuration"])
    tree["scenario"] = {"name": "calm"}
    tree["run"] |= {"n_paths": 100, "keep": ["totals", "by_workload", "by_driver"]}
    study = Study.from_mapping(tree)
    result = collect(small_arrays(study), study=study)
    assert not result.labels("driver")
    assert summarise(result)
    for level in (None, 0.95):
        found = contributions(result, "total_cost", "driver", level)
        assert found.names == ("(no event)",)
        assert found.value[0] == pytest.approx(found.total.value, rel=1e-12)
