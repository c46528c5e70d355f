"""Libraries that only reports need, asked for in one sentence where they lack."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

from simengine.model.errors import ConfigError, Problem
from simengine.model.wording import listed


def check_installed(modules: Sequence[str], purpose: str) -> None:
    """Raise ConfigError, which says how to install it, if a module is missing; none is imported."""
    missing = [name for name in modules if find_spec(name) is None]
    if missing:
        arrived = f"no {listed(missing, 'and')}, which it needs"
        allowed = "an installation with the extra `report`"
        raise ConfigError([Problem(purpose, arrived, allowed, "pip install 'simengine[report]'")])
