"""Putting files together: a tree in which what comes later replaces what came before, place by place.

Mappings merge and all else is replaced, as Hydra does it, with one difference: a quantity is one thing. A new
distribution replaces the old one with its evidence, and does not merge with it into something that is neither
(`lognormal` beside `pert`) or that claims the source of figures which are no longer there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from simengine.model.distributions import FORMS
from simengine.model.paths import Path

# What stands beside a distribution's form in a quantity.
_BESIDE = frozenset({"truncate", "source", "kind", "reviewed", "owner"})
# Mappings whose keys are names that a user chose, which may be those of distributions.
_OF_NAMES = frozenset(
    {"labs", "lines", "workloads", "drivers", "factors", "outcomes", "rates", "tags", "tag", "usage"}
)


@dataclass(frozen=True)
class Origin:
    """Where a value was written: a file and line, or an override of the command line."""

    file: str
    line: int | None = None


@dataclass
class Merged:
    """A tree under construction, and the origin of every place in it."""

    tree: dict[str, Any] = field(default_factory=dict)
    origins: dict[Path, Origin] = field(default_factory=dict)

    def add(self, content: Any, place: Path, origins: Mapping[Path, Origin]) -> None:
        """Merge content at a place; `origins` are those of the content, by path within it."""
        node: Any = self.tree
        for depth, part in enumerate(place[:-1]):
            if isinstance(node, dict) and not isinstance(node.get(part), dict | list):
                self._forget(place[: depth + 1])
                node[part] = {}
            node = node[part]
        if not place:
            self._merge(node, content, ())
        else:
            last: Any = place[-1]
            # An entry of a list is merged like the value of a key.
            entries = {last: node[last]} if isinstance(node, list) else node
            self._merge(entries, {last: content}, place[:-1])
            node[last] = entries[last]
        for path, origin in origins.items():
            self.origins[(*place, *path)] = origin

    def remove(self, place: Path) -> None:
        node: Any = self.tree
        for part in place[:-1]:
            node = node[part]
        del node[place[-1]]
        self._forget(place)

    def _merge(self, old: dict[Any, Any], new: Mapping[Any, Any], path: Path) -> None:
        for key, value in new.items():
            place = (*path, key)
            before = old.get(key)
            if isinstance(before, dict) and isinstance(value, Mapping) and not is_quantity(key, value):
                self._merge(before, value, place)
                continue
            if isinstance(before, dict | list):
                self._forget(place)
            old[key] = _copy(value)

    def _forget(self, place: Path) -> None:
        """Drops the origins of what is no longer there."""
        for path in [path for path in self.origins if path[: len(place)] == place]:
            del self.origins[path]


def is_quantity(key: Any, value: Any) -> bool:
    """Whether a mapping writes a distribution."""
    if not isinstance(value, Mapping) or key in _OF_NAMES:
        return False
    forms = [part for part in value if part in FORMS]
    return len(forms) > 0 and all(part in FORMS or part in _BESIDE for part in value)


def leaves(node: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value of a tree that is no mapping or list, with its path."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from leaves(value, (*path, key))
    elif isinstance(node, list):
        for position, value in enumerate(node):
            yield from leaves(value, (*path, position))
    else:
        yield path, node


def _copy(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {key: _copy(value) for key, value in node.items()}
    return [_copy(value) for value in node] if isinstance(node, list) else node
