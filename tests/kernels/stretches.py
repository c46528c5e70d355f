"""Stretches, one or many, as the kernels' lanes take them."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from simengine.kernels.hazard import (
    CONSTANT,
    DECAY,
    EACH,
    FOUND,
    LANES,
    LENGTH,
    OWN,
    RATE,
    RISE,
    ROWS,
    ROWS_EACH,
    TOTAL,
    WANTED,
    X,
    find,
    strengths,
)


@numba.njit(error_model="numpy")
def _strengths(a: Any, n: int, k: int, own_decay: float) -> None:
    strengths(a, n, k, own_decay)


@numba.njit(error_model="numpy")
def _find(a: Any, n: int, k: int, own_decay: float, place: Any) -> None:
    strengths(a, n, k, own_decay)
    find(a, n, k, own_decay, place)


def lanes_of(stretches: list[tuple[Any, ...]], x: Any) -> np.ndarray:
    """Rows for stretches with as many excitations each, asked x days on."""
    k = stretches[0][1]
    a = np.full((ROWS + ROWS_EACH * max(k, 2)) * LANES, np.nan)
    for lane, (constant, _, rise, decay, own, _, _) in enumerate(stretches):
        a[CONSTANT + lane] = constant
        a[OWN + lane] = own
        for j in range(k):
            a[RISE + j * EACH + lane] = rise[j]
            a[DECAY + j * EACH + lane] = decay[j]
    a[X : X + len(stretches)] = x
    return a


def integral(constant: float, k: int, rise: Any, decay: Any, own: float, own_decay: float, x: float) -> float:
    """Expected occurrences in the next x days."""
    a = lanes_of([(constant, k, rise, decay, own, own_decay, x)], x)
    _strengths(a, 1, k, own_decay)
    return float(a[TOTAL])


def intensity(
    constant: float, k: int, rise: Any, decay: Any, own: float, own_decay: float, x: float
) -> float:
    """Occurrences per day x days from now."""
    a = lanes_of([(constant, k, rise, decay, own, own_decay, x)], x)
    _strengths(a, 1, k, own_decay)
    return float(a[RATE])


def invert_all(stretches: list[tuple[Any, ...]], wanted: Any) -> np.ndarray:
    """The days at which the integrals of stretches with one own decay reach what is wanted."""
    n = len(stretches)
    lengths = [s[-1] for s in stretches]
    a = lanes_of(stretches, lengths)
    a[LENGTH : LENGTH + n] = lengths
    a[WANTED : WANTED + n] = wanted
    _find(a, n, stretches[0][1], stretches[0][5], np.empty(LANES, np.int64))
    return a[FOUND : FOUND + n]


def invert(
    constant: float, k: int, rise: Any, decay: Any, own: float, own_decay: float, wanted: float,
    longest: float,
) -> float:  # fmt: skip
    """The x in [0, longest] at which the integral reaches `wanted`."""
    return float(invert_all([(constant, k, rise, decay, own, own_decay, longest)], [wanted])[0])
