"""Workload by driver: what is booked to each pair on average."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simengine.estimators import Estimate
from simengine.estimators.mean import mean_by_column
from simengine.results.dataset import Result
from simengine.results.rows import ROWS_AT_ONCE, Rows

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
    booked = result.rows(f"{metric}_by_workload_driver")
    averages = _averages(booked)
    workloads, by_workload = _grouped(result.labels("workload"), averages, 1, most_workloads, "workloads")
    drivers, by_driver = _grouped(result.labels("driver"), averages, 0, most_drivers, "drivers")
    found = iter(mean_by_column(_Margins(booked, by_workload, by_driver)))
    each = [[next(found) for _ in drivers] for _ in workloads]
    rows = [next(found) for _ in workloads]
    return Heatmap(workloads, drivers, each, rows, [next(found) for _ in drivers], next(found))


def _averages(booked: Rows) -> np.ndarray:
    """(workload, driver), from a few rows at a time."""
    total = np.zeros(booked.shape[1:])
    for start in range(0, len(booked), ROWS_AT_ONCE):
        total += booked[start : start + ROWS_AT_ONCE].sum(axis=0)
    return total / len(booked)


class _Margins:
    """By path: every pair of a group of workloads and one of drivers, then sums of rows, of columns, of all.

    They are made of a few paths at a time: the whole is larger than what a machine may hold.
    """

    def __init__(self, booked: Rows, by_workload: list[list[int]], by_driver: list[list[int]]) -> None:
        self._booked, self._by_workload, self._by_driver = booked, by_workload, by_driver
        n_rows, n_columns = len(by_workload), len(by_driver)
        self.shape = (len(booked), n_rows * n_columns + n_rows + n_columns + 1)

    def __getitem__(self, rows: slice) -> np.ndarray:
        block = self._booked[rows]
        by_row = np.stack([block[:, group, :].sum(axis=1) for group in self._by_workload], axis=1)
        cells = np.stack([by_row[:, :, group].sum(axis=2) for group in self._by_driver], axis=2)
        of_columns = cells.sum(axis=1)
        parts = (cells.reshape(len(block), -1), cells.sum(axis=2), of_columns)
        return np.concatenate([*parts, of_columns.sum(axis=1, keepdims=True)], axis=1)


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
