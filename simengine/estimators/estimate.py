"""What every estimator returns: a value with its Monte Carlo error."""

from __future__ import annotations

from functools import lru_cache
from statistics import NormalDist

import numpy as np

from simengine.estimate import Estimate

__all__ = ["CONFIDENCE", "Estimate", "around", "checked", "normal_score", "paired"]

CONFIDENCE = 0.95


@lru_cache
def normal_score(confidence: float = CONFIDENCE) -> float:
    """The z for which a normal variable lies in (-z, z) with this probability: 1.96 for 0.95."""
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence must lie between 0 and 1, got {confidence}")
    return NormalDist().inv_cdf(0.5 + 0.5 * confidence)


def around(value: float, standard_error: float, confidence: float = CONFIDENCE) -> Estimate:
    """The symmetric interval of a value whose error is normal."""
    reach = normal_score(confidence) * standard_error
    return Estimate(value, standard_error, value - reach, value + reach)


def checked(values: np.ndarray) -> np.ndarray:
    """One-dimensional, not empty, as float64; estimators never skip a NaN, so it ends up in the estimate."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"one value per path is needed, got an array of shape {array.shape}")
    if not array.size:
        raise ValueError("no paths: nothing can be estimated from an empty array")
    return array


def paired(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both checked, and of the same paths."""
    first, second = checked(one), checked(other)
    if first.shape != second.shape:
        raise ValueError(f"pairs need as many paths on both sides, got {first.size} and {second.size}")
    return first, second
