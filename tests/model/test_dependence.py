"""Copulas: what they may tie, and by which matrices."""

from typing import Any

import pytest

RATE = "drivers.leadership_exit.rate"
GROWTH = "workloads.support-chat.growth"
WAR = "factors.talent_war"
AT = "scenario.dependence[0]"


def dependence(**changes: Any) -> dict[str, Any]:
    entry = {"quantities": [RATE, WAR], "kind": "gaussian", "common": 0.5} | changes
    return {"scenario/dependence": [{key: value for key, value in entry.items() if value is not None}]}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"quantities": [f"scenario.{RATE}", f"portfolio.{GROWTH}"]},
        {"kind": "student_t", "df": 4},
        {"common": None, "matrix": [[1, -0.9], [-0.9, 1]]},
        {"common": -0.49, "quantities": [RATE, WAR, GROWTH]},
    ],
)
def test_what_is_allowed(accept, changes):
    study = accept(dependence(**changes))
    assert study.scenario.dependence[0].kind_ == changes.get("kind", "gaussian")


@pytest.mark.parametrize(
    ("changes", "path", "arrived"),
    [
        ({"quantities": [RATE, "drivers.leadership_exit.hazard.rate"]}, f"{AT}.quantities[1]", "hazard.rate"),
        ({"quantities": [RATE, "drivers.licensing_shift.rate"]}, f"{AT}.quantities[1]", "which is a number"),
        ({"quantities": [RATE, "factors.war"]}, f"{AT}.quantities[1]", "factors.war"),
        ({"quantities": [RATE, RATE]}, f"{AT}.quantities", "twice"),
        ({"quantities": [RATE, f"scenario.{RATE}"]}, f"{AT}.quantities[1]", "for the second time"),
        ({"quantities": [RATE]}, f"{AT}.quantities", "1 quantities"),
        ({"kind": "clayton"}, f"{AT}.kind", "'clayton'"),
        ({"kind": "student_t"}, f"{AT}.df", "no df with kind: student_t"),
        ({"kind": "student_t", "df": 0.5}, f"{AT}.df", "0.5"),
        ({"df": 3}, f"{AT}.df", "df: 3 with kind: gaussian"),
        ({"common": None}, AT, "neither matrix nor common"),
        ({"matrix": [[1, 0], [0, 1]]}, AT, "matrix and common"),
        ({"common": 1}, f"{AT}.common", "1"),
        ({"common": -0.5, "quantities": [RATE, WAR, GROWTH]}, f"{AT}.common", "-0.5"),
        ({"common": None, "matrix": [[1, 0.2]]}, f"{AT}.matrix", "1 rows of 2 numbers"),
        ({"common": None, "matrix": [[1, 0.2], [0.3, 1]]}, f"{AT}.matrix", "0.2 at [0][1] and 0.3 at [1][0]"),
        ({"common": None, "matrix": [[1, 0.2], [0.2, 2]]}, f"{AT}.matrix", "2 in row 1 on the diagonal"),
        ({"common": None, "matrix": [[1, 1], [1, 1]]}, f"{AT}.matrix", "smallest eigenvalue"),
        (
            {
                "common": None,
                "quantities": [RATE, WAR, GROWTH],
                "matrix": [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]],
            },
            f"{AT}.matrix",
            "smallest eigenvalue",
        ),
    ],
)
def test_what_is_refused(spoil, changes, path, arrived):
    found = spoil(dependence(**changes))
    assert list(found) == [path]
    assert arrived in found[path].arrived


def test_a_quantity_is_tied_only_once(spoil):
    entries = [
        {"quantities": [RATE, WAR], "kind": "gaussian", "common": 0.5},
        {"quantities": [GROWTH, WAR], "kind": "gaussian", "common": 0.5},
    ]
    assert list(spoil({"scenario/dependence": entries})) == ["scenario.dependence[1].quantities[1]"]


def test_a_misspelt_quantity_finds_its_name(spoil):
    (problem,) = spoil(dependence(quantities=[RATE, "drivers.cost_claim.outcome.holds.probability"])).values()
    assert problem.remedy == "did you mean drivers.cost_claim.outcomes.holds.probability?"


def test_names_with_dots_must_not_mean_two_quantities(spoil, tree):
    uncertain = {"uniform": [0.1, 0.2]}
    drivers = tree["scenario"]["drivers"]
    drivers["leadership_exit"]["hazard"]["rates"] = {"qwen_lab": uncertain}
    tree["portfolio"]["labs"]["rate"] = {}
    drivers["leadership_exit"]["hazard"]["rates"]["rate"] = uncertain
    drivers["leadership_exit.rates"] = {
        "scope": "lab",
        "hazard": {"rate": uncertain},
        "outcomes": {"only": {}},
    }
    found = spoil(dependence(quantities=[RATE, "drivers.leadership_exit.rates.rate"]))
    assert "means 2 quantities" in found[f"{AT}.quantities[1]"].arrived
