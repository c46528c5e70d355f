"""How near to the floor: what a path needs, timed alone in SIMD blocks, beside what the engine takes.

    python -m benchmarks.floor                                # midmarket and enterprise under quiet_exit
    python -m benchmarks.floor --portfolio midmarket --paths 20000 --keep totals

The arithmetic that every path needs is measured on the same study with nothing happening
(benchmarks/floor/quiet.py); occurrences are the difference to the study as it is. Times are a processor's, on
one thread, the least of a few rounds, floor and engine in one run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.floor import needs
from benchmarks.floor.kernels import nanoseconds
from benchmarks.floor.quiet import without_occurrences
from simengine.engine.profile import Profile
from simengine.engine.simulate import lower_study
from simengine.model.run import Keep
from simengine.model.study import Study
from simengine.results.simulation import play

# Which stages answer for which parts of what is needed.
SIDES = {
    "draws": (("occurrences",), ("parameters and planned moves", "first times")),
    "lives": (("responses", "ledger"), ("claims", "lives")),
}
# Stages that happen once, however many paths there are.
ONCE = ("compose", "lower", "compile", "write")
# Stages in which paths are computed; the others are there once a run, or hand results on.
ARITHMETIC = ("occurrences", "responses", "ledger")
# Paths that occurrences are counted on; their mean is off by some hundredths.
COUNTED = 1000

Table = dict[str, Any]

__all__ = ["ARITHMETIC", "Floor", "measure", "tables"]


@dataclass(frozen=True)
class Floor:
    """Nanoseconds of an average path."""

    name: str
    keep: Sequence[Keep]
    n_paths: int
    alone: dict[str, float]  # of one operation
    parts: dict[str, needs.Count]
    happened: needs.Happened
    quiet: dict[str, float]  # by stage, with nothing happening
    whole: dict[str, float]  # by stage, as it is

    @property
    def needed(self) -> needs.Count:
        return sum(self.parts.values(), Counter())

    def cost(self, count: needs.Count) -> float:
        """What so many operations take alone."""
        return sum(number * self.alone[name] for name, number in count.items())

    @property
    def floor(self) -> float:
        return self.cost(self.needed)

    @property
    def arithmetic(self) -> float:
        """What the engine takes for what every path needs."""
        return sum(self.quiet[stage] for stage in ARITHMETIC)

    @property
    def ratio(self) -> float:
        return self.arithmetic / self.floor

    @property
    def occurrences(self) -> float:
        """What it takes beyond, for what happens."""
        return sum(self.whole[stage] - self.quiet[stage] for stage in ARITHMETIC)


def stages(study: Study, rounds: int) -> dict[str, float]:
    """Nanoseconds a path by stage: of each the least of some runs."""
    runs = []
    for _ in range(rounds):
        profile = Profile()
        play(study, profile=profile)
        runs.append(profile.seconds())
    # Occurrences are told from ledger and responses, which share a kernel, by a sample: keep a run together.
    least = min(runs, key=lambda seconds: sum(seconds[stage] for stage in ARITHMETIC))
    least["reduce"] = min(seconds["reduce"] for seconds in runs)
    return {stage: 1e9 * seconds / study.run.n_paths for stage, seconds in least.items()}


def with_run(study: Study, **run: Any) -> Study:
    return study.model_copy(update={"run": study.run.model_copy(update=run)})


def measure(study: Study, rounds: int = 3, counted: int = COUNTED) -> Floor:
    """Count what a study's paths need, time it alone, and time the engine, on one thread."""
    study = with_run(study, threads=1)
    quiet = without_occurrences(study)
    with_occurrences: dict[str, Any] = {
        "n_paths": min(counted, study.run.n_paths), "keep": (*study.run.keep, "occurrences"),
    }  # fmt: skip
    seen, seen_quiet = (play(with_run(one, **with_occurrences)) for one in (study, quiet))
    return Floor(
        name=f"{study.portfolio.name}, {study.scenario.name}",
        keep=study.run.keep,
        n_paths=study.run.n_paths,
        alone=nanoseconds(),
        parts=needs.every_path(lower_study(quiet), seen_quiet),
        happened=needs.occurrences_of_a_path(lower_study(study), seen),
        quiet=stages(quiet, rounds),
        whole=stages(study, rounds),
    )


