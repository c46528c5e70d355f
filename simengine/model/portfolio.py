"""The portfolio: what the organisation runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from simengine.model.base import Frozen, Sourced
from simengine.model.distributions import Quantity, constant
from simengine.model.fields import ByName, Date, Distinct, Items, Name
from simengine.model.ranges import (
    Days,
    Factor,
    Money,
    MoneyPerDay,
    PlainDays,
    PlainFactor,
    Severity,
    WholeDays,
)

Licence = Literal["open_weight", "gated", "proprietary"]
Hosting = Literal["self_hosted", "vendor_api", "third_party"]
Policy = Literal["move", "pay", "cheapest"]


class Lab(Sourced):
    groups: Distinct[Name] = ()


class ReleaseSchedule(Frozen):
    first: Date
    every_days: WholeDays


def _dates_or_schedule(written: Any) -> str:
    return "<schedule>" if isinstance(written, Mapping | ReleaseSchedule) else "<dates>"


Releases = Annotated[
    Annotated[Items[Date], Tag("<dates>")] | Annotated[ReleaseSchedule, Tag("<schedule>")],
    Discriminator(_dates_or_schedule),
]


class Line(Sourced):
    lab: Name
    licence: Licence
    releases: Releases = ()
    price_trend: Quantity = constant(0.0)


class Usage(Frozen):
    utilisation: PlainFactor = 1.0
    context: PlainFactor = 1.0
    latency: PlainFactor = 1.0

    @property
    def product(self) -> float:
        return self.utilisation * self.context * self.latency


class Fallback(Sourced):
    line: Name
    lead_days: Days = constant(0.0)
    move_cost: Money = constant(0.0)
    severity: Severity = constant(1.0)
    spend_factor: Factor = constant(1.0)


class Responses(Sourced):
    policy: Policy = "move"
    fallbacks: Items[Fallback] = ()
    stranded_severity: Severity = constant(1.0)


class Adoption(Sourced):
    line: Name
    day: PlainDays
    move_cost: Money = constant(0.0)
    lead_days: Days = constant(0.0)
    spend_factor: Factor = constant(1.0)
    severity: Severity = constant(1.0)


class Workload(Sourced):
    line: Name
    hosting: Hosting
    daily_spend: MoneyPerDay
    growth: Quantity = constant(0.0)
    daily_value: MoneyPerDay = constant(0.0)
    usage: Usage = Usage()
    tags: ByName[Name] = Field(default_factory=dict)
    responses: Responses = Responses()
    adoption: Adoption | None = None


class Portfolio(Sourced):
    name: Name = "portfolio"
    currency: Name = "USD"
    groups: Distinct[Name] = ()
    labs: ByName[Lab]
    lines: ByName[Line]
    workloads: ByName[Workload]
