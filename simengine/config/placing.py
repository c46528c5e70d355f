"""Where a problem was written: from the path of a value to a file and line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from simengine.config.merging import Origin
from simengine.model.errors import Problem
from simengine.model.paths import Path, dotted


def placed(problems: Sequence[Problem], origins: Mapping[Path, Origin]) -> list[Problem]:
    """The problems, each with the file and line of its value, or of what should have held it."""
    by_name = {dotted(path): origin for path, origin in origins.items()}
    found = []
    for problem in problems:
        origin = None if problem.file else _nearest(problem.path, by_name)
        found.append(replace(problem, file=origin.file, line=origin.line) if origin else problem)
    return found


def _nearest(name: str, origins: Mapping[str, Origin]) -> Origin | None:
    if name not in origins and "." not in name:
        # What was written inside it: outptu.dir=x makes outptu, which no file has.
        return next((origins[one] for one in origins if one.startswith(f"{name}.")), origins.get(""))
    while name and name not in origins:
        name = name[: max(name.rfind("."), name.rfind("["), 0)]
    return origins.get(name)


def once_a_column(problems: Sequence[Problem]) -> list[Problem]:
    """The problems, with a key that is unknown in every row of a table told for the first row only."""
    rows: dict[object, list[Problem]] = {}
    for problem in problems:
        of_a_column = (problem.file or "").endswith(".csv") and problem.arrived.startswith("the key ")
        key = (problem.file, problem.arrived, problem.allowed) if of_a_column else problem
        rows.setdefault(key, []).append(problem)
    return [_counted(alike) for alike in rows.values()]


def _counted(alike: Sequence[Problem]) -> Problem:
    first, others = alike[0], len(alike) - 1
    if not others:
        return first
    return replace(first, remedy=f"{first.remedy} (and so in {others} more row{'s' * (others > 1)})")
