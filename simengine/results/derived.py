"""What is told of a path beside the variables that are kept of it: savings, and whether they fell short."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

# Half a cent: what rounding in the last bits could not tell apart is no saving and no overrun.
TOLERANCE = 0.005

# One value per path, by the name of a variable.
Values = Callable[[str], np.ndarray]


def below_plan(total: np.ndarray, planned: np.ndarray) -> np.ndarray:
    """Whether a path saves less than the plan that was sold."""
    return total > planned + TOLERANCE


def no_saving(total: np.ndarray, status_quo: np.ndarray) -> np.ndarray:
    """Whether a path costs as much as the status quo, or more."""
    return total >= status_quo - TOLERANCE


DERIVED: dict[str, Callable[[Values], np.ndarray]] = {
    "saving": lambda of: of("status_quo_cost") - of("total_cost"),
    "saving_pv": lambda of: of("status_quo_cost_pv") - of("total_cost_pv"),
    "planned_saving": lambda of: of("status_quo_cost") - of("planned_cost"),
    "planned_saving_pv": lambda of: of("status_quo_cost_pv") - of("planned_cost_pv"),
    "saving_below_plan": lambda of: below_plan(of("total_cost"), of("planned_cost")),
    "no_saving": lambda of: no_saving(of("total_cost"), of("status_quo_cost")),
}


def values_of(metric: str, of: Values) -> np.ndarray:
    """A metric's value on each path, whether it is a variable or follows from some."""
    return DERIVED[metric](of) if metric in DERIVED else of(metric)
