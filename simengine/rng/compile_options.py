"""Numba's options of a compilation, read quickly.

Each time that Numba looks up how an operator is typed, it compares all options under which it compiles, and
reads each of the thirty through a property. That was a tenth of the time that compiling takes.
"""

from __future__ import annotations

import functools
from typing import Any

from numba.core.targetconfig import TargetConfig


@functools.cache
def _defaults(kind: type[TargetConfig]) -> dict[str, Any]:
    return {name: option.default for name, option in kind.options.items()}


def _values(options: Any) -> dict[str, Any]:
    """All options by name, those that are not set as they are by default."""
    return {**_defaults(type(options)), **options._values}


def read_quickly() -> None:
    """Change how Numba reads its options, where they lie as expected; they stay what they are."""
    if isinstance(getattr(TargetConfig, "__slots__", None), list) and "_values" in TargetConfig.__slots__:
        TargetConfig.values = _values  # type: ignore[method-assign]
