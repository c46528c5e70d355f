"""Whether arrays of the engine hold what the reference says of a path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tests.reference.paths import PathResult

# Relative to the largest amount of money of the path. Times and quantiles of the two agree to about 1e-10;
# a booking is a difference of two ledgers.
TOLERANCE = 1e-8
COUNTED = {"concentration": 1.0, "disruption_days": 1e3, "strikes_by_driver": 0.0}


def disagreements(told: PathResult, arrays: Mapping[str, np.ndarray], row: int) -> list[str]:
    """Every variable that is in both and differs, with both values; `row` is the path's row in the arrays.

    Variables by path only: the occurrences, whose rows are not paths, are `occurrence_disagreements`.
    """
    found = []
    for variable in told.variables:
        if variable not in arrays:
            continue
        arrived = np.asarray(arrays[variable][row], float)
        if told[variable] == {} and arrived.size == 0:  # by driver, where there is none
            continue
        expected = told.array(variable)
        tolerance = TOLERANCE * scale(told, variable)
        if arrived.shape != expected.shape:
            found.append(f"{variable}: shape {arrived.shape}, not {expected.shape}")
        elif not np.all(np.abs(arrived - expected) <= tolerance):
            found.append(f"{variable}: {arrived.tolist()}, not {expected.tolist()}")
    return found


def scale(told: PathResult, variable: str) -> float:
    """What a difference is measured against."""
    for name, size in COUNTED.items():
        if variable.startswith(name):
            return size
    if variable.startswith("herfindahl"):
        return 1.0
    by_component = told["total_cost_by_component"].values()
    return 1.0 + sum(abs(x) for x in by_component) + told["disruption_exposure"] + told["status_quo_cost"]


def occurrence_disagreements(
    told: PathResult,
    arrays: Mapping[str, np.ndarray],
    row: int,
    codes: Mapping[str, Sequence[str]],
    members: Mapping[str, Sequence[str]],
    magnitudes: Sequence[str],
) -> list[str]:
    """The path's occurrences against the rows of the engine's table that belong to it.

    `codes` are what the numbers of drivers, entities and outcomes stand for; `members` are the labs of each
    group by name, whose bits say which were reached; `magnitudes` the labels of what is drawn.
    """
    rows = np.flatnonzero(np.asarray(arrays["occurrence_path"]) == row)
    if len(rows) != len(told.occurrences):
        return [f"{len(rows)} occurrences, not {len(told.occurrences)}"]
    found = []
    money = scale(told, "total_cost")
    for place, one in zip(rows, told.occurrences, strict=True):
        for column in ("driver", "entity", "outcome"):
            arrived = codes[f"occurrence_{column}"][arrays[f"occurrence_{column}"][place]]
            if arrived != getattr(one, column):
                found.append(f"occurrence_{column} at {one.time}: {arrived}, not {getattr(one, column)}")
        bits = int(arrays["occurrence_reached"][place])
        labs = [lab for k, lab in enumerate(members.get(one.entity, ())) if bits >> k & 1]
        if labs != list(one.reached):
            found.append(f"{one.driver} on {one.entity} reached {labs}, not {list(one.reached)}")
        expected = {"time": one.time, "index": one.index, "cost": one.cost, "exposure": one.exposure}
        tolerances = {"time": 1e-7, "index": 0.0, "cost": TOLERANCE * money, "exposure": TOLERANCE * money}
        for column, value in expected.items():
            arrived = float(arrays[f"occurrence_{column}"][place])
            if not abs(arrived - value) <= tolerances[column]:
                found.append(f"occurrence_{column} of {one.driver} on {one.entity}: {arrived}, not {value}")
        drawn = arrays["occurrence_magnitude"][place]
        arrived = {label: float(x) for label, x in zip(magnitudes, drawn, strict=True) if not np.isnan(x)}
        # What each workload draws for itself has its name behind, and is not exported.
        expected = {label: x for label, x in one.magnitudes.items() if label.count(".") == 2}
        if arrived.keys() != expected.keys() or any(
            not abs(arrived[label] - x) <= TOLERANCE * (1.0 + abs(x)) for label, x in expected.items()
        ):
            found.append(f"{one.driver} on {one.entity} drew {arrived}, not {expected}")
    return found
