"""A run on the screen: what was run, what it may cost, what strikes, and where the files lie."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console, Group
from rich.text import Text

from simengine.analysis.summarise import Row
from simengine.model.errors import printable
from simengine.report.cells import TOLERANCE, Cells, sketch_error
from simengine.report.layout import Column, plus_minus, table

# What a reader opens; the arrays and the manifest are in the same folder.
SHOWN_FILES = (".csv", ".html", ".parquet", ".xlsx")
Found = dict[tuple[str, str, str, str, str], Row]


def print_run(
    console: Console,
    rows: Iterable[Row],
    attrs: Mapping[str, Any],
    folder: Path | None = None,
    tolerance: float = TOLERANCE,
) -> None:
    """Print the summary of a run.

    Parameters
    ----------
    console
        From `console_for`.
    rows
        From `summarise`.
    attrs
        The attributes of the result.
    folder
        Where the result was written, if it was.
    tolerance
        Marked is what has an interval that reaches further than this part of the value.
    """
    found = {
        (row.metric, row.level, row.name, row.component, row.statistic): row for row in rows if not row.period
    }
    cells = Cells(plus_minus(console), tolerance)
    console.print(Text(heading(attrs), style="bold"))
    for line in (extent(attrs), *precision_lines(attrs)):
        console.print(Text(line, style="dim"))
    note = f"{cells.plus_minus} is half of the 95% Monte Carlo interval.{sketch_note(attrs)}"
    console.print(Text(f"{note}\n", style="dim"))
    for line in _headlines(found, attrs, cells):
        console.print(Text(line))
    for part in (
        _portfolio(found, attrs, cells, console.width),
        _workloads(found, cells, console.width),
        _components(found, cells, console.width),
        _drivers(found, cells, console.width),
    ):
        if part is not None:
            console.print()
            console.print(part)
    print_footnote(console, cells)
    print_files(console, attrs, folder)


def sketch_note(attrs: Mapping[str, Any]) -> str:
    """A further sentence, if percentiles come from sketches."""
    error = sketch_error(attrs)
    if error is None:
        return ""
    return f" Percentiles and TVaR come from sketches, within {100.0 * error:.1g}% (in their intervals)."


def heading(attrs: Mapping[str, Any]) -> str:
    strategies = str(attrs["strategy"]).split(", ")
    played = f"strategy {strategies[0]}" if len(strategies) == 1 else f"strategies {', '.join(strategies)}"
    return printable(f"{attrs['portfolio']} under {attrs['scenario']}, {played}")


def extent(attrs: Mapping[str, Any]) -> str:
    """How many futures of how long, from which draws, in which money."""
    first = f", from path {attrs['first_path']:,}" if attrs["first_path"] else ""
    return printable(
        f"{attrs['n_paths']:,} futures of {attrs['horizon_days']:,.10g} days from {attrs['start']} "
        f"(seed {attrs['seed']}{first}); money in {attrs['currency']}, nominal."
    )


def precision_lines(attrs: Mapping[str, Any]) -> list[str]:
    """How many paths `run.precision` took, and whether it was met; nothing if it was not asked for."""
    if "precision" not in attrs:
        return []
    asked = json.loads(attrs["precision"])
    lines = []
    for target in asked["targets"]:
        reached = "no bound yet" if target["reached"] is None else f"{100.0 * target['reached']:.2g}%"
        verdict = "met" if target["met"] else "NOT met"
        lines.append(
            f"Precision {verdict}: {target['statistic']} of {target['metric']}: {reached} at "
            f"{100.0 * target['confidence']:.10g}% confidence "
            f"(asked: {100.0 * target['relative_error']:.10g}%), after {attrs['n_paths']:,} futures "
            f"of at most {asked['max_paths']:,}."
        )
    return lines


def print_footnote(console: Console, cells: Cells) -> None:
    """What the marks in the cells mean, if there are any."""
    note = cells.footnote()
    if note is not None:
        console.print(Text(f"\n{note}", style="dim"))


def print_files(console: Console, attrs: Mapping[str, Any], folder: Path | None) -> None:
    """Where the files lie, and the hash of the result; unwrapped, to be copied."""
    console.print()
    if folder is not None:
        console.print(Text(f"result       {printable(str(folder))}"), soft_wrap=True)
        for file in sorted(file for file in folder.iterdir() if file.suffix in SHOWN_FILES):
            console.print(Text(f"             {printable(str(file))}"), soft_wrap=True)
    console.print(Text(f"result hash  {attrs['result_hash']}"), soft_wrap=True)


def _statistics(found: Found, metric: str) -> list[str]:
    """Names of the statistics that the portfolio has of a metric, in the summary's order."""
    return [key[4] for key in found if key[:2] == (metric, "portfolio") and not key[3]]


