"""The page's part on strategies side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from simengine.analysis.compare import Difference
from simengine.report.charts.exceedance import exceedance_of
from simengine.report.charts.strategies import has_strategies, strategies
from simengine.report.contents import Contents
from simengine.report.page import drawing
from simengine.report.page.blocks import Block, Cell, Column, NotKept, Section, Table
from simengine.report.page.chapter import METRICS
from simengine.report.page.wording import chance, changed

CHANGES = (
    ("total_cost", "mean", "mean cost"),
    ("total_cost", "P95", "cost P95"),
    ("total_cost", "TVaR95", "cost TVaR95"),
    ("disruption_exposure", "mean", "mean exposure"),
    ("disruption_exposure", "P95", "exposure P95"),
)
# Of the changes themselves, future by future, not of the two distributions.
ON_A_FUTURE = (
    ("cheaper", "probability", "cheaper on so many futures"),
    ("total_cost_change", "P5", "cost changes by, P5"),
    ("total_cost_change", "P50", "P50"),
    ("total_cost_change", "P95", "P95"),
)


def comparison(contents: Contents) -> Section:
    """Ranges, paired differences and curves of all strategies."""
    return Section("strategies", "Strategies side by side", list(_blocks(contents)))


def _blocks(contents: Contents) -> Iterator[Block]:
    result = contents.result
    unit = str(result.attrs["currency"])
    told = [metric for metric in METRICS if has_strategies(result, metric)]
    if not told:
        yield NotKept("Strategies side by side", ["totals"])
        return
    found = contents.differences
    for metric in told:
        name, _ = METRICS[metric]
        side = strategies(result, metric)
        yield drawing.strategies.draw_ranges(side, name, unit, f"strategies-{metric}")
        if len(side.names) > 1:
            yield drawing.strategies.draw_differences(side, name, unit, f"differences-{metric}")
    if found:
        against = f"against {found[0].baseline}"
        yield from _changes(found, CHANGES, f"Change {against} on the same futures ({unit})")
        yield from _changes(found, ON_A_FUTURE, f"Change {against} on a single future ({unit})")
        by_workload = _by_workload(found, unit)
        if by_workload:
            yield by_workload
    for metric in told:
        curves = {s: exceedance_of(result.of_strategy(s), metric) for s in result.labels("strategy")}
        varied = {s: found for s, found in curves.items() if found is not None and found.curve.value.size}
        if varied:
            yield drawing.exceedance.draw_together(varied, METRICS[metric][0], unit, f"exceedance-{metric}")


def _changes(
    found: Sequence[Difference], changes: Sequence[tuple[str, str, str]], title: str
) -> Iterator[Table]:
    at = {(d.strategy, d.metric, d.statistic): d for d in found if d.level == "portfolio"}
    names = list(dict.fromkeys(d.strategy for d in found))
    shown = [(m, s, head) for m, s, head in changes if (names[0], m, s) in at]
    if shown:
        rows = [(name, [_cell(at, (name, m, s)) for m, s, _ in shown]) for name in names]
        yield Table(title, "strategy", [Column(head) for _, _, head in shown], rows)


def _cell(at: Mapping[tuple[str, str, str], Difference], key: tuple[str, str, str]) -> Cell:
    return chance(at[key]) if key[2] == "probability" else changed(at[key])


def _by_workload(found: Sequence[Difference], unit: str) -> Table | None:
    at = {
        (d.name, d.strategy): d
        for d in found
        if (d.level, d.metric, d.statistic) == ("workload", "total_cost", "mean")
    }
    if not at:
        return None
    everyone, names = (list(dict.fromkeys(key[k] for key in at)) for k in (0, 1))
    workloads = [
        name for name in everyone if any(at[name, s].value or at[name, s].standard_error for s in names)
    ]
    if not workloads:
        return None
    others = f"; {len(everyone) - len(workloads)} that no strategy changes left out"
    return Table(
        f"Change of mean total cost against {found[0].baseline} by workload ({unit}"
        f"{others if len(workloads) < len(everyone) else ''})",
        "workload",
        [Column(name) for name in names],
        [(workload, [changed(at[workload, name]) for name in names]) for workload in workloads],
    )
