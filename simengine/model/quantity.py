"""What every distribution of a quantity answers, and what makes one unacceptable.

A distribution is a frozen record of its parameters that speaks SciPy's words (`cdf`, `sf`, `ppf`). This is
the slow and independent side, for validation and reports: draws are made by `simengine.rng.variates`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

EvidenceKind = Literal["data", "mixed", "judgement"]

LEAST_MASS = 1e-12
SUM_TOLERANCE = 1e-6
# Greater figures have no meaning here, and a few of them multiplied leave the range of floating point.
LARGEST = 1e15
MASS_BEYOND_LARGEST = 1e-6


class QuantityError(ValueError):
    """A number or distribution that cannot be accepted: what arrived, what is allowed, and how to mend it."""

    def __init__(self, arrived: str, allowed: str, remedy: str = "", at: str = "") -> None:
        self.arrived, self.allowed, self.remedy, self.at = arrived, allowed, remedy, at
        where = f"{at}: " if at else ""
        super().__init__(f"{where}got {arrived}; allowed: {allowed}" + (f"; {remedy}" if remedy else ""))

    def under(self, key: str) -> QuantityError:
        """The same problem, seen from the mapping that holds it under `key`."""
        at = f"{key}.{self.at}" if self.at else key
        return QuantityError(self.arrived, self.allowed, self.remedy, at)


@dataclass(frozen=True)
class Evidence:
    """Where a figure came from, for the assumptions register."""

    source: str | None = None
    kind: EvidenceKind | None = None
    reviewed: str | None = None
    owner: str | None = None


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """A quantity: one draw is one uniform through the quantile function."""

    family: ClassVar[str]
    evidence: Evidence | None = field(default=None, compare=False, repr=False)

    @property
    def is_constant(self) -> bool:
        return False

    @property
    def value(self) -> float:
        """The value of a constant."""
        raise TypeError(f"a {self.family} distribution has no single value")

    @property
    def has_finite_variance(self) -> bool:
        return True

    def support(self) -> tuple[float, float]:
        """The least and the greatest possible value (infinite where there is none)."""
        raise NotImplementedError

    def mean(self) -> float:
        raise NotImplementedError

    def partial_mean(self, x: float) -> float:
        """E[X; X <= x], for the mean under truncation."""
        raise NotImplementedError

    def cdf(self, x: Any) -> Any:
        """P(X <= x)."""
        raise NotImplementedError

    def sf(self, x: Any) -> Any:
        """P(X > x), without cancellation in the upper tail."""
        raise NotImplementedError

    def below(self, x: Any) -> Any:
        """P(X < x)."""
        return self.cdf(x)

    def ppf(self, u: Any) -> Any:
        """The least x with P(X <= x) >= u."""
        raise NotImplementedError

    def isf(self, q: Any) -> Any:
        """The quantile at 1 - q, without cancellation for small q."""
        raise NotImplementedError

    def mass_outside(self, low: float, high: float) -> float:
        """P(X < low or X > high)."""
        if self.lies_within(low, high):
            return 0.0
        return float(self.below(low) + self.sf(high))

    def lies_within(self, low: float, high: float) -> bool:
        """Whether all mass is there: the usual case, told without SciPy, which is slow to import."""
        least, most = self.support()
        return low <= least and most <= high

    def rough_mass_within(self, low: float, high: float) -> float:
        """`mass_within` to about 15 digits, without SciPy where that is possible; for checks only."""
        return 1.0 if self.lies_within(low, high) else self.mass_within(low, high)

    def mass_within(self, low: float, high: float) -> float:
        """P(low <= X <= high), by whichever tail loses fewer digits."""
        if self.below(low) < 0.5:
            return max(0.0, float(self.cdf(high) - self.below(low)))
        return max(0.0, float(1.0 - self.below(low) if math.isinf(high) else self.sf(low) - self.sf(high)))

    def resolved(self) -> Distribution:
        """The same distribution in the few shapes that can be drawn: no nested or truncated mixtures."""
        return self

    def conditioned(self, low: float, high: float) -> Distribution:
        """This distribution given low <= X <= high, resolved."""
        return Truncated(self, low, high)

    def parameters(self) -> Any:
        """What stands under the family's name in a configuration."""
        raise NotImplementedError

    def _form(self) -> dict[str, Any]:
        return {self.family: self.parameters()}

    def to_mapping(self) -> Any:
        """The configuration that this quantity came from."""
        written = self._form()
        if self.evidence is not None:
            written |= {key: value for key, value in vars(self.evidence).items() if value is not None}
        return written["value"] if list(written) == ["value"] else written


def check_finite(name: str, value: float) -> None:
    if not math.isfinite(value):
        raise QuantityError(str(value), "a finite number", "write a number", name)


def check_positive(name: str, value: float) -> None:
    check_finite(name, value)
    if value <= 0.0:
        raise QuantityError(f"{value:g}", "a number above 0", "choose a greater one", name)


def check_between(name: str, value: float, bounds: tuple[float, float]) -> None:
    check_finite(name, value)
    if not bounds[0] <= value <= bounds[1]:
        allowed = f"{bounds[0]:g} to {bounds[1]:g}"
        raise QuantityError(f"{value:g}", allowed, "choose a number in this range", name)


