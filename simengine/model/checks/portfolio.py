"""Labs, lines and workloads refer to what exists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from simengine.model.checks.finding import Finding, entries, unknown
from simengine.model.parts import Parts
from simengine.model.paths import Path
from simengine.model.portfolio import Portfolio, Workload
from simengine.model.wording import show

ROOT: Path = ("portfolio",)
LINES: Path = (*ROOT, "lines")

# Which labs an occurrence on their group reached is kept in the bits of one 64-bit number.
MOST_LABS_IN_A_GROUP = 62


def check(study: Parts) -> Iterator[Finding]:
    portfolio = study.portfolio
    if not portfolio.workloads:
        yield Finding((*ROOT, "workloads"), "no workloads", "at least one workload", "add a workload")
    for name, lab in portfolio.labs.items():
        for position, group in enumerate(lab.groups):
            if group not in portfolio.groups:
                path = (*ROOT, "labs", name, "groups", position)
                about = entries((*ROOT, "groups"), portfolio.groups)
                yield unknown(path, group, "a group of the portfolio", portfolio.groups, *about)
    yield from _crowded_groups(portfolio)
    for name, line in portfolio.lines.items():
        if line.lab not in portfolio.labs:
            path = (*LINES, name, "lab")
            yield unknown(path, line.lab, "a lab of the portfolio", portfolio.labs, (*ROOT, "labs"))
    for name, workload in portfolio.workloads.items():
        path = (*ROOT, "workloads", name)
        yield from _unknown_lines(portfolio, workload, path)
        yield from _repeated_fallbacks(workload, (*path, "responses", "fallbacks"))
        yield from _adoption_of_own_line(workload, path)


def _crowded_groups(portfolio: Portfolio) -> Iterator[Finding]:
    members = Counter(group for lab in portfolio.labs.values() for group in lab.groups)
    for position, group in enumerate(portfolio.groups):
        if members[group] > MOST_LABS_IN_A_GROUP:
            yield Finding(
                (*ROOT, "groups", position),
                f"{show(group)} with {members[group]} labs",
                f"at most {MOST_LABS_IN_A_GROUP} labs in a group",
                "split the group",
            )


def _unknown_lines(portfolio: Portfolio, workload: Workload, path: Path) -> Iterator[Finding]:
    places: list[tuple[Path, str]] = [((*path, "line"), workload.line)]
    if workload.adoption is not None:
        places.append(((*path, "adoption", "line"), workload.adoption.line))
    for position, fallback in enumerate(workload.responses.fallbacks):
        places.append(((*path, "responses", "fallbacks", position, "line"), fallback.line))
    for place, line in places:
        if line not in portfolio.lines:
            yield unknown(place, line, "a line of the portfolio", portfolio.lines, LINES)


def _repeated_fallbacks(workload: Workload, path: Path) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for position, fallback in enumerate(workload.responses.fallbacks):
        if fallback.line in first:
            yield Finding(
                (*path, position, "line"),
                f"{show(fallback.line)}, the fallback at position {first[fallback.line]} too",
                "each line once among the fallbacks of a workload",
                "remove one of the two",
                ((*path, first[fallback.line], "line"),),
            )
        first.setdefault(fallback.line, position)


def _adoption_of_own_line(workload: Workload, path: Path) -> Iterator[Finding]:
    if workload.adoption is not None and workload.adoption.line == workload.line:
        yield Finding(
            (*path, "adoption", "line"),
            f"{show(workload.line)}, the line that the workload already runs on",
            "another line of the portfolio",
            "name the line to adopt, or remove adoption",
            ((*path, "line"),),
        )
