"""Strategies side by side on the screen, and what each changes against the baseline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console, Group
from rich.text import Text

from simengine.analysis.compare import Difference
from simengine.analysis.summarise import Row
from simengine.model.errors import printable
from simengine.report.cells import TOLERANCE, Cells
from simengine.report.layout import Column, plus_minus, table
from simengine.report.numbers import with_error
from simengine.report.run import extent, heading, precision_lines, print_files, print_footnote, sketch_note

UNDECIDED = " ~"
# Metric, statistic, heading and rank of the columns; a lower rank stays longer in a narrow terminal.
FIGURES = (
    ("total_cost", "mean", "total cost\nmean", 0),
    ("total_cost", "P50", "total cost\nP50", 6),
    ("total_cost", "P95", "total cost\nP95", 2),
    ("total_cost", "TVaR95", "total cost\nTVaR95", 5),
    ("disruption_exposure", "mean", "exposure\nmean", 1),
    ("disruption_exposure", "P95", "exposure\nP95", 7),
    ("saving_below_plan", "probability", "P(saving\nbelow plan)", 4),
    ("no_saving", "probability", "P(no saving)", 3),
)
CHANGES = (
    ("total_cost", "mean", "total cost\nmean", 0),
    ("total_cost", "P50", "total cost\nP50", 6),
    ("total_cost", "P95", "total cost\nP95", 3),
    ("total_cost", "TVaR95", "total cost\nTVaR95", 4),
    ("disruption_exposure", "mean", "exposure\nmean", 2),
    ("disruption_exposure", "P95", "exposure\nP95", 5),
    ("cheaper", "probability", "cheaper on so\nmany futures", 1),
)


def print_comparison(
    console: Console,
    summaries: Mapping[str, Iterable[Row]],
    differences: Sequence[Difference],
    attrs: Mapping[str, Any],
    folder: Path | None = None,
    tolerance: float = TOLERANCE,
) -> None:
    """Print a comparison: each strategy's figures, then the paired differences from the baseline.

    Parameters
    ----------
    console
        From `console_for`.
    summaries, differences
        From `simengine.analysis.compare`.
    attrs
        The attributes of the result.
    folder
        Where the result was written, if it was.
    tolerance
        Marked is what has an interval that reaches further than this part of the value.
    """
    cells = Cells(plus_minus(console), tolerance)
    console.print(Text(heading(attrs), style="bold"))
    for line in (extent(attrs), *precision_lines(attrs)):
        console.print(Text(line, style="dim"))
    note = "All strategies meet the same futures."
    note += f" {cells.plus_minus} is half of the 95% Monte Carlo interval.{sketch_note(attrs)}"
    console.print(Text(f"{note}\n", style="dim"))
    console.print(_figures(summaries, cells, console.width))
    if differences:
        for part in (
            _changes(differences, cells, console.width),
            _by_workload(differences, cells, console.width),
        ):
            if part is not None:
                console.print()
                console.print(part)
        note = f"Below 0 is less than {printable(differences[0].baseline)} on the same futures."
        console.print(Text(f"{note} {UNDECIDED.strip()} marks an interval that includes 0.", style="dim"))
    print_footnote(console, cells)
    print_files(console, attrs, folder)


def _figures(summaries: Mapping[str, Iterable[Row]], cells: Cells, width: int) -> Group:
    found = {
        (strategy, row.metric, row.statistic): row
        for strategy, rows in summaries.items()
        for row in rows
        if row.level == "portfolio" and not row.component and not row.period
    }
    names = list(summaries)
    columns = [
        Column(title, [_cell(found[name, metric, statistic], cells) for name in names], rank)
        for metric, statistic, title, rank in FIGURES
        if all((name, metric, statistic) in found for name in names)
    ]
    return table("Strategies", names, columns, width)


def _changes(differences: Sequence[Difference], cells: Cells, width: int) -> Group | None:
    found = {(d.strategy, d.metric, d.statistic): d for d in differences if d.level == "portfolio"}
    names = list(dict.fromkeys(key[0] for key in found))
    columns = [
        Column(title, [_cell(found[name, metric, statistic], cells, mark=True) for name in names], rank)
        for metric, statistic, title, rank in CHANGES
        if all((name, metric, statistic) in found for name in names)
    ]
    return table(f"Change against {differences[0].baseline}", names, columns, width) if names else None


def _by_workload(differences: Sequence[Difference], cells: Cells, width: int) -> Group | None:
    found = {
        (d.name, d.strategy): d
        for d in differences
        if (d.level, d.metric, d.statistic) == ("workload", "total_cost", "mean")
    }
    if not found:
        return None
    everyone, strategies = (list(dict.fromkeys(key[k] for key in found)) for k in (0, 1))
    workloads = [name for name in everyone if any(_changes_anything(found[name, s]) for s in strategies)]
    left_out = len(everyone) - len(workloads)
    if not workloads:
        return None
    columns = [
        Column(name, [_cell(found[workload, name], cells, mark=True) for workload in workloads], rank)
        for rank, name in enumerate(strategies)
    ]
    title = "Change of mean total cost by workload"
    if left_out:
        title += f" ({left_out} that no strategy changes left out)"
    return table(title, workloads, columns, width)


def _changes_anything(change: Difference) -> bool:
    return change.value != 0.0 or change.standard_error != 0.0


def _cell(row: Row | Difference, cells: Cells, *, mark: bool = False) -> str:
    """A number with its error; `mark` says where a difference could as well be none, in place of how wide."""
    if row.statistic == "probability":
        return cells.share(row)
    if mark and row.ci_low <= 0.0 <= row.ci_high and row.ci_low < row.ci_high:
        return with_error(row, plus_minus=cells.plus_minus) + UNDECIDED
    return cells.number(row)
