"""Inner kernels are linked into their callers and optimised there, once.

Numba compiles a function anew for every constant that it is called with; optimises it together with all that
it calls, and makes machine code of it, before the caller does the same again; and copies what it calls into
it at every level. A kernel at the top of ten layers is compiled ten times. A function that only kernels call
needs none of that: it is compiled once for the types that it gets, and its code waits as it is until an
outer kernel takes all of them in. There nobody else calls it, so the optimiser may drop what is passed and
returned for others: Numba's functions all return whether they raised, and kernels never do.

This reaches into Numba's code generator. Where its parts are not as expected nothing is changed, and
compiling merely takes longer.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any

from numba.core import codegen, types

from simengine.rng.compile_options import read_quickly

_PARTS = {
    "JITCodeLibrary": (
        "finalize",
        "_optimize_functions",
        "_optimize_final_module",
        "_get_module_for_linking",
        "_finalize_dynamic_globals",
        "_ensure_finalized",
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


def _leave_as_it_is(library: Any) -> None:
    library._finalize_dynamic_globals()
    library._finalized = True


def _shared(library: Any) -> Any:
    """The module as others may link it: its functions may be there several times, and dropped if unused."""
    library._ensure_finalized()
    if library._shared_module is None:
        llvm: Any = getattr(codegen, "ll")  # noqa: B009
        module = library._final_module
        for function in module.functions:
            if not function.is_declaration and function.linkage == llvm.Linkage.external:
                function.linkage = "linkonce_odr"
        library._shared_module = module
    return library._shared_module


def _with_what_they_call(libraries: list[Any]) -> list[Any]:
    """Libraries and, after each that was left as it is, all that it calls in turn; each once."""
    found: dict[int, Any] = {}
    waiting = list(reversed(libraries))
    while waiting:
        library = waiting.pop()
        if id(library) in found:
            continue
        found[id(library)] = library
        if _is_marked(library):
            library._ensure_finalized()
            waiting.extend(reversed(library._linking_libraries))
    return list(found.values())


def _keep_to_itself(module: Any) -> None:
    """Tell the optimiser that nobody outside a module calls what was linked into it."""
    for function in module.functions:
        if not function.is_declaration and function.linkage.name == "linkonce_odr":
            function.linkage = "internal"


@functools.cache
def _prepare() -> bool:
    """Change Numba's code generator, once; whether that was possible."""
    owners = {name: getattr(codegen, name, None) for name in _PARTS}
    if any(not hasattr(owners[name], part) for name, parts in _PARTS.items() for part in parts):
        return False
    read_quickly()
    library: Any = codegen.JITCodeLibrary
    generator: Any = codegen.JITCPUCodegen
    finalize, optimise = library.finalize, library._optimize_final_module

    @functools.wraps(finalize)
    def with_what_it_calls(self: Any) -> None:
        if _is_marked(self):
            _leave_as_it_is(self)
        else:
            self._linking_libraries = _with_what_they_call(self._linking_libraries)
            finalize(self)

    @functools.wraps(optimise)
    def as_one(self: Any) -> None:
        if any(map(_is_marked, self._linking_libraries)):
            _keep_to_itself(self._final_module)
        optimise(self)

    library.finalize = with_what_it_calls
    library._optimize_final_module = as_one
    _wrapped(library, "_optimize_functions", _lay_out)
    _wrapped(library, "_get_module_for_linking", _shared)
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
    usual, template_of = dispatcher.compile, dispatcher.get_call_template
    name = dispatcher.py_func.__qualname__

    def compile_inner(signature: Any) -> Any:
        known = dispatcher.overloads.get(signature)
        if known is not None:
            return known.entry_point
        with _compiling_inner(name):
            return usual(signature)

    def for_any_constant(arguments: Any, keywords: Any) -> Any:
        """A constant is passed like any other value: the optimiser sees it where it matters."""
        return template_of(
            tuple(map(types.unliteral, arguments)),
            {key: types.unliteral(value) for key, value in keywords.items()},
        )

    dispatcher.compile = compile_inner
    dispatcher.get_call_template = for_any_constant
    return dispatcher
