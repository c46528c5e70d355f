"""A replayed path in sentences: what struck whom, how each workload answered, what it cost."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from simengine.analysis.happenings import (
    EffectRow,
    Occurrence,
    Response,
    date_of,
    effects,
    occurrences,
    responses,
)
from simengine.analysis.replay import Replayed
from simengine.model.scenario import AdoptionHazard
from simengine.model.wording import listed

CENT = Decimal("0.01")
# What comes first at one moment.
ARRIVING, STRIKING, STRANDING, PLANNING = range(4)


class Sentence(NamedTuple):
    """What happened on a day; `details` follow from `head`, one for each workload or answer."""

    day: float
    date: str
    head: str
    details: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All of it in one line."""
        return " ".join([self.head, *(f"{detail}." for detail in self.details)])


def touches(o: Occurrence) -> bool:
    """Whether an occurrence struck a workload or changed anything."""
    return bool(o.struck or o.cost or o.exposure)


def cents(amount: float) -> int:
    """An amount in hundredths, rounded as it is printed."""
    return int(Decimal(amount).quantize(CENT, rounding=ROUND_HALF_EVEN).scaleb(2))


def money(hundredths: int) -> str:
    """-1,234.50 for -123450."""
    sign = "-" if hundredths < 0 else ""
    return f"{sign}{abs(hundredths) // 100:,}.{abs(hundredths) % 100:02d}"


def parts_in_cents(
    parts: Sequence[float], total: float, start: float = 0.0, exact: Sequence[bool] = ()
) -> list[int]:
    """Amounts in hundredths that add up to their total's as printed.

    Each ends on the rounded sum up to it, so none is off by more than a cent; those marked `exact` are
    rounded by themselves, and what follows makes up for it. The last one that is not 0 ends on the total
    itself, whatever floating-point addition made of the sum.
    """
    found, running, before = [], start, cents(start)
    last = max((at for at, part in enumerate(parts) if part), default=-1)
    for at, part in enumerate(parts):
        running += part
        if at == last:
            now = cents(total)
        elif not part:
            now = before
        elif exact and exact[at]:
            now = before + cents(part)
        else:
            now = cents(running)
        found.append(now - before)
        before = now
    return found


def sentences(told: Replayed, least: float = 0.0) -> list[Sentence]:
    """The story of a path, in order of time.

    What touched no workload is left out, and so is an occurrence that nobody had to answer and that changed
    neither cost nor exposure by `least` of the total cost: `small_ones` are these.
    """
    return _Teller(told, least).sentences()


def small_ones(told: Replayed, least: float) -> set[int]:
    """The numbers of the occurrences that `sentences` leaves out although they touched a workload."""
    teller = _Teller(told, least)
    return {o.number for o in teller.touching() if teller.is_small(o)}


def percent(share: float) -> str:
    return f"{100.0 * share:.3g}%"


