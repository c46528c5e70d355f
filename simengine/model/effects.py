"""What an occurrence does to the workloads that it strikes."""

from __future__ import annotations

from typing import Literal

from pydantic import StrictBool

from simengine.model.base import Frozen, Sourced
from simengine.model.distributions import Quantity
from simengine.model.fields import ByName, Items, Name, OneOrMore
from simengine.model.portfolio import Hosting, Licence
from simengine.model.ranges import Claim, Days, Factor, Money, MoneyPerDay, Probability, Severity, SpendShare

EffectKind = Literal["spend", "saving", "upkeep", "one_off", "disruption", "forced_move"]
EFFECT_KINDS: tuple[EffectKind, ...] = ("spend", "saving", "upkeep", "one_off", "disruption", "forced_move")


class Where(Frozen):
    """Which of the struck workloads an effect acts on; every stated field must admit the workload."""

    hosting: OneOrMore[Hosting] | None = None
    licence: OneOrMore[Licence] | None = None
    workload: OneOrMore[Name] | None = None
    tag: ByName[OneOrMore[Name]] | None = None


class Spend(Frozen):
    factor: Factor
    days: Days | None = None
    price: StrictBool = False


class Saving(Frozen):
    claimed: Claim
    realised: Quantity


class Upkeep(Frozen):
    share_of_spend: SpendShare | None = None
    per_day: MoneyPerDay | None = None
    days: Days | None = None


class OneOff(Frozen):
    amount: Money


class Disruption(Frozen):
    severity: Severity
    days: Days | None = None


class ForcedMove(Frozen):
    grace_days: Days
    pay_factor: Factor | None = None


class Effect(Sourced):
    """Exactly one of the six kinds, with its `where` and `each` beside it."""

    spend: Spend | None = None
    saving: Saving | None = None
    upkeep: Upkeep | None = None
    one_off: OneOff | None = None
    disruption: Disruption | None = None
    forced_move: ForcedMove | None = None
    where: Where = Where()
    each: Literal["occurrence", "workload"] = "occurrence"

    @property
    def kinds(self) -> tuple[EffectKind, ...]:
        """The kinds that are given: one, in a study that passed its checks."""
        return tuple(kind for kind in EFFECT_KINDS if getattr(self, kind) is not None)


class Outcome(Sourced):
    probability: Probability | None = None
    effects: Items[Effect] = ()
