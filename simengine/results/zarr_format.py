"""Zarr 3, as much of it as a result needs: metadata, and chunks that are an array's own bytes.

Written by hand because that needs neither a copy of the arrays nor the time that importing zarr and xarray
takes (docs/decisions/0003-result-store.md); zarr reads it, and the tests hold the two against each other.
Specification: https://zarr-specs.readthedocs.io/en/latest/v3/core/index.html
"""

from __future__ import annotations

import itertools
import json
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from simengine.results.provenance import bytes_of

CHUNK_BYTES = 2**25
LEAST_ROWS = 1024


class Described(Protocol):
    """All that the metadata needs of an array."""

    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def dtype(self) -> np.dtype: ...


def chunk_shape(shape: Sequence[int], itemsize: int, dims: Sequence[str]) -> tuple[int, ...]:
    """Whole arrays up to 32 MiB; above, a power of two of paths with all that belongs to them.

    Powers of two, so that blocks of paths that were computed elsewhere end where chunks end.
    """
    lengths = [max(1, length) for length in shape]
    along = next((axis for axis, dim in enumerate(dims) if dim in ("path", "occurrence")), None)
    if along is None or int(np.prod(lengths)) * itemsize <= CHUNK_BYTES:
        return tuple(lengths)
    rows = chunk_rows(int(np.prod(lengths[along + 1 :])) * itemsize)
    return (*[1] * along, min(rows, lengths[along]), *lengths[along + 1 :])


def chunk_rows(row_bytes: int) -> int:
    """How many paths of so many bytes each make a chunk of an array that is too large for one."""
    return max(LEAST_ROWS, 2 ** (max(1, CHUNK_BYTES // row_bytes).bit_length() - 1))


def array_metadata(array: Described, dims: Sequence[str], attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The content of an array's zarr.json; texts are of variable length."""
    if array.dtype.kind in "UT":
        data_type, fill, codec = "string", "", {"name": "vlen-utf8", "configuration": {}}
        chunks = tuple(max(1, length) for length in array.shape)
    else:
        data_type, fill = array.dtype.name, "NaN" if array.dtype.kind == "f" else 0
        codec = {"name": "bytes", "configuration": {"endian": "little"}}
        chunks = chunk_shape(array.shape, array.dtype.itemsize, dims)
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": list(array.shape),
        "data_type": data_type,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": list(chunks)}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "fill_value": fill,
        "codecs": [codec],
        "attributes": dict(attributes),
        "dimension_names": list(dims),
        "storage_transformers": [],
    }


def group_metadata(attributes: Mapping[str, Any], arrays: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """The content of the group's zarr.json, with all arrays' metadata, so that one file opens the result."""
    consolidated = {"kind": "inline", "must_understand": False, "metadata": dict(arrays)}
    return {
        "zarr_format": 3,
        "node_type": "group",
        "attributes": dict(attributes),
        "consolidated_metadata": consolidated,
    }


def encode_metadata(metadata: Mapping[str, Any]) -> bytes:
    return json.dumps(metadata, indent=1, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def chunks_of(array: np.ndarray, metadata: Mapping[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    """Key and content of each chunk, the content as buffers to be written one after another.

    A chunk at the end of the paths is filled up with the fill value, as the format wants it.
    """
    if not array.size:
        return
    if metadata["data_type"] == "string":
        yield "c/" + "/".join("0" * array.ndim), [encode_texts(array.reshape(-1).tolist())]
        return
    shape = metadata["chunk_grid"]["configuration"]["chunk_shape"]
    starts = [range(0, length, step) for length, step in zip(array.shape, shape, strict=True)]
    for corner in itertools.product(*starts):
        region = tuple(slice(start, start + step) for start, step in zip(corner, shape, strict=True))
        part = np.asarray(array[region])
        buffers: list[Any] = [bytes_of(part)]
        missing = int(np.prod(shape)) - part.size
        if missing:
            fill = np.nan if metadata["fill_value"] == "NaN" else metadata["fill_value"]
            buffers.append(bytes_of(np.full(missing, fill, dtype=array.dtype)))
        yield chunk_key(s // step for s, step in zip(corner, shape, strict=True)), buffers


def chunk_key(corner: Iterable[int]) -> str:
    """The name of a chunk: c/0/3, and c where there are no dimensions."""
    return "/".join(["c", *map(str, corner)])


def read_array(metadata: Mapping[str, Any], read: Any) -> np.ndarray:
    """The array again; `read(key)` gives the bytes of a chunk."""
    shape = tuple(metadata["shape"])
    if metadata["data_type"] == "string":
        texts = decode_texts(read("c/" + "/".join("0" * len(shape)))) if all(shape) else []
        return np.array(texts, dtype=np.str_).reshape(shape)
    chunks = metadata["chunk_grid"]["configuration"]["chunk_shape"]
    dtype = np.dtype(metadata["data_type"]).newbyteorder("<")
    counts = [range(-(-length // step)) for length, step in zip(shape, chunks, strict=True)]
    corners = list(itertools.product(*counts)) if all(shape) else []
    if len(corners) == 1 and tuple(chunks) == shape:
        return np.frombuffer(read(chunk_key(corners[0])), dtype=dtype).reshape(shape)
    array = np.empty(shape, dtype=dtype)
    for corner in corners:
        region = tuple(slice(c * step, (c + 1) * step) for c, step in zip(corner, chunks, strict=True))
        whole = np.frombuffer(read(chunk_key(corner)), dtype=dtype).reshape(chunks)
        target = array[region]
        target[...] = whole[tuple(slice(0, length) for length in target.shape)]
    return array


def encode_texts(texts: Sequence[str]) -> bytes:
    """vlen-utf8: how many, then for each its length and its UTF-8; numbers are 4 bytes, little-endian."""
    parts = [struct.pack("<I", len(texts))]
    for text in texts:
        raw = text.encode()
        parts += [struct.pack("<I", len(raw)), raw]
    return b"".join(parts)


def decode_texts(raw: bytes) -> list[str]:
    (count,) = struct.unpack_from("<I", raw)
    texts, at = [], 4
    for _ in range(count):
        (length,) = struct.unpack_from("<I", raw, at)
        texts.append(bytes(raw[at + 4 : at + 4 + length]).decode())
        at += 4 + length
    return texts
