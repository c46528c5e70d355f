"""What hardly any study has, laid over a random one: nothing at stake, near commitments, odd hazards.

Each rarity is a change to the finished tree, so that a study without any is the one that was chosen before.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np

from tests.choosing import Chooser, between, chance, one_of, some

Tree = dict[str, Any]


def with_rarities(choose: Chooser, tree: Tree) -> Tree:
    """The tree with each rarity in about one study of eight, mostly none or one at a time."""
    for lay_over in RARITIES:
        if chance(choose, 12):
            lay_over(choose, tree)
    return tree


def nothing_at_stake(choose: Chooser, tree: Tree) -> None:
    """A workload without spend or without value; of the last one, concentration has nothing to share."""
    for name in some(choose, sorted(tree["portfolio"]["workloads"]), least=1):
        field = one_of(choose, ["daily_spend", "daily_value"])
        if f"workloads.{name}.{field}" not in tied(tree):
            tree["portfolio"]["workloads"][name][field] = 0.0


def near_commitment(choose: Chooser, tree: Tree) -> None:
    """Spend that grows or shrinks over the minimum on a day of its own, on the line that it starts on."""
    name = one_of(choose, sorted(tree["portfolio"]["workloads"]))
    if any(f"workloads.{name}.{field}" in tied(tree) for field in ("daily_spend", "growth")):
        return
    workload = tree["portfolio"]["workloads"][name]
    growth = one_of(choose, [0.4, -0.4, 3.0])
    workload |= {"daily_spend": 1000.0, "growth": growth}
    until = date.fromisoformat(tree["run"]["start"]) + timedelta(days=choose.integer(1, 500))
    minimum = 1000.0 + (25.0 if growth > 0.0 else -25.0) * choose.integer(0, 6)
    tree["strategy"]["commitment"] = {
        "line": workload["line"], "daily_minimum": minimum, "until": str(until)
    }  # fmt: skip


def a_driver_that_is_not_there(choose: Chooser, tree: Tree) -> None:
    """A strategy that speaks of a driver which the scenario lacks."""
    strategy = tree["strategy"]
    strategy["optional_drivers"] = ["nowhere"]
    clause = {"name": "of nowhere", "when": ["nowhere"], "notice_days": 50, "annual_cost": 730.0}
    strategy["clauses"] = [*strategy.get("clauses", []), clause]
    if chance(choose, 50):
        strategy["adoption"]["hold_if"] = {"driver": "nowhere", "recheck_days": 5}


def groups_excite_groups(choose: Chooser, tree: Tree) -> None:
    """One group's occurrences raise the rate of another driver on the same group, and of one on its labs."""
    if not tree["portfolio"]["groups"]:
        return
    rate = round(365.0 / tree["run"]["horizon_days"], 6)
    excitation = {
        "driver": "g1",
        "factor": one_of(choose, [4.0, 0.0, 1.0]),
        "delay_days": one_of(choose, [0, 3.5]),
        **one_of(choose, [{}, {"half_life_days": 15}, {"days": 25}]),
    }
    disruption = {"disruption": {"severity": 0.3, "days": 10}}
    tree["scenario"]["drivers"] |= {
        "g1": {
            "scope": "group",
            "reach": one_of(choose, [0.5, 1.0]),
            "hazard": {"rate": 2.0 * rate, "at_most": 4},
            "outcomes": {"x": {"probability": 0.5, "effects": []}, "y": {"effects": [disruption]}},
        },
        "g2": {
            "scope": "group",
            "hazard": {"rate": rate, "at_most": 3, "excited_by": [{**excitation, "outcome": "x"}]},
            "outcomes": {"x": {"effects": [{**disruption, "each": "workload"}]}},
        },
        "g3": {
            "scope": "lab",
            "hazard": {"rate": rate, "at_most": 3, "excited_by": [{**excitation, "via": "group"}]},
            "outcomes": {"x": {"effects": [disruption]}},
        },
    }


def a_crowded_hazard(choose: Chooser, tree: Tree) -> None:
    """Offspring that come at once or never seem to end, far more of them than are allowed to strike."""
    for driver in tree["scenario"]["drivers"].values():
        hazard = driver["hazard"]
        if "rate" in hazard and chance(choose, 60):
            hazard["self_excitation"] = {
                "branching": one_of(choose, [0.95, 0.999]),
                "half_life_days": one_of(choose, [0.01, 1000.0]),
            }
            hazard["at_most"] = one_of(choose, [12, 25])


