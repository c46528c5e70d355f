"""The result store: a folder with the arrays as Zarr 3, the tables beside them, and a manifest of all files.

    RESULT/
      data.zarr/       opens with xarray.open_zarr("RESULT/data.zarr"), without simengine
      percentiles.csv  and other files that were given to `write`
      manifest.json    sha256 of every file, written last

Why it is so: docs/decisions/0003-result-store.md.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from simengine.model.errors import ConfigError, InternalError, Problem
from simengine.results import manifest as manifests
from simengine.results.dataset import Lazy, Result, as_result, rows_of
from simengine.results.manifest import DATA, MANIFEST, FileRecord
from simengine.results.recording import Recording
from simengine.results.rows import Rows, StoredRows
from simengine.results.staging import check_destination, staged, told_of, write_file
from simengine.results.variables import CODED, DIMENSIONS, VARIABLES, mismatches
from simengine.results.zarr_format import (
    array_metadata,
    chunk_key,
    chunks_of,
    encode_metadata,
    group_metadata,
    read_array,
)

if TYPE_CHECKING:
    import xarray as xr

__all__ = [
    "Status", "check_destination", "complete", "opened", "read", "read_result", "recording", "status",
    "write",
]  # fmt: skip

# More than processors: most of the time they wait for the disk.
WRITING_THREADS = 8


def write(
    source: Result | xr.Dataset,
    folder: str | Path,
    *,
    files: Mapping[str, bytes] | None = None,
    overwrite: bool = False,
) -> Path:
    """Write a result, whole or not at all.

    Parameters
    ----------
    source
        A result of this version, as `collect` or `label` made it.
    folder
        Where to. It must not exist, or be empty, unless `overwrite`.
    files
        Further files for the folder, content by name, such as percentiles.csv.
    overwrite
        Whether an existing folder is replaced.

    Raises
    ------
    ConfigError
        If the folder is occupied or cannot be written, or the disk is full. What was there before stays.
    InternalError
        If the result does not fit the registry of variables.
    """
    result, target = as_result(source), Path(folder)
    wrong = result.mismatches()
    if wrong:
        raise InternalError("; ".join(wrong))
    with staged(target, overwrite=overwrite) as staging, told_of(target):
        _write_files(result, staging, files or {})
    return target


@contextmanager
def recording(folder: str | Path, *, overwrite: bool = False) -> Iterator[Recording]:
    """What a run writes its arrays into while it makes them; `complete` writes the rest.

    The folder appears when the block has ended well and the result is complete. Otherwise nothing is left,
    and what was there before stays.

    Raises
    ------
    ConfigError
        If the folder is occupied or cannot be written, or the disk is full.
    """
    target = Path(folder)
    with staged(target, overwrite=overwrite) as staging:
        written = Recording(staging, target)
        try:
            yield written
            if not written.is_whole:
                raise InternalError("the recording of a result ended before it was complete")
        finally:
            written.close()
    written.folder = target


def complete(result: Result, written: Recording, files: Mapping[str, bytes] | None = None) -> None:
    """Write what a recorded result holds beside its recorded arrays: labels, metadata, files, manifest.

    Parameters
    ----------
    result
        What `play` made of the run.
    files
        As for `write`.
    """
    wrong = result.mismatches()
    if wrong:
        raise InternalError("; ".join(wrong))
    with told_of(written.target):
        _write_files(result, written.folder, files or {}, written)
    written.is_whole = True


def read(folder: str | Path) -> xr.Dataset:
    """A stored result as an xarray.Dataset, verified file by file; its arrays are loaded when used.

    Raises
    ------
    ConfigError
        If the folder is no result, incomplete, damaged, truncated, or of another schema.
    """
    _verified(Path(folder))
    return opened(folder)


def opened(folder: str | Path) -> xr.Dataset:
    """The same without a look at the manifest, for who has just written it."""
    import xarray as xr
    from zarr.storage import LocalStore

    return xr.open_zarr(LocalStore(Path(folder) / DATA, read_only=True), consolidated=True, chunks=None)


def read_result(folder: str | Path) -> Result:
    """The same without xarray: a `Result` whose arrays are read from the folder when they are asked for."""
    metadata = _verified(Path(folder))
    data = Path(folder) / DATA
    arrays = metadata["consolidated_metadata"]["metadata"]

    def load(name: str) -> np.ndarray:
        return read_array(arrays[name], lambda key: (data / name / key).read_bytes())

    def rows(name: str) -> Rows:
        chunks = arrays[name]["chunk_grid"]["configuration"]["chunk_shape"]
        shape = tuple(arrays[name]["shape"])
        if not shape or chunks[1:] != list(shape[1:]):
            return load(name)
        return StoredRows(
            shape,
            np.dtype(arrays[name]["data_type"]),
            chunks[0],
            lambda k: data / name / chunk_key((k, *(0 for _ in shape[1:]))),
        )

    def of_strategy(name: str, position: int) -> Rows:
        chunks = arrays[name]["chunk_grid"]["configuration"]["chunk_shape"]
        shape = tuple(arrays[name]["shape"])
        if len(shape) < 2 or chunks[0] != 1 or chunks[2:] != list(shape[2:]):
            return load(name)[position]
        return StoredRows(
            shape[1:],
            np.dtype(arrays[name]["data_type"]),
            chunks[1],
            lambda k: data / name / chunk_key((position, k, *(0 for _ in shape[2:]))),
        )

    coords = {name: load(name) for name in arrays if name not in VARIABLES}
    codes = {name: arrays[name]["attributes"]["names"] for name in CODED if name in arrays}
    lazy = Lazy([name for name in arrays if name in VARIABLES], load, rows, of_strategy)
    return Result(lazy, coords, metadata["attributes"], codes)


@dataclass(frozen=True)
class Status:
    """What is known of a result folder: `facts` are its hash, seed, paths and versions, if readable."""

    folder: Path
    complete: bool
    facts: Mapping[str, Any]
    problems: tuple[Problem, ...]

    @property
    def result_hash(self) -> str | None:
        return self.facts.get("result_hash")


def status(folder: str | Path) -> Status:
    """Whether a result is whole, and what made it; every file is read and compared with the manifest.

    Raises
    ------
    ConfigError
        If there is no such folder, or it never was a result.
    """
    target = Path(folder)
    loaded = manifests.load(target)
    if isinstance(loaded, Problem):
        if not (target / MANIFEST).exists() and not (target / DATA).exists():
            raise ConfigError([loaded])
        return Status(target, False, {}, (loaded,))
    problems = tuple(manifests.verify(target, loaded))
    return Status(target, not problems, loaded.facts, problems)


def _write_files(
    result: Result, folder: Path, extra: Mapping[str, bytes], written: Recording | None = None
) -> None:
    """Write every file but those that are recorded, the manifest last."""
    records: dict[str, FileRecord] = {}
    with ThreadPoolExecutor(WRITING_THREADS) as pool:
        pending = {
            path: pool.submit(write_file, folder / path, buffers)
            for path, buffers in _files(result, extra, written or ())
        }
        if written is not None:
            for name in (*result.coords, *result.arrays):
                if name in written:
                    of_array = written.finish_array(name)
                    records |= {f"{DATA}/{name}/{key}": record for key, record in of_array.items()}
        for path, writing in pending.items():
            records[path] = writing.result()
    write_file(folder / MANIFEST, [manifests.encode(records, result.attrs)])


def _files(
    result: Result, extra: Mapping[str, bytes], recorded: Container[str]
) -> Iterator[tuple[str, list[Any]]]:
    """Path within the folder and content of every file but the manifest and those that are recorded."""
    described = {dim: ((dim,), {}) for dim in sorted(result.coords)}
    described |= {name: (result.dims(name), result.variable_attributes(name)) for name in result.arrays}
    metadata = {}
    for name, (dims, attributes) in described.items():
        array = rows_of(result.coords if name in result.coords else result.arrays, name)
        metadata[name] = array_metadata(array, dims, attributes)
        yield f"{DATA}/{name}/zarr.json", [encode_metadata(metadata[name])]
        if name not in recorded:
            for key, chunk in chunks_of(np.asarray(array), metadata[name]):
                yield f"{DATA}/{name}/{key}", chunk
    yield f"{DATA}/zarr.json", [encode_metadata(group_metadata(result.attrs, metadata))]
    for name, content in extra.items():
        yield name, [content]


def _verified(folder: Path) -> dict[str, Any]:
    """The metadata of a sound result's arrays."""
    loaded = manifests.load(folder)
    if isinstance(loaded, Problem):
        raise ConfigError([loaded])
    problems = manifests.verify(folder, loaded)
    if problems:
        raise ConfigError(problems)
    file = folder / DATA / "zarr.json"
    metadata = json.loads(file.read_bytes())
    arrays = metadata["consolidated_metadata"]["metadata"]
    described = {
        name: (tuple(a["dimension_names"]), np.dtype(a["data_type"]), tuple(a["shape"]))
        for name, a in arrays.items()
        if name not in DIMENSIONS
    }
    wrong = mismatches(described, {dim: arrays[dim]["shape"][0] for dim in DIMENSIONS if dim in arrays})
    if wrong:
        raise ConfigError([manifests.refused(file, problem) for problem in wrong])
    return metadata
