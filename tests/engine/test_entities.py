"""Who belongs to whom: what an occurrence strikes, and whose intensity it acts on."""

from __future__ import annotations

from typing import Any

import pytest

from simengine.engine.entities import Entities, Pair
from simengine.kernels.tables import ALWAYS, NEVER
from simengine.model.scenario import Excitation
from simengine.model.study import Study

LABS = {"a": ["north"], "b": ["north", "south"], "c": ["south"], "d": []}
QUIET: dict[str, Any] = {"hazard": {"rate": 1.0}, "outcomes": {"so": {"effects": []}}}


@pytest.fixture(scope="module")
def entities() -> Entities:
    """Labs a, b of group north and b, c of south, d of none; a line and a workload for each of them."""
    workload = {"hosting": "vendor_api", "daily_spend": 1.0}
    return Entities(
        Study.from_mapping(
            {
                "portfolio": {
                    "groups": ["south", "north", "empty"],
                    "labs": {lab: {"groups": groups} for lab, groups in reversed(LABS.items())},
                    "lines": {f"{lab}1": {"lab": lab, "licence": "gated"} for lab in LABS},
                    "workloads": {f"on {lab}": {**workload, "line": f"{lab}1"} for lab in LABS},
                },
                "scenario": {
                    "drivers": {
                        "shock": {**QUIET, "scope": "group"},
                        "exit": {**QUIET, "scope": "lab", "entities": ["d", "a"]},
                    }
                },
                "run": {"start": "2026-01-01", "horizon_days": 10},
            }
        )
    )


def pair(scope: str, entity: str) -> Pair:
    return Pair("driver", scope, entity, 0)


def test_everything_is_sorted(entities):
    assert entities.labs == ["a", "b", "c", "d"]
    assert entities.groups == ["empty", "north", "south"]
    assert entities.members == {"empty": [], "north": ["a", "b"], "south": ["b", "c"]}
    told = [(p.driver, p.entity, p.slot) for p in entities.pairs]
    assert told == [
        ("exit", "a", 0),
        ("exit", "d", 1),
        ("shock", "empty", 0),
        ("shock", "north", 1),
        ("shock", "south", 2),
    ]


@pytest.mark.parametrize(
    ("scope", "entity", "struck"),
    [
        ("line", "b1", [NEVER, ALWAYS, NEVER, NEVER]),
        ("lab", "c", [NEVER, NEVER, ALWAYS, NEVER]),
        # The bit of the lab among the group's members, by name.
        ("group", "north", [0b01, 0b10, NEVER, NEVER]),
        ("group", "south", [NEVER, 0b01, 0b10, NEVER]),
        ("group", "empty", [NEVER] * 4),
        # What strikes a workload strikes no line.
        ("workload", "on a", [NEVER] * 4),
    ],
)
def test_touch(entities, scope, entity, struck):
    assert [entities.touch(pair(scope, entity), line) for line in entities.lines] == struck


@pytest.mark.parametrize(
    ("source", "target", "own", "via_group"),
    [
        (("lab", "a"), ("lab", "a"), ALWAYS, ALWAYS),
        (("lab", "a"), ("line", "a1"), ALWAYS, ALWAYS),
        (("lab", "a"), ("workload", "on a"), ALWAYS, ALWAYS),
        (("lab", "a"), ("lab", "b"), NEVER, ALWAYS),
        (("lab", "a"), ("line", "b1"), NEVER, ALWAYS),
        (("lab", "a"), ("lab", "c"), NEVER, NEVER),
        (("lab", "a"), ("lab", "d"), NEVER, NEVER),
        (("line", "a1"), ("line", "a1"), ALWAYS, ALWAYS),
        (("line", "a1"), ("line", "b1"), NEVER, NEVER),
        (("line", "a1"), ("workload", "on a"), ALWAYS, ALWAYS),
        (("line", "a1"), ("workload", "on b"), NEVER, NEVER),
        (("workload", "on a"), ("workload", "on a"), ALWAYS, ALWAYS),
        (("workload", "on a"), ("workload", "on b"), NEVER, NEVER),
        (("group", "north"), ("group", "north"), ALWAYS, ALWAYS),
        (("group", "north"), ("group", "south"), NEVER, NEVER),
        # A group's occurrence where it reached the lab; via its groups also where it reached a neighbour.
        (("group", "north"), ("lab", "a"), 0b01, 0b11),
        (("group", "north"), ("workload", "on b"), 0b10, 0b11),
        (("group", "south"), ("lab", "a"), NEVER, 0b01),
        (("group", "north"), ("lab", "c"), NEVER, 0b10),
        (("group", "north"), ("line", "d1"), NEVER, NEVER),
    ],
)
def test_excites(entities, source, target, own, via_group):
    for via, expected in ((None, own), ("group", via_group)):
        excitation = Excitation.model_validate({"driver": "driver", "factor": 2.0, "via": via})
        assert entities.excites(pair(*source), pair(*target), excitation) == expected
