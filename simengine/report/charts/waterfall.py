"""From the planned cost to the mean, and to a quantile, driver by driver; the steps add up exactly."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from simengine.analysis.grouping import columns
from simengine.estimators import Estimate, mean, quantile
from simengine.estimators.order_statistics import rank
from simengine.results.dataset import Result
from simengine.results.rows import rows_at

PLANNED, SHORTFALL, REST = "planned cost", "promised savings that do not come", "rank within the window"
# Half the share of futures around a quantile whose average bookings explain it.
WINDOW = 0.005
FEWEST_IN_WINDOW = 50


@dataclass(frozen=True)
class Step:
    """A change, or a level that the changes lead from or to."""

    name: str
    estimate: Estimate
    is_level: bool = False


@dataclass(frozen=True)
class Waterfall:
    """Steps in order: the plan, each change, the end. `parts` splits the shortfall of claims further."""

    steps: list[Step]
    parts: list[Step]
    n_futures: int

    @property
    def end(self) -> Step:
        return self.steps[-1]


def waterfall(result: Result, level: float | None = None) -> Waterfall:
    """The way from `planned_cost` to the mean of `total_cost`, or to its quantile at `level`.

    A path's total cost is its no-event cost and what is booked to each driver, and that differs from the
    plan by the savings that the plan took for granted. So the means of these parts lead from the mean plan
    to the mean cost. For a quantile the parts are averaged over the futures that rank around it, half a
    percent of all on each side, and what the quantile differs from their mean is a step of its own.

    Parameters
    ----------
    result
        One strategy, kept with `totals` and `by_driver`.
    level
        None for the mean, or a level between 0 and 1.
    """
    total = result["total_cost"]
    chosen = slice(None) if level is None else _around(total, level)
    n_futures = total[chosen].size
    planned, no_event = result["planned_cost"][chosen], result["no_event_cost"][chosen]
    booked = _booked(result, chosen)
    claims = claim_drivers(result)
    names = result.labels("driver")
    short = no_event - planned
    parts = [Step("savings of the plan, taken back", mean(short))]
    others = []
    for name, values in zip(names, booked, strict=True):
        if name in claims:
            short = short + values
            parts.append(Step(f"booked to {name}", mean(values)))
        else:
            others.append((name, mean(values)))
    changes = [Step(SHORTFALL, mean(short))] if claims or np.any(short) else []
    others.sort(key=lambda pair: (-abs(pair[1].value), pair[0]))
    changes += [
        Step(name, estimate) for name, estimate in others if estimate.value or estimate.standard_error
    ]
    if level is None:
        end = Step("mean", mean(total), is_level=True)
    else:
        reached = quantile(total, level)
        average = mean(total[chosen])
        changes.append(
            Step(REST, Estimate(reached.value - average.value, 0.0, *(reached.value - average.value,) * 2))
        )
        end = Step(f"P{100.0 * level:.10g}", reached, is_level=True)
    steps = [Step(PLANNED, mean(planned), is_level=True), *changes, end]
    return Waterfall(steps, parts if claims else [], n_futures)


def _booked(result: Result, chosen: slice | np.ndarray) -> Iterator[np.ndarray]:
    """What is booked to each driver on some futures, one driver after the other."""
    booked = result.rows("total_cost_by_driver")
    if isinstance(chosen, np.ndarray):
        booked = rows_at(booked, chosen)
    yield from columns(booked, [(k,) for k in range(booked.shape[1])])


def claim_drivers(result: Result) -> set[str]:
    """Drivers that strike when a planned move is done: whether a claim comes true."""
    drivers = json.loads(result.attrs["configuration"])["scenario"].get("drivers", {})
    return {name for name, driver in drivers.items() if driver.get("hazard", {}).get("at") == "adoption"}


def _around(total: np.ndarray, level: float) -> np.ndarray:
    """Positions of the futures that rank around the quantile, in their own order."""
    centre = rank(total.size, level)
    reach = max(round(WINDOW * total.size), FEWEST_IN_WINDOW // 2)
    reach = min(reach, centre, total.size - 1 - centre)
    return np.sort(np.argsort(total, kind="stable")[centre - reach : centre + reach + 1])
