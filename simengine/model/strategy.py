"""The strategy: what the organisation does about it."""

from __future__ import annotations

from simengine.model.base import Frozen, Sourced
from simengine.model.fields import Date, Distinct, Items, Name, Number
from simengine.model.ranges import (
    PlainDays,
    PlainFactor,
    PlainMoney,
    PlainMoneyPerDay,
    PlainMoneyPerYear,
    PlainShare,
    PlainSpendShare,
    PositiveDays,
    ShareInside,
    Spread,
)


class HoldIf(Frozen):
    driver: Name
    outcome: Name | None = None
    recheck_days: PositiveDays | None = None


class Pilot(Sourced):
    cost: PlainMoney = 0.0
    days: PlainDays = 0.0
    noise: Spread = 0.0
    minimum_saving: Number


class AdoptionChange(Sourced):
    delay_days: PlainDays = 0.0
    hold_if: HoldIf | None = None
    pilot: Pilot | None = None


class WeightsAccess(Frozen):
    upkeep: PlainSpendShare = 0.0


class Clause(Sourced):
    name: Name
    when: Distinct[Name] | None = None
    notice_days: PlainDays | None = None
    lead_factor: PlainFactor | None = None
    move_cost_factor: PlainFactor | None = None
    price_cap: PlainFactor | None = None
    weights_access: WeightsAccess | None = None
    upkeep_factor: PlainFactor | None = None
    termination_fee: PlainMoney | None = None
    credit: PlainShare | None = None
    annual_cost: PlainMoneyPerYear = 0.0


class Commitment(Sourced):
    line: Name
    daily_minimum: PlainMoneyPerDay
    until: Date


class Standby(Sourced):
    lead_factor: PlainFactor = 1.0
    share_of_spend: PlainSpendShare = 0.0


class Strategy(Sourced):
    """`workloads` (default: all) are those that the strategy changes.

    `optional_drivers` may be named by this strategy although a scenario does not have them: a clause or
    a `hold_if` on such a driver then never applies. Any other unknown driver is refused.
    """

    name: Name = "proceed"
    workloads: Distinct[Name] | None = None
    optional_drivers: Distinct[Name] = ()
    adoption: AdoptionChange = AdoptionChange()
    clauses: Items[Clause] = ()
    commitment: Commitment | None = None
    standby: Standby | None = None
    diversify: ShareInside | None = None