def extreme_factors(choose: Chooser, tree: Tree) -> None:
    """Excitations and windows that multiply by a thousand, or by next to nothing."""
    for driver in tree["scenario"]["drivers"].values():
        for entry in [*driver["hazard"].get("windows", []), *driver["hazard"].get("excited_by", [])]:
            if not isinstance(entry["factor"], dict):
                entry["factor"] = one_of(choose, [1000.0, 1e-6])
                driver["hazard"].setdefault("at_most", 10)


def a_short_run(choose: Chooser, tree: Tree) -> None:
    """A run of a day or less, in which days of anything else lie beyond the horizon."""
    tree["run"]["horizon_days"] = one_of(choose, [0.25, 1])


def an_odd_discount(choose: Chooser, tree: Tree) -> None:
    tree["run"]["discount_rate"] = one_of(choose, [0.9, -0.6])


def a_full_matrix(choose: Chooser, tree: Tree) -> None:
    """A copula with a correlation of its own for each pair, over rates of single entities among others."""
    free = [name for name in uncertain_rates(tree) if name not in tied(tree)]
    for factor, quantity in tree["scenario"]["factors"].items():
        if isinstance(quantity, dict) and f"factors.{factor}" not in tied(tree):
            free.append(f"factors.{factor}")
    listed = some(choose, free, most=4)
    if len(listed) < 2:
        return
    loadings = np.array([[between(choose, -1.0, 1.0) for _ in range(2)] for _ in listed])
    covariance = loadings @ loadings.T + np.eye(len(listed))
    scale = np.sqrt(np.diag(covariance))
    matrix = covariance / np.outer(scale, scale)
    np.fill_diagonal(matrix, 1.0)
    kind = one_of(choose, [{"kind": "gaussian"}, {"kind": "student_t", "df": 2.5}])
    tree["scenario"]["dependence"].append({"quantities": listed, **kind, "matrix": matrix.tolist()})


def figures_with_evidence(choose: Chooser, tree: Tree) -> None:
    """The same numbers, written with where they come from."""
    evidence = {"source": "a survey", "kind": "judgement", "reviewed": "2026-01-01"}
    for driver in tree["scenario"]["drivers"].values():
        for outcome in driver["outcomes"].values():
            for effect in outcome["effects"]:
                for body in (effect[kind] for kind in effect if isinstance(effect[kind], dict)):
                    for field in ("days", "severity", "amount", "grace_days"):
                        if isinstance(body.get(field), int | float) and chance(choose, 50):
                            body[field] = {"value": body[field], **evidence}


def nothing_can_happen(choose: Chooser, tree: Tree) -> None:
    """No drivers at all; what is left are planned moves, the strategy's costs, and time."""
    if chance(choose, 75):
        return
    tree["scenario"] |= {"drivers": {}, "dependence": []}
    strategy = tree["strategy"]
    strategy.pop("optional_drivers", None)
    strategy["adoption"].pop("hold_if", None)
    for clause in strategy.get("clauses", []):
        clause.pop("when", None)


def uncertain_rates(tree: Tree) -> list[str]:
    found = []
    for name, driver in tree["scenario"]["drivers"].items():
        hazard = driver["hazard"]
        if isinstance(hazard.get("rate"), dict):
            found.append(f"drivers.{name}.rate")
        for entity, rate in hazard.get("rates", {}).items():
            if isinstance(rate, dict):
                found.append(f"drivers.{name}.rates.{entity}")
    return found


def tied(tree: Tree) -> set[str]:
    """The quantities that a copula ties already."""
    return {
        name.removeprefix("scenario.").removeprefix("portfolio.")
        for entry in tree["scenario"]["dependence"]
        for name in entry["quantities"]
    }


RARITIES: list[Callable[[Chooser, Tree], None]] = [
    nothing_at_stake,
    near_commitment,
    a_driver_that_is_not_there,
    groups_excite_groups,
    a_crowded_hazard,
    extreme_factors,
    a_short_run,
    an_odd_discount,
    a_full_matrix,
    figures_with_evidence,
    nothing_can_happen,
]
