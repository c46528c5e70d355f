"""How messages show a value, list what is allowed, and find the name that was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

LONGEST_VALUE = 80
MOST_NAMES = 12
CLOSE_ENOUGH = 0.6


def show(value: Any) -> str:
    """A value as a reader of YAML would recognise it, shortened."""
    if value is None:
        return "nothing (null)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    text = "{" + ", ".join(map(str, value)) + "}" if isinstance(value, Mapping) else repr(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 3] + "..."


def listed(names: Iterable[Any], joint: str = "or") -> str:
    """`a, b or c`, cut short where there are many."""
    words = [str(name) for name in names]
    if len(words) > MOST_NAMES:
        return ", ".join(words[:MOST_NAMES]) + f" and {len(words) - MOST_NAMES} more"
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {joint} {words[-1]}"


def nearest(name: Any, known: Iterable[str]) -> str | None:
    """The known name that was probably meant, if one is near enough."""
    if not isinstance(name, str):
        return None
    candidates = list(known)
    by_folded = {candidate.casefold(): candidate for candidate in reversed(candidates)}
    near = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=CLOSE_ENOUGH)
    return by_folded[near[0]] if near else None


def did_you_mean(name: Any, known: Iterable[str], otherwise: str = "") -> str:
    near = nearest(name, known)
    return f"did you mean {near}?" if near is not None else otherwise
