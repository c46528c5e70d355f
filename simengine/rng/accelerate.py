"""The one place with Numba's options, and the folder where compiled code is kept between processes.

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
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.core import config as _numba_config

from simengine.rng.linking import only_link

Function = TypeVar("Function", bound=Callable[..., Any])

_PACKAGE = Path(__file__).resolve().parent.parent
COMPILED_PACKAGES = ("rng", "kernels")
# Settings of Numba that change the code it makes without being part of its own cache key.
_SETTINGS = ("BOUNDSCHECK", "CPU_FEATURES", "CPU_NAME", "DEBUGINFO", "ENABLE_AVX", "LOOP_VECTORIZE", "OPT")
# No division checks, which keep loops from becoming SIMD, and nothing that changes a result.
_OPTIONS = {"nogil": True, "error_model": "numpy", "fastmath": False}
_UNUSED_AFTER_SECONDS = 30 * 24 * 3600
_decorating = threading.Lock()
_config: Any = _numba_config
_njit: Any = numba.njit


def source_hash(package: Path = _PACKAGE) -> str:
    """Hash of all that decides what the compiled code does."""
    digest = hashlib.blake2b(digest_size=12)
    for name in COMPILED_PACKAGES:
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


def _prepare(root: Path, key: str) -> Path | None:
    """The folder for `key` below `root`, or None if we cannot write there."""
    folder = root / f"compiled-{key}"
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
        for folder in root.glob("compiled-*"):
            if folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)


@functools.cache
def cache_folder() -> Path | None:
    """The folder for compiled code of exactly these sources, or None where nothing can be written."""
    key = source_hash()
    for root in _roots():
        if (folder := _prepare(root, key)) is not None:
            _remove_unused(root)
            return folder
    return None


def is_kept() -> bool:
    """Whether compiled kernels of exactly these sources lie on disk; if not, the first call compiles."""
    folder = None if _config.DISABLE_JIT else cache_folder()
    return bool(_config.DISABLE_JIT) or (folder is not None and any(folder.glob("kernels*/portfolio.*.nbi")))


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process at a time pass. Where files cannot be locked, all pass."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(ImportError, OSError):
            import fcntl

            lock = stack.enter_context(open(folder / "lock", "ab"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _save_alone(dispatcher: Any, folder: Path) -> None:
    """Let one process at a time add to the cache.

    Numba numbers the files of a function's signatures by what its index holds: two processes that add
    different signatures at once may take the same number, and the index then names the other's code.
    """
    cache = getattr(dispatcher, "_cache", None)
    if cache is None or not hasattr(cache, "save_overload"):
        return
    save = cache.save_overload

    def save_overload(*arguments: Any) -> None:
        with _alone(folder):
            save(*arguments)

    cache.save_overload = save_overload


def _compile(function: Callable[..., Any], **options: Any) -> Any:
    options |= _OPTIONS
    if _config.DISABLE_JIT or (folder := cache_folder()) is None:
        return _njit(**options)(function)
    with _decorating:
        # Numba reads the folder while it decorates. It is put back, so that other packages keep theirs.
        before = _config.CACHE_DIR
        _config.CACHE_DIR = str(folder)
        try:
            dispatcher = _njit(cache=True, **options)(function)
        except RuntimeError:
            # No file to watch, as in a zip archive: compile in memory.
            return _njit(**options)(function)
        finally:
            _config.CACHE_DIR = before
    _save_alone(dispatcher, folder)
    return dispatcher


def jit(function: Function) -> Function:
    """Compile a function: no Python objects, no fast-math, no division checks, without the GIL, cached.

    Bounds are checked if NUMBA_BOUNDSCHECK=1 is set, and nothing is compiled if NUMBA_DISABLE_JIT=1 is.
    """
    return _compile(function)


def inlined(function: Function) -> Function:
    """Compile a scalar helper so that it dissolves in the loop that calls it, which can then become SIMD."""
    return _compile(function, forceinline=True)


def inner(function: Function) -> Function:
    """Compile a helper that only kernels call: no entry from Python, no cache file beside its caller's."""
    return only_link(_njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, **_OPTIONS)(function))


def dissolved(function: Function) -> Function:
    """Compile a short helper that only kernels call, and that dissolves in them: a call would cost more."""
    options = _OPTIONS | {"forceinline": True}
    return only_link(_njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, **options)(function))