def tables(found: Sequence[Floor]) -> list[Table]:
    """What was found, as tables: heads and rows of text."""
    return [ratios(found), strikes(found), counts(found), rest(found)]


def ratios(found: Sequence[Floor]) -> Table:
    """The arithmetic that every path needs beside its floor: all of it, draws alone, lives alone."""
    rows = []
    for one in found:
        cells = [title(one), f"{one.floor:,.0f}", f"{one.arithmetic:,.0f}", f"{one.ratio:.2f}"]
        for chosen, parts in SIDES.values():
            least = sum(one.cost(one.parts[part]) for part in parts)
            takes = sum(one.quiet[stage] for stage in chosen)
            cells += [f"{least:,.0f}", f"{takes:,.0f}", f"{takes / least:.2f}"]
        rows.append(cells)
    heads = ["", "floor, ns a path", "takes", "ratio"]
    heads += [head for side in SIDES for head in (f"{side}: floor", "takes", "ratio")]
    return {"title": "the arithmetic that every path needs, and its floor", "heads": heads, "rows": rows}


def strikes(found: Sequence[Floor]) -> Table:
    """What happens beyond, by struck workload: all on a struck line, and those that an effect admits."""
    rows = []
    for one in found:
        happened, extra = one.happened, one.occurrences
        if happened.struck:
            numbers = (happened.struck, happened.affected)
            cells = [f"{extra:,.0f}"]
            for number in numbers:
                cells += [f"{number:,.1f}", f"{extra / number:,.0f}" if number else ""]
            rows.append([title(one), *cells, f"{one.cost(happened.count) / happened.struck:,.0f}"])
    heads = ["", "occurrences, ns a path", "struck workloads", "ns for each"]
    heads += ["with an effect on them", "ns for each", "floor of a struck one, at least"]
    return {"title": "what occurrences cost", "heads": heads, "rows": rows}


def counts(found: Sequence[Floor]) -> Table:
    """How often a path needs each operation, by part; what occurrences need beside is in the last column."""
    parts = list(found[0].parts)
    rows = []
    # The periods that the longest `keep` asks for need integrals of their own; all else is the same.
    longest = {one.name: one for one in sorted(found, key=lambda one: len(one.keep))}
    for one in longest.values():
        for name, alone in one.alone.items():
            numbers = [one.parts[part][name] for part in parts] + [one.happened.count[name]]
            if any(numbers):
                cells = [f"{number:,.3g}" if number < 1000 else f"{number:,.0f}" for number in numbers]
                needed = f"{one.needed[name] * alone:,.0f}"
                rows.append([f"{title(one)}: {name}", f"{alone:.2f}", *cells[:-1], needed, cells[-1]])
    heads = ["", "ns alone", *parts, "ns a path", "occurrences"]
    return {"title": "what a path needs, and what one of each takes alone", "heads": heads, "rows": rows}


def rest(found: Sequence[Floor]) -> Table:
    """Where a run's time goes; what is there once a run is in milliseconds, whatever the paths."""
    names = [stage for stage in found[0].whole if stage not in ONCE]
    rows = []
    for one in found:
        for label, took in (("nothing happens", one.quiet), ("as it is", one.whole)):
            numbers = [took[stage] for stage in names]
            once = 1e-6 * one.n_paths * sum(took[stage] for stage in ONCE)
            cells = [f"{number:,.0f}" for number in (*numbers, sum(numbers))]
            rows.append([f"{title(one)}: {label}", *cells, f"{once:,.0f}"])
    heads = ["", *names, "all", "once a run, ms"]
    return {"title": "where the time goes, ns a path", "heads": heads, "rows": rows}


def title(one: Floor) -> str:
    return f"{one.name} ({one.keep[0] if len(one.keep) == 1 else f'{len(one.keep)} kept'})"
