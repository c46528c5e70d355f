"""Monte Carlo of what running AI workloads on other people's models may cost.

import simengine

study = simengine.compose(["portfolio=midmarket", "scenario=quiet_exit"])
dataset = simengine.simulate(study)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simengine.api import (
        attribution,
        compare,
        explain,
        return_periods,
        simulate,
        stories,
        summarise,
        through_others,
    )
    from simengine.config import compose
    from simengine.model.errors import ConfigError, InternalError, SimengineError
    from simengine.model.study import Study

__version__ = "0.1.0"

__all__ = [
    "ConfigError",
    "InternalError",
    "SimengineError",
    "Study",
    "__version__",
    "attribution",
    "compare",
    "compose",
    "explain",
    "return_periods",
    "simulate",
    "stories",
    "summarise",
    "through_others",
]

# Imported when first asked for: `import simengine` must not pay for Numba, xarray and Hydra.
_HOMES = {
    "ConfigError": "simengine.model.errors",
    "InternalError": "simengine.model.errors",
    "SimengineError": "simengine.model.errors",
    "Study": "simengine.model.study",
    "attribution": "simengine.api",
    "compare": "simengine.api",
    "compose": "simengine.config",
    "explain": "simengine.api",
    "return_periods": "simengine.api",
    "simulate": "simengine.api",
    "stories": "simengine.api",
    "summarise": "simengine.api",
    "through_others": "simengine.api",
}


def __getattr__(name: str) -> Any:
    if name == "plot":  # a module, and one that needs the extra `report`
        return importlib.import_module("simengine.plot")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__) | {"plot"})
