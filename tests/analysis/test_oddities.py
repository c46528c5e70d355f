"""What is valid and does nothing is pointed out; what is shipped has nothing of the kind."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from simengine.analysis.oddities import oddities
from simengine.config import compose
from simengine.config.folders import options, shipped_folder
from simengine.model.study import Study

TREE: dict[str, Any] = {
    "portfolio": {
        "groups": ["here"],
        "labs": {"a": {}},
        "lines": {"one": {"lab": "a", "licence": "gated"}},
        "workloads": {
            "chat": {
                "line": "one",
                "hosting": "vendor_api",
                "daily_spend": 1,
                "tags": {"team": "red"},
            }
        },
    },
    "scenario": {
        "factors": {"war": 2},
        "drivers": {
            "exit": {
                "scope": "lab",
                "hazard": {"rate": 1, "scaled_by": ["war"]},
                "outcomes": {
                    "gone": {"effects": [{"one_off": {"amount": 1}, "where": {"tag": {"team": "red"}}}]}
                },
            }
        },
    },
    "run": {"start": "2026-03-05", "horizon_days": 365},
}
EFFECT = "scenario.drivers.exit acts on no workload"
TAG = "scenario.drivers.exit.outcomes.gone.effects[0].where.tag"


def put(tree: dict[str, Any], place: str, value: Any) -> None:
    *heads, last = place.split("/")
    node: Any = tree
    for part in heads:
        node = node[int(part)] if isinstance(node, list) else node.setdefault(part, {})
    node[last] = value


WHERE = "scenario/drivers/exit/outcomes/gone/effects/0/where"


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (WHERE, {"tag": {"team": "blue"}}, EFFECT),
        (WHERE, {"tag": {"team": ["red", "blue"]}}, f"{TAG}.team: no workload has blue"),
        (WHERE, {"tag": {"tema": "red"}}, f"{TAG}.tema: no workload has red"),
        (WHERE, {"licence": "open_weight"}, EFFECT),
        (WHERE, {"hosting": ["self_hosted", "third_party"]}, EFFECT),
        ("scenario/drivers/exit/entities", [], "scenario.drivers.exit has no entities"),
        ("scenario/drivers/exit/hazard", {"at": "2027-03-05"}, "beyond the horizon (2027-03-05)"),
        ("scenario/factors/peace", 1, "scenario.factors.peace scales no driver"),
        (
            "scenario/drivers/claim",
            {"scope": "workload", "hazard": {"at": "adoption"}, "outcomes": {"o": {}}},
            "no workload adopts",
        ),
        (
            "strategy/commitment",
            {"line": "one", "daily_minimum": 1, "until": "2026-03-05"},
            "strategy.commitment ends on 2026-03-05",
        ),
    ],
)
def test_what_never_acts_is_pointed_out(place: str, value: Any, said: str) -> None:
    assert oddities(Study.from_mapping(TREE)) == []
    tree = copy.deepcopy(TREE)
    put(tree, place, value)
    found = oddities(Study.from_mapping(tree))
    assert any(said in sentence for sentence in found), found


def test_a_date_within_the_horizon_is_fine() -> None:
    tree = copy.deepcopy(TREE)
    put(tree, "scenario/drivers/exit/hazard", {"at": "2027-03-04"})
    put(tree, "scenario/factors", {})
    assert oddities(Study.from_mapping(tree)) == []


@pytest.mark.parametrize("scenario", options((shipped_folder(),), "scenario"))
def test_what_is_shipped_has_none(scenario: str) -> None:
    assert oddities(compose([f"scenario={scenario}"])) == []


def test_a_driver_for_others_is_told() -> None:
    """Nothing is self-hosted in the smallest portfolio, and a restrictive licence concerns only who hosts."""
    (sentence,) = oddities(compose(["portfolio=single_workload", "scenario=licensing_shift"]))
    assert sentence.startswith("scenario.drivers.restrictive_relicence acts on no workload")
