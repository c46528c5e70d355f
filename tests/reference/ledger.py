"""Money and downtime of a timeline (page section 6), by exact integrals between breakpoints."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise

from tests.reference.periods import periods
from tests.reference.terms import annual_cost
from tests.reference.timeline import Stay, Timeline
from tests.reference.workload import Part, WorkloadCase

COMPONENTS = ("inference", "upkeep", "one_off", "move", "mitigation")
EXPOSURE, DAYS = "exposure", "days"


@dataclass(frozen=True)
class Flow:
    """amount · exp(growth · t) a day, from `begin` to `end`; growth is per day."""

    account: str  # a component, EXPOSURE or DAYS
    amount: float
    growth: float
    begin: float
    end: float

    def integral(self, discount: float = 0.0) -> float:
        """Over its span, every amount at t times exp(−discount·t)."""
        rate = self.growth - discount
        length = self.end - self.begin
        at_begin = self.amount * math.exp(rate * self.begin)
        return at_begin * (length if rate == 0.0 else math.expm1(rate * length) / rate)


@dataclass
class Ledger:
    """Sums by (component or EXPOSURE or DAYS, period label), and present values by the former."""

    nominal: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    present: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, other: Ledger) -> None:
        for key, money in other.nominal.items():
            self.nominal[key] += money
        for account, money in other.present.items():
            self.present[account] += money

    def of(self, account: str, period: str | None = None) -> float:
        return sum(x for (a, p), x in self.nominal.items() if a == account and period in (None, p))

    @property
    def total_cost(self) -> float:
        return sum(self.of(component) for component in COMPONENTS)

    @property
    def total_cost_pv(self) -> float:
        return sum(self.present[component] for component in COMPONENTS)

    @property
    def total_exposure(self) -> float:
        return self.of(EXPOSURE)

    def cost_in(self, period: str) -> float:
        return sum(self.of(component, period) for component in COMPONENTS)


def ledger(case: WorkloadCase, part: Part, told: Timeline, since: float = 0.0) -> Ledger:
    """The ledger of one part from `since` to the horizon."""
    run = case.study.run
    discount = math.log1p(run.discount_rate) / 365.0
    account = Ledger()
    for period in periods(run):
        for begin, end in stretches(case, told, max(period.begin, since), period.end):
            for flow in flows(case, told, begin, end):
                account.nominal[flow.account, period.label] += part.share * flow.integral()
                account.present[flow.account] += part.share * flow.integral(discount)
        for amount in told.amounts:
            if period.begin <= amount.time < period.end and amount.time >= since:
                money = part.share * amount.money
                account.nominal[amount.component, period.label] += money
                account.present[amount.component] += money * math.exp(-discount * amount.time)
    return account


def stretches(case: WorkloadCase, told: Timeline, begin: float, end: float) -> list[tuple[float, float]]:
    """[begin, end) cut wherever anything begins or ends."""
    edges = {begin, end}
    edges |= {edge for span in told.spans() for edge in (span.begin, span.end)}
    if case.strategy.commitment is not None:
        edges.add(case.places.day(case.strategy.commitment.until))
    inside = sorted(edge for edge in edges if begin <= edge <= end)
    return list(pairwise(inside))


def flows(case: WorkloadCase, told: Timeline, begin: float, end: float) -> list[Flow]:
    """All that flows on a stretch in which nothing begins or ends."""
    middle = 0.5 * (begin + end)
    stay = told.stay_at(middle)
    severity = told.severity_at(middle)
    growth = case.parameter("growth") / 365.0
    found = [
        Flow(DAYS, severity, 0.0, begin, end),
        Flow(EXPOSURE, severity * case.parameter("daily_value"), growth, begin, end),
        Flow("mitigation", annual_cost(case.strategy.clauses) / 365.0, 0.0, begin, end),
    ]
    inference = Flow("inference", 0.0, 0.0, begin, end)
    if stay is not None:
        on_line = flows_on_line(case, told, stay, begin, end)
        found += on_line
        inference = on_line[0]
    return found + owed(case, stay, inference)


def flows_on_line(case: WorkloadCase, told: Timeline, stay: Stay, begin: float, end: float) -> list[Flow]:
    """Inference first, then upkeep, standby and credit."""
    middle = 0.5 * (begin + end)
    acting = [effect for effect in told.acting if effect.holds_at(middle)]
    paying = [span for span in told.paying if span.holds_at(middle)]
    frozen = [span for span in told.frozen if span.holds_at(middle)]
    growth = (case.parameter("growth") + case.price_trend(stay.line)) / 365.0
    s = case.parameter("daily_spend")
    factor = stay.spend_factor * math.prod(effect.spend_factor for effect in acting)
    factor *= math.prod(span.factor for span in paying)
    share = sum(effect.upkeep_share for effect in acting) + sum(span.upkeep_share for span in frozen)
    per_day = sum(effect.upkeep_per_day for effect in acting)
    refunding = [effect.driver for effect in acting if effect.kind in ("spend", "upkeep", "disruption")]
    credit = max((case.terms(driver).credit for driver in refunding), default=0.0)
    standby = case.strategy.standby.share_of_spend if case.strategy.standby else 0.0
    return [
        Flow("inference", s * factor, growth, begin, end),
        Flow("upkeep", s * share, growth, begin, end),
        Flow("upkeep", per_day, 0.0, begin, end),
        Flow("mitigation", s * standby, growth, begin, end),
        Flow("mitigation", -credit * s * factor, growth, begin, end),
    ]


def owed(case: WorkloadCase, stay: Stay | None, inference: Flow) -> list[Flow]:
    """What inference spend on the committed line falls short of the minimum."""
    commitment = case.strategy.commitment
    begin, end = inference.begin, inference.end
    if commitment is None or 0.5 * (begin + end) >= case.places.day(commitment.until):
        return []
    minimum = commitment.daily_minimum
    if stay is None or stay.line != commitment.line:
        return [Flow("mitigation", minimum, 0.0, begin, end)]
    edges = [begin, end]
    if inference.amount > 0.0 and inference.growth != 0.0 and minimum > 0.0:
        crossing = math.log(minimum / inference.amount) / inference.growth
        if begin < crossing < end:
            edges = [begin, crossing, end]
    found = []
    for a, b in pairwise(edges):
        if inference.amount * math.exp(inference.growth * 0.5 * (a + b)) < minimum:
            found.append(Flow("mitigation", minimum, 0.0, a, b))
            found.append(Flow("mitigation", -inference.amount, inference.growth, a, b))
    return found
