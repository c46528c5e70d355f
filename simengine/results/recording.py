"""A result that is written while it is made: arrays of paths grow on the disk, block by block, in order.

What comes out has the bytes of `simengine.results.store.write`. How an array is cut into files depends on its
length, which nobody knows before the end (`run.precision`, occurrences), so that an array begins as one file
and is cut when it outgrows that. Why it is so: docs/decisions/0013-streaming.md.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from simengine.estimators.reducers import Block
from simengine.results import zarr_format
from simengine.results.manifest import DATA, FileRecord
from simengine.results.provenance import bytes_of
from simengine.results.rows import StoredRows
from simengine.results.staging import told_of

# What an array gathers in memory before it is hashed and written.
BUFFER_BYTES = 1 << 18
# An array's new bytes are sent to the disk after so many, so that the end has little to wait for.
BYTES_UNSYNCED = 1 << 23
SYNCING_THREADS = 4
PATHS_OF_OCCURRENCES = "occurrence_path"


class _File:
    """A file that grows, and is sent to the disk on the way."""

    def __init__(self, file: Path, pool: ThreadPoolExecutor) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self.file = file
        self.n_bytes = 0
        self._stream = file.open("xb", buffering=0)
        self._pool = pool
        self._unsynced = 0
        self._syncing: list[Future[None]] = []

    def write(self, data: memoryview) -> None:
        self.n_bytes += data.nbytes
        self._unsynced += data.nbytes
        while data.nbytes:
            data = data[self._stream.write(data) or 0 :]
        if self._unsynced >= BYTES_UNSYNCED:
            self._unsynced = 0
            self._syncing.append(self._pool.submit(os.fsync, self._stream.fileno()))

    def truncate(self, n_bytes: int) -> None:
        self.n_bytes = n_bytes
        self._stream.truncate(n_bytes)

    def close(self) -> Future[None]:
        """Send the rest to the disk, on a thread; the answer is there when it lies on it."""

        def close() -> None:
            with self._stream:
                # They began before this did.
                for syncing in self._syncing:
                    syncing.result()
                os.fsync(self._stream.fileno())

        return self._pool.submit(close)

    def abandon(self) -> None:
        self._stream.close()


class GrowingArray:
    """One array of a result, in files as `zarr_format.chunk_shape` would cut it.

    Parameters
    ----------
    folder
        Where the array's folder is by now.
    row_shape, dtype
        Of what is appended.
    pool
        What sends files to the disk meanwhile.
    """

    def __init__(
        self,
        folder: Callable[[], Path],
        row_shape: tuple[int, ...],
        dtype: np.dtype,
        pool: ThreadPoolExecutor,
    ) -> None:
        self.row_shape, self.dtype = row_shape, np.dtype(dtype)
        self.n_rows = 0
        self.files: dict[str, FileRecord] = {}
        self._folder, self._pool = folder, pool
        row_bytes = int(np.prod(row_shape)) * self.dtype.itemsize
        slots = max(1, BUFFER_BYTES // max(1, row_bytes))
        self._buffer = np.empty((slots, *row_shape), self.dtype.newbyteorder("<"))
        self._buffered = 0
        self._chunk_rows = zarr_format.chunk_rows(max(1, row_bytes))
        self._chunk_bytes = self._chunk_rows * row_bytes
        # Up to here it is one file, whatever chunks there would be.
        self._most_uncut = max(zarr_format.CHUNK_BYTES, self._chunk_bytes)
        self._is_cut = False
        self._n_bytes = 0
        self._hash = hashlib.sha256()
        self._hash_of_first = ""
        self._open: _File | None = None
        self._hash_of_open = self._hash
        self._closing: list[tuple[_File, Future[None]]] = []

    @property
    def shape(self) -> tuple[int, ...]:
        return (self.n_rows, *self.row_shape)

    def append(self, rows: np.ndarray) -> None:
        """Add rows at the end, in the array's type."""
        self.n_rows += len(rows)
        if not self._chunk_bytes:
            return
        done = 0
        while done < len(rows):
            more = min(len(rows) - done, len(self._buffer) - self._buffered)
            self._buffer[self._buffered : self._buffered + more] = rows[done : done + more]
            self._buffered += more
            done += more
            if self._buffered == len(self._buffer):
                self._flush()

    def rows(self) -> StoredRows:
        """What was appended so far, to be read from the disk."""
        self._flush()
        per_file = self._chunk_rows if self._is_cut else max(1, self.n_rows)
        return StoredRows(self.shape, self.dtype, per_file, self._file, self._hash.hexdigest())

    def end(self) -> None:
        """Fill up the last file and begin to send everything to the disk: nothing more comes."""
        self._flush()
        if self._open is not None:
            if self._is_cut:
                missing = (self._chunk_bytes - self._open.n_bytes) // self.dtype.itemsize
                fill = np.nan if self.dtype.kind == "f" else 0
                self._put(memoryview(bytes_of(np.full(missing, fill, dtype=self.dtype))))
            else:
                self._close(self._hash.hexdigest())

    def finish(self) -> None:
        """Wait until everything lies on the disk."""
        self.end()
        for _, closing in self._closing:
            closing.result()

    def abandon(self) -> None:
        """Let go of the files that are open, when nothing is sent to the disk any more."""
        for file in (self._open, *(file for file, _ in self._closing)):
            if file is not None:
                file.abandon()

    def _flush(self) -> None:
        if self._buffered:
            data = memoryview(bytes_of(self._buffer[: self._buffered]))
            self._buffered = 0
            self._add(data)

    def _add(self, data: memoryview) -> None:
        while data.nbytes and not self._is_cut:
            if self._n_bytes == self._chunk_bytes:
                self._hash_of_first = self._hash.hexdigest()
            if self._n_bytes == self._most_uncut:
                self._cut()
                break
            end = self._chunk_bytes if self._n_bytes < self._chunk_bytes else self._most_uncut
            part, data = data[: end - self._n_bytes], data[end - self._n_bytes :]
            self._hash.update(part)
            self._n_bytes += part.nbytes
            if self._open is None:
                self._open = _File(self._file(0), self._pool)
            self._open.write(part)
        if data.nbytes:
            self._hash.update(data)
            self._n_bytes += data.nbytes
            self._put(data)

    def _cut(self) -> None:
        """The only file is full: what is beyond the first chunk moves into files of its own."""
        first = self._open
        assert first is not None
        with first.file.open("rb") as stream:
            stream.seek(self._chunk_bytes)
            rest = stream.read()
        first.truncate(self._chunk_bytes)
        self._close(self._hash_of_first)
        self._is_cut = True
        self._put(memoryview(rest))

    def _put(self, data: memoryview) -> None:
        """Write into chunks, each a file."""
        while data.nbytes:
            if self._open is None:
                self._open = _File(self._file(len(self.files)), self._pool)
                self._hash_of_open = hashlib.sha256()
            room = self._chunk_bytes - self._open.n_bytes
            part, data = data[:room], data[room:]
            self._hash_of_open.update(part)
            self._open.write(part)
            if self._open.n_bytes == self._chunk_bytes:
                self._close(self._hash_of_open.hexdigest())

    def _close(self, digest: str) -> None:
        assert self._open is not None
        self.files[self._key(len(self.files))] = FileRecord(self._open.n_bytes, digest)
        self._closing.append((self._open, self._open.close()))
        self._open = None

    def _key(self, number: int) -> str:
        return zarr_format.chunk_key((number, *(0 for _ in self.row_shape)))

    def _file(self, number: int) -> Path:
        return self._folder() / self._key(number)


