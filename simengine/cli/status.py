"""`simengine status`: is a result whole, and what made it?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simengine.cli.arguments import Arguments
from simengine.cli.failures import SUCCESS, USERS_MISTAKE, complain
from simengine.model.errors import ConfigError, printable

SHOWN = {
    "title": "what",
    "strategy": "strategy",
    "n_paths": "paths",
    "first_path": "first path",
    "seed": "seed",
    "start": "start",
    "horizon_days": "days",
    "engine_version": "simengine",
    "stream_version": "stream version",
    "schema_version": "schema version",
    "result_hash": "result hash",
}

COUNTS = frozenset({"n_paths", "first_path"})


def work(arguments: Arguments) -> int:
    from simengine.results.store import status

    found = status(arguments.folder)
    print(f"{printable(arguments.folder)}: {'whole' if found.complete else 'not whole'}")
    for line in _facts(found.facts):
        print(line)
    if found.complete:
        return SUCCESS
    complain(str(ConfigError(found.problems)))
    return USERS_MISTAKE


def _facts(facts: Mapping[str, Any]) -> list[str]:
    return [
        f"  {label:15} {printable(_shown(key, facts[key]))}"
        for key, label in SHOWN.items()
        if facts.get(key) is not None
    ]


def _shown(key: str, fact: Any) -> str:
    """Counts with separators, days without a needless .0; a seed and a version as they are written."""
    if key in COUNTS and isinstance(fact, int):
        return f"{fact:,}"
    return f"{fact:,.10g}" if isinstance(fact, float) else str(fact)
