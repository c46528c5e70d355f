"""One path played again with its notes: what each workload met, decided and booked, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simengine.engine.blocks import Arrays, run_block
from simengine.engine.buffers import Buffers
from simengine.engine.lower import Lowered
from simengine.engine.simulate import lower_study
from simengine.kernels import tables, trace
from simengine.model.study import Study

NOTE_SLOTS = 1024
KINDS = {
    trace.BEGINS: "begins",
    trace.COMES_TO: "comes_to",
    trace.MEETS: "meets",
    trace.IS_UNDER: "is_under",
    trace.OWES: "owes",
    trace.FLOWS: "flows",
    trace.MOVES: "moves",
    trace.HURRIES: "hurries",
    trace.PAYS: "pays",
    trace.FREEZES: "freezes",
    trace.IS_DOOMED: "is_doomed",
    trace.ARRIVES: "arrives",
    trace.IS_STRANDED: "is_stranded",
    trace.DROPS: "drops",
    trace.HOLDS: "holds",
    trace.PILOTS: "pilots",
    trace.MEASURES: "measures",
    trace.ADOPTS: "adopts",
    trace.IS_BOOKED: "is_booked",
    trace.ENDS: "ends",
}
REASONS = {
    trace.IS_LEAVING_OR_THERE: "is leaving or there",
    trace.TARGET_IS_LOST: "target is lost",
    trace.PILOT_FAILED: "pilot failed",
}
EFFECTS = {
    trace.FACTOR: "spend",
    trace.SAVED: "saving",
    trace.SHARE: "upkeep_share",
    trace.PER_DAY: "upkeep_per_day",
    trace.SEVERITY: "disruption",
}
COMPONENTS = {
    tables.INFERENCE: "inference",
    tables.UPKEEP_COST: "upkeep",
    tables.ONE_OFF_COST: "one_off",
    tables.MOVE_COST: "move",
    tables.MITIGATION: "mitigation",
}
FLOWING = COMPONENTS | {trace.EXPOSED: "exposure", trace.DISRUPTED: "disruption_days"}


@dataclass(frozen=True, slots=True)
class Note:
    """Something that one part of a workload met, decided or booked; see `simengine.kernels.trace`.

    Attributes
    ----------
    kind
        One of the values of `KINDS`.
    workload, part
        Whose; part 2 is the second under `diversify`.
    share
        The part's share of every amount.
    time
        Day from the start.
    line, target
        Where it is, and the line that a move under way leads to.
    occurrence
        Driver, entity and number of the occurrence that it is about.
    outcome
        That occurrence's outcome.
    what
        Kind of an effect, component of an amount (or exposure, or disruption_days, which are not weighted by
        the part's share), reason for which a planned move is dropped.
    first, second, third
        As the kind says: days, factors, shares, amounts.
    """

    kind: str
    workload: str
    part: int
    share: float
    time: float
    line: str
    target: str | None
    occurrence: tuple[str, str, int] | None
    outcome: str
    what: str
    first: float
    second: float
    third: float


@dataclass(frozen=True)
class Replay:
    """Every variable of one path, what was noted on it, and the names of its codes."""

    lowered: Lowered
    arrays: Arrays
    notes: tuple[Note, ...]


def replay(study: Study) -> Replay:
    """Play a study's run of one path under its own strategy, noting what is decided.

    All draws are by address, so the path is that of every other run of this study with this seed.
    """
    lowered = lower_study(study)
    buffers = Buffers(lowered, 1, NOTE_SLOTS)
    (arrays,) = run_block(study, lowered, buffers, study.run.keep, study.run.first_path, 1)
    rows = buffers.scratch.trace[: buffers.status[2]]
    outcomes = {code: name for (_, name), code in lowered.effects.index.items()}
    return Replay(lowered, arrays, tuple(_named(lowered, outcomes, row) for row in rows))


def _named(lowered: Lowered, outcomes: Mapping[int, str], row: np.record) -> Note:
    """A row of the kernels' trace with names for its codes."""
    entities, unit = lowered.entities, lowered.plans[0].unit[row["unit"]]
    kind, what = KINDS[int(row["kind"])], int(row["what"])
    pair, number = int(row["pair"]), int(row["number"])
    if kind == "is_booked" and pair < 0:
        pair, number = what, 0  # a claim, which strikes once
    occurrence = None
    if pair >= 0:
        occurrence = (entities.pairs[pair].driver, entities.pairs[pair].entity, number)
    named = {"is_under": EFFECTS, "drops": REASONS, "owes": COMPONENTS, "flows": FLOWING}.get(kind, {})
    return Note(
        kind=kind,
        workload=entities.workloads[unit["workload"]],
        part=int(unit["part"]),
        share=float(unit["share"]),
        time=float(row["time"]),
        line=entities.lines[row["line"]],
        target=entities.lines[row["target"]] if row["target"] >= 0 else None,
        occurrence=occurrence,
        outcome=outcomes[int(row["outcome"])] if occurrence and kind != "is_booked" else "",
        what=named.get(what, ""),
        first=float(row["first"]),
        second=float(row["second"]),
        third=float(row["third"]),
    )
