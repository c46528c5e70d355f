"""Small studies for cases that can be worked by hand: one workload, certain occurrences on known days.

The workload `chat` spends 1,000 a day on line `old` of lab `old_lab` and has 10,000 a day at stake, without
growth. Lines `new` and `spare` belong to labs of their own; `old_lab` and `new_lab` lie in group `here`.
Everything that strikes is a driver `at: date` with probability 1.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from simengine.model.study import Study
from tests.reference import PathResult, simulate_path

START = date(2026, 1, 1)
Tree = dict[str, Any]


def on_day(day: float) -> str:
    return str(START + timedelta(days=day))


def strike(
    day: int, *effects: Tree, scope: str = "line", on: str = "old", history: bool = False, **more: Any
) -> Tree:
    """A driver that strikes one entity on one day, for certain."""
    driver = {"scope": scope, "entities": [on], "outcomes": {"so": {"effects": list(effects)}}, **more}
    if history:
        past = {"entity": on, "date": on_day(day)}
        return {**driver, "hazard": {"rate": 0.0}, "history": [past]}
    return {**driver, "hazard": {"at": on_day(day)}}


def claim(*effects: Tree, probability: Any = 1.0) -> Tree:
    hazard = {"at": "adoption", "probability": probability}
    return {"scope": "workload", "hazard": hazard, "outcomes": {"holds": {"effects": list(effects)}}}


def forced_move(grace_days: float = 0.0, pay_factor: float | None = None, **where: Any) -> Tree:
    body = {"grace_days": grace_days, **({} if pay_factor is None else {"pay_factor": pay_factor})}
    return {"forced_move": body, "where": where}


def fallback(line: str = "spare", **fields: Any) -> Tree:
    return {"line": line, **fields}


def responses(policy: str, *fallbacks: Tree, **fields: Any) -> Tree:
    return {"policy": policy, "fallbacks": list(fallbacks), **fields}


def made(
    drivers: dict[str, Tree] | None = None,
    strategy: Tree | None = None,
    factors: Tree | None = None,
    run: Tree | None = None,
    lines: Tree | None = None,
    **workload: Any,
) -> Study:
    """The study with these drivers; the rest changes the workload."""
    chat = {
        "line": "old",
        "hosting": "vendor_api",
        "daily_spend": 1000.0,
        "daily_value": 10_000.0,
        **workload,
    }
    portfolio = {
        "groups": ["here"],
        "labs": {"old_lab": {"groups": ["here"]}, "new_lab": {"groups": ["here"]}, "spare_lab": {}},
        "lines": {
            "old": {"lab": "old_lab", "licence": "proprietary"},
            "new": {"lab": "new_lab", "licence": "open_weight"},
            "spare": {"lab": "spare_lab", "licence": "proprietary"},
            **(lines or {}),
        },
        "workloads": {"chat": chat},
    }
    return Study.from_mapping(
        {
            "portfolio": portfolio,
            "scenario": {"drivers": drivers or {}, "factors": factors or {}},
            "strategy": strategy or {},
            "run": {"start": str(START), "horizon_days": 365, "seed": 1, **(run or {})},
        }
    )


def result(*args: Any, **kwargs: Any) -> PathResult:
    return simulate_path(made(*args, **kwargs), 0)


def components(told: PathResult) -> dict[str, float]:
    """What is not zero, by component, and the exposure; to a thousandth of a cent."""
    found = {**told["total_cost_by_component"], "exposure": told["disruption_exposure"]}
    return {name: round(value, 5) for name, value in found.items() if abs(value) > 1e-5}
