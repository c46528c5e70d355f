"""What may come next in a half-written override: groups, names in them, keys of the configuration."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from simengine.config.composition import compose_tree
from simengine.config.folders import folders, groups, options
from simengine.config.interpolation import places
from simengine.model.errors import SimengineError


def candidates(
    word: str, before: Sequence[str] = (), config_dir: str | os.PathLike[str] | None = None
) -> list[str]:
    """Completions of an override, given the overrides before it; never an error."""
    try:
        return sorted(set(_candidates(word, before, config_dir)))
    except SimengineError:
        return []


def _candidates(word: str, before: Sequence[str], config_dir: str | os.PathLike[str] | None) -> Iterator[str]:
    bare = word.lstrip("+~")
    sign, (key, equals, value) = word[: len(word) - len(bare)], bare.partition("=")
    roots = folders(config_dir)
    group = key.partition("@")[0]
    if equals and options(roots, group):
        # After a comma the next name of several: strategy=proceed,pa
        *done, last = value.split(",")
        head = "".join(f"{name}," for name in done)
        names = (name for name in options(roots, group) if name.startswith(last) and name not in done)
        yield from (f"{sign}{key}={head}{name}" for name in names)
        return
    tree = compose_tree([text for text in before if _is_whole(text)], config_dir).tree
    if not equals and sign != "~":
        named = [name for name in groups(roots) if name.startswith(key)]
        yield from (name for name in (f"{name}=" for name in named if name in tree) if not sign)
        # What is not among the defaults is added at a place of its own.
        yield from (f"+{name}@scenario.drivers." for name in named if name not in tree and sign)
    if equals:
        found = places(tree, key.split("."), ())
        yield from (f"{sign}{key}={written}" for _, node in found for written in _written(node, value))
    elif sign != "+":
        yield from (f"{sign}{name}" for name in _keys(tree, "", key))


def _keys(node: Any, head: str, key: str) -> Iterator[str]:
    """The keys below a node that begin as written; names may have dots of their own."""
    entries = node.items() if isinstance(node, Mapping) else enumerate(node) if isinstance(node, list) else ()
    for name, value in entries:
        whole = f"{head}{name}"
        if key.startswith(f"{whole}.") and isinstance(value, Mapping | list):
            yield from _keys(value, f"{whole}.", key)
        elif whole.startswith(key):
            if isinstance(value, Mapping | list) and value:
                yield f"{whole}."
            if not isinstance(value, Mapping) or not value:
                yield f"{whole}="


def _written(node: Any, value: str) -> Iterator[str]:
    """The present value, as a beginning of another."""
    if node is None or isinstance(node, Mapping | list):
        return
    written = str(node).lower() if isinstance(node, bool) else str(node)
    if written.startswith(value) and " " not in written:
        yield written


def _is_whole(text: str) -> bool:
    return "=" in text or text.startswith("~")
