"""The heat map: a table whose cells are shaded, so that it is its own alternative and prints as it is."""

from __future__ import annotations

from simengine.estimators import Estimate
from simengine.report.charts.heatmap import Heatmap
from simengine.report.numbers import NOTHING
from simengine.report.page.blocks import Cell, Column, Table
from simengine.report.page.wording import amount


def heat_table(found: Heatmap, name: str, unit: str) -> Table:
    """Workloads down, drivers across, sums at the end; a shade says how large a cell is among all of them."""
    largest = max((abs(e.value) for row in found.cells for e in row), default=0.0) or 1.0
    shaded = [[_cell(e, largest) for e in row] for row in found.cells]
    rows = [
        (workload, [*cells, amount(total)])
        for workload, cells, total in zip(found.workloads, shaded, found.rows, strict=True)
    ]
    sums = ("all workloads", [*(amount(e) for e in found.columns), amount(found.whole)])
    return Table(
        f"Mean {name} booked to each workload and driver ({unit})",
        "workload",
        [*(Column(driver) for driver in found.drivers), Column("all drivers")],
        [*rows, sums],
        is_heat=True,
        total_rows=1,
    )


def _cell(e: Estimate, largest: float) -> Cell:
    """Shaded; a pair that never meets is a plain 0."""
    return (
        amount(e, heat=_heat(e.value / largest)) if abs(e.value) + e.standard_error > NOTHING else Cell("0")
    )


def _heat(share: float) -> float:
    """The square root, so that a tenth of the largest is seen too."""
    return (abs(share) ** 0.5) * (1.0 if share > 0 else -1.0) if share else 0.0
