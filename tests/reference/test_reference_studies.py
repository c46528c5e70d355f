"""Identities that hold on every path of every study, in the reference, on random studies."""

import math
from typing import Any

import pytest
from hypothesis import given, settings

from simengine.model.study import Study
from tests.reference import PathResult, simulate_path
from tests.studies import random_study, studies


def close(x: float, y: float) -> bool:
    return math.isclose(x, y, rel_tol=1e-9, abs_tol=1e-6)


def check_identities(study: Study, told: PathResult) -> None:
    assert close(sum(one.cost for one in told.occurrences), told["total_cost"] - told["no_event_cost"])
    assert close(sum(one.exposure for one in told.occurrences), told["disruption_exposure"])
    for variable in ("total_cost", "disruption_exposure"):
        for dimension in ("workload", "period"):
            assert close(sum(told[f"{variable}_by_{dimension}"].values()), told[variable])
        booked = [one.cost if variable == "total_cost" else one.exposure for one in told.occurrences]
        assert close(sum(told[f"{variable}_by_driver"].values()), sum(booked))
    assert close(sum(told["total_cost_by_component"].values()), told["total_cost"])
    assert close(sum(told["total_cost_pv_by_component"].values()), told["total_cost_pv"])
    assert 0.0 <= told["concentration"] <= 1.0 + 1e-12
    assert (
        -1e-9
        <= told["disruption_days"]
        <= study.run.horizon_days * len(study.portfolio.workloads) * (1 + 1e-12)
    )
    assert sum(told["strikes_by_driver"].values()) == sum(one.time >= 0.0 for one in told.occurrences)
    if study.run.discount_rate == 0.0:
        assert close(told["total_cost_pv"], told["total_cost"])


@pytest.mark.parametrize("seed", range(40))
def test_identities(seed):
    study = Study.from_mapping(random_study(seed))
    for path in range(study.run.first_path, study.run.first_path + 2):
        check_identities(study, simulate_path(study, path))


@settings(max_examples=20)
@given(studies())
def test_identities_where_hypothesis_looks(tree):
    study = Study.from_mapping(tree)
    check_identities(study, simulate_path(study, study.run.first_path))


def backwards(tree: Any) -> Any:
    """The same tree, written in another order; outcomes apart, whose order means something."""
    if isinstance(tree, dict):
        return {key: tree[key] if key == "outcomes" else backwards(tree[key]) for key in reversed(tree)}
    return [backwards(entry) for entry in tree] if isinstance(tree, list) else tree


@pytest.mark.parametrize("seed", range(40, 50))
def test_the_order_in_which_a_study_is_written_means_nothing(seed):
    tree = random_study(seed)
    told, again = (
        simulate_path(Study.from_mapping(t), tree["run"]["first_path"]) for t in (tree, backwards(tree))
    )
    assert told.variables == again.variables
    assert told.occurrences == again.occurrences


@pytest.mark.parametrize("seed", range(50, 60))
def test_what_touches_nothing_changes_nothing(seed):
    tree = random_study(seed)
    first = tree["run"]["first_path"]
    told = simulate_path(Study.from_mapping(tree), first)
    more = {**tree, "portfolio": {**tree["portfolio"]}, "scenario": {**tree["scenario"]}}
    more["portfolio"]["labs"] = {"another lab": {}, **tree["portfolio"]["labs"]}
    line = {"lab": "another lab", "licence": "gated", "price_trend": {"normal": {"mean": 0.0, "sd": 1.0}}}
    more["portfolio"]["lines"] = {"another line": line, **tree["portfolio"]["lines"]}
    effects = [{"disruption": {"severity": 1.0}}, {"forced_move": {"grace_days": 0}}]
    driver = {
        "scope": "line",
        "entities": ["another line"],
        "hazard": {"rate": 5000.0, "at_most": 3},
        "outcomes": {"x": {"effects": effects}},
    }
    more["scenario"]["drivers"] = {"another driver": driver, **tree["scenario"]["drivers"]}
    again = simulate_path(Study.from_mapping(more), first)
    assert sum(one.driver == "another driver" for one in again.occurrences) > 0
    assert [one for one in again.occurrences if not one.entity.startswith("another")] == told.occurrences
    for variable in ("total_cost", "disruption_exposure", "planned_cost", "concentration"):
        assert again[variable] == told[variable]
