"""The cover: the answer in a few figures, what was run and from what, and how to read the rest."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from simengine.analysis.compare import Difference
from simengine.report.contents import Contents
from simengine.report.numbers import percentage, with_error
from simengine.report.workbook.book import Book, Column, Sheet, Value, estimates
from simengine.report.workbook.register import KINDS, entries, reviewed
from simengine.report.workbook.words import DO_NOT_SUM, PLUS_MINUS, wide_note

NAME = "Cover"
# Two columns of facts below the headlines: where the right one and its values begin, and how far rules go.
LEFT_ACROSS, RIGHT, RIGHT_VALUES, RIGHT_ACROSS = 4, 5, 8, 9
HEADLINES = (
    ("Expected total cost", "mean of all paths", "total_cost", "mean", "money"),
    ("Budget at P90", "90% of paths at or below", "total_cost", "P90", "money"),
    ("One future in twenty costs more than", "P95: 95% of paths at or below", "total_cost", "P95", "money"),
    ("Saving, as planned", "against the status quo", "planned_saving", "mean", "money"),
    ("Saving, expected", "against the status quo", "saving", "mean", "money"),
    ("Chance that nothing is saved", "share of paths", "no_saving", "probability", "share"),
    (
        "Expected disruption exposure",
        "value at stake while disrupted",
        "disruption_exposure",
        "mean",
        "money",
    ),
)


def write(book: Book, contents: Contents, sheets: Sequence[tuple[str, str]]) -> None:
    attrs = contents.attrs
    title = f"{attrs['portfolio']} under {attrs['scenario']}"
    strategies = [told.strategy for told in contents.told]
    played = (
        f"strategies {', '.join(strategies)} on the same futures"
        if contents.compares
        else f"strategy {strategies[0]}"
    )
    last = date.fromisoformat(str(attrs["start"])) + timedelta(days=float(attrs["horizon_days"]))
    sheet = book.sheet(
        NAME,
        title,
        f"What running AI workloads on other people's models may cost: {played}.",
        f"Drivers: {', '.join(contents.told[0].study.scenario.drivers) or 'none, nothing happens'}.",
        f"{attrs['n_paths']:,} futures from {attrs['start']} to {last}; money in {contents.currency}, "
        "nominal.",
    )
    sheet.column_width(0, 40)
    sheet.column_width(1, 34)
    sheet.column_width(RIGHT_VALUES, 14)
    sheet.section("In short", across=2 + 2 * len(contents.told))
    _headlines(sheet, contents)
    sheet.skip()
    top = sheet.row
    sheet.section("What was run", across=LEFT_ACROSS)
    sheet.facts(_what_was_run(contents, last))
    sheet.skip()
    sheet.section("Provenance", across=LEFT_ACROSS)
    sheet.facts(_provenance(contents))
    end, sheet.row = sheet.row, top
    sheet.section("Assumptions", across=RIGHT_ACROSS, at=RIGHT)
    _assumptions(sheet, contents)
    sheet.skip()
    sheet.section("Sheets", across=RIGHT_ACROSS, at=RIGHT)
    sheet.links(sheets, RIGHT, RIGHT_VALUES)
    sheet.row = max(end, sheet.row) + 1
    sheet.section("How to read it", across=RIGHT + RIGHT_ACROSS)
    for text in (
        f"P90 is the least amount with 90% of paths at or below it. {DO_NOT_SUM}",
        PLUS_MINUS,
        wide_note(contents.tolerance),
        "Nothing in this workbook is a formula: every cell is a figure of the result named by its hash, "
        "and charts draw the cells beside them.",
    ):
        sheet.note(text)


def _headlines(sheet: Sheet, contents: Contents) -> None:
    shown = [row for row in HEADLINES if contents.told[0].of_portfolio(row[2], row[3]) is not None]
    if not shown:
        sheet.note("The run kept no totals (run.keep without totals).")
        return
    columns = [
        Column("Headline", "text", [row[0] for row in shown]),
        Column("What it says", "text", [row[1] for row in shown]),
    ]
    for told in contents.told:
        figures = [told.of_portfolio(row[2], row[3]) for row in shown]
        columns += estimates(
            told.strategy if contents.compares else "Figure", [row[4] for row in shown], figures
        )
    sheet.table(columns)
    _verdict(sheet, contents)


def _verdict(sheet: Sheet, contents: Contents) -> None:
    """What each strategy changes in expected cost, in a sentence."""
    for one in contents.differences:
        if (one.level, one.metric, one.statistic) == ("portfolio", "total_cost", "mean"):
            cheaper = next(
                d for d in contents.differences
                if (d.strategy, d.level, d.metric) == (one.strategy, "portfolio", "cheaper")
            )  # fmt: skip
            sheet.note(
                f"{one.strategy}: expected cost {_against(one, contents.currency)}; "
                f"it costs less on {percentage(cheaper)} of futures."
            )


def _against(one: Difference, currency: str) -> str:
    """40,000 ± 3,000 USD more than proceed."""
    if one.ci_low == one.ci_high == 0.0:
        return f"the same as {one.baseline}"
    more = one.value > 0.0
    size = one if more else one._replace(value=-one.value, ci_low=-one.ci_high, ci_high=-one.ci_low)
    words = f"{with_error(size)} {currency} {'more' if more else 'less'} than {one.baseline}"
    return f"{words}, which may as well be nothing" if one.ci_low <= 0.0 <= one.ci_high else words


def _what_was_run(contents: Contents, last: date) -> list[tuple[str, str, Value]]:
    study, attrs = contents.told[0].study, contents.attrs
    portfolio, run = study.portfolio, study.run
    rate = run.discount_rate
    first = int(attrs["first_path"])
    paths = f"{int(attrs['n_paths']):,}" + (f", from path {first:,} on" if first else "")
    return [
        ("Portfolio", "text", str(attrs["portfolio"])),
        ("", "text", _counted(portfolio)),
        ("Scenario", "text", f"{attrs['scenario']}, {len(study.scenario.drivers)} drivers"),
        ("Strategy" if not contents.compares else "Strategies", "text", str(attrs["strategy"])),
        ("Start", "date", date.fromisoformat(str(attrs["start"]))),
        ("Horizon", "text", f"{float(attrs['horizon_days']):,.10g} days, to {last}"),
        ("Periods", "text", f"{run.period}, fiscal year from month {run.fiscal_year_start}"),
        ("Currency", "text", contents.currency),
        ("Discount rate for present values", "text", f"{100 * rate:.10g}% a year" if rate else "none"),
        ("Paths", "text", paths),
        ("Seed", "text", str(attrs["seed"])),
    ]


def _counted(portfolio) -> str:
    counts = (("workloads", portfolio.workloads), ("model lines", portfolio.lines), ("labs", portfolio.labs))
    return ", ".join(f"{len(found)} {what}" for what, found in counts)


def _assumptions(sheet: Sheet, contents: Contents) -> None:
    found = entries(contents)
    kinds = Counter(one.assumption.evidence.kind for one in found)
    dates = [day for one in found if isinstance(day := reviewed(one.assumption.evidence), date)]
    owners = sum(1 for one in found if one.assumption.evidence.owner)
    facts: list[tuple[str, str, Value]] = [
        (f"of kind {kind}" if kind else "of no stated kind", "text", f"{kinds[kind]} ({meaning})")
        for kind, meaning in KINDS.items()
        if kinds[kind]
    ]
    if dates:
        facts.append(("Oldest review", "date", min(dates)))
    facts.append(("With an owner", "text", f"{owners} of {len(found)}"))
    sheet.facts([("Entries in the register", "count", len(found)), *facts], RIGHT, RIGHT_VALUES)


def _provenance(contents: Contents) -> list[tuple[str, str, Value]]:
    attrs = contents.attrs
    packages = json.loads(str(attrs["packages"]))
    return [
        ("Result hash", "text", str(attrs["result_hash"])),
        ("Configuration hash", "text", str(attrs["configuration_sha256"])),
        ("simengine", "text", str(attrs["engine_version"])),
        (
            "Version of the draws, of the schema",
            "text",
            f"{attrs['stream_version']}, {attrs['schema_version']}",
        ),
        ("Packages", "text", ", ".join(f"{name} {version}" for name, version in packages.items())),
    ]
