"""One workload's life on one path, told moment by moment into a timeline (page sections 4 and 5).

At every turn the next moment is looked up afresh among: the arrival of a move under way, the next
occurrence, a stranding that is due, and the next check of the adoption. At equal times they come in this
order; what struck before `start` comes before all of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from scipy import special

from simengine.model.portfolio import Fallback
from tests.reference.effects import ListedEffect
from tests.reference.ledger import ledger
from tests.reference.occurrences import Occurrence
from tests.reference.timeline import Acting, Amount, Disrupted, Frozen, Paying, Span, Stay, Timeline
from tests.reference.workload import Part, WorkloadCase

ARRIVAL, OCCURRENCE, STRANDING, ADOPTION = 1, 2, 3, 4

# Two futures whose costs differ by less than this share of them are a tie, and a saving that falls short
# of a pilot's minimum by less than this has reached it: rounding must not decide.
TIE = 1e-9


@dataclass
class Move:
    """A move under way."""

    is_planned: bool
    line: str
    begin: float
    end: float
    deadline: float
    severity: float
    spend_factor: float


class Life:
    """The life of one part of a workload, with these occurrences and claims and no others.

    Parameters
    ----------
    occurrences
        What strikes, history included, claims apart.
    claims
        The claims that strike when the planned move is done; their time is set then.
    as_sold
        The plan that was sold: every pilot passes, and every saving is realised in full.
    choices
        The answers ("move" or "stay") to the first decisions of policy `cheapest`; further ones are made by
        playing both futures.
    """

    def __init__(
        self,
        case: WorkloadCase,
        part: Part,
        occurrences: list[Occurrence],
        claims: list[Occurrence],
        as_sold: bool = False,
        choices: tuple[str, ...] = (),
    ) -> None:
        self.case = case
        self.part = part
        self.places = case.places
        self.horizon = case.study.run.horizon_days
        self.past = sorted(one for one in occurrences if one.is_past)
        self.upcoming = sorted(one for one in occurrences if not one.is_past)
        self.claims = claims
        self.as_sold = as_sold
        self.choices = choices

        self.told = Timeline()
        self.struck: list[Occurrence] = []  # all so far, wherever they struck
        self.struck_claims: list[Occurrence] = []
        self.line = case.record.line
        self.move: Move | None = None
        self.stranding: Disrupted | None = None  # due or happened
        self.has_settled = False  # pays, sits on frozen weights, or is to be stranded
        self.decisions: list[str] = []
        self.adoption_check: tuple[float, Callable[[float], None]] | None = None

    # The course of events

    def live(self) -> Timeline:
        self.begin()
        while True:
            moments = self.moments()
            if not moments:
                break
            time, _, happen = min(moments, key=lambda moment: moment[:2])
            if time >= self.horizon:
                break
            happen(time)
        self.close()
        return self.told

    def moments(self) -> list[tuple[float, int, Callable[[float], None]]]:
        found: list[tuple[float, int, Callable[[float], None]]] = []
        if self.move is not None:
            found.append((self.move.end, ARRIVAL, self.arrive))
        if self.upcoming:
            found.append((self.upcoming[0].time, OCCURRENCE, self.meet_next))
        if self.stranding is not None and not self.is_stranded:
            found.append((self.stranding.begin, STRANDING, self.strand))
        if self.adoption_check is not None:
            found.append((self.adoption_check[0], ADOPTION, self.adoption_check[1]))
        return found

    @property
    def is_stranded(self) -> bool:
        return bool(self.told.stranded)

    @property
    def stay(self) -> Stay:
        return self.told.stays[-1]

    def begin(self) -> None:
        spend_factor = 1.0
        if self.part.name == "2":
            self.line = self.case.record.responses.fallbacks[0].line
            spend_factor = self.case.second_start_factor(self.part)
        self.told.stays.append(Stay(0.0, self.horizon, self.line, spend_factor))
        if self.case.record.adoption is not None and self.part.name == "1":
            day = self.case.record.adoption.day + self.case.strategy.adoption.delay_days
            self.adoption_check = (day, self.check_adoption)
        self.struck = list(self.past)
        struck = [one for one in self.past if one.strikes(self.case.name, self.line, self.places)]
        self.suffer(struck, 0.0, standing_only=False)

    def meet_next(self, time: float) -> None:
        one = self.upcoming.pop(0)
        self.struck.append(one)
        if not self.is_stranded and one.strikes(self.case.name, self.line, self.places):
            self.suffer([one], time, standing_only=False)

    def arrive(self, time: float) -> None:
        """On another line: all effects and answers end, and what stands on the new line is met."""
        move = self.move
        assert move is not None
        self.end_move(time)
        self.end_stay(time)
        self.line = move.line
        self.told.stays.append(Stay(time, self.horizon, move.line, move.spend_factor))
        self.has_settled = False
        struck = [one for one in self.struck if one.strikes_line(self.line, self.places)]
        self.suffer(struck, time, standing_only=True)
        if move.is_planned:
            self.struck_claims = [replace(claim, time=time) for claim in self.claims]
            self.upcoming = sorted([*self.upcoming, *self.struck_claims])

    def strand(self, time: float) -> None:
        assert self.stranding is not None
        self.end_stay(time)
        self.told.stranded.append(self.stranding)

    def end_stay(self, time: float) -> None:
        """Effects, paying and frozen weights are those of the line that is left."""
        begin = self.stay.begin
        for span in [self.stay, *self.told.acting, *self.told.paying, *self.told.frozen]:
            if span.begin >= begin:
                span.end = min(span.end, time)

    def end_move(self, time: float) -> None:
        move = self.move
        assert move is not None
        self.told.overdue.append(Disrupted(move.deadline, time, move.severity))
        if not move.is_planned:
            self.told.forced_moves.append(Span(move.begin, time))
        self.move = None

    def close(self) -> None:
        """At the horizon."""
        if self.move is not None:
            self.end_move(self.horizon)
        for span in self.told.spans():
            span.clipped(0.0, self.horizon)

    # What strikes

    def suffer(self, struck: list[Occurrence], time: float, standing_only: bool) -> None:
        """Effects of all that has struck the line first, then its forced moves one by one."""
        answers = []
        for one in struck:
            for listed in self.case.effects(one, self.line):
                if listed.kind == "forced_move":
                    answers.append((one, listed))
                elif listed.is_standing or not standing_only:
                    self.act(one, listed, time)
        for one, listed in answers:
            self.answer(one, listed, time)

    def act(self, one: Occurrence, listed: ListedEffect, time: float) -> None:
        drawn = self.case.magnitudes(one, listed)
        if listed.kind == "one_off":
            if not one.is_past:
                self.pay(time, "one_off", drawn["amount"] or 0.0)
            return
        days = drawn.get("days")
        end = math.inf if days is None else one.time + days
        terms = self.case.terms(one.driver)
        acting = Acting(time, end, listed.kind, one.driver)
        if listed.kind == "spend":
            acting.spend_factor = drawn["factor"] or 0.0
            if listed.body.price:
                acting.spend_factor = min(acting.spend_factor, terms.price_cap)
        elif listed.kind == "saving":
            acting.spend_factor = self.case.saving_factor(one, listed, self.as_sold and one.is_claim)
        elif listed.kind == "upkeep":
            acting.upkeep_share = (drawn["share_of_spend"] or 0.0) * terms.upkeep_factor
            acting.upkeep_per_day = (drawn["per_day"] or 0.0) * terms.upkeep_factor
        else:
            acting.severity = drawn["severity"] or 0.0
        if end > time:
            self.told.acting.append(acting)

    def pay(self, time: float, component: str, money: float) -> None:
        self.told.amounts.append(Amount(time, component, money))

    # Forced moves

    def answer(self, one: Occurrence, listed: ListedEffect, time: float) -> None:
        """A forced move off the current line, answered at `time`."""
        if self.has_settled:
            return
        drawn = self.case.magnitudes(one, listed)
        terms = self.case.terms(one.driver)
        deadline = max(one.time + (drawn["grace_days"] or 0.0) + terms.notice_days, time)
        if self.move is not None:
            self.move.deadline = min(self.move.deadline, deadline)
            return
        if terms.frozen_upkeep is not None and self.case.record.hosting == "self_hosted":
            self.has_settled = True
            self.told.frozen.append(Frozen(deadline, self.horizon, terms.frozen_upkeep))
            return
        policy = self.case.record.responses.policy
        pay_factor = drawn["pay_factor"]
        fallback = self.first_fallback()
        if pay_factor is None:
            choice = "move" if fallback else "strand"
        elif policy == "pay":
            choice = "stay"
        elif policy == "move":
            choice = "move" if fallback else "strand"
        else:
            choice = self.cheapest(time) if fallback else "stay"
        if choice == "move":
            assert fallback is not None
            self.begin_forced_move(one, fallback, time, deadline)
        elif choice == "stay":
            assert pay_factor is not None
            self.has_settled = True
            self.told.paying.append(Paying(deadline, self.horizon, min(pay_factor, terms.price_cap)))
        else:
            self.has_settled = True
            severity = self.case.stranded_severity(self.part, one)
            self.stranding = Disrupted(deadline, self.horizon, severity)

    def first_fallback(self) -> Fallback | None:
        return next(
            (
                fallback
                for fallback in self.case.record.responses.fallbacks
                if fallback.line != self.line and not self.is_lost(fallback.line)
            ),
            None,
        )

    def is_lost(self, line: str) -> bool:
        return any(self.case.loses(one, line) for one in self.struck)

    def begin_forced_move(self, one: Occurrence, fallback: Fallback, time: float, deadline: float) -> None:
        terms = self.case.terms(one.driver)
        standby = self.case.strategy.standby
        lead_days = self.case.response(self.part, fallback, "lead_days", one)
        lead_days *= terms.lead_factor * (standby.lead_factor if standby else 1.0)
        move_cost = self.case.response(self.part, fallback, "move_cost", one) * terms.move_cost_factor
        self.pay(time, "move", move_cost)
        self.pay(time, "mitigation", terms.termination_fee)
        self.move = Move(
            is_planned=False,
            line=fallback.line,
            begin=time,
            end=time + lead_days,
            deadline=deadline,
            severity=self.case.response(self.part, fallback, "severity", one),
            spend_factor=self.case.response(self.part, fallback, "spend_factor", one),
        )

    def cheapest(self, time: float) -> str:
        """Plays both futures to the horizon as if nothing more struck; a tie stays."""
        if len(self.decisions) < len(self.choices):
            choice = self.choices[len(self.decisions)]
        else:
            stay, move = (self.cost_of(option, time) for option in ("stay", "move"))
            choice = "move" if stay - move > TIE * max(abs(stay), abs(move)) else "stay"
        self.decisions.append(choice)
        return choice

    def cost_of(self, option: str, since: float) -> float:
        """Cost and exposure from `since` to the horizon if this decision is answered so."""
        future = Life(
            self.case,
            self.part,
            [one for one in self.struck if not one.is_claim],
            [one for one in self.struck if one.is_claim],
            self.as_sold,
            (*self.decisions, option),
        )
        account = ledger(self.case, self.part, future.live(), since=since)
        return account.total_cost + account.total_exposure

    # The planned move

    def check_adoption(self, day: float, held_since: float = -math.inf) -> None:
        """On the day: not possible, held, piloted, or begun."""
        change = self.case.strategy.adoption
        self.adoption_check = None
        if not self.can_adopt():
            return
        if change.hold_if is not None and self.is_held(held_since, day):
            if change.hold_if.recheck_days is not None:
                again = day + change.hold_if.recheck_days
                self.adoption_check = (again, lambda time: self.check_adoption(time, held_since=day))
            return
        if change.pilot is not None:
            self.pay(day, "mitigation", change.pilot.cost)
            self.adoption_check = (day + change.pilot.days, self.end_pilot)
            return
        self.begin_planned_move(day)

    def end_pilot(self, day: float) -> None:
        self.adoption_check = None
        if self.can_adopt() and (self.as_sold or self.pilot_passes()):
            self.begin_planned_move(day)

    def can_adopt(self) -> bool:
        target = self.target()
        return (
            not self.is_lost(target) and target != self.line and self.move is None and self.stranding is None
        )

    def target(self) -> str:
        assert self.case.record.adoption is not None
        return self.case.record.adoption.line

    def is_held(self, since: float, before: float) -> bool:
        hold_if = self.case.strategy.adoption.hold_if
        assert hold_if is not None
        return any(
            one.driver == hold_if.driver
            and hold_if.outcome in (None, one.outcome)
            and since <= one.time < before
            and (
                one.strikes(self.case.name, self.line, self.places)
                or one.strikes_line(self.target(), self.places)
            )
            for one in self.struck
        )

    def pilot_passes(self) -> bool:
        pilot = self.case.strategy.adoption.pilot
        assert pilot is not None
        remaining = math.prod(
            self.case.saving_factor(claim, listed, as_sold=False)
            for claim in self.case.claims_that_strike()
            for listed in self.case.savings(claim, self.target())
        )
        noise = pilot.noise * float(special.ndtri(self.case.draws.uniform("pilot", self.case.name)))
        return 1.0 - remaining + noise >= pilot.minimum_saving - TIE

    def begin_planned_move(self, day: float) -> None:
        self.pay(day, "move", self.case.adoption("move_cost"))
        self.move = Move(
            is_planned=True,
            line=self.target(),
            begin=day,
            end=day + self.case.adoption("lead_days"),
            deadline=math.inf,
            severity=self.case.adoption("severity"),
            spend_factor=self.case.adoption("spend_factor"),
        )
