"""What is known before a run of lives that may be calm: see `simengine.kernels.calm`."""

from __future__ import annotations

from typing import Any

import numpy as np

from simengine.engine.effects import Effects
from simengine.kernels import tables
from simengine.kernels.strikes import ADDS, MOVES, NOTHING

Rows = list[dict[str, Any]]


def is_foreseeable(unit: dict[str, Any], terms: dict[str, Any]) -> int:
    """Whether a unit's spend if nothing strikes is one stretch, or two with a planned move that nobody tests.

    It is not with a second part, a commitment or a standby.
    """
    kept = unit["selected"] and (terms["commitment_line"] >= 0 or terms.get("standby_share", 0.0) > 0.0)
    tests = unit["adopts"] and unit["selected"] and terms.get("has_pilot", 0)
    stays = unit["adopts"] and unit["target"] == unit["line"]
    return int(unit["start_factor"] < 0 and not (kept or tests or stays))


def may_be_calm(unit: dict[str, Any], terms: dict[str, Any]) -> int:
    """Whether what merely adds to a unit leaves its spend one stretch: foreseeable, and no planned move."""
    return int(not unit["adopts"] and is_foreseeable(unit, terms))


def strikes_where_it_begins(units: Rows, pairs: Rows, touch: np.ndarray) -> np.ndarray:
    """(unit, pair): which occurrences strike a unit on its first line, as in `Model.touch`."""
    strikes = np.zeros((len(units), len(pairs)), np.int64)
    for u, unit in enumerate(units):
        for at, pair in enumerate(pairs):
            if pair["workload"] >= 0:
                own = pair["workload"] == unit["workload"]
                strikes[u, at] = tables.ALWAYS if own else tables.NEVER
            else:
                strikes[u, at] = touch[at, unit["line"]]
    return strikes


def answers(units: Rows, effects: Effects, clauses: list[dict[str, float]]) -> np.ndarray:
    """(unit, line, outcome): what one that strikes a unit on a line does there."""
    workloads, lines = effects.admits_workload() == 1, effects.admits_line() == 1
    rows = np.full((len(units), lines.shape[1], len(effects.outcome)), NOTHING, np.int64)
    for u, unit in enumerate(units):
        admitted = workloads[:, unit["workload"], np.newaxis] & lines
        for o, outcome in enumerate(effects.outcome):
            refunds = unit["selected"] and clauses[outcome["driver"]]["credit"] > 0.0
            answer = ADDS if outcome["additive"] and not refunds else MOVES
            rows[u, admitted[outcome["effect_start"] : outcome["effect_end"]].any(axis=0), o] = answer
    return rows