def check_adding_to_one(name: str, shares: Iterable[float]) -> None:
    shares = tuple(shares)
    for position, share in enumerate(shares):
        check_finite(f"{name}[{position}]", share)
        if share < 0.0:
            at = f"{name}[{position}]"
            raise QuantityError(f"{share:g}", "0 or more", "choose a number in this range", at)
    total = math.fsum(shares)
    if abs(total - 1.0) > SUM_TOLERANCE:
        raise QuantityError(f"a sum of {total:g}", "a sum of 1", "divide each by their sum", name)


def check_width(low: float, high: float) -> None:
    check_finite("low", low)
    check_finite("high", high)
    if low == high:
        raise QuantityError(f"ends {low:g} and {high:g}", "low below high", "write the number itself")
    if not math.isfinite(high - low):
        raise QuantityError(
            f"ends {low:g} and {high:g}", "ends of which the width is a finite number", "narrow it"
        )


def check_three_points(low: float, mode: float, high: float) -> None:
    check_width(low, high)
    check_finite("mode", mode)
    if not low <= mode <= high:
        arrived, allowed = f"[{low:g}, {mode:g}, {high:g}]", "low <= mode <= high, in this order"
        raise QuantityError(arrived, allowed, in_order(low, mode, high))


def in_order(*numbers: float) -> str:
    """The remedy where numbers are in the wrong order."""
    return f"write [{', '.join(f'{number:g}' for number in sorted(numbers))}] if that is meant"


@dataclass(frozen=True)
class Truncated(Distribution):
    """Another distribution, given that it lies between two ends."""

    family: ClassVar[str] = "truncate"
    of: Distribution
    low: float
    high: float

    def __post_init__(self) -> None:
        if math.isnan(self.low) or math.isnan(self.high) or self.low >= self.high:
            arrived, remedy = f"[{self.low:g}, {self.high:g}]", in_order(self.low, self.high)
            raise QuantityError(arrived, "[low, high] with low below high", remedy, "truncate")
        if self.of.is_constant:
            remedy = "remove truncate"
            raise QuantityError(
                "truncate around a number", "truncate around a distribution", remedy, "truncate"
            )
        mass = self.of.rough_mass_within(self.low, self.high)
        if not mass >= LEAST_MASS:
            arrived = f"[{self.low:g}, {self.high:g}], where the distribution has a mass of {mass:.3g}"
            allowed = f"a mass of at least {LEAST_MASS:g} between the ends"
            raise QuantityError(arrived, allowed, "move the ends to where the distribution lies", "truncate")

    @property
    def has_finite_variance(self) -> bool:
        low, high = self.support()
        return self.of.has_finite_variance or not (math.isinf(low) or math.isinf(high))

    @property
    def lies_above(self) -> bool:
        """Whether what is kept lies above the median, so that the upper tail keeps more digits."""
        return bool(self.of.below(self.low) >= 0.5)

    def resolved(self) -> Distribution:
        return self.of.conditioned(self.low, self.high)

    def conditioned(self, low: float, high: float) -> Distribution:
        return self.of.conditioned(max(low, self.low), min(high, self.high))

    def _simple(self) -> Distribution | None:
        """The resolved form, unless that is a truncated distribution itself."""
        resolved = self.resolved()
        return None if isinstance(resolved, Truncated) else resolved

    def support(self) -> tuple[float, float]:
        if (simple := self._simple()) is not None:
            return simple.support()
        low, high = self.of.support()
        return max(low, self.low), min(high, self.high)

    def mean(self) -> float:
        if (simple := self._simple()) is not None:
            return simple.mean()
        low, high = self.support()
        whole = self.of.mean() if math.isinf(high) else self.of.partial_mean(high)
        part = 0.0 if math.isinf(low) else self.of.partial_mean(low)
        return min(max((whole - part) / self.of.mass_within(low, high), low), high)

    def cdf(self, x: Any) -> Any:
        if (simple := self._simple()) is not None:
            return simple.cdf(x)
        import numpy as np

        x = np.clip(x, self.low, self.high)
        mass = self.of.mass_within(self.low, self.high)
        if self.lies_above:
            return (self.of.sf(self.low) - self.of.sf(x)) / mass
        return (self.of.cdf(x) - self.of.cdf(self.low)) / mass

    def sf(self, x: Any) -> Any:
        if (simple := self._simple()) is not None:
            return simple.sf(x)
        import numpy as np

        x = np.clip(x, self.low, self.high)
        mass = self.of.mass_within(self.low, self.high)
        if self.lies_above:
            return (self.of.sf(x) - self.of.sf(self.high)) / mass
        return (self.of.cdf(self.high) - self.of.cdf(x)) / mass

    def ppf(self, u: Any) -> Any:
        if (simple := self._simple()) is not None:
            return simple.ppf(u)
        import numpy as np

        if self.lies_above:
            first, last = self.of.sf(self.low), self.of.sf(self.high)
            x = self.of.isf((1.0 - u) * first + u * last)
        else:
            first, last = self.of.cdf(self.low), self.of.cdf(self.high)
            x = self.of.ppf((1.0 - u) * first + u * last)
        return np.clip(x, *self.support())[()]

    def isf(self, q: Any) -> Any:
        return self.ppf(1.0 - q)

    def below(self, x: Any) -> Any:
        simple = self._simple()
        return self.cdf(x) if simple is None else simple.below(x)

    def _form(self) -> dict[str, Any]:
        inner = self.of._form()
        low, high = inner.get("truncate") or (None, None)
        low = self.low if low is None else max(low, self.low)
        high = self.high if high is None else min(high, self.high)
        return inner | {"truncate": [None if math.isinf(end) else end for end in (low, high)]}
