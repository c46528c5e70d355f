"""Arrays of which a few rows can be had without the rest: those in memory, and those on the disk."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np

from simengine.model.errors import ConfigError, Problem

# Rows that are read at once, where all of them are wanted.
ROWS_AT_ONCE = 8192


class Rows(Protocol):
    """An array whose first dimension is read slice by slice, in steps of 1."""

    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def dtype(self) -> np.dtype: ...
    def __len__(self) -> int: ...
    def __getitem__(self, rows: slice, /) -> np.ndarray: ...


class _Unread(ABC):
    """What rows that are read when they are wanted have in common."""

    shape: tuple[int, ...]
    dtype: np.dtype

    def __len__(self) -> int:
        return self.shape[0]

    def __array__(self, dtype: np.dtype | None = None, copy: bool | None = None) -> np.ndarray:
        del copy  # it always is one
        return self[:] if dtype is None else self[:].astype(dtype, copy=False)

    @abstractmethod
    def __getitem__(self, rows: slice) -> np.ndarray: ...


class StoredRows(_Unread):
    """An array on the disk: its own bytes, little-endian, so many rows a file.

    Parameters
    ----------
    shape, dtype
        Of the whole array.
    rows_per_file
        What each file holds, apart from what fills up the last one.
    file_of
        The file that holds the k-th of those parts.
    sha256
        Of the whole array's bytes, where somebody took it.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        dtype: np.dtype,
        rows_per_file: int,
        file_of: Callable[[int], Path],
        sha256: str = "",
    ) -> None:
        self.shape = shape
        self.dtype = np.dtype(dtype)
        self.sha256 = sha256
        self._rows_per_file = rows_per_file
        self._file_of = file_of

    def __getitem__(self, rows: slice) -> np.ndarray:
        start, stop, step = rows.indices(len(self))
        if step != 1:
            raise ValueError(f"stored rows are read one after another, not in steps of {step}")
        out = np.empty((max(0, stop - start), *self.shape[1:]), dtype=self.dtype)
        into = out.reshape(-1).view(np.uint8)
        if not into.size:
            return out
        row_bytes = into.size // len(out)
        at = start
        while at < stop:
            part, within = divmod(at, self._rows_per_file)
            n_rows = min(stop - at, self._rows_per_file - within)
            wanted = into[(at - start) * row_bytes : (at - start + n_rows) * row_bytes]
            _read_into(self._file_of(part), within * row_bytes, wanted)
            at += n_rows
        return out if self.dtype.isnative else out.astype(self.dtype.newbyteorder("="))


class PickedRows(_Unread):
    """Some rows of an array, which are read when they are wanted.

    Parameters
    ----------
    array
        Of which.
    positions
        Which, ascending.
    """

    def __init__(self, array: Rows, positions: np.ndarray) -> None:
        self.shape = (len(positions), *array.shape[1:])
        self.dtype = array.dtype
        self._array, self._positions = array, positions

    def __getitem__(self, rows: slice) -> np.ndarray:
        positions = self._positions[rows]
        if not positions.size:
            return np.empty((0, *self.shape[1:]), dtype=self.dtype)
        return rows_at(self._array, positions)


def rows_at(array: Rows, positions: np.ndarray) -> np.ndarray:
    """The rows at these positions, which ascend."""
    if isinstance(array, np.ndarray):
        return array[positions]
    found = np.empty((len(positions), *array.shape[1:]), dtype=array.dtype)
    first, last = (int(positions[0]), int(positions[-1])) if positions.size else (0, -1)
    for start in range(first, last + 1, ROWS_AT_ONCE):
        own = slice(*np.searchsorted(positions, (start, start + ROWS_AT_ONCE)))
        if own.start < own.stop:
            found[own] = array[start : start + ROWS_AT_ONCE][positions[own] - start]
    return found


def _read_into(file: Path, offset: int, out: np.ndarray) -> None:
    with file.open("rb", buffering=0) as stream:
        stream.seek(offset)
        rest = out.data
        while rest.nbytes:
            n_bytes = stream.readinto(rest)
            if not n_bytes:
                arrived = f"the file is truncated: it ends before byte {offset + out.nbytes}"
                allowed = "a result exactly as it was written"
                raise ConfigError([Problem("result", arrived, allowed, "run it again", str(file))])
            rest = rest[n_bytes:]
