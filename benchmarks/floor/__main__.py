"""`python -m benchmarks.floor`: prints the tables."""

from __future__ import annotations

import argparse

import simengine
from benchmarks.floor import measure, tables
from benchmarks.table import as_markdown


def main() -> None:
    parser = argparse.ArgumentParser(description="What a path needs, beside what the engine takes.")
    parser.add_argument("--portfolio", nargs="+", default=["midmarket", "enterprise"])
    parser.add_argument("--scenario", default="quiet_exit")
    parser.add_argument("--paths", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", nargs="+", help="what the run keeps (default: twice, totals and the usual)")
    arguments = parser.parse_args()
    keeps = [arguments.keep] if arguments.keep else [["totals"], None]
    found = []
    for portfolio in arguments.portfolio:
        for keep in keeps:
            overrides = [f"portfolio={portfolio}", f"scenario={arguments.scenario}", "strategy=proceed"]
            overrides += [f"run.n_paths={arguments.paths}"]
            overrides += [f"run.keep=[{','.join(keep)}]"] if keep else []
            found.append(measure(simengine.compose(overrides), arguments.rounds))
    for one in tables(found):
        print("\n".join(as_markdown(one)))


if __name__ == "__main__":
    main()
