"""What a strategy's clauses are worth against one driver: of several, the most favourable value of each."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from simengine.model.strategy import Clause, Strategy


@dataclass(frozen=True)
class Terms:
    notice_days: float
    lead_factor: float
    move_cost_factor: float
    price_cap: float
    frozen_upkeep: float | None  # share of spend at which old weights may be kept; None: they may not
    upkeep_factor: float
    termination_fee: float
    credit: float


def terms_for(strategy: Strategy, driver: str) -> Terms:
    clauses = [clause for clause in strategy.clauses if clause.when is None or driver in clause.when]

    def best(of: Callable[..., float], field: str, absent: float) -> float:
        stated = [value for clause in clauses if (value := getattr(clause, field)) is not None]
        return of(stated, default=absent)

    upkeeps = [clause.weights_access.upkeep for clause in clauses if clause.weights_access is not None]
    return Terms(
        notice_days=best(max, "notice_days", 0.0),
        lead_factor=best(min, "lead_factor", 1.0),
        move_cost_factor=best(min, "move_cost_factor", 1.0),
        price_cap=best(min, "price_cap", math.inf),
        frozen_upkeep=min(upkeeps, default=None),
        upkeep_factor=best(min, "upkeep_factor", 1.0),
        termination_fee=best(min, "termination_fee", 0.0),
        credit=best(max, "credit", 0.0),
    )


def annual_cost(clauses: tuple[Clause, ...]) -> float:
    return sum(clause.annual_cost for clause in clauses)
