"""Sums and differences of several quantiles or tail means on the same paths, with one error for the whole."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from simengine.estimators.estimate import CONFIDENCE, Estimate, around, checked
from simengine.estimators.order_statistics import exact_level
from simengine.estimators.quantile import quantile
from simengine.estimators.tvar import tvar

# A weight, one value per path, and a level.
Term = tuple[float, np.ndarray, float]


class Combination:
    """Terms that come one after the other, and need not be in memory together; an estimate at any time."""

    def __init__(self, confidence: float = CONFIDENCE, *, tail: bool = False) -> None:
        self._confidence, self._tail = confidence, tail
        self._value = 0.0
        self._influence: np.ndarray | None = None

    def add(self, weight: float, values: np.ndarray, level: float) -> None:
        """One more term, of the same paths as those before."""
        array = checked(values)
        if self._influence is None:
            self._influence = np.zeros(array.size)
        if array.size != self._influence.size:
            raise ValueError(f"terms need as many paths each; got {self._influence.size} and {array.size}")
        add = _tail_term if self._tail else _quantile_term
        self._value += add(self._influence, weight, array, level, self._confidence)

    def estimate(self) -> Estimate:
        """Of what was added so far."""
        if self._influence is None:
            raise ValueError("a combination needs at least one term")
        return _estimate(self._value, self._influence, self._confidence)


def quantile_combination(terms: Iterable[Term], confidence: float = CONFIDENCE) -> Estimate:
    """Σ weight · quantile(values, level), such as what parts' P90 add up to beyond the P90 of their sum.

    By the influence functions, the error of a quantile is that of the share of paths at or below it over the
    density there. So the error of the sum is that of one average over paths,

        mean of Σ weight · c · (level - mark),

    with mark 1 where the path lies at or below the quantile, and each scale c from the quantile's own
    order-statistic error: c = se sqrt(n / (level (1 - level))). Terms that cancel on each path give 0.

    Parameters
    ----------
    terms
        Weight, one value per path, and level between 0 and 1; all of the same paths.
    """
    return _combined(Combination(confidence), terms)


def tvar_combination(terms: Iterable[Term], confidence: float = CONFIDENCE) -> Estimate:
    """Σ weight · TVaR(values, level), by the influence functions (x - q)+ / (1 - level).

    Of parts less that of their sum it is never below 0: TVaR is subadditive (Acerbi and Tasche 2002).
    """
    return _combined(Combination(confidence, tail=True), terms)


def _combined(combination: Combination, terms: Iterable[Term]) -> Estimate:
    for weight, values, level in terms:
        combination.add(weight, values, level)
    return combination.estimate()


def _quantile_term(
    influence: np.ndarray, weight: float, array: np.ndarray, level: float, confidence: float
) -> float:
    """The term's value; its influence is added."""
    at = quantile(array, level, confidence)
    scale = at.standard_error * math.sqrt(array.size / (level * (1.0 - level)))
    influence -= weight * scale * (array <= at.value)
    return weight * at.value


def _tail_term(
    influence: np.ndarray, weight: float, array: np.ndarray, level: float, confidence: float
) -> float:
    ordered = np.sort(array)
    at = tvar(ordered, level, confidence, ordered=True)
    excess = np.maximum(array - quantile(ordered, level, confidence, ordered=True).value, 0.0)
    known = 1.0 if math.isfinite(at.standard_error) else math.nan
    influence += known * weight / float(1 - exact_level(level)) * excess
    return weight * at.value


def _estimate(value: float, influence: np.ndarray, confidence: float) -> Estimate:
    if influence.size == 1 or not np.isfinite(influence).all():
        return Estimate(value, math.nan, -math.inf, math.inf)
    return around(value, float(influence.std(ddof=0)) / math.sqrt(influence.size), confidence)
