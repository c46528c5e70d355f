"""Turn the JSON of pytest-benchmark into the tables of docs/performance.md.

    pytest benchmarks --benchmark-json=bench.json && python benchmarks/table.py bench.json

The text between the two marks of the page is replaced; everything else of it is written by hand.
"""

from __future__ import annotations

import argparse
import json
from itertools import groupby
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
BEGIN, END = "<!-- generated: begin -->", "<!-- generated: end -->"


def duration(seconds: float) -> str:
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= scale:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


def table(group: str, benchmarks: list[dict[str, Any]]) -> list[str]:
    """One group, fastest first where paths are counted; the ratio is to the quickest."""
    lines = [f"### {group}", ""]
    if all("paths_per_second" in one["extra_info"] for one in benchmarks):
        rate = {one["name"]: one["extra_info"]["paths_per_second"] for one in benchmarks}
        struck = all("struck_workloads" in one["extra_info"] for one in benchmarks)
        heads = ["", "paths", "paths/s", "time a path", "slower by"]
        heads += ["struck workloads a path", "time for each, beyond a path without any"] if struck else []
        # What a benchmark has how many of, such as workloads: named by all, or by none.
        each = benchmarks[0]["extra_info"].get("each")
        heads += [f"{each}s", "time for each"] if each else []
        lines += ["| " + " | ".join(heads) + " |", "| --- |" + " ---: |" * (len(heads) - 1)]
        for one in benchmarks:
            own = rate[one["name"]]
            cells = [
                one["name"].removeprefix("test_"),
                f"{one['extra_info']['n_paths']:,}",
                f"{own:,.0f}",
                duration(1.0 / own),
                f"{max(rate.values()) / own:,.3g}",
            ]
            if struck:
                ns = one["extra_info"].get("ns_per_struck_workload")
                number = f"{one['extra_info']['struck_workloads']:,.3g}"
                cells += [number, duration(ns * 1e-9) if ns else ""]
            if each:
                number = one["extra_info"]["number"]
                cells += [str(number), duration(1.0 / own / number)]
            lines.append("| " + " | ".join(cells) + " |")
    else:
        lines += ["| | best | median | rounds |", "| --- | ---: | ---: | ---: |"]
        for one in benchmarks:
            stats = one["stats"]
            cells = (
                one["name"].removeprefix("test_"),
                duration(stats["min"]),
                duration(stats["median"]),
                str(stats["rounds"]),
            )
            lines.append("| " + " | ".join(cells) + " |")
    return [*lines, ""]


def as_markdown(one: dict[str, Any]) -> list[str]:
    """A table that a benchmark made itself (`extra_info["tables"]`): its title, heads and rows of text."""
    lines = [f"### {one['title']}", "", "| " + " | ".join(one["heads"]) + " |"]
    lines.append("| --- |" + " ---: |" * (len(one["heads"]) - 1))
    lines += ["| " + " | ".join(row) + " |" for row in one["rows"]]
    return [*lines, ""]


def render(report: dict[str, Any]) -> str:
    machine = report["machine_info"]
    versions = ", ".join(f"{name} {number}" for name, number in sorted(machine["versions"].items()))
    lines = [
        f"{machine['cpu'].get('brand_raw', machine['processor'])}, {machine['cores']} cores, "
        f"Python {machine['python']}, {versions}.",
        "",
    ]
    for group, members in groupby(report["benchmarks"], key=lambda one: one["group"]):
        benchmarks = list(members)
        own = [made for one in benchmarks for made in one["extra_info"].get("tables", ())]
        for made in own:
            lines += as_markdown(made)
        if not own:
            lines += table(group, benchmarks)
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("report", type=Path, help="what --benchmark-json wrote")
    parser.add_argument("--page", type=Path, default=PAGE)
    arguments = parser.parse_args()
    before, rest = arguments.page.read_text("utf-8").split(BEGIN)
    after = rest.split(END)[1]
    tables = render(json.loads(arguments.report.read_text("utf-8")))
    arguments.page.write_text(f"{before}{BEGIN}\n\n{tables}\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
