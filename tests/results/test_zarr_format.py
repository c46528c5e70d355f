"""Our Zarr 3 and zarr's own agree, array by array."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import zarr
from hypothesis import given
from hypothesis import strategies as st

from simengine.results.zarr_format import (
    CHUNK_BYTES,
    array_metadata,
    chunk_shape,
    chunks_of,
    decode_texts,
    encode_metadata,
    encode_texts,
    read_array,
)

ARRAYS = {
    "doubles": (np.linspace(-1.0, 1.0, 15).reshape(5, 3), ("path", "workload")),
    "counts": (np.arange(6, dtype=np.int32).reshape(2, 3), ("path", "driver")),
    "numbers": (np.arange(7, dtype=np.int64) + 2**40, ("path",)),
    "strided": (np.arange(24.0).reshape(4, 6)[:, ::2], ("path", "driver")),
    "big-endian": (np.arange(4.0).astype(">f8"), ("path",)),
    "texts": (np.array(["alpha", "", "übung", "日本"]), ("workload",)),
    "no columns": (np.empty((4, 0)), ("path", "driver")),
    "no rows": (np.empty(0, dtype=np.int64), ("occurrence",)),
}


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("chunk_bytes", [2**25, 32])
def test_zarr_reads_what_we_write(
    name: str, chunk_bytes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simengine.results.zarr_format.CHUNK_BYTES", chunk_bytes)
    monkeypatch.setattr("simengine.results.zarr_format.LEAST_ROWS", 2)
    array, dims = ARRAYS[name]
    metadata = array_metadata(array, dims, {"units": "EUR"})
    (tmp_path / "zarr.json").write_bytes(encode_metadata(metadata))
    for key, buffers in chunks_of(array, metadata):
        file = tmp_path / key
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"".join(buffers))
    theirs = zarr.open_array(tmp_path, mode="r")
    assert theirs.metadata.to_dict()["dimension_names"] == dims
    assert dict(theirs.attrs) == {"units": "EUR"}
    np.testing.assert_array_equal(np.asarray(theirs[...]).astype(array.dtype), array)
    np.testing.assert_array_equal(read_array(metadata, lambda key: (tmp_path / key).read_bytes()), array)


@given(st.lists(st.text(), max_size=20))
def test_texts_come_back(texts: list[str]) -> None:
    texts = [text.encode(errors="ignore").decode() for text in texts]
    assert decode_texts(encode_texts(texts)) == texts


@pytest.mark.parametrize(
    ("shape", "dims"),
    [
        ((10**7,), ("path",)),
        ((10**7, 24), ("path", "workload")),
        ((4, 10**6, 8, 5), ("strategy", "path", "workload", "component")),
        ((10**5, 8), ("path", "workload")),
        ((3 * 10**4, 10**4), ("path", "workload")),
    ],
)
def test_chunks_are_moderate_and_end_at_powers_of_two(shape: tuple[int, ...], dims: tuple[str, ...]) -> None:
    chunk = chunk_shape(shape, 8, dims)
    at = dims.index("path")
    rows = chunk[at]
    assert rows == shape[at] or rows & (rows - 1) == 0
    n_bytes = int(np.prod(chunk)) * 8
    assert n_bytes <= CHUNK_BYTES or rows == 1024
    if int(np.prod(shape)) * 8 > CHUNK_BYTES and rows > 1024:
        assert n_bytes > CHUNK_BYTES // 4
