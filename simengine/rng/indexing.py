"""Indices in this package's kernels count from the front only.

In Python -1 is the last. Numba keeps that by comparing each index with 0 and choosing between it and what it
would be from the back: at every load and store, behind which the next has to wait. That was a seventh of the
kernels' time. No kernel counts from the back, and where bounds are checked (NUMBA_BOUNDSCHECK=1) an index
below 0 is out of them.

This reaches into Numba's array functions, for functions of this package alone. Where they are not as expected
nothing is changed, and kernels merely take longer.
"""

from __future__ import annotations

import functools
from typing import Any

_PACKAGE = __name__.partition(".")[0]
_MANGLED = f"_ZN{len(_PACKAGE)}{_PACKAGE}"  # how the names of its functions begin in LLVM


@functools.cache
def _prepare() -> None:
    """Change how Numba reads an integer index, once."""
    from numba.core import types
    from numba.np import arrayobj

    usual = getattr(arrayobj, "fix_integer_index", None)
    if usual is None:
        return

    @functools.wraps(usual)
    def fix_integer_index(context: Any, builder: Any, kind: Any, index: Any, size: Any) -> Any:
        if builder.function.name.startswith(_MANGLED):
            return context.cast(builder, index, kind, types.intp)
        return usual(context, builder, kind, index, size)

    arrayobj.fix_integer_index = fix_integer_index


def from_the_front(dispatcher: Any) -> Any:
    """Have a function compiled without asking whether an index counts from the back.

    Numba's array functions are only imported when something is compiled.
    """
    compiler: Any = getattr(dispatcher, "_compiler", None)
    if not hasattr(compiler, "compile"):
        return dispatcher
    usual = compiler.compile

    @functools.wraps(usual)
    def prepared(*arguments: Any) -> Any:
        _prepare()
        return usual(*arguments)

    compiler.compile = prepared
    return dispatcher
