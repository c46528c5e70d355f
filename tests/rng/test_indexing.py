"""Kernels of the package count indices from the front; functions of others go on as they are."""

from __future__ import annotations

import os
from collections.abc import Callable
from types import FunctionType
from typing import Any

import numba
import numpy as np
import pytest

from simengine.rng.indexing import from_the_front

IS_CHECKED = os.environ.get("NUMBA_BOUNDSCHECK", "0") != "0"


def read(a: Any, at: int) -> Any:
    return a[at]


def read_field(a: Any, at: int) -> Any:
    return a[at].value


def read_row(a: Any, at: int) -> Any:
    return a.reshape(-1, 1)[at, 0]


ARRAYS = {
    read: np.arange(4.0),
    read_field: np.arange(4.0).view([("value", np.float64)]).view(np.recarray),
    read_row: np.arange(4.0),
}


def compiled(function: Callable[..., Any], module: str) -> Callable[..., Any]:
    """The function as if it stood in another module."""
    copy = FunctionType(function.__code__, globals(), function.__name__)
    copy.__module__ = module
    return from_the_front(numba.njit(copy))


@pytest.mark.compiled
@pytest.mark.parametrize("function", ARRAYS)
def test_an_index_below_zero_is_not_one_from_the_back(function):
    ours = compiled(function, "simengine.kernels.made_up")
    part = ARRAYS[function][1:]  # what lies before it is there to be read
    assert ours(part, 2) == 3.0
    if IS_CHECKED:
        with pytest.raises(IndexError):
            ours(part, -1)
    else:
        assert ours(part, -1) == 0.0


@pytest.mark.compiled
@pytest.mark.parametrize("function", ARRAYS)
@pytest.mark.parametrize("module", ["elsewhere", "simengineer.kernels"])
def test_other_packages_count_from_the_back(function, module):
    compiled(function, "simengine.kernels.made_up")(ARRAYS[function], 0)
    assert compiled(function, module)(ARRAYS[function][1:], -1) == 3.0
