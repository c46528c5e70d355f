"""Of a compiled function machine code is kept, and the names in it: nothing that others could take in.

Numba keeps a function in the compiler's own form too, for callers that may take it in, and reads that each
time it loads the function: more than half of what loading took, and of what lay on the disk. Nobody takes it
in: what kernels call has a twin, which is compiled with its caller (simengine/rng/accelerate.py).

This reaches into Numba's code generator. Where its parts are not as expected nothing is changed.
"""

from __future__ import annotations

import functools
from typing import Any

from numba.core import codegen

_KIND = "machine code alone"
_PARTS = ("_get_compiled_object", "_set_compiled_object", "_unserialize", "_finalize_final_module")


@functools.cache
def _prepare() -> bool:
    """Have Numba read what is kept so; whether that was possible."""
    library: Any = codegen.JITCodeLibrary
    if not all(hasattr(library, part) for part in _PARTS) or not hasattr(codegen, "JitEngine"):
        return False
    usual = library._unserialize.__func__

    def unserialize(kind_of_library: Any, generator: Any, state: tuple[str, str, Any]) -> Any:
        name, kind, content = state
        if kind != _KIND:
            return usual(kind_of_library, generator, state)
        machine_code, names = content
        loaded = generator.create_library(name)
        loaded.enable_object_caching()
        loaded._set_compiled_object(machine_code)
        loaded._finalize_final_module()
        generator._engine._defined_symbols.update(names)
        return loaded

    library._unserialize = classmethod(unserialize)
    return True


def keep_machine_code_alone(cache: Any) -> None:
    """Have a function's cache keep no code that others could take in."""
    if not _prepare():
        return
    save = cache.save_overload

    def save_overload(signature: Any, compiled: Any) -> None:
        compiled.library.serialize_using_object_code = functools.partial(_serialized, compiled.library)
        save(signature, compiled)

    cache.save_overload = save_overload


def _serialized(library: Any) -> tuple[str, str, Any]:
    library._ensure_finalized()
    module = library._final_module
    names = [
        value.name
        for values in (module.functions, module.global_variables)
        for value in values
        if not value.is_declaration
    ]
    return library.name, _KIND, (library._get_compiled_object(), names)
