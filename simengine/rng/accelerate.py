"""The one place with Numba's options, and how what it compiles is kept between processes.

Where it is kept, and that this is never stale: simengine/rng/cache_folder.py. That what is read is what was
written: simengine/rng/sealed_cache.py.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.core import caching as _caching
from numba.core import config as _numba_config

from simengine.rng.cache_folder import cache_folder
from simengine.rng.entry_points import keep_machine_code_alone
from simengine.rng.indexing import from_the_front
from simengine.rng.linking import only_link
from simengine.rng.sealed_cache import is_sound, load_at_once, seal

Function = TypeVar("Function", bound=Callable[..., Any])

# No division checks, which keep loops from becoming SIMD, and nothing that changes a result.
_OPTIONS = {"nogil": True, "error_model": "numpy", "fastmath": False}
_decorating = threading.Lock()
_config: Any = _numba_config


def _njit(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    return lambda function: from_the_front(numba.njit(**options)(function))


# Where the kernels lie that a run calls.
_KERNELS = ("parameters", "occurrences", "magnitudes", "portfolio")


def is_kept() -> bool:
    """Whether compiled kernels of exactly these sources, here, lie on disk; if not, a first call compiles."""
    if _config.DISABLE_JIT:
        return True
    folder = cache_folder()
    return folder is not None and all(
        any(is_sound(index) for index in folder.glob(f"{_kernels_folder()}/{kernel}.*.nbi"))
        for kernel in _KERNELS
    )


def _kernels_folder() -> str:
    """How Numba names its folder for the kernels: by where the sources lie; copies have their own."""
    named = getattr(getattr(_caching, "_CacheLocator", None), "get_suitable_cache_subpath", None)
    kernels = Path(__file__).resolve().parents[1] / "kernels" / "portfolio.py"
    return named(str(kernels)) if named is not None else "kernels*"


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process at a time pass. Where files cannot be locked, all pass."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(ImportError, OSError):
            import fcntl

            lock = stack.enter_context(open(folder / "lock", "ab"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _guard(dispatcher: Any, folder: Path) -> None:
    """Let one process at a time add to the cache, and take from it only what is as it was written.

    Numba numbers the files of a function's signatures by what its index holds: two processes that add
    different signatures at once may take the same number, and the index then names the other's code.
    """
    cache = getattr(dispatcher, "_cache", None)
    if cache is None or not hasattr(cache, "save_overload"):
        return
    seal(cache)
    load_at_once(cache)
    keep_machine_code_alone(cache)
    save = cache.save_overload

    def save_overload(*arguments: Any) -> None:
        with _alone(folder):
            save(*arguments)

    cache.save_overload = save_overload


def _inner(function: Callable[..., Any], **options: Any) -> Any:
    return only_link(_njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, **_OPTIONS, **options)(function))


def _outer(function: Callable[..., Any]) -> Any:
    """What is called from Python, kept on disk if that is possible."""
    options = _OPTIONS | {"no_cfunc_wrapper": True}
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
    _guard(dispatcher, folder)
    return dispatcher


def _compile(function: Callable[..., Any], **options: Any) -> Any:
    """A function for Python, and its twin for kernels.

    A kernel takes in the code of what it calls, and needs nothing else of it: no machine code, no entry from
    Python, no file. What only kernels call is so never compiled by itself.
    """
    outer = _outer(function)
    if hasattr(outer, "get_call_template"):
        twin = _inner(function, **options)
        outer.get_call_template, outer.get_overload = twin.get_call_template, twin.get_overload
    return outer


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
    return _inner(function)


def dissolved(function: Function) -> Function:
    """Compile a short helper that only kernels call, and that dissolves in them: a call would cost more."""
    return _inner(function, forceinline=True)
