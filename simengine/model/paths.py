"""A place in the tree of a study: keys and list positions from its root."""

from __future__ import annotations

from collections.abc import Iterable

Path = tuple[str | int, ...]


def dotted(path: Path) -> str:
    """`("run", "keep", 2)` as `run.keep[2]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else str(part)
    return text


def begins_with_any(path: Path, heads: Iterable[Path]) -> bool:
    return any(path[: len(head)] == head for head in heads)