class _Teller:
    def __init__(self, told: Replayed, least: float) -> None:
        self.told = told
        self.floor = least * abs(told.value("total_cost"))
        self.run = told.study.run
        self.occurrences = {o.number: o for o in occurrences(told)}
        self.effects = effects(told)
        self.responses = responses(told)
        self.parts = {r.workload for r in (*self.effects, *self.responses) if r.part == 2}
        in_order = list(self.occurrences.values())
        self.booked_cents = dict(zip(self.occurrences, booked_cents(told, in_order), strict=True))

    def sentences(self) -> list[Sentence]:
        found: list[tuple[float, float, float, Sentence]] = []
        arrivals: dict[tuple[str, float], float] = {}
        for own in _by_part(self.responses):
            for r, before in zip(own, [None, *own], strict=False):
                if r.action == "arrive":
                    phase = _phase_of_arrival(r, before)
                    arrivals[r.workload, r.day] = phase
                    found.append((r.day, phase, 0.0, self.arrival(r)))
                elif r.action == "stranded":
                    found.append((r.day, STRANDING, 0.0, self.one(r)))
                elif r.action.startswith(("adopt", "pilot")):
                    found.append((r.day, PLANNING, 0.0, self.one(r)))
        for o in self.touching():
            if not self.is_small(o):
                phase = max(STRIKING, arrivals.get((o.entity, o.day), 0.0)) if self.is_claim(o) else STRIKING
                found.append((max(o.day, 0.0), phase, o.number, self.struck(o)))
        found += [(day, STRANDING, 0.0, sentence) for day, sentence in self.overdue()]
        found.sort(key=lambda each: each[:3])
        return [sentence for *_, sentence in found]

    def is_claim(self, o: Occurrence) -> bool:
        return isinstance(self.told.study.scenario.drivers[o.driver].hazard, AdoptionHazard)

    def touching(self) -> list[Occurrence]:
        """Those that struck a workload or changed something."""
        return [o for o in self.occurrences.values() if touches(o)]

    def is_small(self, o: Occurrence) -> bool:
        answered = any(r.occurrence == o.number for r in self.responses)
        return not answered and max(abs(o.cost), abs(o.exposure)) < self.floor

    def who(self, row: EffectRow | Response) -> str:
        if row.workload not in self.parts:
            return row.workload
        return f"{row.workload} (part {row.part})"

    def when(self, day: float) -> str:
        """A date, or that it lies beyond the horizon."""
        return "beyond the horizon" if not day < self.run.horizon_days else date_of(self.run.start, day)

    def struck(self, o: Occurrence) -> Sentence:
        past = o.day < 0.0
        reached = f", reaching {listed(o.reached, 'and')}" if o.reached else ""
        verb = "struck" if past else "strikes"
        head = f"{o.driver} {verb} {o.entity}: {o.outcome}{reached}. [{o.number}]"
        details = []
        if not o.struck:
            details.append("no workload is struck, but plans change")
        moment = max(o.day, 0.0)
        details += self.acting([e for e in self.effects if e.occurrence == o.number and e.day == moment])
        details += [
            self.answer(r)
            for r in self.responses
            if r.occurrence == o.number and r.day == moment and not self.on_arrival(r)
        ]
        booked = self.booked(o)
        return Sentence(o.day, o.date, head, (*details, booked) if booked else tuple(details))

    def booked(self, o: Occurrence) -> str:
        """What an occurrence changed, in money."""
        amounts = dict(zip(("cost", "exposure"), self.booked_cents[o.number], strict=True))
        said = [f"{what} {'+' if n > 0 else ''}{money(n)}" for what, n in amounts.items() if n]
        return f"booked to it: {', '.join(said)}" if said else ""

    def on_arrival(self, r: Response) -> bool:
        """Whether a workload answered this only when it came to the line that was struck before."""
        return (
            any(
                a.action == "arrive" and (a.workload, a.part, a.day) == (r.workload, r.part, r.day)
                for a in self.responses
            )
            and self.occurrences[r.occurrence].day < r.day
        )

    def acting(self, rows: Iterable[EffectRow]) -> list[str]:
        """Effects in words; workloads that they act on alike are named together."""
        alike: dict[str, list[str]] = {}
        for row in rows:
            alike.setdefault(self.effect(row), []).append(self.who(row))
        return [f"{listed(dict.fromkeys(names), 'and')}: {words}" for words, names in alike.items()]

    def effect(self, row: EffectRow) -> str:
        if row.kind == "one_off":
            return f"{money(cents(row.value))} at once"
        lasting = "from now on" if math.isinf(row.until) else f"until {self.when(row.until)}"
        return {
            "spend": f"inference spend times {row.value:.4g}",
            "saving": f"saves {percent(1.0 - row.value)} of inference spend",
            "upkeep_share": f"upkeep of {percent(row.value)} of spend",
            "upkeep_per_day": f"upkeep of {money(cents(row.value))} a day",
            "disruption": f"loses {percent(row.value)} of its value",
        }[row.kind] + f", {lasting}{self.credited(row)}"

    def credited(self, row: EffectRow) -> str:
        """The credit that the contract gives while an effect runs."""
        strategy, driver = self.told.study.strategy, self.occurrences[row.occurrence].driver
        if row.kind == "saving" or (
            strategy.workloads is not None and row.workload not in strategy.workloads
        ):
            return ""
        covering = [c.credit or 0.0 for c in strategy.clauses if c.when is None or driver in c.when]
        best = max(covering, default=0.0)
        return f"; meanwhile {percent(best)} of inference spend is credited" if best else ""

    def one(self, response: Response) -> Sentence:
        """A response that stands by itself."""
        said = self.answer(response)
        return Sentence(response.day, response.date, f"{said}.")

    def arrival(self, response: Response) -> Sentence:
        """What a workload finds on its new line, and what it must answer there."""
        details = []
        here = (response.workload, response.part, response.day)
        claims = {n for n, o in self.occurrences.items() if o.day == response.day}
        waiting = [
            e for e in self.effects if (e.workload, e.part, e.day) == here and e.occurrence not in claims
        ]
        for number in dict.fromkeys(e.occurrence for e in waiting):
            o = self.occurrences[number]
            own = [e for e in waiting if e.occurrence == number]
            details += [f"there is still {o.driver} of {o.date}: {self.effect(e)}" for e in own]
        for r in self.responses:
            if (r.workload, r.part, r.day) == here and r.occurrence and self.on_arrival(r):
                o = self.occurrences[r.occurrence]
                details.append(f"{o.driver} of {o.date} has taken the line: {self.answer(r)}")
        return Sentence(response.day, response.date, f"{self.answer(response)}.", tuple(details))

    def overdue(self) -> list[tuple[float, Sentence]]:
        """The deadlines that pass while a workload is still moving."""
        found = []
        for own in _by_part(self.responses):
            move: Response | None = None
            for r in own:
                if r.action in ("move", "adopt"):
                    move = r
                elif r.action == "hurry" and move is not None:
                    move = move._replace(deadline=r.deadline, value=r.value)
                elif r.action == "arrive" and move is not None:
                    found += self.late(move, r.day)
                    move = None
            if move is not None:
                found += self.late(move, self.run.horizon_days)
        return found

    def late(self, move: Response, until: float) -> list[tuple[float, Sentence]]:
        if not move.deadline < until:
            return []
        text = (
            f"{self.who(move)} is overdue on {move.line}: it loses {percent(move.value)} of its value "
            f"until it reaches {move.target}."
        )
        return [(move.deadline, Sentence(move.deadline, date_of(self.run.start, move.deadline), text))]

    def answer(self, r: Response) -> str:
        """A response in words."""
        cost, due, share = money(cents(r.cost)), self.when(r.due), percent(r.value)
        if r.action == "move":
            words = f"moves to {r.target} for {cost}, arriving {due}; deadline {self.when(r.deadline)}"
        elif r.action == "hurry":
            words = f"is moving already; its deadline is now {self.when(r.deadline)}"
        elif r.action == "pay":
            words = f"stays on {r.line} and pays {r.value:.4g} times its spend from {due}"
        elif r.action == "freeze":
            words = f"stays on the frozen weights of {r.line}, from {due} at an upkeep of {share} of spend"
        elif r.action == "await_stranding":
            words = f"has nowhere to go from {r.line}: stranded {due}"
        elif r.action == "ignore":
            words = f"answers no more: it {IGNORING[r.detail]}"
        elif r.action == "arrive":
            words = f"arrives on {r.line}"
        elif r.action == "stranded":
            words = f"is stranded: it loses {share} of its value to the horizon"
        elif r.action == "adopt":
            words = f"begins its planned move to {r.target} for {cost}, arriving {due}"
        elif r.action == "adoption_held":
            then = f"looks again {due}" if math.isfinite(r.due) else "for good"
            words = f"holds its planned move to {r.target}: {self.held()} has struck; {then}"
        elif r.action == "adoption_dropped":
            words = f"drops its planned move to {r.target}: {DROPPING[r.detail]}"
        elif r.action == "pilot":
            words = f"begins a pilot of {r.target} for {cost}, until {due}"
        else:
            words = f"finds in its pilot a saving of {share}: {r.detail}"
        return f"{self.who(r)} {words}"

    def held(self) -> str:
        hold = self.told.study.strategy.adoption.hold_if
        if hold is None:
            return "what it watches"
        return f"{hold.driver} ({hold.outcome})" if hold.outcome else hold.driver


