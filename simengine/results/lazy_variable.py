"""A stored array as an xarray variable that reads no more of it than is asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from xarray.backends import BackendArray
from xarray.core import indexing

from simengine.results.dataset import Lazy, Result


def lazy_variable(result: Result, name: str) -> xr.Variable:
    """A variable of a result whose arrays are on the disk; values are read when they are used."""
    data = indexing.LazilyIndexedArray(_Array(result, name))
    return xr.Variable(result.dims(name), data, result.variable_attributes(name))


class _Array(BackendArray):
    def __init__(self, result: Result, name: str) -> None:
        self._result, self._name = result, name
        self._dims = result.dims(name)
        rows = result.rows(name)
        self.shape, self.dtype = rows.shape, rows.dtype

    def __getitem__(self, key: indexing.ExplicitIndexer) -> Any:
        support = indexing.IndexingSupport.BASIC
        return indexing.explicit_indexing_adapter(key, self.shape, support, self._read)

    def _read(self, key: tuple[int | slice, ...]) -> np.ndarray:
        arrays = self._result.arrays
        if not key:
            return np.asarray(arrays[self._name])
        first, *rest = key
        if self._dims[0] == "strategy":
            if not isinstance(first, slice) and isinstance(arrays, Lazy):
                rows = arrays.of_strategy(self._name, int(first))
                return _of_rows(rows, rest[0], rest[1:]) if rest else np.asarray(rows)
            return arrays[self._name][key]
        return _of_rows(self._result.rows(self._name), first, rest)


def _of_rows(rows: Any, first: int | slice, rest: list[int | slice]) -> np.ndarray:
    """Some rows, and within them what the other indices say."""
    if isinstance(first, slice):
        if first.step not in (None, 1):
            return np.asarray(rows)[(first, *rest)]
        return np.asarray(rows[first])[(slice(None), *rest)]
    at = int(first) + (len(rows) if first < 0 else 0)
    return np.asarray(rows[at : at + 1])[(0, *rest)]
