"""Where compiled code, and what was made with it, is kept between processes. Nothing here imports Numba.

Numba refreshes a cached function when its own file changes, but not when a helper or a constant in another
file does: the old numbers then come back silently. So the folder's name is a hash of every source file that
compiled code is made of, of the versions that compile it and of the settings that change it.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.metadata
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
COMPILED_PACKAGES = ("rng", "kernels")
KINDS = ("compiled", "numbers")
# Settings of Numba that change the code it makes without being part of its own cache key.
_SETTINGS = ("BOUNDSCHECK", "CPU_FEATURES", "CPU_NAME", "DEBUGINFO", "ENABLE_AVX", "LOOP_VECTORIZE", "OPT")
_UNUSED_AFTER_SECONDS = 30 * 24 * 3600


def source_hash(package: Path = _PACKAGE, names: Sequence[str] = COMPILED_PACKAGES) -> str:
    """Hash of all that decides what the code in some folders of the package does, compiled code above all."""
    digest = hashlib.blake2b(digest_size=12)
    for name in names:
        for source in sorted((package / name).rglob("*.py")):
            digest.update(source.relative_to(package).as_posix().encode() + b"\0")
            digest.update(hashlib.blake2b(source.read_bytes()).digest())
    versions = [f"{name} {importlib.metadata.version(name)}" for name in ("numba", "numpy", "llvmlite")]
    settings = [f"{name}={os.environ.get(f'NUMBA_{name}', '')}" for name in _SETTINGS]
    digest.update("\0".join([sys.version, *versions, *settings]).encode())
    return digest.hexdigest()


def _roots() -> Iterator[Path]:
    """Where the cache may lie, best first."""
    if chosen := os.environ.get("NUMBA_CACHE_DIR"):
        yield Path(chosen)
        return
    with contextlib.suppress(RuntimeError):
        if sys.platform == "win32":
            yield Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "simengine"
        elif sys.platform == "darwin":
            yield Path.home() / "Library" / "Caches" / "simengine"
        else:
            yield Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "simengine"
    user = os.getuid() if hasattr(os, "getuid") else "user"
    yield Path(tempfile.gettempdir()) / f"simengine-{user}"


def _is_ours(folder: Path) -> bool:
    """Whether nobody else can put code into the folder: what lies in a cache is run."""
    if not hasattr(os, "getuid"):
        return True
    status = folder.stat()
    return status.st_uid == os.getuid() and not status.st_mode & 0o022


def _prepare(root: Path, name: str) -> Path | None:
    """The folder `name` below `root`, or None if we cannot write there."""
    folder = root / name
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_ours(folder):
            return None
        with tempfile.TemporaryFile(dir=folder):
            pass
        os.utime(folder)
    except OSError:
        return None
    return folder


def _remove_unused(root: Path) -> None:
    """Remove the folders of sources that nobody has run for a month."""
    oldest = time.time() - _UNUSED_AFTER_SECONDS
    with contextlib.suppress(OSError):
        for folder in [folder for kind in KINDS for folder in root.glob(f"{kind}-*")]:
            if folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)


def _kept_folder(kind: str, key: str) -> Path | None:
    for root in _roots():
        if (folder := _prepare(root, f"{kind}-{key}")) is not None:
            _remove_unused(root)
            return folder
    return None


@functools.cache
def cache_folder() -> Path | None:
    """The folder for compiled code of exactly these sources, or None where nothing can be written."""
    return _kept_folder("compiled", source_hash())


@functools.cache
def numbers_folder() -> Path | None:
    """The folder for numbers that hold as long as no source of the package changes, or None likewise."""
    return _kept_folder("numbers", source_hash(names=(".",)))