IGNORING = {
    "pay": "pays to stay",
    "freeze": "sits on frozen weights",
    "await_stranding": "is to be stranded",
}
DROPPING = {
    "is there already": "it is there already",
    "is leaving": "another move is running",
    "is doomed": "it is to be stranded",
    "target is lost": "that line is lost",
    "pilot failed": "the pilot failed",
}


def _phase_of_arrival(arrival: Response, before: Response | None) -> float:
    """First of its moment, unless what set it off happened at that very moment."""
    if before is None or before.day < arrival.day:
        return ARRIVING
    return PLANNING if before.action == "adopt" else STRIKING + 0.5


def booked_cents(told: Replayed, in_order: Sequence[Occurrence]) -> list[tuple[int, int]]:
    """Cost and exposure booked to each occurrence, in hundredths.

    With the no-event cost they add up to the total cost as printed, and to the exposure.
    """
    costs = [o.cost for o in in_order]
    lost = [o.exposure for o in in_order]
    in_cost = parts_in_cents(costs, told.value("total_cost"), start=told.value("no_event_cost"))
    return list(zip(in_cost, parts_in_cents(lost, told.value("disruption_exposure")), strict=True))


def _by_part(rows: Sequence[Response]) -> list[list[Response]]:
    found: dict[tuple[str, int], list[Response]] = {}
    for row in rows:
        found.setdefault((row.workload, row.part), []).append(row)
    return list(found.values())
