"""The register of assumptions: every figure that went in, with its evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from simengine.analysis.assumptions import Assumption, assumptions
from simengine.model.distributions import Evidence
from simengine.report.contents import Contents
from simengine.report.workbook.book import Book, Column

NAME, ABOUT = "Assumptions", "every figure that went in: value, source, kind, owner, review date"
SOURCES, ABOUT_SOURCES = "Sources", "each source in full, and how many figures rest on it"
KINDS = {
    "data": "measured or documented",
    "mixed": "data, carried over by judgement",
    "judgement": "somebody's view",
    None: "nobody says",
}
NOT_STATED = "not stated"


@dataclass(frozen=True)
class Entry:
    """An assumption, and the part of the study that it belongs to, a strategy by its name."""

    part: str
    assumption: Assumption


def entries(contents: Contents) -> list[Entry]:
    """The assumptions of portfolio and scenario once, and those of each strategy."""
    first, *others = [(told.strategy, assumptions(told.study)) for told in contents.told]
    found = [Entry(one.part, one) for one in first[1] if one.part != "strategy"]
    for strategy, of in (first, *others):
        found += [Entry(f"strategy {strategy}", one) for one in of if one.part == "strategy"]
    return found


def write(book: Book, contents: Contents) -> None:
    sheet = book.sheet(
        NAME,
        "Assumptions register",
        "A * stands for labs, lines or workloads that have a field with the same evidence. Kinds: data "
        "(measured or documented), mixed (data carried over by judgement), judgement (somebody's view). "
        f"Sources are numbered as on the sheet {SOURCES}, which shows them in full.",
    )
    found = entries(contents)
    evidence = [one.assumption.evidence for one in found]
    values = [_value(one.assumption) for one in found]
    sources = [_source(one.source) for one in evidence]
    numbers = _numbered(sources)
    sheet.table(
        [
            Column("Part", "text", [one.part for one in found]),
            Column("Field", "wrapped", [one.assumption.field for one in found], width=52),
            Column(
                "Value",
                "wrapped",
                values,
                width=42,
                kinds=["wrapped" if isinstance(v, str) else "plain" for v in values],
            ),
            Column("Places", "count", [len(one.assumption.values) for one in found]),
            Column("Kind", "text", [one.kind or NOT_STATED for one in evidence]),
            Column("No.", "count", [numbers[source] for source in sources]),
            Column("Source", "wrapped", sources, width=70, most_lines=2),
            Column("Owner", "text", [one.owner or NOT_STATED for one in evidence]),
            Column("Reviewed", "date", [reviewed(one) or NOT_STATED for one in evidence]),
        ],
        filtered=True,
        frozen=1,
    )


def write_sources(book: Book, contents: Contents) -> None:
    sheet = book.sheet(SOURCES, "Sources of the assumptions")
    used = [_source(one.assumption.evidence.source) for one in entries(contents)]
    numbers = _numbered(used)
    sheet.table(
        [
            Column("No.", "count", list(numbers.values())),
            Column("Source", "wrapped", list(numbers), width=120),
            Column("Register entries", "count", [used.count(source) for source in numbers]),
        ],
        frozen=1,
    )


def _numbered(sources: Sequence[str]) -> dict[str, int]:
    """Each source once, numbered from 1 as they come."""
    return {source: number for number, source in enumerate(dict.fromkeys(sources), start=1)}


def reviewed(evidence: Evidence) -> date | str | None:
    """When the figure was last looked at: a date, or whatever else is written there."""
    try:
        return date.fromisoformat(evidence.reviewed) if evidence.reviewed else None
    except ValueError:
        return evidence.reviewed


def _value(one: Assumption) -> str | float:
    """A number as such, everything else as the configuration writes it."""
    distinct = list(dict.fromkeys(one.values))
    if len(distinct) > 1:
        return "; ".join(distinct)
    try:
        return float(distinct[0])
    except ValueError:
        return distinct[0]


def _source(source: str | None) -> str:
    return " ".join(source.split()) if source else NOT_STATED
