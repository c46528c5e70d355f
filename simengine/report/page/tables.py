"""Tables of the page that no chart stands for, from the rows of a summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from simengine.analysis.summarise import Row
from simengine.analysis.without import OTHERS
from simengine.report.charts.concentration import Concentration
from simengine.report.page.blocks import Cell, Column, Table
from simengine.report.page.wording import amount, chance, percent_of, share
from simengine.report.through import metrics_told

NOTHING = Cell("")


def statistics(rows: Sequence[Row], metric: str, name: str) -> Table:
    """Every statistic of a metric, nominal and in present value."""
    versions = [m for m in (metric, f"{metric}_pv") if any(row.metric == m for row in rows)]
    found = {
        (row.metric, row.statistic): row
        for row in rows
        if row.metric in versions and row.level == "portfolio" and not row.component and not row.period
    }
    names = list(dict.fromkeys(statistic for _, statistic in found))
    unit = next(iter(found.values())).unit
    titles = {metric: "nominal", f"{metric}_pv": "present value"}
    return Table(
        f"Statistics of {name} ({unit})",
        "statistic",
        [Column(titles[version]) for version in versions],
        [
            (_explained(s), [amount(found[v, s]) if (v, s) in found else NOTHING for v in versions])
            for s in names
        ],
        is_half=True,
    )


def _explained(statistic: str) -> str:
    if statistic.startswith("TVaR"):
        return f"{statistic}, mean of worst {100.0 - float(statistic[4:]):.10g}%"
    if statistic.startswith("P") and statistic[1:].replace(".", "").isdigit():
        return f"{statistic}, {statistic[1:]}% at or below"
    return {"sd": "standard deviation"}.get(statistic, statistic)


def by_component(rows: Sequence[Row]) -> Table | None:
    """What the money is for, on average and in the worst futures."""
    found = {
        (row.component, row.statistic): row
        for row in rows
        if row.metric == "total_cost" and row.level == "portfolio" and row.component and not row.period
    }
    names = list(dict.fromkeys(component for component, _ in found))
    if not names:
        return None
    tail = _tail_of(rows)
    whole = sum(found[name, "mean"].value for name in names)
    columns = [Column("mean cost"), Column("share", errors=False)]
    lines = []
    for name in names:
        mean = found[name, "mean"]
        cells = [amount(mean), Cell(percent_of(mean.value / whole) if whole else "")]
        lines.append((name.replace("_", "-"), cells + [amount(row) for row in _those(found, [(name, tail)])]))
    if (names[0], tail) in found:
        columns.append(Column(f"part of {_whole(tail)}"))
    return Table(f"What the money is for ({rows[0].currency})", "component", columns, lines, is_half=True)


def by_driver(rows: Sequence[Row]) -> Table | None:
    """How likely each driver strikes, how often, and what is booked to it."""
    found = {(row.metric, row.name, row.statistic): row for row in rows if row.level == "driver"}
    names = [name for metric, name, statistic in found if (metric, statistic) == ("strikes", "probability")]
    if not names:
        return None
    currency, tail = rows[0].currency, _tail_of(rows)
    shown = [
        ("strikes", "probability", "strikes at least once"),
        ("strikes", "mean", "expected strikes"),
        ("total_cost", "mean", f"mean cost booked to it ({currency})"),
        ("total_cost", tail, f"part of cost {_whole(tail)} ({currency})"),
        ("disruption_exposure", "mean", f"mean exposure booked to it ({currency})"),
        ("disruption_exposure", tail, f"part of exposure {_whole(tail)} ({currency})"),
    ]
    shown = [(metric, s, title) for metric, s, title in shown if (metric, names[0], s) in found]
    titles = {
        "total_cost": f"mean cost through others ({currency})",
        "disruption_exposure": f"mean exposure through others ({currency})",
    }
    shown += [(metric, OTHERS, titles[metric]) for metric in metrics_told(rows)]

    def cell(row: Row) -> Cell:
        return (
            chance(row)
            if row.statistic == "probability"
            else amount(row, 3 if row.metric == "strikes" else 2)
        )

    lines = [
        (name, [cell(found[key]) if (key := (m, name, s)) in found else NOTHING for m, s, _ in shown])
        for name in names
    ]
    return Table("Drivers", "driver", [Column(title) for _, _, title in shown], lines)


def _those(found: Mapping[Any, Row], keys: Sequence[Any]) -> list[Row]:
    return [found[key] for key in keys if key in found]


def _tail_of(rows: Sequence[Row]) -> str:
    """The name of contributions to TVaR among these rows: coTVaR95."""
    return next((row.statistic for row in rows if row.statistic.startswith("coTVaR")), "")


def _whole(tail: str) -> str:
    """What they contribute to: TVaR95."""
    return tail.removeprefix("co")


def by_workload(rows: Sequence[Row]) -> Table | None:
    """Cost and exposure of each workload."""
    found = {
        (row.metric, row.name, row.statistic): row
        for row in rows
        if row.level == "workload" and not row.component and not row.period
    }
    names = [name for metric, name, statistic in found if (metric, statistic) == ("total_cost", "mean")]
    if not names:
        return None
    shown = [
        ("total_cost", "mean", "mean cost"),
        ("total_cost", "P95", "cost P95"),
        ("disruption_exposure", "mean", "mean exposure"),
        ("disruption_exposure", "P95", "exposure P95"),
        ("no_saving", "probability", "chance of no saving"),
    ]
    columns = [Column(title) for metric, statistic, title in shown if (metric, names[0], statistic) in found]

    def cells(name: str) -> list[Cell]:
        each = (found[m, name, s] for m, s, _ in shown if (m, name, s) in found)
        return [chance(row) if row.statistic == "probability" else amount(row) for row in each]

    caption = f"Workloads ({rows[0].currency})"
    return Table(caption, "workload", columns, [(name, cells(name)) for name in names])


def shares(found: Concentration, name: str, unit: str) -> Table:
    """What parts contribute to the mean and to the tail, in money and in percent."""
    return Table(
        f"Parts of {name} by {found.by} ({unit})",
        found.by,
        [
            Column("of the mean"),
            Column("share", errors=False),
            Column("of TVaR95"),
            Column("share", errors=False),
        ],
        [
            (
                part.name,
                [
                    amount(part.of_mean), Cell(percent_of(part.share_of_mean)),
                    amount(part.of_tail), Cell(percent_of(part.share_of_tail)),
                ],
            )
            for part in found.parts
        ],
        is_half=True,
    )  # fmt: skip


def indices(rows: Sequence[Row]) -> Table | None:
    """The greatest share of spend hit at one time, and Herfindahl's indices."""
    found = {row.metric: row for row in rows if row.level == "portfolio" and row.statistic == "mean"}
    lines: list[tuple[str, list[Cell]]] = []
    if "concentration" in found:
        lines.append(("greatest share of daily spend hit at one time", [share(found["concentration"])]))
    for entity in ("lab", "line"):
        for moment in ("start", "horizon"):
            row = found.get(f"herfindahl_by_{entity}_at_{moment}")
            if row:
                lines.append((f"Herfindahl index by {entity} at the {moment}", [amount(row, 4)]))
    if not lines:
        return None
    return Table(
        "Concentration, means over the futures", "measure",
        [Column("mean")], lines,
    )  # fmt: skip
