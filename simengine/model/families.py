"""The continuous families whose quantile function is elementary or the normal one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

from simengine.model.quantity import (
    Distribution,
    QuantityError,
    check_finite,
    check_positive,
    check_three_points,
    check_width,
    in_order,
)

# The 0.9 quantile of the standard normal distribution.
Z90 = 1.2815515655446004


def _normal_below(z: float) -> float:
    """The standard normal distribution function of a number, in the standard library's arithmetic."""
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


def _normal_between(low: float, high: float) -> float:
    """P(low <= Z <= high), from the tail that loses fewer digits."""
    if low > 0.0:
        return _normal_below(-low) - _normal_below(-high)
    return _normal_below(high) - _normal_below(low)


@dataclass(frozen=True)
class Normal(Distribution):
    family: ClassVar[str] = "normal"
    mu: float
    sd: float

    def __post_init__(self) -> None:
        check_finite("mean", self.mu)
        check_positive("sd", self.sd)

    def support(self) -> tuple[float, float]:
        return -math.inf, math.inf

    def mean(self) -> float:
        return self.mu

    def partial_mean(self, x: float) -> float:
        z = (x - self.mu) / self.sd
        return self.mu * float(self.cdf(x)) - self.sd * math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)

    def mass_outside(self, low: float, high: float) -> float:
        return _normal_below((low - self.mu) / self.sd) + _normal_below((self.mu - high) / self.sd)

    def rough_mass_within(self, low: float, high: float) -> float:
        return _normal_between((low - self.mu) / self.sd, (high - self.mu) / self.sd)

    def cdf(self, x: Any) -> Any:
        from scipy.special import ndtr

        return ndtr((x - self.mu) / self.sd)

    def sf(self, x: Any) -> Any:
        from scipy.special import ndtr

        return ndtr((self.mu - x) / self.sd)

    def ppf(self, u: Any) -> Any:
        from scipy.special import ndtri

        return self.mu + self.sd * ndtri(u)

    def isf(self, q: Any) -> Any:
        from scipy.special import ndtri

        return self.mu - self.sd * ndtri(q)

    def parameters(self) -> dict[str, float]:
        return {"mean": self.mu, "sd": self.sd}


@dataclass(frozen=True)
class Lognormal(Distribution):
    """Given by its P10 and P90, or by its median and the sd of its logarithm; the other two are absent."""

    family: ClassVar[str] = "lognormal"
    p10: float | None = None
    p90: float | None = None
    median: float | None = None
    sigma: float | None = None

    def __post_init__(self) -> None:
        given = {name for name in ("p10", "p90", "median", "sigma") if getattr(self, name) is not None}
        if given not in ({"p10", "p90"}, {"median", "sigma"}):
            arrived = ", ".join(sorted(given)) or "nothing"
            raise QuantityError(arrived, "{p10, p90} or {median, sigma}", "write one of the two pairs")
        for name in sorted(given):
            check_positive(name, getattr(self, name))
        if self.p10 is not None and self.p90 is not None and self.p10 >= self.p90:
            arrived = f"p10 {self.p10:g} and p90 {self.p90:g}"
            raise QuantityError(
                arrived,
                "p10 below p90",
                "write the smaller one first" if self.p10 > self.p90 else "write the number itself",
            )

    @property
    def centre(self) -> float:
        """The median."""
        if self.median is not None:
            return self.median
        assert self.p10 is not None
        assert self.p90 is not None
        return math.sqrt(self.p10) * math.sqrt(self.p90)

    @property
    def log_sd(self) -> float:
        """The standard deviation of the logarithm."""
        if self.sigma is not None:
            return self.sigma
        assert self.p10 is not None
        assert self.p90 is not None
        return math.log(self.p90 / self.p10) / (2.0 * Z90)

    @property
    def has_finite_variance(self) -> bool:
        return 2.0 * (math.log(self.centre) + self.log_sd**2) < math.log(1.7e308)

    def support(self) -> tuple[float, float]:
        return 0.0, math.inf

    def mean(self) -> float:
        return self.centre * math.exp(0.5 * self.log_sd**2)

    def rough_mass_within(self, low: float, high: float) -> float:
        ends = [(math.log(x / self.centre) / self.log_sd if x > 0.0 else -math.inf) for x in (low, high)]
        return _normal_between(*ends)

    def _score(self, x: Any) -> Any:
        import numpy as np

        x = np.asarray(x, dtype=float)
        positive = np.where(x > 0.0, x, 1.0)
        return np.where(x > 0.0, (np.log(positive) - math.log(self.centre)) / self.log_sd, -np.inf)

    def partial_mean(self, x: float) -> float:
        from scipy.special import ndtr

        return self.mean() * float(ndtr(self._score(x) - self.log_sd))

    def cdf(self, x: Any) -> Any:
        from scipy.special import ndtr

        return ndtr(self._score(x))

    def sf(self, x: Any) -> Any:
        from scipy.special import ndtr

        return ndtr(-self._score(x))

    def ppf(self, u: Any) -> Any:
        import numpy as np
        from scipy.special import ndtri

        return self.centre * np.exp(self.log_sd * ndtri(u))

    def isf(self, q: Any) -> Any:
        import numpy as np
        from scipy.special import ndtri

        return self.centre * np.exp(-self.log_sd * ndtri(q))

    def parameters(self) -> dict[str, float]:
        names = ("p10", "p90", "median", "sigma")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}


