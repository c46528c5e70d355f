"""Inner kernels are linked into their callers and optimised there, once.

Numba optimises each function together with all that it calls, and makes machine code of it, before the
caller does the same again: a kernel at the top of ten layers is compiled ten times, which took the half of
a minute that compiling takes. A function that only kernels call needs neither by itself.

This reaches into Numba's code generator. Where its parts are not as expected nothing is changed, and
compiling merely takes longer.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any

from numba.core import codegen

_PARTS = {
    "JITCodeLibrary": (
        "_optimize_functions",
        "_optimize_final_module",
        "_finalize_final_module",
        "_finalize_dynamic_globals",
        "_verify_declare_only_symbols",
        "get_pointer_to_function",
    ),
    "JITCPUCodegen": ("create_library", "set_env"),
}
_MARK = "_simengine_only_linked"
_compiling: list[str] = []  # the inner function that is being compiled, under those that call for it


def _is_marked(library: Any) -> bool:
    return getattr(library, _MARK, False)


def _wrapped(owner: type, name: str, instead: Callable[..., Any]) -> None:
    """Let marked libraries take `instead` of a method."""
    usual = getattr(owner, name)

    @functools.wraps(usual)
    def method(self: Any, *arguments: Any) -> Any:
        return instead(self, *arguments) if _is_marked(self) else usual(self, *arguments)

    setattr(owner, name, method)


def _lay_out(library: Any, module: Any) -> None:
    module.data_layout = library._codegen._data_layout


def _only_link(library: Any) -> None:
    library._finalize_dynamic_globals()
    library._verify_declare_only_symbols()
    library._finalized = True


@functools.cache
def _prepare() -> bool:
    """Change Numba's code generator, once; whether that was possible."""
    owners = {name: getattr(codegen, name, None) for name in _PARTS}
    if any(not hasattr(owners[name], part) for name, parts in _PARTS.items() for part in parts):
        return False
    library: Any = codegen.JITCodeLibrary
    generator: Any = codegen.JITCPUCodegen
    _wrapped(library, "_optimize_functions", _lay_out)
    _wrapped(library, "_optimize_final_module", lambda _library: None)
    _wrapped(library, "_finalize_final_module", _only_link)
    _wrapped(library, "get_pointer_to_function", lambda _library, _name: 0)
    create, set_environment = generator.create_library, generator.set_env

    @functools.wraps(create)
    def create_library(self: Any, name: str, *arguments: Any, **options: Any) -> Any:
        made = create(self, name, *arguments, **options)
        setattr(made, _MARK, bool(_compiling) and name == _compiling[-1])
        return made

    @functools.wraps(set_environment)
    def set_env(self: Any, name: str, environment: Any) -> None:
        if self._engine.get_global_value_address(name):  # what was only linked has no environment of its own
            set_environment(self, name, environment)

    generator.create_library = create_library
    generator.set_env = set_env
    return True


@contextlib.contextmanager
def _compiling_inner(name: str) -> Iterator[None]:
    _compiling.append(name)
    try:
        yield
    finally:
        _compiling.pop()


def only_link(dispatcher: Any) -> Any:
    """Have a function that is never called from Python linked into its callers, and no more."""
    if not hasattr(dispatcher, "compile") or not _prepare():
        return dispatcher
    usual = dispatcher.compile
    name = dispatcher.py_func.__qualname__

    def compile_inner(signature: Any) -> Any:
        with _compiling_inner(name):
            return usual(signature)

    dispatcher.compile = compile_inner
    return dispatcher
