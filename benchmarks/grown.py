"""Shipped studies, made larger or smaller: more workloads, or as many drivers as wanted."""

from __future__ import annotations

from typing import Any

from simengine.model.study import Study


def with_workloads(study: Study, number: int) -> Study:
    """The first workloads by name, or copies of all of them; lines, labs and scenario stay as they are."""
    tree = study.canonical()
    mine: dict[str, Any] = tree["portfolio"]["workloads"]
    names = sorted(mine)
    tree["portfolio"]["workloads"] = {
        f"{names[k % len(names)]}-{k // len(names)}": mine[names[k % len(names)]] for k in range(number)
    }
    return Study.from_mapping(tree)


def with_drivers(study: Study, driver: str, number: int) -> Study:
    """One driver in so many copies, each with a share of its rate: as much happens, however many there are.

    Without history and excitation, and not only once: then copies would not be a share of it.
    """
    tree = study.canonical()
    scenario = tree["scenario"]
    one = scenario["drivers"][driver]
    hazard = {name: value for name, value in one["hazard"].items() if name not in ("excited_by", "at_most")}
    hazard["scaled_by"] = [*hazard.get("scaled_by", []), "share"]
    scenario["factors"] = {**scenario.get("factors", {}), "share": 1.0 / number}
    scenario["drivers"] = {
        f"{driver}_{k:03}": {**one, "history": [], "hazard": hazard} for k in range(number)
    }
    return Study.from_mapping(tree)
