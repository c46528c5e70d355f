"""The range of every figure of a study, with its unit, as a type.

A distribution may have a mass of at most `MASS_ALLOWED_OUTSIDE` beyond the range; a draw from there is set to
the nearer end.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from simengine.model.distributions import Distribution, Quantity
from simengine.model.fields import Count, FieldError, Number
from simengine.model.hole import HOLE, HOLE_NUMBER

MASS_ALLOWED_OUTSIDE = 1e-6


@dataclass(frozen=True)
class Within:
    """Refuses what lies outside a range; `above` and `below` exclude the ends themselves."""

    low: float = -math.inf
    high: float = math.inf
    unit: str = ""
    above: bool = False
    below: bool = False

    def __call__(self, value: Any) -> Any:
        if isinstance(value, Distribution) and not value.is_constant:
            self._check_mass(value)
            return value
        number = value.value if isinstance(value, Distribution) else value
        too_low = number <= self.low if self.above else number < self.low
        too_high = number >= self.high if self.below else number > self.high
        if too_low or too_high:
            raise FieldError(_written(number), f"{_kind(value)}: {self}", "choose a value in this range")
        return value

    def _check_mass(self, quantity: Distribution) -> None:
        mass = quantity.mass_outside(self.low, self.high)
        if mass <= MASS_ALLOWED_OUTSIDE:
            return
        ends = ", ".join("null" if math.isinf(end) else f"{end:g}" for end in (self.low, self.high))
        raise FieldError(
            f"a {quantity.family} distribution with a probability of {mass:.2g} outside the range",
            f"{_kind(quantity)}: {self}",
            f"choose another distribution, or condition this one with truncate: [{ends}]",
        )

    def __str__(self) -> str:
        low, high = _written(self.low), _written(self.high)
        unit = f", {self.unit}" if self.unit else ""
        if math.isinf(self.high):
            return (f"above {low}" if self.above else f"{low} or more") + unit
        return f"{'above' if self.above else 'from'} {low} to {'below ' if self.below else ''}{high}{unit}"


def _kind(value: Any) -> str:
    if isinstance(value, Distribution):
        return "a number or a distribution"
    return "a whole number" if isinstance(value, int) else "a number"


def _written(number: float) -> str:
    return str(number) if isinstance(number, int) else f"{number:.15g}"


def _figure(written: Any) -> Any:
    return HOLE_NUMBER if written is HOLE else written


def _at_least_zero(unit: str) -> AfterValidator:
    return AfterValidator(Within(0.0, unit=unit))


_SHARE = AfterValidator(Within(0.0, 1.0))

# Quantities: a number or a distribution.
_Figure = Annotated[Quantity, BeforeValidator(_figure)]
Rate = Annotated[_Figure, _at_least_zero("per year")]
Probability = Annotated[Quantity, _SHARE]
Severity = Annotated[Quantity, AfterValidator(Within(0.0, 1.0, "part of the value lost"))]
Factor = Annotated[_Figure, _at_least_zero("a factor")]
Money = Annotated[Quantity, _at_least_zero("money")]
MoneyPerDay = Annotated[Quantity, _at_least_zero("money per day")]
Claim = Annotated[Quantity, AfterValidator(Within(0.0, 1.0, "part of the spend; 0.6 is 60 per cent"))]
SpendShare = Annotated[Quantity, _at_least_zero("share of the spend")]
Days = Annotated[Quantity, _at_least_zero("days")]

# Plain numbers.
PlainShare = Annotated[Number, _SHARE]
ShareInside = Annotated[Number, AfterValidator(Within(0.0, 1.0, above=True, below=True))]
Branching = Annotated[Number, AfterValidator(Within(0.0, 1.0, "offspring per occurrence", below=True))]
PlainFactor = Annotated[Number, _at_least_zero("a factor")]
PlainMoney = Annotated[Number, _at_least_zero("money")]
PlainMoneyPerDay = Annotated[Number, _at_least_zero("money per day")]
PlainMoneyPerYear = Annotated[Number, _at_least_zero("money per year")]
PlainSpendShare = Annotated[Number, _at_least_zero("share of the spend")]
PlainDays = Annotated[Number, _at_least_zero("days")]
PositiveDays = Annotated[Number, AfterValidator(Within(0.0, unit="days", above=True))]
WholeDays = Annotated[Number, AfterValidator(Within(1.0, unit="days"))]
Spread = Annotated[Number, _at_least_zero("a standard deviation")]
DiscountRate = Annotated[
    Number, AfterValidator(Within(-1.0, 1.0, "per year; 0.08 is 8 per cent", above=True))
]
DegreesOfFreedom = Annotated[Number, AfterValidator(Within(1.0, unit="degrees of freedom"))]

# Counts. The largest is 2**63, because draws and path coordinates are 64-bit.
_LARGEST = 2**63
Positive = Annotated[Count, AfterValidator(Within(1))]
PathCount = Annotated[Count, AfterValidator(Within(1, _LARGEST, "paths"))]
PathNumber = Annotated[Count, AfterValidator(Within(0, _LARGEST - 1))]
Seed = Annotated[Count, AfterValidator(Within(0, _LARGEST - 1))]
Month = Annotated[Count, AfterValidator(Within(1, 12, "a month"))]
