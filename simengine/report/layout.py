"""Tables for a terminal: columns that fit are shown, the others are in the files."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TextIO

from rich import box
from rich.cells import cell_len
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from simengine.model.errors import printable

GAP = 2
WIDTH_OF_FILES = 120
NARROWEST = 40


class _Console(Console):
    def on_broken_pipe(self) -> None:
        # Whoever reads has had enough: what follows goes nowhere, and what runs goes on.
        with suppress(SystemExit):
            super().on_broken_pipe()


def console_for(stream: TextIO | None = None) -> Console:
    """A console that is plain and of a fixed width when it writes to no terminal."""
    out: TextIO = stream or sys.stdout
    width = None if out.isatty() or "COLUMNS" in os.environ else WIDTH_OF_FILES
    console = _Console(file=out, highlight=False, markup=False, emoji=False, width=width)
    console.width = max(console.width, NARROWEST)
    return console


def plus_minus(console: Console) -> str:
    """The sign, where the terminal's encoding has it."""
    return "±" if console.encoding.lower().startswith("utf") else "+/-"


@dataclass(frozen=True)
class Column:
    """A column of numbers; the lower its `rank`, the longer it stays when room is short."""

    heading: str
    cells: Sequence[str]
    rank: int = 0

    @property
    def width(self) -> int:
        return max(map(cell_len, [*self.heading.split("\n"), *self.cells]))


def table(
    title: str, names: Sequence[str], columns: Sequence[Column], width: int, heading: str = ""
) -> Group:
    """Names down the side, and as many of the columns as fit in `width`, the most important first."""
    labels = [printable(name) for name in names]
    room = width - max(map(cell_len, [*labels, heading])) - GAP
    shown: set[int] = set()
    for position in sorted(range(len(columns)), key=lambda k: columns[k].rank):
        room -= columns[position].width + GAP
        if room < 0 and shown:
            break
        shown.add(position)
    # The box puts one space between columns, the padding the rest.
    drawn = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, GAP - 1, 0, 0))
    drawn.add_column(Text(heading), overflow="fold")
    for position in sorted(shown):
        drawn.add_column(Text(columns[position].heading), justify="right", no_wrap=True)
    for row, label in enumerate(labels):
        drawn.add_row(Text(label), *(Text(columns[position].cells[row]) for position in sorted(shown)))
    return Group(Text(title, style="bold"), drawn)
