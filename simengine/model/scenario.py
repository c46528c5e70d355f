"""The scenario: what can happen, how often, and what excites what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from simengine.model.base import Frozen, Sourced
from simengine.model.distributions import constant
from simengine.model.effects import Outcome
from simengine.model.fields import (
    AsWritten,
    ByName,
    Date,
    DateBesideAdoption,
    Distinct,
    EvidenceText,
    Items,
    Name,
    Number,
)
from simengine.model.ranges import (
    Branching,
    DegreesOfFreedom,
    Factor,
    PlainDays,
    PlainShare,
    Positive,
    PositiveDays,
    Probability,
    Rate,
)

Scope = Literal["group", "lab", "line", "workload"]
# From the widest to the narrowest.
SCOPES: tuple[Scope, ...] = ("group", "lab", "line", "workload")


class ReleaseWindow(Frozen):
    after: Literal["release"]
    days: PositiveDays
    factor: Factor


class DateWindow(Frozen):
    start: Date = Field(alias="from")
    until: Date
    factor: Factor


def _kind_of_window(written: Any) -> str:
    by_date = isinstance(written, DateWindow) or (
        isinstance(written, Mapping) and "after" not in written and ("from" in written or "until" in written)
    )
    return "<by date>" if by_date else "<after release>"


Window = Annotated[
    Annotated[ReleaseWindow, Tag("<after release>")] | Annotated[DateWindow, Tag("<by date>")],
    Discriminator(_kind_of_window),
]


class Excitation(Frozen):
    driver: Name
    outcome: Name | None = None
    factor: Factor
    half_life_days: PositiveDays | None = None
    days: PositiveDays | None = None
    delay_days: PlainDays = 0.0
    via: Literal["group"] | None = None


class SelfExcitation(Frozen):
    branching: Branching
    half_life_days: PositiveDays


class RateHazard(Sourced):
    """Occurrences at a rate per year."""

    rate: Rate
    rates: ByName[Rate] = Field(default_factory=dict)
    at_most: Positive | None = None
    scaled_by: Distinct[Name] = ()
    windows: Items[Window] = ()
    excited_by: Items[Excitation] = ()
    self_excitation: SelfExcitation | None = None


class DateHazard(Sourced):
    """Strikes once on a date, with a probability."""

    at: DateBesideAdoption
    probability: Probability = constant(1.0)


class AdoptionHazard(Sourced):
    """Strikes when the workload's planned move is done, with a probability."""

    at: Literal["adoption"]
    probability: Probability = constant(1.0)


def _kind_of_hazard(written: Any) -> str:
    if isinstance(written, DateHazard):
        return "<at a date>"
    if isinstance(written, AdoptionHazard):
        return "<at adoption>"
    if not isinstance(written, Mapping) or "at" not in written:
        return "<rate>"
    return "<at adoption>" if written["at"] == "adoption" else "<at a date>"


Hazard = Annotated[
    Annotated[RateHazard, Tag("<rate>")]
    | Annotated[DateHazard, Tag("<at a date>")]
    | Annotated[AdoptionHazard, Tag("<at adoption>")],
    Discriminator(_kind_of_hazard),
]


class PastOccurrence(Sourced):
    entity: Name
    date: Date
    outcome: Name | None = None


class Driver(Sourced):
    scope: Scope
    entities: Distinct[Name] | None = None
    hazard: Hazard
    reach: PlainShare = 1.0
    history: Items[PastOccurrence] = ()
    outcomes: AsWritten[Outcome]


class Dependence(Frozen):
    """A copula between parameter draws; `kind` is the copula's, so its evidence has no kind of its own."""

    quantities: Distinct[Name]
    kind_: Literal["gaussian", "student_t"] = Field(alias="kind")
    df: DegreesOfFreedom | None = None
    matrix: Items[Items[Number]] | None = None
    common: Number | None = None
    source: str | None = None
    reviewed: EvidenceText | None = None
    owner: str | None = None


class Scenario(Sourced):
    name: Name = "scenario"
    factors: ByName[Factor] = Field(default_factory=dict)
    drivers: ByName[Driver] = Field(default_factory=dict)
    dependence: Items[Dependence] = ()
