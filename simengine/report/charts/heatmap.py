"""Workload by driver: what is booked to each pair on average."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simengine.estimators import Estimate
from simengine.estimators.mean import mean_by_column
from simengine.results.dataset import Result

MOST_WORKLOADS, MOST_DRIVERS = 24, 12


@dataclass(frozen=True)
class Heatmap:
    """`cells[workload][driver]`, the greatest rows and columns first, what is small summed at the end.

    `rows` and `columns` are sums over drivers and workloads; each has an error of its own.
    """

    workloads: list[str]
    drivers: list[str]
    cells: list[list[Estimate]]
    rows: list[Estimate]
    columns: list[Estimate]
    whole: Estimate


def heatmap(
    result: Result,
    metric: str = "total_cost",
    most_workloads: int = MOST_WORKLOADS,
    most_drivers: int = MOST_DRIVERS,
) -> Heatmap:
    """Mean bookings of `metric`, which must have been kept `by_workload_driver`.

    Beyond `most_workloads` rows the smallest are one row, "other workloads", and so with drivers.
    """
    booked = result[f"{metric}_by_workload_driver"]
    averages = booked.mean(axis=0)
    workloads, by_workload = _grouped(result.labels("workload"), averages, 1, most_workloads, "workloads")
    drivers, by_driver = _grouped(result.labels("driver"), averages, 0, most_drivers, "drivers")
    # One group of workloads at a time: (path, driver) arrays, not a copy of the whole.
    cells, rows = [], []
    columns = np.zeros((len(booked), len(drivers)))
    for group in by_workload:
        of_row = booked[:, group, :].sum(axis=1)
        grouped = np.stack([of_row[:, members].sum(axis=1) for members in by_driver], axis=1)
        cells.append(mean_by_column(grouped))
        rows += mean_by_column(grouped.sum(axis=1, keepdims=True))
        columns += grouped
    (whole,) = mean_by_column(columns.sum(axis=1, keepdims=True))
    return Heatmap(workloads, drivers, cells, rows, mean_by_column(columns), whole)


def _grouped(
    labels: list[str], averages: np.ndarray, axis: int, most: int, kind: str
) -> tuple[list[str], list[list[int]]]:
    """Names and members of rows (or columns) in order of size, the smallest in one group."""
    order = [int(k) for k in np.argsort(-np.abs(averages).sum(axis=axis), kind="stable")]
    if len(order) <= most:
        return [labels[k] for k in order], [[k] for k in order]
    shown, others = order[: most - 1], order[most - 1 :]
    names = [labels[k] for k in shown] + [f"{len(others)} other {kind}"]
    return names, [[k] for k in shown] + [others]
