"""The quantities of a path that `run.summarise` may name; the registry of results says what each means."""

from __future__ import annotations

from typing import Literal, get_args

Quantity = Literal[
    "total_cost",
    "total_cost_pv",
    "disruption_exposure",
    "disruption_exposure_pv",
    "disruption_days",
    "planned_cost",
    "no_event_cost",
    "status_quo_cost",
    "largest_occurrence",
    "concentration",
    "herfindahl_by_lab_at_start",
    "herfindahl_by_lab_at_horizon",
    "herfindahl_by_line_at_start",
    "herfindahl_by_line_at_horizon",
    "total_cost_by_workload",
    "total_cost_pv_by_workload",
    "disruption_exposure_by_workload",
    "disruption_exposure_pv_by_workload",
    "disruption_days_by_workload",
    "planned_cost_by_workload",
    "no_event_cost_by_workload",
    "status_quo_cost_by_workload",
    "total_cost_by_component",
    "total_cost_pv_by_component",
    "total_cost_by_workload_component",
    "total_cost_by_period",
    "disruption_exposure_by_period",
    "total_cost_by_workload_period",
    "disruption_exposure_by_workload_period",
    "total_cost_by_component_period",
    "strikes_by_driver",
    "total_cost_by_driver",
    "disruption_exposure_by_driver",
    "total_cost_by_workload_driver",
    "disruption_exposure_by_workload_driver",
    "largest_occurrence_by_year",
    "disruption_exposure_by_year",
    "saving",
    "planned_saving",
    "saving_by_workload",
    "planned_saving_by_workload",
]
QUANTITIES: tuple[str, ...] = get_args(Quantity)

# The distributions of cost and exposure, and the portfolio by period.
USUAL: tuple[Quantity, ...] = (
    "total_cost",
    "total_cost_pv",
    "disruption_exposure",
    "disruption_exposure_pv",
    "total_cost_by_workload",
    "total_cost_pv_by_workload",
    "disruption_exposure_by_workload",
    "disruption_exposure_pv_by_workload",
    "total_cost_by_period",
    "disruption_exposure_by_period",
)
