"""The register of assumptions: every figure that went in, with its evidence."""

from __future__ import annotations

from dataclasses import dataclass

from simengine.analysis.assumptions import Assumption, assumptions
from simengine.report.workbook.book import Book, Column
from simengine.report.workbook.contents import Contents

NAME, ABOUT = "Assumptions", "every figure that went in: value, source, kind, owner, review date"
KINDS = {
    "data": "measured or documented",
    "mixed": "data, carried over by judgement",
    "judgement": "somebody's view",
    None: "not stated",
}
NOT_STATED = "not stated"


@dataclass(frozen=True)
class Entry:
    """An assumption, and the part of the study that it belongs to, a strategy by its name."""

    part: str
    assumption: Assumption


def entries(contents: Contents) -> list[Entry]:
    """The assumptions of portfolio and scenario once, and those of each strategy."""
    found = [Entry(one.part, one) for one in assumptions(contents.told[0].study) if one.part != "strategy"]
    for told in contents.told:
        of = f"strategy {told.strategy}"
        found += [Entry(of, one) for one in assumptions(told.study) if one.part == "strategy"]
    return found


def write(book: Book, contents: Contents) -> None:
    sheet = book.sheet(
        NAME,
        "Assumptions register",
        "A * stands for labs, lines or workloads that have a field with the same evidence. Kinds: data (measured or "
        "documented), mixed (data carried over by judgement), judgement (somebody's view).",
    )
    found = entries(contents)
    evidence = [one.assumption.evidence for one in found]
    sheet.table(
        [
            Column("Part", "text", [one.part for one in found]),
            Column("Field", "wrapped", [one.assumption.field for one in found], width=44),
            Column("Value", "wrapped", [_value(one.assumption) for one in found], width=40),
            Column("Places", "count", [len(one.assumption.values) for one in found]),
            Column("Kind", "text", [one.kind or NOT_STATED for one in evidence]),
            Column("Source", "wrapped", [_source(one.source) for one in evidence], width=70),
            Column("Owner", "text", [one.owner or NOT_STATED for one in evidence]),
            Column("Reviewed", "date", [one.reviewed or NOT_STATED for one in evidence]),
        ],
        filtered=True,
        frozen=True,
    )


def _value(one: Assumption) -> str:
    distinct = list(dict.fromkeys(one.values))
    return distinct[0] if len(distinct) == 1 else "; ".join(distinct)


def _source(source: str | None) -> str:
    return " ".join(source.split()) if source else NOT_STATED
