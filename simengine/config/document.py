"""Reading one YAML file safely: plain data, the line of every value, and all that is refused.

The text is read as a stream of events, never through a YAML loader that builds objects, so nothing in it can
run, refer to something else or grow: no tags, no anchors, no duplicate keys, no ambiguous scalars, and caps
on size, depth and number of values. What is refused is recorded with its line, and reading goes on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import yaml

from simengine.config.interpolation import refused_interpolation
from simengine.config.scalars import AmbiguousError, plain
from simengine.model.errors import Problem
from simengine.model.paths import Path, dotted

MOST_BYTES = 32 * 2**20
MOST_VALUES = 1_000_000
DEEPEST = 64

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Document:
    """What stands in a file: its tree, the line of every place in it, and what is wrong with it."""

    file: str
    tree: Any
    lines: dict[Path, int]
    problems: tuple[Problem, ...]


class TooLargeError(Exception):
    """The text goes on beyond a cap: nothing more of it is read."""


@dataclass
class _Open:
    """A mapping or list whose end has not come yet."""

    path: Path
    content: Any
    key: Any = None
    awaits_value: bool = False


@dataclass
class _Reading:
    file: str
    within: str
    first_line: int
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)
    root: Any = None
    documents: int = 0
    values: int = 0

    def report(self, path: Path, line: int, arrived: str, allowed: str, remedy: str) -> None:
        place = ".".join(part for part in (self.within, dotted(path)) if part)
        self.problems.append(Problem(place, arrived, allowed, remedy, self.file, line))

    def take(self, event: Any) -> None:
        line = event.start_mark.line + self.first_line
        match event:
            case yaml.DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    self.report(
                        (), line, "a second document", "one document in a file", "remove the --- line"
                    )
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self.open.pop()
            case yaml.AliasEvent():
                remedy = "write the value out"
                self.report(self._place(), line, f"the alias *{event.anchor}", "no aliases", remedy)
                self._put(None, line)
            case yaml.ScalarEvent():
                self._count(line)
                self._refuse_marks(event, line)
                self._put(self._scalar(event, line), line)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._count(line)
                self._refuse_marks(event, line)
                self._start({} if isinstance(event, yaml.MappingStartEvent) else [], line)

    def _count(self, line: int) -> None:
        self.values += 1
        if self.values > MOST_VALUES or len(self.open) > DEEPEST:
            cap = f"{MOST_VALUES} values" if self.values > MOST_VALUES else f"{DEEPEST} levels"
            self.report((), line, f"more than {cap}", f"at most {cap} in a file", "write less")
            raise TooLargeError

    def _refuse_marks(self, event: Any, line: int) -> None:
        if event.anchor is not None:
            remedy = f"remove &{event.anchor}, and write the value out where it is used"
            self.report(self._place(), line, f"the anchor &{event.anchor}", "no anchors", remedy)
        if event.tag is not None:
            remedy = "remove the tag; text goes in quotes"
            self.report(self._place(), line, f"the tag {event.tag}", "no tags", remedy)

    def _scalar(self, event: Any, line: int) -> Any:
        if not event.implicit[0]:
            value: Any = event.value
        else:
            try:
                value = plain(event.value)
            except AmbiguousError as refused:
                self.report(self._place(), line, refused.arrived, refused.allowed, refused.remedy)
                # The text lets a key be a key still; a value is never used, as the file is refused.
                value = event.value
        if isinstance(value, str) and (refused := refused_interpolation(value)):
            self.report(self._place(), line, *refused)
        return value

    def _start(self, content: Any, line: int) -> None:
        path = self._place()
        if self._awaits_key():
            self.report(path, line, "a mapping or list as a key", "a name as a key", "write a name")
            self.open.append(_Open(path, content))
            self.open[-2].key, self.open[-2].awaits_value = None, True
            return
        self._put(content, line)
        self.open.append(_Open(path, content))

    def _awaits_key(self) -> bool:
        return bool(self.open) and isinstance(self.open[-1].content, dict) and not self.open[-1].awaits_value

    def _place(self) -> Path:
        """The path of what comes next (of the mapping itself where that is a key)."""
        if not self.open:
            return ()
        top = self.open[-1]
        if isinstance(top.content, list):
            return (*top.path, len(top.content))
        return (*top.path, top.key) if top.awaits_value and top.key is not None else top.path

    def _put(self, value: Any, line: int) -> None:
        if not self.open:
            self.root = value
            self.lines[()] = line
            return
        top = self.open[-1]
        if self._awaits_key():
            top.key, top.awaits_value = self._key(top, value, line), True
            return
        if isinstance(top.content, list):
            self.lines[(*top.path, len(top.content))] = line
            top.content.append(value)
            return
        if top.key is not None:
            top.content[top.key] = value
        top.awaits_value = False

    def _key(self, top: _Open, key: Any, line: int) -> str | None:
        """The key, or None (its value is read and dropped) where it is none."""
        if not isinstance(key, str):
            shown = "null" if key is None else str(key).lower() if isinstance(key, bool) else str(key)
            remedy = f'put it in quotes: "{shown}"'
            self.report(top.path, line, f"the key {shown}", "a name (text) as a key", remedy)
            return None
        if key == "<<":
            self.report(top.path, line, "the merge key <<", "no merge keys", "write the values out")
            return None
        if key in top.content:
            first = self.lines[(*top.path, key)]
            arrived, remedy = f"the key {key} again, after line {first}", "remove or rename one of them"
            self.report((*top.path, key), line, arrived, "each key once", remedy)
            return None
        self.lines[(*top.path, key)] = line
        return key


def read_document(text: str, file: str, within: str = "", first_line: int = 1) -> Document:
    """Read a YAML text.

    Parameters
    ----------
    text
        The text of the file, or of a cell of a table.
    file
        The file's name, for messages.
    within
        The place in the study where the content goes, as far as it is known, for messages.
    first_line
        The line of the file at which the text begins.
    """
    reading = _Reading(file, within, first_line)
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        cap = f"{MOST_BYTES // 2**20} MiB"
        reading.report((), 1, f"more than {cap}", f"at most {cap}", "split the file, or leave data out")
        return Document(file, None, {}, tuple(reading.problems))
    try:
        for event in yaml.parse(text, Loader=Loader):
            reading.take(event)
    except TooLargeError:
        pass
    except yaml.YAMLError as failed:
        lines = text.splitlines() or [""]
        line = min(_line_of(failed, text), len(lines) - 1)
        reading.report((), line + first_line, *_syntax(failed, lines, line))
    # What an empty file should have held is missed at its beginning.
    reading.lines.setdefault((), first_line)
    return Document(file, reading.root, reading.lines, tuple(reading.problems))


def _line_of(failed: yaml.YAMLError, text: str) -> int:
    mark = getattr(failed, "problem_mark", None) or getattr(failed, "context_mark", None)
    if mark is not None:
        return mark.line
    position = getattr(failed, "position", None)
    return text.count("\n", 0, position) if isinstance(position, int) else 0


def _syntax(failed: yaml.YAMLError, lines: list[str], line: int) -> tuple[str, str, str]:
    said = getattr(failed, "problem", None) or getattr(failed, "reason", None) or str(failed)
    arrived = f"{lines[line].strip()[:60]} ({said})"
    return arrived, "YAML", _likely(lines[max(0, line - 1) : line + 1])


def _likely(lines: Iterable[str]) -> str:
    if any("\t" in line[: len(line) - len(line.lstrip())] for line in lines):
        return "indent with spaces, not tabs"
    return "check the indentation, colons, brackets and quotes on this line and the one before"
