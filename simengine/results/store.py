"""The result store: a folder with the arrays as Zarr 3, the tables beside them, and a manifest of all files.

    RESULT/
      data.zarr/       opens with xarray.open_zarr("RESULT/data.zarr"), without simengine
      percentiles.csv  and other files that were given to `write`
      manifest.json    sha256 of every file, written last

Why it is so: docs/decisions/0003-result-store.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from simengine.model.errors import ConfigError, InternalError, Problem
from simengine.results import manifest as manifests
from simengine.results.dataset import Lazy, Result, as_result
from simengine.results.manifest import DATA, MANIFEST, FileRecord
from simengine.results.staging import check_destination, staged, write_file
from simengine.results.variables import CODED, DIMENSIONS, VARIABLES, mismatches
from simengine.results.zarr_format import (
    array_metadata,
    chunks_of,
    encode_metadata,
    group_metadata,
    read_array,
)

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Status", "check_destination", "read", "read_result", "status", "write"]

WRITING_THREADS = 4


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
    with staged(target, overwrite=overwrite) as staging:
        records: dict[str, FileRecord] = {}
        with ThreadPoolExecutor(WRITING_THREADS) as pool:
            pending = {
                path: pool.submit(write_file, staging / path, buffers)
                for path, buffers in _files(result, files or {})
            }
            for path, writing in pending.items():
                records[path] = writing.result()
        write_file(staging / MANIFEST, [manifests.encode(records, result.attrs)])
    return target


def read(folder: str | Path) -> xr.Dataset:
    """A stored result as an xarray.Dataset, verified file by file; its arrays are loaded when used.

    Raises
    ------
    ConfigError
        If the folder is no result, incomplete, damaged, truncated, or of another schema.
    """
    _verified(Path(folder))
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

    coords = {name: load(name) for name in arrays if name not in VARIABLES}
    codes = {name: arrays[name]["attributes"]["names"] for name in CODED if name in arrays}
    lazy = Lazy([name for name in arrays if name in VARIABLES], load)
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


def _files(result: Result, extra: Mapping[str, bytes]) -> Iterator[tuple[str, list[Any]]]:
    """Path within the folder and content of every file but the manifest."""
    described = {dim: ((dim,), {}) for dim in sorted(result.coords)}
    described |= {name: (result.dims(name), result.variable_attributes(name)) for name in result.arrays}
    metadata = {}
    for name, (dims, attributes) in described.items():
        array = result.coords[name] if name in result.coords else result.arrays[name]
        metadata[name] = array_metadata(array, dims, attributes)
        yield f"{DATA}/{name}/zarr.json", [encode_metadata(metadata[name])]
        for key, chunk in chunks_of(array, metadata[name]):
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
