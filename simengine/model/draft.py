"""Reading a tree to the end although parts of it are refused.

What is refused is recorded and replaced by a hole, a key that is plainly misspelt is renamed, and the tree is
read again, until it passes: so one reading reports every problem, and the checks between the parts of a study
run even on a study whose figures are not all there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from simengine.model.base import Frozen, UnknownKeysError
from simengine.model.errors import InternalError, Problem
from simengine.model.fields import UnfitKeysError
from simengine.model.hole import HOLE, Hole
from simengine.model.paths import Path, begins_with_any
from simengine.model.refusals import refusals
from simengine.model.wording import nearest

Record = TypeVar("Record", bound=Frozen)

# Each reading replaces at least one value by a hole or a hole by a wider one, so few are ever needed.
MOST_READINGS = 200


class Draft:
    """A tree under correction, with the problems found in it."""

    def __init__(self, tree: Any) -> None:
        self._written = tree
        self._tree: Any = _copy(tree)
        self._holes: set[Path] = set()
        self._incomplete: set[Path] = set()
        self._misspelt: dict[Path, Any] = {}
        self._found: list[tuple[Path, Problem]] = []

    def read(self, record: type[Record]) -> Record:
        """The record that the tree describes, with holes where it was refused."""
        for _ in range(MOST_READINGS):
            try:
                return record.model_validate(self._tree)
            except ValidationError as refused:
                for error in refused.errors(include_url=False):
                    self._take(error)
        raise InternalError(f"{record.__name__} could not be read to the end: {self._holes}")

    def problems(self) -> list[Problem]:
        """All problems so far, in the order of the tree."""
        return [problem for _, problem in sorted(self._found, key=lambda found: self._order(found[0]))]

    def report(self, path: Path, problem: Problem) -> None:
        self._found.append((path, problem))

    def spoilt(self, *paths: Path) -> bool:
        """Whether one of the places is, or lies in, a hole, or is a collection that lost an entry."""
        return any(path in self._incomplete or begins_with_any(path, self._holes) for path in paths)

    def as_written(self, path: Path) -> Path:
        """`path` with the keys that the user wrote, misspelt ones included."""
        return tuple(self._misspelt.get(path[: depth + 1], part) for depth, part in enumerate(path))

    def _take(self, error: ErrorDetails) -> None:
        path = self._place(error)
        if begins_with_any(path, self._holes):
            # The consequence of a hole: put a wider one.
            self._dig(path[:-1] if path in self._holes else path)
            return
        for refusal in refusals(error, path):
            written = self.as_written(refusal.path)
            self.report(written, refusal.problem(written))
        cause = error.get("ctx", {}).get("error")
        if isinstance(cause, UnknownKeysError):
            for key in cause.keys:
                self._respell(path, key, nearest(key, cause.known))
        elif isinstance(cause, UnfitKeysError):
            self._incomplete.add(path)
            for key in cause.unfit:
                self._respell(path, key, str(key) if isinstance(key, int | float | date) else None)
        else:
            self._dig(path)

    def _respell(self, path: Path, key: Any, intended: str | None) -> None:
        """Puts a key right, or drops it, so that the rest can be read."""
        record = self._node(path)
        value = record.pop(key)
        if intended is not None and intended not in record:
            record[intended] = value
            self._misspelt[(*path, intended)] = key

    def _dig(self, path: Path) -> None:
        self._holes.add(path)
        if not path:
            self._tree = HOLE
            return
        parent = self._node(path[:-1])
        if parent is HOLE:
            parent = {}
            self._set(path[:-1], parent)
        parent[path[-1]] = HOLE

    def _set(self, path: Path, value: Any) -> None:
        if path:
            self._node(path[:-1])[path[-1]] = value
        else:
            self._tree = value

    def _node(self, path: Path) -> Any:
        node: Any = self._tree
        for part in path:
            node = node[part]
        return node

    def _place(self, error: ErrorDetails) -> Path:
        """The path in the tree of an error's location, which also names the alternatives of a choice."""
        path: list[Any] = []
        node: Any = self._tree
        for part in error["loc"]:
            if str(part).startswith("<") and not _has(node, part):
                continue
            if part == 0 and isinstance(node, Mapping) and not _has(node, part):
                # One record where a list may stand: the field read it as a list of one.
                continue
            if not isinstance(node, Mapping | list | Hole):
                # Likewise one value.
                break
            path.append(part)
            node = _entry(node, part, otherwise=HOLE)
        return tuple(path)

    def _order(self, path: Path) -> tuple[int, ...]:
        """The position of a place in the tree as it was written; absent keys come last."""
        order: list[int] = []
        node: Any = self._written
        for part in path:
            keys = list(node) if isinstance(node, Mapping) else []
            if isinstance(part, int) and not keys:
                order.append(part)
            else:
                order.append(keys.index(part) if part in keys else len(keys))
            node = _entry(node, part)
        return tuple(order)


def _has(node: Any, part: Any) -> bool:
    if isinstance(node, Mapping):
        return part in node
    return isinstance(node, list | tuple) and isinstance(part, int) and 0 <= part < len(node)


def _entry(node: Any, part: Any, otherwise: Any = None) -> Any:
    return node[part] if _has(node, part) else otherwise


def _copy(node: Any) -> Any:
    """A copy in plain dicts and lists, whatever mappings, sequences and arrays the tree is made of."""
    if isinstance(node, Mapping):
        return {key: _copy(value) for key, value in node.items()}
    if isinstance(node, str | bytes):
        return node
    if isinstance(node, Sequence):
        return [_copy(value) for value in node]
    # NumPy's arrays and scalars, without importing it.
    return node.tolist() if hasattr(node, "tolist") and hasattr(node, "dtype") else node
