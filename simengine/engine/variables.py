"""From a block's raw output to named variables; `simengine.results.variables` says what each one means."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from simengine.engine.buffers import Buffers
from simengine.engine.lower import Lowered
from simengine.engine.magnitudes import occurrence_magnitudes
from simengine.kernels import tables
from simengine.kernels.tables import Output, Plan

TOTALS = {
    "total_cost": tables.COST,
    "total_cost_pv": tables.COST_PV,
    "disruption_exposure": tables.EXPOSURE,
    "disruption_exposure_pv": tables.EXPOSURE_PV,
    "disruption_days": tables.DAYS,
    "planned_cost": tables.PLANNED,
    "planned_cost_pv": tables.PLANNED_PV,
    "no_event_cost": tables.NO_EVENT,
    "no_event_cost_pv": tables.NO_EVENT_PV,
    "status_quo_cost": tables.STATUS_QUO,
    "status_quo_cost_pv": tables.STATUS_QUO_PV,
    "largest_occurrence": tables.LARGEST,
    "concentration": tables.CONCENTRATION,
}
HERFINDAHL = (
    "herfindahl_by_lab_at_start", "herfindahl_by_line_at_start",
    "herfindahl_by_lab_at_horizon", "herfindahl_by_line_at_horizon",
)  # fmt: skip


def block_variables(
    lowered: Lowered, plan: Plan, output: Output, buffers: Buffers, keep: Collection[str], first_path: int
) -> dict[str, np.ndarray]:
    """The variables that `keep` names, paths first."""
    arrays: dict[str, np.ndarray] = {}
    if "totals" in keep:
        arrays |= {name: output.total[:, column] for name, column in TOTALS.items()}
        arrays |= {name: output.herfindahl[:, column] for column, name in enumerate(HERFINDAHL)}
    if "by_workload" in keep:
        for name, column in TOTALS.items():
            if column < tables.N_WORKLOAD_TOTALS:
                arrays[f"{name}_by_workload"] = output.workload[:, :, column]
    if "by_component" in keep:
        arrays["total_cost_by_component"] = _over_workloads(output.amount)
        arrays["total_cost_pv_by_component"] = _over_workloads(output.amount_pv)
    if "by_workload_component" in keep:
        arrays["total_cost_by_workload_component"] = output.amount
    if "by_period" in keep:
        arrays["total_cost_by_period"] = output.period_cost
        arrays["disruption_exposure_by_period"] = output.period_exposure
    if "by_component_period" in keep:
        arrays["total_cost_by_component_period"] = output.component_period
    if "by_workload_period" in keep:
        arrays["total_cost_by_workload_period"] = output.workload_period_cost
        arrays["disruption_exposure_by_workload_period"] = output.workload_period_exposure
    if "by_driver" in keep:
        arrays["strikes_by_driver"] = output.strikes.astype(np.int32)
        arrays["total_cost_by_driver"] = output.driver_cost
        arrays["disruption_exposure_by_driver"] = output.driver_exposure
    if "by_workload_driver" in keep:
        arrays["total_cost_by_workload_driver"] = output.workload_driver_cost
        arrays["disruption_exposure_by_workload_driver"] = output.workload_driver_exposure
    if "by_year" in keep:
        arrays["largest_occurrence_by_year"] = output.year_largest
        arrays["disruption_exposure_by_year"] = output.year_exposure
    if "occurrences" in keep:
        arrays |= _occurrences(lowered, plan, output, buffers, first_path)
    return arrays


def _over_workloads(amount: np.ndarray) -> np.ndarray:
    """Add workloads up one by one, in the order of their names."""
    total = np.zeros((amount.shape[0], amount.shape[2]))
    for w in range(amount.shape[1]):
        total += amount[:, w]
    return total


def _occurrences(
    lowered: Lowered, plan: Plan, output: Output, buffers: Buffers, first_path: int
) -> dict[str, np.ndarray]:
    """Every occurrence of the block, claims that struck among them, by path and time.

    `occurrence_path` counts from the block's first path; `occurrence_reached` holds a bit per member lab.
    """
    table, work = buffers.occurrences, buffers.scratch
    n_paths = len(output.total)
    n = int(table.offset[n_paths])
    path, claim = np.nonzero(~np.isnan(output.claim_time))
    claim_pair = plan.claim[claim]
    pairs = np.concatenate([table.pair[:n], claim_pair])
    columns = {
        "occurrence_path": np.concatenate(
            [np.repeat(np.arange(n_paths), np.diff(table.offset[: n_paths + 1])), path]
        ),
        "occurrence_time": np.concatenate([table.time[:n], output.claim_time[path, claim]]),
        "occurrence_outcome": np.concatenate([table.outcome[:n], output.claim_outcome[path, claim]]),
        "occurrence_index": np.concatenate([table.number[:n], np.zeros(len(claim), np.int64)]),
        "occurrence_reached": np.concatenate([table.reached[:n], np.zeros(len(claim), np.int64)]),
        "occurrence_cost": np.concatenate([work.booked_cost[:n], output.claim_cost[path, claim]]),
        "occurrence_exposure": np.concatenate([work.booked_exposure[:n], output.claim_exposure[path, claim]]),
    }
    order = np.lexsort(
        (columns["occurrence_index"], pairs, columns["occurrence_time"], columns["occurrence_path"])
    )
    pair = lowered.model.pair
    columns["occurrence_driver"] = pair["driver"][pairs] if len(pairs) else pairs
    columns["occurrence_entity"] = pairs
    columns = {name: column[order] for name, column in columns.items()}
    columns["occurrence_magnitude"] = occurrence_magnitudes(
        lowered, columns["occurrence_path"] + first_path, pairs[order],
        columns["occurrence_outcome"], columns["occurrence_index"],
    )  # fmt: skip
    return columns
