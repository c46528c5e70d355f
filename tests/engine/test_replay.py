"""One path played again with notes: the same numbers, and notes that hold all of the ledger."""

from __future__ import annotations

import math

import pytest

from simengine.engine import replay as engine
from simengine.engine.replay import COMPONENTS, KINDS, Note, replay
from simengine.kernels import trace
from simengine.model.study import Study
from tests.conftest import JIT_DISABLED
from tests.engine.running import EVERYTHING, differing, in_blocks, with_run
from tests.reference.hand_made import fallback, forced_move, made, responses, strike
from tests.studies import random_study

SEEDS = range(5000, 5004 if JIT_DISABLED else 5060)


def one_path(seed: int, which: int) -> tuple[Study, Study]:
    """A random study of a few paths, and the same with one of them."""
    study = with_run(Study.from_mapping(random_study(seed)), n_paths=3, keep=EVERYTHING, threads=1)
    return study, with_run(study, n_paths=1, first_path=study.run.first_path + which)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_noted_path_is_that_of_the_run(seed: int) -> None:
    """The notes change no bit, whatever paths are played beside."""
    which = seed % 3
    study, alone = one_path(seed, which)
    (whole,) = in_blocks(study, 3)
    rows = whole["occurrence_path"] == which
    expected = {
        name: array[rows] if name.startswith("occurrence_") else array[which : which + 1]
        for name, array in whole.items()
    }
    expected["occurrence_path"] = expected["occurrence_path"] - which
    assert differing(replay(alone).arrays, expected) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_the_notes_hold_the_ledger(seed: int) -> None:
    """What is owed and what flows add up to each workload's ledger, to the error of adding up."""
    _, alone = one_path(seed, 0)
    told = replay(alone)
    names = told.lowered.entities.workloads
    booked: dict[tuple[str, str], list[float]] = {}
    for note in told.notes:
        if note.kind in ("owes", "flows"):
            amount = note.third if note.kind == "flows" else note.first
            weight = note.share if note.what == "disruption_days" else 1.0
            booked.setdefault((note.workload, note.what), []).append(weight * amount)
    stored = {
        name: told.arrays[f"{name}_by_workload"][0] for name in ("disruption_exposure", "disruption_days")
    }
    amounts = told.arrays["total_cost_by_workload_component"][0]
    for at, name in enumerate(names):
        expected: dict[str, float] = dict(zip(COMPONENTS.values(), amounts[at], strict=True))
        expected |= {
            "exposure": stored["disruption_exposure"][at],
            "disruption_days": stored["disruption_days"][at],
        }
        for what, total in expected.items():
            parts = booked.get((name, what), [])
            size = max(map(abs, parts), default=0.0)
            assert math.fsum(parts) == pytest.approx(total, rel=1e-11, abs=1e-11 * size), (name, what)
    by_part: dict[tuple[str, int], list[Note]] = {}
    for note in told.notes:
        by_part.setdefault((note.workload, note.part), []).append(note)
    for own in by_part.values():
        assert (own[0].kind, own[-1].kind) == ("begins", "ends")
        days = [note.time for note in own if note.kind != "flows"]
        assert days == sorted(days)


def test_a_trace_too_short_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    back = responses("move", fallback("spare", lead_days=100, move_cost=5000.0, severity=0.5))
    study = with_run(made({"a": strike(100, forced_move(40))}, responses=back), n_paths=1, keep=EVERYTHING)
    enough = replay(study).notes
    monkeypatch.setattr(engine, "NOTE_SLOTS", 1)
    assert replay(study).notes == enough
    assert [note.kind for note in enough] == [
        "begins", "meets", "moves", "owes", "is_booked", "comes_to", "flows", "flows", "flows", "arrives",
        "flows", "ends",
    ]  # fmt: skip


def test_every_kind_of_note_has_a_name() -> None:
    assert sorted(KINDS) == list(range(trace.ENDS + 1))
    assert len(set(KINDS.values())) == len(KINDS)
