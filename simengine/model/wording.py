"""How messages show a value, list what is allowed, and find the name that was probably meant."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

LONGEST_VALUE = 80
MOST_NAMES = 24
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


def size(n_bytes: float) -> str:
    """6.4 GB, 151 MB or 0.57 MB: never 0.0 of something."""
    if n_bytes >= 1e9:
        return f"{n_bytes / 1e9:,.1f} GB"
    return f"{n_bytes / 1e6:.0f} MB" if n_bytes >= 1e7 else f"{n_bytes / 1e6:.2g} MB"


def nearest(name: Any, known: Iterable[str], closeness: float = CLOSE_ENOUGH) -> str | None:
    """The known name that was probably meant, if one is near enough."""
    if not isinstance(name, str):
        return None
    candidates = list(known)
    by_folded = {candidate.casefold(): candidate for candidate in reversed(candidates)}
    near = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=closeness)
    return by_folded[near[0]] if near else None


def did_you_mean(
    name: Any, known: Iterable[str], otherwise: str = "", closeness: float = CLOSE_ENOUGH
) -> str:
    near = nearest(name, known, closeness)
    return f"did you mean {near}?" if near is not None else otherwise


_UNITS = r"[$€£¥]?\s*(?P<number>[-+]?[\d.,'\s]*\d)\s*(?P<unit>%|[kKmM]|days?|d|USD|EUR|GBP|[$€£¥])?"
_THOUSANDS = re.compile(r"[-+]?\d{1,3}([,' ]\d{3})+(\.\d+)?")
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")
_MULTIPLES = {"%": 0.01, "k": 1e3, "m": 1e6}


def as_number(written: Any, *, whole: bool = False) -> str:
    """How to write a text as the number that it probably means, if it means one: `1,000`, `30%`, `$12k`."""
    otherwise = "write a whole number" if whole else "write a number"
    if not isinstance(written, str):
        return otherwise
    if _reads_as_number(written):
        return otherwise if whole else "write the number without quotes"
    found = re.fullmatch(_UNITS, written.strip())
    if found is None:
        return otherwise
    digits = found["number"]
    if _THOUSANDS.fullmatch(digits):
        digits = re.sub(r"[,' ]", "", digits)
    elif _DECIMAL_COMMA.fullmatch(digits):
        digits = digits.replace(",", ".")
    if not _reads_as_number(digits):
        return otherwise
    number = float(digits) * _MULTIPLES.get((found["unit"] or "").lower(), 1.0)
    return otherwise if whole and number != math.floor(number) else f"write {number:.12g}"


def _reads_as_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