def _portfolio(found: Found, attrs: Mapping[str, Any], cells: Cells, width: int) -> Group | None:
    """Every statistic of cost and exposure, one a line."""
    names = _statistics(found, "total_cost")
    if not names:
        return None
    portfolio = str(attrs["portfolio"])
    columns = [
        Column(
            title,
            [_number(cells, found.get((metric, "portfolio", portfolio, "", name))) for name in names],
            k,
        )
        for k, (metric, title) in enumerate(
            [("total_cost", "total cost"), ("disruption_exposure", "disruption exposure")]
        )
    ]
    return table("Portfolio", names, columns, width)


def _number(cells: Cells, row: Row | None) -> str:
    return cells.number(row) if row else ""


def _workloads(found: Found, cells: Cells, width: int) -> Group | None:
    names = [key[2] for key in found if key[:2] == ("total_cost", "workload") and key[3:] == ("", "mean")]
    if not names:
        return None

    def column(metric: str, title: str, statistic: str, rank: int) -> list[Column]:
        """Nothing where no workload has it, as without a sketch of it."""
        rows = [found.get((metric, "workload", name, "", statistic)) for name in names]
        if not any(rows):
            return []
        if statistic == "probability":
            return [Column(title, [cells.share(row) if row else "" for row in rows], rank)]
        return [Column(f"{title}\n{statistic}", [_number(cells, row) for row in rows], rank)]

    columns = [
        *column("total_cost", "total cost", "mean", 0),
        *column("total_cost", "total cost", "P50", 6),
        *column("total_cost", "total cost", "P95", 2),
        *column("total_cost", "total cost", "TVaR95", 4),
        *column("disruption_exposure", "exposure", "mean", 1),
        *column("disruption_exposure", "exposure", "P95", 3),
        *column("disruption_exposure", "exposure", "TVaR95", 5),
        *column("no_saving", "P(no\nsaving)", "probability", 7),
    ]
    return table("Workloads", names, columns, width)


def _components(found: Found, cells: Cells, width: int) -> Group | None:
    rows = [
        row
        for (metric, level, _, component, statistic), row in found.items()
        if (metric, level, statistic) == ("total_cost", "portfolio", "mean") and component
    ]
    if not rows:
        return None
    whole = sum(row.value for row in rows)
    shares = [f"{100.0 * row.value / whole:.1f}%" if whole else "" for row in rows]
    columns = [
        Column("mean cost", [cells.number(row) for row in rows]),
        Column("share", shares, 1),
    ]
    return table("What the money is for", [row.component for row in rows], columns, width)


def _drivers(found: Found, cells: Cells, width: int) -> Group | None:
    names = [key[2] for key in found if key[0] == "strikes" and key[4] == "probability"]
    if not names:
        return None

    def column(metric: str, title: str, rank: int, statistic: str = "mean") -> list[Column]:
        rows = [found.get((metric, "driver", name, "", statistic)) for name in names]
        most = 3 if metric == "strikes" else 2
        written = [cells.number(row, most=most) if row else "" for row in rows]
        return [Column(title, written, rank)] if any(written) else []

    likely = [cells.share(found["strikes", "driver", name, "", "probability"]) for name in names]
    columns = [
        Column("strikes at\nleast once", likely, 0),
        *column("strikes", "expected\nstrikes", 1),
        *column("total_cost", "mean cost\nbooked to it", 2),
        *column("disruption_exposure", "mean exposure\nbooked to it", 3),
        *column("total_cost", "mean cost\nthrough others", 4, "through_others"),
        *column("disruption_exposure", "exposure\nthrough others", 5, "through_others"),
    ]
    return table("Drivers", names, columns, width)


def _headlines(found: Found, attrs: Mapping[str, Any], cells: Cells) -> Iterator[str]:
    """The answer in a few sentences, before the tables."""
    portfolio, currency = str(attrs["portfolio"]), str(attrs["currency"])

    def of(metric: str, statistic: str = "mean") -> str | None:
        row = found.get((metric, "portfolio", portfolio, "", statistic))
        if row is None:
            return None
        return cells.share(row) if statistic == "probability" else cells.number(row)

    cost, high, present = of("total_cost"), of("total_cost", "P95"), of("total_cost_pv")
    if cost:
        more = f"; in 1 future of 20 above {high}" if high else ""
        discounted = attrs.get("discount_rate")
        yield f"Total cost: {cost} {currency} expected{more}" + (
            f"; present value {present}." if discounted else "."
        )
    planned, saved = of("planned_saving"), of("saving")
    below, none = of("saving_below_plan", "probability"), of("no_saving", "probability")
    if planned and saved:
        yield f"Saving against the status quo: {planned} planned, {saved} expected."
    if below and none:
        yield f"P(saving below plan): {below}. P(no saving): {none}."
    exposure, days = of("disruption_exposure"), of("disruption_days")
    if exposure:
        lasting = f", over {days} disrupted workload-days" if days else ""
        yield f"Disruption exposure: {exposure} {currency} expected{lasting}."
