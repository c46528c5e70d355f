"""The assumptions of a study on the screen: each figure with its evidence, and the sources in full below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from simengine.analysis.assumptions import Assumption
from simengine.model.errors import printable
from simengine.model.study import Study

LONGEST_VALUE = 60
KIND_WIDTH = len("judgement")
BELOW = 8 * " "


def print_assumptions(console: Console, study: Study, found: Sequence[Assumption]) -> None:
    """Print what a valid study is, and what its figures rest on."""
    for line in _study(study):
        console.print(Text(printable(line)), style="bold", soft_wrap=True)
    numbers = {source: k for k, source in enumerate(dict.fromkeys(_source(one) for one in found), start=1)}
    rows = [(_heading(one), _field(one), _value(one), one) for one in found]
    width = max((cell_len(field) for _, field, _, _ in rows), default=0)
    left = console.width - width - KIND_WIDTH - len("    [99]  ")
    room = max(20, min(LONGEST_VALUE, left)) if console.is_terminal else LONGEST_VALUE
    for heading, group in groupby(rows, key=lambda row: row[0]):
        console.print(Text(f"\n{printable(heading)}", style="bold"), soft_wrap=True)
        for _, field, value, one in group:
            kind = (one.evidence.kind or "unknown").ljust(KIND_WIDTH)
            fits = cell_len(value) <= room or room == LONGEST_VALUE
            cells = (set_cell_size(field, width), set_cell_size(_cut(value, room) if fits else "", room))
            line = f"  {cells[0]}  {cells[1]}  {kind}  [{numbers[_source(one)]}]"
            console.print(Text(printable(line)), soft_wrap=True)
            if not fits:
                # A narrow terminal: a line of its own shows more than what is left of this one.
                below = _cut(value, max(LONGEST_VALUE, console.width - len(BELOW)))
                console.print(Text(printable(BELOW + below)), soft_wrap=True)
    console.print(Text("\nSources", style="bold"))
    for source, number in numbers.items():
        console.print(Text(printable(f"  [{number}] {source}")), soft_wrap=True)
    console.print()


def print_oddities(console: Console, found: Sequence[str]) -> None:
    """Print what is probably not meant, if anything is."""
    if found:
        console.print(Text("Worth a look", style="bold yellow"))
        for sentence in found:
            console.print(Text(printable(f"  {sentence}")), soft_wrap=True)
        console.print()


def _study(study: Study) -> Iterator[str]:
    portfolio, scenario, run = study.portfolio, study.scenario, study.run
    yield f"{portfolio.name} under {scenario.name}, strategy {study.strategy.name}: valid."
    entities = {"workload": portfolio.workloads, "line": portfolio.lines, "lab": portfolio.labs}
    counts = [counted(len(found), kind) for kind, found in (*entities.items(), ("driver", scenario.drivers))]
    yield f"{', '.join(counts)}; {run.horizon_days:,.10g} days from {run.start}."


def counted(count: int, kind: str) -> str:
    """1 lab, 2 labs."""
    return f"{count} {kind}" if count == 1 else f"{count} {kind}s"


def _heading(one: Assumption) -> str:
    """What the figures of a group are about: a driver, or a part of the study."""
    parts = one.field.split(".")
    return f"driver {parts[1]}" if one.part == "scenario" and parts[0] == "drivers" else one.part


def _field(one: Assumption) -> str:
    heading = _heading(one)
    return one.field.removeprefix(f"drivers.{heading.removeprefix('driver ')}.")


def _value(one: Assumption) -> str:
    distinct = list(dict.fromkeys(one.values))
    if len(distinct) == 1:
        return distinct[0] if len(one.values) == 1 else f"{distinct[0]} ({len(one.values)} times)"
    count = f"{len(distinct)} values"
    if len(distinct) < len(one.values):
        count += f" in {len(one.values)} places"
    return f"{count}: {', '.join(distinct)}"


def _cut(text: str, width: int) -> str:
    return text if cell_len(text) <= width else f"{text[: width - 3]}..."


def _source(one: Assumption) -> str:
    evidence = one.evidence
    said = " ".join((evidence.source or "no source given").split())
    reviewed = f" (reviewed {evidence.reviewed})" if evidence.reviewed else ""
    return said + reviewed + (f", owner {evidence.owner}" if evidence.owner else "")
