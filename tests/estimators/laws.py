"""Laws with known means, quantiles and tail means, on which estimators are tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import integrate, stats
from scipy.special import ndtri


@dataclass(frozen=True)
class Law:
    """`ppf` is the inverse distribution function: the least x with P(X <= x) >= p.

    `atoms_up_to` is the level up to which quantiles are atoms: 0 for a continuous law, 1 for a discrete one.
    """

    ppf: Callable[[np.ndarray], np.ndarray]
    mean: float
    sd: float
    atoms_up_to: float

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
        return self.ppf(1.0 - rng.random(shape))

    def at_an_atom(self, level: float) -> bool:
        return level <= self.atoms_up_to

    def tvar(self, level: float) -> float:
        """Mean of the worst 1 - level of mass: the integral of the inverse over it."""
        whole, _ = integrate.quad(
            lambda tail: float(self.ppf(np.array(1.0 - tail))), 0.0, 1.0 - level, limit=500
        )
        return whole / (1.0 - level)


# By the inverse normal itself: SciPy's distributions check and mask their arguments, ten times as long.
POISSON = stats.poisson(2.0).cdf(np.arange(30))
LOGNORMAL_MEAN = float(np.exp(0.5))
LOGNORMAL_SECOND = float(np.exp(2.0))


def normal(p: np.ndarray) -> np.ndarray:
    return 3.0 + 2.0 * ndtri(p)


def lognormal(p: np.ndarray) -> np.ndarray:
    return np.exp(ndtri(p))


def pareto(p: np.ndarray) -> np.ndarray:
    """Tail index 2.5: a variance, and no third moment."""
    return (1.0 - p) ** (-1.0 / 2.5)


def poisson(p: np.ndarray) -> np.ndarray:
    """Counts with mean 2."""
    return np.searchsorted(POISSON, p).astype(np.float64)


def zero_inflated(p: np.ndarray) -> np.ndarray:
    """0 with probability 0.8, lognormal above."""
    above = np.clip((p - 0.8) / 0.2, 1e-300, None)
    return np.where(p <= 0.8, 0.0, np.exp(ndtri(above)))


def _sd(mean: float, second_moment: float) -> float:
    return float(np.sqrt(second_moment - mean**2))


LAWS = {
    "normal": Law(normal, 3.0, 2.0, 0.0),
    "lognormal": Law(lognormal, LOGNORMAL_MEAN, _sd(LOGNORMAL_MEAN, LOGNORMAL_SECOND), 0.0),
    "heavy tail": Law(pareto, 2.5 / 1.5, _sd(2.5 / 1.5, 2.5 / 0.5), 0.0),
    "discrete": Law(poisson, 2.0, float(np.sqrt(2.0)), 1.0),
    "zero-inflated": Law(
        zero_inflated, 0.2 * LOGNORMAL_MEAN, _sd(0.2 * LOGNORMAL_MEAN, 0.2 * LOGNORMAL_SECOND), 0.8
    ),
}


@cache
def samples(name: str, replications: int, n_paths: int, seed: int = 1) -> np.ndarray:
    """Replications by paths, each row sorted; kept for the tests that share them, so never written to."""
    rng = np.random.default_rng([seed, *name.encode()])
    drawn = np.sort(LAWS[name].draw(rng, (replications, n_paths)), axis=1)
    drawn.flags.writeable = False
    return drawn
