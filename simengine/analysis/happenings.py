"""What happened on a replayed path, as tables of records: each row is one thing on one day."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from simengine.analysis.replay import Replayed
from simengine.results.variables import COMPONENTS

if TYPE_CHECKING:
    from simengine.engine.replay import Note

# What a response is called where the notes' own word is not enough.
ACTIONS = {
    "moves": "move",
    "hurries": "hurry",
    "pays": "pay",
    "freezes": "freeze",
    "is_doomed": "await_stranding",
    "arrives": "arrive",
    "is_stranded": "stranded",
    "drops": "adoption_dropped",
    "holds": "adoption_held",
    "pilots": "pilot",
    "measures": "pilot_result",
    "adopts": "adopt",
}
STAYING = ("pay", "freeze", "await_stranding")


class Occurrence(NamedTuple):
    """An occurrence, or a claim that struck; `number` is its place on the path, from 1, in order of time.

    `nth` is its index among those of this driver on this entity, from 0; `reached` are the labs that a
    group's occurrence reached, `struck` the workloads that it met, `cost` and `exposure` what is booked to
    it.
    """

    number: int
    day: float
    date: str
    driver: str
    entity: str
    outcome: str
    nth: int
    reached: tuple[str, ...]
    struck: tuple[str, ...]
    cost: float
    exposure: float


class EffectRow(NamedTuple):
    """An effect on a workload, from `day` to `ended`; `until` is infinite for one that stands.

    `kind` is spend or saving (`value` multiplies inference spend), upkeep_share (of s(t)), upkeep_per_day
    (money), disruption (severity) or one_off (money, at once).
    """

    workload: str
    part: int
    day: float
    date: str
    occurrence: int
    kind: str
    value: float
    until: float
    ended: float


class Response(NamedTuple):
    """What a workload did, or what became of it.

    `action` is move, hurry (a move under way gets an earlier deadline), pay, freeze, await_stranding, ignore
    (it answers no more), arrive, stranded, adopt, adoption_held, adoption_dropped, pilot or pilot_result.
    `occurrence` is the number of what asked for it, 0 for none. `due` is the day of arrival, from which it
    pays or is stranded, of the next look, or of the pilot's end; `deadline` a move's; both NaN where there
    is none. `value` is a severity (move, adopt, hurry, await_stranding, stranded), a factor (pay), a share of
    s(t) (freeze) or a saving (pilot_result); `cost` falls due at once.
    """

    workload: str
    part: int
    day: float
    date: str
    action: str
    occurrence: int
    line: str
    target: str
    due: float
    deadline: float
    value: float
    cost: float
    detail: str


class Entry(NamedTuple):
    """What a workload booked from `day` to `until`, or at once; the entries add up to its ledger.

    Upkeep is booked to its end when it begins; what of it lies beyond the day on which the workload leaves
    its line is taken back then, by an entry below 0.
    """

    workload: str
    part: int
    day: float
    until: float
    date: str
    what: str
    inference: float
    upkeep: float
    one_off: float
    move: float
    mitigation: float
    exposure: float
    disruption_days: float

    @property
    def cost(self) -> float:
        """All components."""
        return self.inference + self.upkeep + self.one_off + self.move + self.mitigation


class Booking(NamedTuple):
    """What one occurrence changed for one workload."""

    occurrence: int
    workload: str
    cost: float
    exposure: float


class Scene(NamedTuple):
    """The notes of one moment of one part of a workload: what opens it, and what followed."""

    opening: Note
    notes: tuple[Note, ...]


Key = tuple[str, str, int]


def date_of(start: date, day: float) -> str:
    """The date of a day from the start."""
    return (start + timedelta(days=math.floor(day))).isoformat()


def keys(told: Replayed) -> list[Key]:
    """Driver, entity and index of each occurrence, in order of time."""
    indices = [int(n) for n in told.result["occurrence_index"]]
    return list(zip(_decoded(told, "driver"), _decoded(told, "entity"), indices, strict=True))


def _decoded(told: Replayed, what: str) -> list[str]:
    """The driver, entity or outcome of each occurrence."""
    name = f"occurrence_{what}"
    return [str(told.result.codes[name][code]) for code in told.result[name]]


def numbering(told: Replayed) -> dict[Key, int]:
    """The number of each occurrence."""
    return {key: number for number, key in enumerate(keys(told), start=1)}


def occurrences(told: Replayed) -> list[Occurrence]:
    """Every occurrence of the path, in order of time."""
    result, labs = told.result, told.study.portfolio.labs
    struck: dict[Key, dict[str, None]] = {}
    for note in told.notes:
        if note.kind == "meets" and note.occurrence is not None:
            struck.setdefault(note.occurrence, {})[note.workload] = None
    found, outcomes = [], _decoded(told, "outcome")
    for at, key in enumerate(keys(told)):
        driver, entity, index = key
        reached: list[str] = []
        if told.study.scenario.drivers[driver].scope == "group":
            members = sorted(lab for lab in labs if entity in labs[lab].groups)
            bits = int(result["occurrence_reached"][at])
            reached = [lab for bit, lab in enumerate(members) if bits >> bit & 1]
        day = float(result["occurrence_time"][at])
        cost, exposure = (float(result[f"occurrence_{name}"][at]) for name in ("cost", "exposure"))
        found.append(
            Occurrence(
                at + 1, day, date_of(told.study.run.start, day), driver, entity, outcomes[at], index,
                tuple(reached), tuple(sorted(struck.get(key, ()))), cost, exposure,
            )
        )  # fmt: skip
    return found


def scenes(told: Replayed) -> list[tuple[tuple[str, int], list[Scene]]]:
    """The moments of each part of each workload, in order of time; bookings are told apart."""
    found = []
    for whose, own in groupby(told.notes, key=lambda note: (note.workload, note.part)):
        moments: list[list[Note]] = []
        for note in own:
            if note.kind in ("is_booked", "flows"):
                continue
            if note.kind in ("begins", "comes_to", "meets", "ends"):
                moments.append([])
            moments[-1].append(note)
        found.append((whose, [Scene(notes[0], tuple(notes[1:])) for notes in moments]))
    return found


def effects(told: Replayed) -> list[EffectRow]:
    """Every effect that acted on a workload, in order of workload and time."""
    number = numbering(told)
    horizon, start = told.study.run.horizon_days, told.study.run.start
    found: list[EffectRow] = []
    for whose, moments in scenes(told):
        running: list[EffectRow] = []
        for scene in moments:
            for note in scene.notes:
                if note.kind in ("arrives", "is_stranded"):
                    found += [row._replace(ended=min(row.ended, note.time)) for row in running]
                    running = []
                met = scene.opening.occurrence
                if note.kind == "owes" and note.what == "one_off" and met is not None:
                    day = note.time
                    dated = date_of(start, day)
                    found.append(EffectRow(*whose, day, dated, number[met], "one_off", note.first, day, day))
                if note.kind == "is_under" and note.occurrence is not None:
                    ended = min(note.second, horizon)
                    running.append(
                        EffectRow(
                            *whose, note.time, date_of(start, note.time), number[note.occurrence],
                            note.what, note.first, note.second, ended,
                        )
                    )  # fmt: skip
        found += running
    return found


def responses(told: Replayed) -> list[Response]:
    """What each workload did, in order of workload and time."""
    return [response for _, moments in scenes(told) for response in _answers(told, moments)]


def _answers(told: Replayed, moments: Sequence[Scene]) -> Iterator[Response]:
    """The responses of one part of a workload."""
    number = numbering(told)
    decided = ""
    for scene in moments:
        answered = False
        for at, note in enumerate(scene.notes):
            if note.kind not in ACTIONS:
                continue
            action = ACTIONS[note.kind]
            if action in (*STAYING, "move", "hurry"):
                answered = True
            if action in STAYING:
                decided = action
            if action in ("arrive", "stranded"):
                decided = ""
            yield _response(told, note, action, scene.notes[at + 1 :], number)
        opening = scene.opening
        if opening.kind == "meets" and not answered and decided and _is_forced(told, opening):
            yield _response(told, opening, "ignore", (), number)._replace(detail=decided)


def _response(
    told: Replayed, note: Note, action: str, after: Sequence[Note], number: dict[Key, int]
) -> Response:
    """A note as a response; amounts owed right after it are its cost."""
    due = deadline = value = math.nan
    target, detail, cost = note.target or "", note.what, 0.0
    if action == "move":
        due, deadline, value = note.first, note.second, note.third
    elif action == "hurry":
        deadline, value = note.first, note.second
    elif action == "adopt" or action in STAYING:
        due, value = note.first, note.second
    elif action in ("adoption_held", "pilot"):
        due = note.first
    elif action == "stranded":
        value = note.first
    elif action == "pilot_result":
        # A measure that misses the minimum by rounding alone has passed: what follows says so.
        value, passed = note.first, bool(after) and after[0].kind == "adopts"
        detail = f"{'passed' if passed else 'failed'}, with {100.0 * note.second:.3g}% asked"
    if action in ("adoption_held", "adoption_dropped", "pilot", "pilot_result"):
        adoption = told.study.portfolio.workloads[note.workload].adoption
        target = adoption.line if adoption is not None else ""
    if action == "adoption_dropped" and note.what == "is leaving or there":
        detail = "is there already" if note.line == target else "is leaving" if note.target else "is doomed"
    if action == "pilot":
        pilot = told.study.strategy.adoption.pilot
        cost = pilot.cost * note.share if pilot is not None else 0.0
    for owed in after if action in ("move", "adopt") else ():
        if owed.kind != "owes":
            break
        cost += owed.first
    occurrence = number[note.occurrence] if note.occurrence is not None else 0
    dated = date_of(told.study.run.start, note.time)
    return Response(
        note.workload, note.part, note.time, dated, action, occurrence, note.line, target, due, deadline,
        value, cost, detail,
    )  # fmt: skip


def _is_forced(told: Replayed, meeting: Note) -> bool:
    """Whether the outcome that met a workload has a forced move that admits it."""
    if meeting.occurrence is None:
        return False
    portfolio = told.study.portfolio
    workload, licence = portfolio.workloads[meeting.workload], portfolio.lines[meeting.line].licence
    for effect in told.study.scenario.drivers[meeting.occurrence[0]].outcomes[meeting.outcome].effects:
        where = effect.where
        if (
            effect.forced_move is not None
            and (where.hosting is None or workload.hosting in where.hosting)
            and (where.licence is None or licence in where.licence)
            and (where.workload is None or meeting.workload in where.workload)
            and all(workload.tags.get(tag) in values for tag, values in (where.tag or {}).items())
        ):
            return True
    return False


def entries(told: Replayed) -> list[Entry]:
    """What each workload booked, stretch by stretch and at once, in the order in which it was booked."""
    return [entry for _, entry in _booked(told)]


def accounts(told: Replayed) -> list[Entry]:
    """The entries of the same kind within a stay on a line joined, by workload, part and day."""
    joined: dict[tuple[str, int, int, str], Entry] = {}
    found: list[Entry] = []
    for stay, entry in _booked(told):
        key = (entry.workload, entry.part, stay, entry.what)
        if entry.until == entry.day:
            found.append(entry)
        elif key in joined:
            other = joined[key]
            summed = [a + b for a, b in zip(other[6:], entry[6:], strict=True)]
            first = min(other, entry, key=lambda each: each.day)
            joined[key] = Entry(*first[:3], max(other.until, entry.until), *first[4:6], *summed)
        else:
            joined[key] = entry
    return sorted([*found, *joined.values()], key=lambda e: (e.workload, e.part, e.day, e.until > e.day))


def _booked(told: Replayed) -> Iterator[tuple[int, Entry]]:
    """Each amount that was booked, with the number of the stay on a line that it belongs to."""
    start = told.study.run.start
    for (workload, part), own in groupby(told.notes, key=lambda note: (note.workload, note.part)):
        state, stay = _State(), 0
        for note in own:
            if note.kind in ("arrives", "is_stranded"):
                stay += 1
            if note.kind in ("owes", "flows"):
                is_flow = note.kind == "flows"
                day, until = (note.first, note.second) if is_flow else (note.time, note.time)
                amount = note.third if is_flow else note.first
                if note.what == "disruption_days":
                    amount *= note.share
                what = state.flowing(note) if is_flow else state.owed(note)
                ledger: dict[str, float] = dict.fromkeys((*COMPONENTS, "exposure", "disruption_days"), 0.0)
                ledger[note.what] = amount
                yield stay, Entry(workload, part, day, until, date_of(start, day), what, *ledger.values())
            state.see(note)


class _State:
    """What a workload is at, as far as its amounts need words, from its notes."""

    def __init__(self) -> None:
        self.deadline = math.inf
        self.decision: tuple[str, float, float] | None = None
        self.is_stranded = False
        self.last = ""
        self.met = ""
        self.yearly_follows = False

    def see(self, note: Note) -> None:
        self.yearly_follows = note.kind == "begins" and note.third != 0.0
        if note.kind == "moves":
            self.deadline = note.second
        elif note.kind == "hurries":
            self.deadline = note.first
        elif note.kind in ("pays", "freezes", "is_doomed"):
            self.decision = (note.kind, note.first, note.second)
        elif note.kind in ("arrives", "is_stranded"):
            self.decision, self.deadline = None, math.inf
            self.is_stranded = note.kind == "is_stranded"
        elif note.kind == "meets" and note.occurrence is not None:
            self.met = note.occurrence[0]
        if note.kind not in ("owes", "flows", "is_booked"):
            self.last = note.kind

    def owed(self, note: Note) -> str:
        """What an amount that falls due at once is for."""
        if note.what == "one_off":
            return f"{self.met}: one-off"
        if self.last == "moves":
            return f"move to {note.target}" if note.what == "move" else "termination fee"
        return f"planned move to {note.target}" if self.last == "adopts" else "pilot"

    def flowing(self, note: Note) -> str:
        """What an amount that is booked over a stretch is for."""
        if note.what == "inference":
            decided = self.decision
            if decided is not None and decided[0] == "pays" and note.first >= decided[1]:
                return f"inference on {note.line}, paying {decided[2]:.4g} times"
            return f"inference on {note.line}"
        if note.what == "upkeep":
            return f"upkeep on {note.line}"
        if note.what == "mitigation":
            return "clauses, for the whole time" if self.yearly_follows else "mitigation"
        if self.is_stranded:
            return "stranded"
        return f"overdue on {note.line}" if note.first >= self.deadline else f"disrupted on {note.line}"


def bookings(told: Replayed) -> list[Booking]:
    """What each occurrence changed for each workload, in order of occurrence and workload."""
    number = numbering(told)
    summed: dict[tuple[int, str], list[float]] = {}
    for note in told.notes:
        if note.kind == "is_booked" and note.occurrence is not None:
            row = summed.setdefault((number[note.occurrence], note.workload), [0.0, 0.0])
            row[0] += note.first
            row[1] += note.second
    return [Booking(*key, *summed[key]) for key in sorted(summed)]
