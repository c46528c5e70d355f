"""The draws of one path, by name."""

from __future__ import annotations

import math

from simengine.model.distributions import Distribution, Mixture
from tests.reference.philox import CHOICE, address_key, derive_key, uniform

Bounds = tuple[float, float]
ANY: Bounds = (-math.inf, math.inf)
NOT_NEGATIVE: Bounds = (0.0, math.inf)
SHARE: Bounds = (0.0, 1.0)


def quantile(distribution: Distribution, u: float, u_choice: float) -> float:
    """One draw: u through the quantile function; in a mixture u_choice picks the part first."""
    shape = distribution.resolved()
    if isinstance(shape, Mixture):
        parts = shape.components()
        cumulative = 0.0
        for weight, part in parts:
            cumulative += weight
            if u_choice < cumulative:
                return float(part.ppf(u))
        return float(parts[-1][1].ppf(u))
    return float(shape.ppf(u))


def clamp(x: float, bounds: Bounds) -> float:
    return min(max(x, bounds[0]), bounds[1])


class Draws:
    """Uniforms and quantities of one (seed, path); the same name always gives the same number."""

    def __init__(self, seed: int, path: int) -> None:
        self.seed = seed
        self.path = path
        self._keys: dict[tuple[str, ...], int] = {}

    def key(self, *parts: str) -> int:
        if parts not in self._keys:
            self._keys[parts] = address_key(self.seed, *parts)
        return self._keys[parts]

    def uniform(self, *parts: str, index: int = 0) -> float:
        return uniform(self.key(*parts), self.path, index)

    def by_key(self, quantity: Distribution, key: int, index: int, bounds: Bounds) -> float:
        if quantity.is_constant:
            return clamp(quantity.value, bounds)
        u = uniform(key, self.path, index)
        u_choice = uniform(key, self.path, index | CHOICE)
        return clamp(quantile(quantity, u, u_choice), bounds)

    def named(self, quantity: Distribution, *parts: str, index: int = 0, bounds: Bounds = ANY) -> float:
        """A quantity drawn at a name."""
        return self.by_key(quantity, self.key(*parts), index, bounds)

    def triggered(
        self, quantity: Distribution, parts: tuple[str, ...], trigger: tuple[str, str, int], bounds: Bounds
    ) -> float:
        """A quantity of a response, drawn anew for the occurrence (driver, entity, n) that called for it."""
        driver, entity, n = trigger
        key = derive_key(self.key(*parts), self.key("occurrence", driver, entity), n)
        return self.by_key(quantity, key, 0, bounds)
