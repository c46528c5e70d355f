"""Environments of compiled functions, rebuilt without importing what the functions were compiled from.

To an environment of a function that is loaded Numba gives the names of the function's module, which code with
Python objects would look up; for that it imports the module. Ours has no Python objects, and what of Numba's
own it took in lies in modules that take a third of the time that loading does.
"""

from __future__ import annotations

import sys
from typing import Any

from numba.core import environment


def _rebuilt(module: str, consts: list[Any], name: str) -> Any:
    known = environment.lookup_environment(name)
    if known is not None:
        return known
    names = vars(sys.modules[module]) if module in sys.modules else {"__name__": module}
    rebuilt: Any = environment.Environment(names)
    rebuilt.consts[:] = consts
    rebuilt.env_name = name
    environment.Environment._memo[name] = rebuilt
    return rebuilt


def rebuild_without_imports() -> None:
    """Change how Numba rebuilds environments, where it does it as expected."""
    if all(hasattr(environment, part) for part in ("_rebuild_env", "lookup_environment", "Environment")):
        environment._rebuild_env = _rebuilt
