"""What one workload's life leaves behind: facts with a beginning and an end, and amounts with a date."""

from __future__ import annotations

import math
from dataclasses import dataclass, field


@dataclass
class Span:
    """From `begin` until `end` (not included), in days."""

    begin: float
    end: float

    def holds_at(self, t: float) -> bool:
        return self.begin <= t < self.end

    def clipped(self, begin: float, end: float) -> None:
        self.begin, self.end = max(self.begin, begin), min(self.end, end)


@dataclass
class Stay(Span):
    """On one line, with the spend factor of the move that brought the workload there."""

    line: str
    spend_factor: float


@dataclass
class Acting(Span):
    """One effect of one occurrence, acting on the workload."""

    kind: str
    driver: str
    spend_factor: float = 1.0
    upkeep_share: float = 0.0
    upkeep_per_day: float = 0.0
    severity: float = 0.0


@dataclass
class Paying(Span):
    factor: float


@dataclass
class Frozen(Span):
    """Staying for good on frozen weights."""

    upkeep_share: float


@dataclass
class Disrupted(Span):
    """A move that is overdue, or a workload that is stranded."""

    severity: float


@dataclass
class Amount:
    time: float
    component: str
    money: float


@dataclass
class Timeline:
    stays: list[Stay] = field(default_factory=list)
    acting: list[Acting] = field(default_factory=list)
    paying: list[Paying] = field(default_factory=list)
    frozen: list[Frozen] = field(default_factory=list)
    overdue: list[Disrupted] = field(default_factory=list)
    stranded: list[Disrupted] = field(default_factory=list)
    forced_moves: list[Span] = field(default_factory=list)  # under way
    amounts: list[Amount] = field(default_factory=list)

    def spans(self) -> list[Span]:
        return [
            *self.stays,
            *self.acting,
            *self.paying,
            *self.frozen,
            *self.overdue,
            *self.stranded,
            *self.forced_moves,
        ]

    def stay_at(self, t: float) -> Stay | None:
        """The line at t; None when stranded."""
        return next((stay for stay in self.stays if stay.holds_at(t)), None)

    def severity_at(self, t: float) -> float:
        """Overlapping severities combine as 1 − Π(1 − σ)."""
        severities = [
            span.severity for span in [*self.acting, *self.overdue, *self.stranded] if span.holds_at(t)
        ]
        return 1.0 - math.prod(1.0 - severity for severity in severities)
