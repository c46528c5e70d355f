"""Distributions made of points or of other distributions: constant, discrete, empirical, mixture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

from simengine.model.quantity import (
    Distribution,
    QuantityError,
    check_adding_to_one,
    check_finite,
)

# A part of a truncated mixture with less than this share of what is kept is left out.
LEAST_SHARE = 1e-15


@dataclass(frozen=True)
class Constant(Distribution):
    """A number that is known."""

    family: ClassVar[str] = "value"
    number: float

    def __post_init__(self) -> None:
        check_finite("", self.number)

    @property
    def is_constant(self) -> bool:
        return True

    @property
    def value(self) -> float:
        return self.number

    def support(self) -> tuple[float, float]:
        return self.number, self.number

    def mean(self) -> float:
        return self.number

    def cdf(self, x: Any) -> Any:
        import numpy as np

        return np.where(np.asarray(x) >= self.number, 1.0, 0.0)[()]

    def sf(self, x: Any) -> Any:
        return 1.0 - self.cdf(x)

    def below(self, x: Any) -> Any:
        import numpy as np

        return np.where(np.asarray(x) > self.number, 1.0, 0.0)[()]

    def ppf(self, u: Any) -> Any:
        import numpy as np

        return np.full(np.shape(u), self.number)[()]

    def isf(self, q: Any) -> Any:
        return self.ppf(q)

    def conditioned(self, low: float, high: float) -> Distribution:
        return self

    def parameters(self) -> float:
        return self.number


class _Points(Distribution):
    """A distribution on finitely many points."""

    def points(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """The distinct points, ascending, and P(X <= point) at each; the last is exactly 1."""
        raise NotImplementedError

    def support(self) -> tuple[float, float]:
        values, _ = self.points()
        return values[0], values[-1]

    def _steps(self) -> tuple[Any, Any]:
        import numpy as np

        values, cumulative = self.points()
        return np.array(values), np.array((0.0, *cumulative))

    def mean(self) -> float:
        values, cumulative = self.points()
        before = (0.0, *cumulative)
        return math.fsum(x * (after - b) for x, after, b in zip(values, cumulative, before, strict=False))

    def cdf(self, x: Any) -> Any:
        import numpy as np

        values, cumulative = self._steps()
        return cumulative[np.searchsorted(values, x, side="right")]

    def below(self, x: Any) -> Any:
        import numpy as np

        values, cumulative = self._steps()
        return cumulative[np.searchsorted(values, x, side="left")]

    def sf(self, x: Any) -> Any:
        return 1.0 - self.cdf(x)

    def ppf(self, u: Any) -> Any:
        import numpy as np

        values, cumulative = self._steps()
        return values[np.searchsorted(cumulative[1:-1], u, side="left")]

    def isf(self, q: Any) -> Any:
        return self.ppf(1.0 - q)


@dataclass(frozen=True)
class Discrete(_Points):
    """Some values, each with its probability."""

    family: ClassVar[str] = "discrete"
    values: tuple[float, ...]
    probabilities: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.values) != len(self.probabilities) or not self.values:
            arrived = f"{len(self.values)} values and {len(self.probabilities)} probabilities"
            raise QuantityError(
                arrived, "as many of the one as of the other, at least one", "write one for each"
            )
        for position, value in enumerate(self.values):
            check_finite(f"values[{position}]", value)
        check_adding_to_one("probabilities", self.probabilities)

    def points(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        share: dict[float, float] = {}
        for value, probability in zip(self.values, self.probabilities, strict=True):
            if probability > 0.0:
                share[value] = share.get(value, 0.0) + probability
        values = tuple(sorted(share))
        total = math.fsum(share.values())
        parts = [share[value] for value in values]
        inner = tuple(min(1.0, math.fsum(parts[: n + 1]) / total) for n in range(len(parts) - 1))
        return values, (*inner, 1.0)

    def conditioned(self, low: float, high: float) -> Distribution:
        kept = [
            (value, probability)
            for value, probability in zip(self.values, self.probabilities, strict=True)
            if low <= value <= high
        ]
        total = math.fsum(probability for _, probability in kept)
        return Discrete(tuple(v for v, _ in kept), tuple(p / total for _, p in kept))

    def parameters(self) -> dict[str, list[float]]:
        return {"values": list(self.values), "probabilities": list(self.probabilities)}


@dataclass(frozen=True)
class Empirical(_Points):
    """Observations, each as likely as the others; quantiles are of type 1, so every draw is one of them."""

    family: ClassVar[str] = "empirical"
    observations: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.observations:
            raise QuantityError("no observations", "at least one", "write the observed numbers in brackets")
        for position, value in enumerate(self.observations):
            check_finite(f"[{position}]", value)

    def points(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        last_rank = {value: rank for rank, value in enumerate(sorted(self.observations), start=1)}
        return tuple(last_rank), tuple(rank / len(self.observations) for rank in last_rank.values())

    def mean(self) -> float:
        return math.fsum(self.observations) / len(self.observations)

    def conditioned(self, low: float, high: float) -> Distribution:
        return Empirical(tuple(value for value in self.observations if low <= value <= high))

    def parameters(self) -> list[float]:
        return list(self.observations)


@dataclass(frozen=True)
class Mixture(Distribution):
    """One of several distributions, chosen by weight: a draw takes a second uniform for the choice."""

    family: ClassVar[str] = "mixture"
    weights: tuple[float, ...]
    of: tuple[Distribution, ...]

    def __post_init__(self) -> None:
        if len(self.weights) != len(self.of) or not self.of:
            arrived = f"{len(self.weights)} weights and {len(self.of)} distributions"
            raise QuantityError(
                arrived, "as many of the one as of the other, at least one", "write one for each"
            )
        check_adding_to_one("weights", self.weights)

    @property
    def has_finite_variance(self) -> bool:
        return all(part.has_finite_variance for _, part in self.components())

    def components(self) -> tuple[tuple[float, Distribution], ...]:
        """Weight and distribution of each part that can be drawn, nested mixtures laid open."""
        flat: list[tuple[float, Distribution]] = []
        for weight, part in zip(self.weights, self.of, strict=True):
            resolved = part.resolved()
            if weight > 0.0 and isinstance(resolved, Mixture):
                flat += [(weight * inner, piece) for inner, piece in resolved.components()]
            elif weight > 0.0:
                flat.append((weight, resolved))
        total = math.fsum(weight for weight, _ in flat)
        return tuple((weight / total, part) for weight, part in flat)

    def resolved(self) -> Distribution:
        parts = self.components()
        return Mixture(tuple(weight for weight, _ in parts), tuple(part for _, part in parts))

    def conditioned(self, low: float, high: float) -> Distribution:
        masses = [(weight * part.mass_within(low, high), part) for weight, part in self.components()]
        total = math.fsum(mass for mass, _ in masses)
        kept = [
            (mass / total, part.conditioned(low, high)) for mass, part in masses if mass > LEAST_SHARE * total
        ]
        total = math.fsum(share for share, _ in kept)
        return Mixture(tuple(share for share, _ in kept), tuple(part for _, part in kept))

    def _weighted(self, answer: str, x: Any) -> Any:
        return sum(weight * getattr(part, answer)(x) for weight, part in self.components())

    def support(self) -> tuple[float, float]:
        ends = [part.support() for _, part in self.components()]
        return min(low for low, _ in ends), max(high for _, high in ends)

    def mean(self) -> float:
        return math.fsum(weight * part.mean() for weight, part in self.components())

    def cdf(self, x: Any) -> Any:
        return self._weighted("cdf", x)

    def below(self, x: Any) -> Any:
        return self._weighted("below", x)

    def sf(self, x: Any) -> Any:
        return self._weighted("sf", x)

    def ppf(self, u: Any) -> Any:
        import numpy as np

        ends = np.array([part.ppf(u) for _, part in self.components()])
        low, high = ends.min(axis=0), ends.max(axis=0)
        # The quantile lies between those of the parts; halving ends at neighbouring doubles.
        for _ in range(1100):
            middle = low + 0.5 * (high - low)
            if np.all((middle <= low) | (middle >= high)):
                break
            reached = self.cdf(middle) >= u
            high, low = np.where(reached, middle, high), np.where(reached, low, middle)
        return np.where(self.cdf(low) >= u, low, high)[()]

    def isf(self, q: Any) -> Any:
        return self.ppf(1.0 - q)

    def parameters(self) -> dict[str, Any]:
        return {"weights": list(self.weights), "of": [part.to_mapping() for part in self.of]}
