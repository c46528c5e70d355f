"""Laws with known means, quantiles and tail means, on which estimators are tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import integrate, stats


@dataclass(frozen=True)
class Law:
    """`ppf` is the inverse distribution function: the least x with P(X <= x) >= p."""

    ppf: Callable[[np.ndarray], np.ndarray]
    mean: float
    continuous: bool

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
        return self.ppf(1.0 - rng.random(shape))

    def tvar(self, level: float) -> float:
        """Mean of the worst 1 - level of mass: the integral of the inverse over it."""
        whole, _ = integrate.quad(
            lambda tail: float(self.ppf(np.array(1.0 - tail))), 0.0, 1.0 - level, limit=500
        )
        return whole / (1.0 - level)


POISSON = stats.poisson(2.0).cdf(np.arange(30))


def poisson(p: np.ndarray) -> np.ndarray:
    """Counts with mean 2; by search, since SciPy's own inverse is slow."""
    return np.searchsorted(POISSON, p).astype(np.float64)


def zero_inflated(p: np.ndarray) -> np.ndarray:
    """0 with probability 0.8, lognormal above."""
    above = np.clip((p - 0.8) / 0.2, 1e-300, None)
    return np.where(p <= 0.8, 0.0, stats.lognorm(1.0).ppf(above))


LAWS = {
    "normal": Law(stats.norm(3.0, 2.0).ppf, 3.0, True),
    "lognormal": Law(stats.lognorm(1.0).ppf, float(stats.lognorm(1.0).mean()), True),
    "heavy tail": Law(stats.pareto(2.5).ppf, 2.5 / 1.5, True),
    "discrete": Law(poisson, 2.0, False),
    "zero-inflated": Law(zero_inflated, 0.2 * float(stats.lognorm(1.0).mean()), False),
}
