"""Interpolations: `${run.horizon_days}` and `${.sibling}` stand for another value of the configuration.

Only those: resolvers (`${oc.env:HOME}`) could read what is no part of the study, and are refused. Resolving
counts what it makes, so that a few lines that refer to one another cannot grow without bound.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from simengine.model.errors import ConfigError, Problem
from simengine.model.paths import Path, dotted

MOST_VALUES = 1_000_000
MOST_CHARACTERS = 1_000_000
LONGEST_CHAIN = 32

_REFERENCE = re.compile(r"\$\{\s*(\.*[\w-]+(?:\.[\w-]+)*)\s*\}")


def refused_interpolation(text: str) -> tuple[str, str, str] | None:
    """What is wrong with the interpolations in a text (arrived, allowed, remedy), if anything is."""
    if "${" not in _REFERENCE.sub("", text):
        return None
    return (
        text if len(text) <= 60 else text[:57] + "...",
        "${path.of.a.value} of this configuration, and no resolver such as ${oc.env:HOME}",
        "write the value itself, or give it as an override on the command line",
    )


def resolved(tree: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of the tree in which every interpolation is replaced by what it stands for."""
    return _Resolving(tree).copy(tree, ())


class _Resolving:
    def __init__(self, tree: Mapping[str, Any]) -> None:
        self._tree = tree
        self._pursued: list[Path] = []
        self._values = 0
        self._characters = 0

    def copy(self, node: Any, path: Path) -> Any:
        self._values += 1
        if isinstance(node, Mapping):
            return {key: self.copy(value, (*path, key)) for key, value in node.items()}
        if isinstance(node, list):
            return [self.copy(value, (*path, position)) for position, value in enumerate(node)]
        if not isinstance(node, str) or "${" not in node:
            return node
        self._refuse(self._values > MOST_VALUES, path, node, "interpolations that grow without bound")
        self._refuse(path in self._pursued, path, node, "interpolations that lead back to themselves")
        too_long = len(self._pursued) >= LONGEST_CHAIN
        self._refuse(too_long, path, node, f"a chain of more than {LONGEST_CHAIN} interpolations")
        self._pursued.append(path)
        whole = _REFERENCE.fullmatch(node)
        value = self._value(whole[1], path) if whole else _REFERENCE.sub(self._within_text(path), node)
        self._pursued.pop()
        return value

    def _within_text(self, path: Path) -> Callable[[re.Match[str]], str]:
        def text(reference: re.Match[str]) -> str:
            value = self._value(reference[1], path)
            self._refuse(isinstance(value, Mapping | list), path, reference[0], "a mapping or list in a text")
            written = str(value).lower() if isinstance(value, bool) else str(value)
            self._characters += len(written)
            grows = self._characters > MOST_CHARACTERS
            self._refuse(grows, path, reference[0], "interpolations that grow without bound")
            return written

        return text

    def _value(self, reference: str, path: Path) -> Any:
        name = reference.lstrip(".")
        climbed = len(reference) - len(name)
        self._refuse(climbed > len(path), path, reference, "an interpolation from above the root")
        start = path[: len(path) - climbed] if climbed else ()
        for place, node in places(self._at(start), name.split("."), start):
            return self.copy(node, place)
        self._refuse(True, path, f"${{{reference}}}", "an interpolation of what is not there")
        return None

    def _at(self, path: Path) -> Any:
        node: Any = self._tree
        for part in path:
            node = node[part]
        return node

    def _refuse(self, condition: bool, path: Path, written: str, fault: str) -> None:
        if condition:
            arrived = f"{written[:60]}: {fault}"
            allowed = "${path.of.a.value} of this configuration"
            raise ConfigError([Problem(dotted(path), arrived, allowed, "write the value itself")])


def places(node: Any, parts: list[str], path: Path) -> list[tuple[Path, Any]]:
    """Every place that dotted parts may mean below a node: names may have dots of their own."""
    if not parts:
        return [(path, node)]
    if isinstance(node, list):
        position = int(parts[0]) if parts[0].isdecimal() else len(node)
        return places(node[position], parts[1:], (*path, position)) if position < len(node) else []
    if not isinstance(node, Mapping):
        return []
    found = []
    for length in range(1, len(parts) + 1):
        key = ".".join(parts[:length])
        if key in node:
            found += places(node[key], parts[length:], (*path, key))
    return found