class Recording:
    """The arrays of a result that is being written; `simengine.results.store.recording` makes one."""

    def __init__(self, staging: Path, target: Path) -> None:
        # Where the result is by now: it moves when it is whole.
        self.folder = staging
        self.target = target
        self._growing: dict[str, GrowingArray] = {}
        self._pool = ThreadPoolExecutor(SYNCING_THREADS, thread_name_prefix="simengine-disk")
        self.is_whole = False

    def begin(self, name: str, row_shape: tuple[int, ...], dtype: np.dtype) -> None:
        """Begin an array, by the name that it has in the result."""
        self._growing[name] = GrowingArray(
            lambda: self.folder / DATA / name, row_shape, np.dtype(dtype), self._pool
        )

    def append(self, name: str, rows: np.ndarray) -> None:
        with told_of(self.target):
            self._growing[name].append(rows)

    def __contains__(self, name: object) -> bool:
        return name in self._growing

    def rows(self, name: str) -> StoredRows:
        """What is there of an array by now."""
        with told_of(self.target):
            return self._growing[name].rows()

    def end(self) -> None:
        """Nothing more is appended: it goes to the disk while what is there is told."""
        with told_of(self.target):
            for growing in self._growing.values():
                growing.end()

    def finish_array(self, name: str) -> dict[str, FileRecord]:
        """The records of an array's files, which lie on the disk by then."""
        self._growing[name].finish()
        return self._growing[name].files

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)
        for growing in self._growing.values():
            growing.abandon()


class Record:
    """The reducer that writes blocks into a recording, as they come, in order.

    Parameters
    ----------
    names
        Arrays that have a row for each path.
    ragged
        Arrays of any length, in order of path, of which `paths` holds path numbers counted from the block.
    first_path
        The number of the run's first path.
    """

    # Where a profile books what it does.
    stage = "write"

    def __init__(
        self, into: Recording, names: tuple[str, ...], ragged: tuple[str, ...], first_path: int
    ) -> None:
        self._into, self._names, self._ragged = into, names, ragged
        self._first_path = first_path
        self._reached = 0

    def update(self, block: Block, start: int, size: int) -> None:
        if start != self._reached:
            raise ValueError(f"the block at path {start} arrived where that at {self._reached} was due")
        first = self._first_path + start
        for name in self._names:
            self._into.append(name, block[name])
        for name in self._ragged:
            rows = block[name]
            self._into.append(name, rows + first if name == PATHS_OF_OCCURRENCES else rows)
        if self._names:
            self._into.append("path", np.arange(first, first + size, dtype=np.int64))
        self._reached += size

    def merge(self, other: Record) -> None:
        raise ValueError("what lies on the disk is not merged")

    def finalise(self) -> Any:
        return None
