"""One reading reports everything that is wrong, nothing that merely follows from it, and never breaks."""

import copy
import math
import random
from datetime import date, datetime
from typing import Any

import pytest

from simengine.model.errors import ConfigError
from simengine.model.study import Study

CHAT = "portfolio/workloads/support-chat"
DRIVERS = "scenario/drivers"


def test_all_problems_come_at_once_in_the_order_of_the_tree(spoil):
    found = spoil(
        {
            "portfolio/lines/incumbent/licence": "propietary",
            f"{CHAT}/line": "incumbant",
            f"{CHAT}/daily_value": -5,
            f"{DRIVERS}/leadership_exit/hazard/self_excitation": {"branching": 1, "half_life_days": 90},
            f"{DRIVERS}/leadership_exit/history/0/date": "2026-13-01",
            f"{DRIVERS}/licensing_shift/outcomes/gated/probability": 0.7,
            f"{DRIVERS}/licensing_shift/hazard/rate": math.nan,
            f"{DRIVERS}/a": {
                "scope": "lab",
                "hazard": {"rate": -1, "excited_by": [{"driver": "b", "factor": 2}]},
                "outcomes": {"x": {}},
            },
            f"{DRIVERS}/b": {
                "scope": "lab",
                "hazard": {"rate": 1, "excited_by": [{"driver": "a", "factor": 2}]},
                "outcomes": {"x": {"effects": [{"disruption": {"severity": 2, "dayz": 1}}]}},
            },
            "strategy/clauses/0/when": ["licencing_shift"],
            "run/n_paths": 1.5,
            "run/seeed": 3,
        }
    )
    assert list(found) == [
        "portfolio.lines.incumbent.licence",
        "portfolio.workloads.support-chat.line",
        "portfolio.workloads.support-chat.daily_value",
        "scenario.drivers.leadership_exit.hazard.self_excitation.branching",
        "scenario.drivers.leadership_exit.history[0].date",
        "scenario.drivers.licensing_shift.hazard.rate",
        "scenario.drivers.licensing_shift.outcomes",
        "scenario.drivers.a.hazard.rate",
        "scenario.drivers.b.hazard.excited_by[0].driver",
        "scenario.drivers.b.outcomes.x.effects[0].disruption.severity",
        "scenario.drivers.b.outcomes.x.effects[0].disruption.dayz",
        "strategy.clauses[0].when[0]",
        "run.n_paths",
        "run.seeed",
    ]


def test_what_stands_under_a_misspelt_key_is_read_too(spoil, tree):
    drivers = tree["scenario"].pop("drivers")
    drivers["licensing_shift"]["hazrd"] = drivers["licensing_shift"].pop("hazard")
    drivers["licensing_shift"]["hazrd"]["rate"] = -1
    tree["scenario"]["driver"] = drivers
    assert list(spoil({})) == [
        "scenario.driver",
        "scenario.driver.licensing_shift.hazrd",
        "scenario.driver.licensing_shift.hazrd.rate",
    ]


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (f"{CHAT}/daily_spend", "abc"),
        (f"{CHAT}/responses/fallbacks", 5),
        (f"{DRIVERS}/leadership_exit/scope", "labs"),
        (f"{DRIVERS}/leadership_exit/hazard", []),
        (f"{DRIVERS}/leadership_exit/outcomes", None),
        ("portfolio/labs", 3),
        ("portfolio/lines/incumbent", None),
        ("portfolio/groups", ["cn talent\n"]),
        ("scenario/drivers", []),
        ("scenario/factors", 1),
        ("scenario/factors/talent_war", "high"),
        ("run/start", "soon"),
    ],
)
def test_a_refused_value_has_no_consequences(spoil, tree, place, value):
    tree["strategy"]["diversify"] = 0.5
    tree["scenario"]["dependence"] = [
        {
            "quantities": ["factors.talent_war", "drivers.leadership_exit.rate"],
            "kind": "gaussian",
            "common": 0.3,
        }
    ]
    (path,) = spoil({place: value})
    assert path.startswith(place.replace("/", "."))


@pytest.mark.parametrize("tree", [None, 5, "study", [], [1]])
def test_what_is_no_tree_at_all(tree):
    with pytest.raises(ConfigError, match="a mapping with keys among portfolio, scenario, strategy and run"):
        Study.from_mapping(tree)


def test_an_empty_tree_lacks_two_sections():
    with pytest.raises(ConfigError) as refused:
        Study.from_mapping({})
    assert [problem.path for problem in refused.value.problems] == ["portfolio", "run"]


RUBBISH: list[Any] = [
    None, True, -1, 0, 2, 1.5, math.nan, math.inf, 10**400, "", "x\x1b", "abc", "1e6", [], {}, [1, 2],
    {"a": 1}, {1: 2}, {None: {}}, [[]], [None], {"rate": 1}, {"at": "adoption"}, {"uniform": [0, 1]},
    date(2026, 1, 1), datetime(2026, 1, 1), "2026-02-30", "adoption", "group", set(), b"bytes", object(),
]  # fmt: skip


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [place for key, value in entries for place in [(*path, key), *places(value, (*path, key))]]


def damage(tree: Any, chance: random.Random) -> None:
    """Replaces, removes, misspells or repeats something."""
    *heads, last = chance.choice(places(tree))
    node = tree
    for part in heads:
        node = node[part]
    what = chance.choice(["replace", "replace", "replace", "remove", "rename"])
    if what == "replace":
        node[last] = copy.deepcopy(chance.choice(RUBBISH[:-1])) if chance.random() < 0.95 else RUBBISH[-1]
    elif what == "remove":
        del node[last]
    elif isinstance(node, dict):
        node[chance.choice([f"{last}x", str(last)[:-1], 5, None, "zzz"])] = node.pop(last)
    else:
        node.append(copy.deepcopy(node[last]))


@pytest.mark.parametrize("seed", range(4))
def test_damaged_trees_are_read_or_refused_but_nothing_else(tree, seed):
    tree["strategy"] |= {
        "adoption": {"hold_if": {"driver": "leadership_exit"}, "pilot": {"minimum_saving": 0.2}},
        "commitment": {"line": "incumbent", "daily_minimum": 1, "until": "2027-01-01"},
        "standby": {"lead_factor": 0.5},
        "diversify": 0.3,
    }
    tree["scenario"]["dependence"] = [
        {
            "quantities": ["factors.talent_war", "drivers.leadership_exit.rate"],
            "kind": "gaussian",
            "common": 0.3,
        }
    ]
    tree["portfolio"]["lines"]["incumbent"]["releases"] = {"first": "2025-01-01", "every_days": 90}
    Study.from_mapping(tree)
    chance = random.Random(seed)
    for _ in range(150):
        damaged = copy.deepcopy(tree)
        for _ in range(chance.choice([1, 1, 2, 6])):
            damage(damaged, chance)
        try:
            Study.from_mapping(damaged)
        except ConfigError as refused:
            str(refused)


def test_a_collection_that_lost_a_name_is_not_judged_by_what_is_left(spoil, tree):
    outcomes = tree["scenario"]["drivers"]["licensing_shift"]["outcomes"]
    outcomes[None] = outcomes.pop("gated")
    assert list(spoil({})) == ["scenario.drivers.licensing_shift.outcomes.None"]