@dataclass(frozen=True)
class Triangular(Distribution):
    family: ClassVar[str] = "triangular"
    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        check_three_points(self.low, self.mode, self.high)

    def support(self) -> tuple[float, float]:
        return self.low, self.high

    def mean(self) -> float:
        return (self.low + self.mode + self.high) / 3.0

    def partial_mean(self, x: float) -> float:
        low, mode, high = self.low, self.mode, self.high
        width = high - low

        def rising(x: float) -> float:
            return (2.0 * (x - low) ** 3 / 3.0 + low * (x - low) ** 2) / (width * (mode - low))

        def from_top(x: float) -> float:
            return (high * (high - x) ** 2 - 2.0 * (high - x) ** 3 / 3.0) / (width * (high - mode))

        x = min(max(x, low), high)
        if x <= mode:
            return rising(x) if mode > low else 0.0
        return self.mean() - from_top(x)

    def cdf(self, x: Any) -> Any:
        import numpy as np

        x = np.clip(x, self.low, self.high)
        return np.where(x <= self.mode, self._rise(x), 1.0 - self._fall(x))[()]

    def sf(self, x: Any) -> Any:
        import numpy as np

        x = np.clip(x, self.low, self.high)
        return np.where(x <= self.mode, 1.0 - self._rise(x), self._fall(x))[()]

    def _rise(self, x: Any) -> Any:
        return (x - self.low) ** 2 / ((self.high - self.low) * max(self.mode - self.low, 1e-300))

    def _fall(self, x: Any) -> Any:
        return (self.high - x) ** 2 / ((self.high - self.low) * max(self.high - self.mode, 1e-300))

    def ppf(self, u: Any) -> Any:
        return self._from_tails(u, 1.0 - u)

    def isf(self, q: Any) -> Any:
        return self._from_tails(1.0 - q, q)

    def _from_tails(self, u: Any, q: Any) -> Any:
        import numpy as np

        low, mode, high = self.low, self.mode, self.high
        rising = low + np.sqrt(u * ((high - low) * (mode - low)))
        falling = high - np.sqrt(q * ((high - low) * (high - mode)))
        return np.where(u * (high - low) <= mode - low, rising, falling)[()]

    def parameters(self) -> list[float]:
        return [self.low, self.mode, self.high]


@dataclass(frozen=True)
class Uniform(Distribution):
    family: ClassVar[str] = "uniform"
    low: float
    high: float

    def __post_init__(self) -> None:
        check_width(self.low, self.high)
        if self.low > self.high:
            remedy = in_order(self.low, self.high)
            raise QuantityError(f"[{self.low:g}, {self.high:g}]", "low below high", remedy)

    def support(self) -> tuple[float, float]:
        return self.low, self.high

    def mean(self) -> float:
        return 0.5 * (self.low + self.high)

    def partial_mean(self, x: float) -> float:
        x = min(max(x, self.low), self.high)
        return 0.5 * (x + self.low) * (x - self.low) / (self.high - self.low)

    def cdf(self, x: Any) -> Any:
        import numpy as np

        return (np.clip(x, self.low, self.high) - self.low) / (self.high - self.low)

    def sf(self, x: Any) -> Any:
        import numpy as np

        return (self.high - np.clip(x, self.low, self.high)) / (self.high - self.low)

    def ppf(self, u: Any) -> Any:
        return self.low + u * (self.high - self.low)

    def isf(self, q: Any) -> Any:
        return self.high - q * (self.high - self.low)

    def parameters(self) -> list[float]:
        return [self.low, self.high]


@dataclass(frozen=True)
class Pareto(Distribution):
    """Type I: P(X > x) = (minimum / x) ** alpha."""

    family: ClassVar[str] = "pareto"
    minimum: float
    alpha: float

    def __post_init__(self) -> None:
        check_positive("minimum", self.minimum)
        check_positive("alpha", self.alpha)

    @property
    def has_finite_variance(self) -> bool:
        return self.alpha > 2.0

    def support(self) -> tuple[float, float]:
        return self.minimum, math.inf

    def mean(self) -> float:
        return self.minimum * self.alpha / (self.alpha - 1.0) if self.alpha > 1.0 else math.inf

    def partial_mean(self, x: float) -> float:
        if x <= self.minimum:
            return 0.0
        if self.alpha == 1.0:
            return self.minimum * math.log(x / self.minimum)
        power = (self.minimum / x) ** (self.alpha - 1.0)
        return self.minimum * self.alpha / (self.alpha - 1.0) * (1.0 - power)

    def cdf(self, x: Any) -> Any:
        import numpy as np

        return -np.expm1(-self.alpha * np.log(np.maximum(x, self.minimum) / self.minimum))

    def sf(self, x: Any) -> Any:
        import numpy as np

        return (self.minimum / np.maximum(x, self.minimum)) ** self.alpha

    def ppf(self, u: Any) -> Any:
        import numpy as np

        return self.minimum * np.exp(-np.log1p(-np.asarray(u)) / self.alpha)

    def isf(self, q: Any) -> Any:
        import numpy as np

        return self.minimum * np.asarray(q) ** (-1.0 / self.alpha)

    def parameters(self) -> dict[str, float]:
        return {"minimum": self.minimum, "alpha": self.alpha}
