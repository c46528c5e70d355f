"""What a page is made of: sections of charts, tables and notes, without any mark-up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from simengine.report.numbers import TOLERANCE, Estimated, is_wide

# Marks beside a number; `Page.marks` says what they mean.
WIDE, UNDECIDED = "*", "~"


@dataclass(frozen=True)
class Cell:
    """A text, or a number with its error; `heat` from -1 to 1 shades it.

    `mark` stands beside it on any page. With `told`, the number itself, the page marks it where its interval
    is wider than the page's tolerance.
    """

    text: str
    error: str = ""
    heat: float = 0.0
    mark: str = ""
    told: Estimated | None = None

    @property
    def shade(self) -> str:
        """The style sheet's class of the shade: warm for more, cool for less, in ten steps."""
        step = min(10, round(abs(self.heat) * 10))
        return f"{'warm' if self.heat > 0 else 'cool'}-{step}" if step else ""


@dataclass(frozen=True)
class Column:
    """A heading; `errors` says whether its numbers have an error beside them."""

    title: str
    errors: bool = True
    is_text: bool = False


@dataclass(frozen=True)
class Table:
    """A caption, a heading for the rows' names, columns, and named rows."""

    kind: ClassVar[str] = "table"
    caption: str
    corner: str
    columns: Sequence[Column]
    rows: Sequence[tuple[str, Sequence[Cell]]]
    is_heat: bool = False
    total_rows: int = 0
    is_half: bool = False


@dataclass(frozen=True)
class Chart:
    """A drawing for Plotly, what it shows in a sentence, and its numbers as a table."""

    kind: ClassVar[str] = "chart"
    id: str
    title: str
    lead: str
    alternative: str
    spec: Mapping[str, Any]
    height: int
    table: Table
    is_half: bool = False


@dataclass(frozen=True)
class Note:
    """A paragraph."""

    kind: ClassVar[str] = "note"
    text: str


@dataclass(frozen=True)
class NotKept:
    """What a run did not keep, and the entries of run.keep (or the one of run.summarise) that show it."""

    kind: ClassVar[str] = "not_kept"
    what: str
    keep: Sequence[str]
    summarise: str = ""


@dataclass(frozen=True)
class Story:
    """One future as dated lines."""

    kind: ClassVar[str] = "story"
    title: str
    lead: str
    lines: Sequence[tuple[str, str, Sequence[str]]]


Block = Table | Chart | Note | NotKept | Story


@dataclass(frozen=True)
class Card:
    """A headline number."""

    label: str
    number: Cell
    unit: str
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Section:
    """A titled part; `id` is unique on the page."""

    id: str
    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Chapter:
    """Everything about one strategy."""

    id: str
    strategy: str
    cards: Sequence[Card]
    sections: Sequence[Section]


@dataclass(frozen=True)
class Page:
    """The whole."""

    title: str
    subtitle: str
    extent: str
    note: str
    comparison: Section | None
    chapters: Sequence[Chapter]
    provenance: Table
    figures: Mapping[str, Any] = field(default_factory=dict)
    tolerance: float = TOLERANCE

    @property
    def tolerated(self) -> str:
        """The tolerance as a text: 5%."""
        return f"{100.0 * self.tolerance:.10g}%"

    @property
    def marks(self) -> dict[str, str]:
        """What marks mean."""
        return {
            WIDE: f"half of the interval is more than {self.tolerated} of the number",
            UNDECIDED: "cannot be told from 0",
        }

    def mark_of(self, cell: Cell) -> str:
        """The mark of a cell, if it has one."""
        if cell.mark or cell.told is None:
            return cell.mark
        return WIDE if is_wide(cell.told, self.tolerance) else ""
