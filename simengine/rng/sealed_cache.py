"""Files of Numba's cache with a seal: what is read from them is what was written, or it is compiled again.

What lies in the cache is run. Numba takes it as it is, and a file that a full disk or a bad one has cut or
changed ends in a crash, or in wrong numbers. So each file ends with the sha256 of all before it, and one that
does not match it counts as absent. Numba reads past the seal: both of its formats end where they say. That
nobody else can write there is seen to by simengine/rng/cache_folder.py.

This reaches into Numba's cache. Where its parts are not as expected nothing is changed.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from numba.core.runtime.nrt import rtsys

from simengine.rng.environments import rebuild_without_imports

SEAL_BYTES = hashlib.sha256().digest_size
_PARTS = ("_open_for_write", "_load_index", "_load_data", "_data_path", "_index_path")


class _Hashing:
    """A file that is written, and the hash of what was."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.content = hashlib.sha256()

    def write(self, data: Any) -> int:
        self.content.update(data)
        return self._file.write(data)


def is_sound(path: str | Path) -> bool:
    """Whether a file is there and matches its seal."""
    try:
        content = Path(path).read_bytes()
    except OSError:
        return False
    return hashlib.sha256(content[:-SEAL_BYTES]).digest() == content[-SEAL_BYTES:]


def seal(cache: Any) -> None:
    """Let a function's cache write sealed files, and read no others."""
    files = getattr(cache, "_cache_file", None)
    if not all(hasattr(files, part) for part in _PARTS):
        return
    assert files is not None
    open_for_write, load_index, load_data = files._open_for_write, files._load_index, files._load_data

    @contextlib.contextmanager
    def sealed(path: str) -> Iterator[_Hashing]:
        with open_for_write(path) as file:
            hashing = _Hashing(file)
            yield hashing
            file.write(hashing.content.digest())

    def sound_index() -> Any:
        return load_index() if is_sound(files._index_path) else {}

    def sound_data(name: str) -> Any:
        path = files._data_path(name)
        if not is_sound(path):
            # Numba compiles where a file cannot be read, and puts a new one in its place.
            raise OSError(f"{path} is not what was written")
        return load_data(name)

    files._open_for_write, files._load_index, files._load_data = sealed, sound_index, sound_data


def load_at_once(cache: Any) -> None:
    """Let compiled code be loaded without all that compiling would need.

    Numba first registers how each function that it knows is typed and lowered, and imports SciPy to look for
    a BLAS: a fifth of the time that a short run takes. Code that lies compiled needs only what it calls, the
    memory of arrays; where there is none to load, the compiler registers the rest itself.
    """
    if not hasattr(cache, "_load_overload") or not hasattr(cache, "_guard_against_spurious_io_errors"):
        return
    rebuild_without_imports()

    def load_overload(signature: Any, target_context: Any) -> Any:
        rtsys.initialize(target_context)
        with cache._guard_against_spurious_io_errors():
            return cache._load_overload(signature, target_context)

    cache.load_overload = load_overload
