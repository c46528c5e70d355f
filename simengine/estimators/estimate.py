"""What every estimator returns: a value with its Monte Carlo error."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value estimated from paths.

    `standard_error` is its Monte Carlo standard error, `low` and `high` a confidence interval for the true
    value. The error is NaN where the paths do not suffice to tell it, and a limit infinite where they bound
    nothing.
    """

    value: float
    standard_error: float
    low: float
    high: float


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
    import numpy as np  # here, so that an estimate can be read from a file without it

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
