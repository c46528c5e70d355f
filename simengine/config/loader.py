"""Reading a configuration file: a YAML document that holds data, and nothing that Hydra would act upon.

To Hydra a folder of configuration is code: a `hydra:` node may name callbacks to import and run, wherever it
stands or is sent by `@package`. So files say what to compose (their `defaults`) and hold data; all else is
refused, in the user's files as in ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from typing import Any

from simengine.config.document import MOST_BYTES, Document, read_document
from simengine.model.errors import Problem
from simengine.model.paths import Path, dotted

_PACKAGE = re.compile(r"^\s*#\s*@\s*package\b\s*(.*?)\s*$")
_CODE_KEYS = ("_target_", "_partial_", "_args_", "_convert_", "_recursive_")


@dataclass(frozen=True)
class ConfigFile:
    """A file of the configuration as Hydra composes it; used only if it has no problems."""

    file: str
    content: dict[str, Any]
    defaults: list[Any]
    package: str | None
    lines: dict[Path, int]
    problems: tuple[Problem, ...]


def display(path: FilePath) -> str:
    """The path as its reader would write it: relative to the working directory where it lies within."""
    try:
        return str(path.relative_to(FilePath.cwd()))
    except ValueError:
        return str(path)


def load(path: FilePath, group: str = "") -> ConfigFile:
    """Read and check a configuration file of a group (such as `scenario`)."""
    name = display(path)
    try:
        text = read_text(path)
    except (OSError, UnicodeDecodeError) as failed:
        return ConfigFile(name, {}, [], None, {}, (_within(group, unreadable(name, failed)),))
    document = read_document(text, name)
    content = document.tree if isinstance(document.tree, dict) else {}
    package, header = _package(text, name)
    problems = [_within(group, found) for found in (*document.problems, *header, *_misuse(document))]
    defaults = content.pop("defaults", None)
    defaults = defaults if isinstance(defaults, list) else []
    return ConfigFile(name, content, defaults, package, document.lines, tuple(problems))


def _within(group: str, problem: Problem) -> Problem:
    """The problem of a file at the place where files of its group usually go."""
    return replace(problem, path=".".join(part for part in (group.replace("/", "."), problem.path) if part))


def read_text(path: FilePath) -> str:
    """The text of a file, without a byte order mark; a file beyond the cap is cut just behind it."""
    with path.open("rb") as opened:
        return opened.read(MOST_BYTES + 1).decode("utf-8-sig")


def unreadable(name: str, failed: OSError | UnicodeDecodeError) -> Problem:
    if isinstance(failed, UnicodeDecodeError):
        before = failed.object[: failed.start]
        if before.startswith(b"PK"):
            remedy = "save its sheets as CSV, one a table"
            return Problem("", "a spreadsheet's workbook", "a text in UTF-8", remedy, name, 1)
        arrived = f"a byte that is not UTF-8 ({failed.object[failed.start]:#04x})"
        line = before.count(b"\n") + 1
        return Problem("", arrived, "a text in UTF-8", "save the file as UTF-8", name, line)
    arrived = failed.strerror or str(failed)
    return Problem("", arrived, "a readable file", "check the file and its rights", name)


def _package(text: str, name: str) -> tuple[str | None, list[Problem]]:
    """The `@package` header, which sends what a file holds to another place of the configuration."""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        if not line.lstrip().startswith("#"):
            break
        if header := _PACKAGE.match(line):
            package = header[1]
            if re.fullmatch(r"[\w.-]+", package) and not _reaches_hydra(package):
                return package, []
            arrived, allowed = f"@package {package}", "no @package header, or one within the study"
            remedy = "remove the header; a group's files go to the key of the group's name"
            return None, [Problem("", arrived, allowed, remedy, name, number)]
    return None, []


def _misuse(document: Document) -> Iterator[Problem]:
    """What is fine YAML, and no study."""
    tree, file = document.tree, document.file
    if not isinstance(tree, dict):
        if tree is not None:
            arrived = "a list" if isinstance(tree, list) else f"the text {tree!r:.40}"
            yield Problem("", arrived, "a mapping (key: value lines)", "begin with a key", file, 1)
        return
    for path, line in document.lines.items():
        key = path[-1] if path else ""
        if key in _CODE_KEYS:
            remedy = f"remove {key}: nothing in a study is called or imported"
            yield Problem(dotted(path), f"the key {key}", "data only", remedy, file, line)
    for key, line in ((key, document.lines[(key,)]) for key in tree):
        if _reaches_hydra(key):
            remedy = f"remove {key}: a study does not configure Hydra, which could run code"
            yield Problem(key, f"the key {key}", "the keys of a study", remedy, file, line)
    yield from _misused_defaults(document)


def _misused_defaults(document: Document) -> Iterator[Problem]:
    defaults = document.tree.get("defaults")
    allowed = "_self_, or GROUP: NAME (optionally with @package, optional or override before it)"
    if defaults is not None and not isinstance(defaults, list):
        line = document.lines["defaults",]
        arrived = "a mapping" if isinstance(defaults, dict) else f"{defaults!r:.60}"
        yield Problem("defaults", arrived, "a list", "write - GROUP: NAME lines", document.file, line)
        return
    for position, entry in enumerate(defaults or []):
        place, line = f"defaults[{position}]", document.lines["defaults", position]
        names = names_in(entry)
        if names is None:
            remedy = "write one GROUP: NAME after each dash; names that are numbers go in quotes"
            yield Problem(place, f"{entry}", allowed, remedy, document.file, line)
            continue
        for name in names:
            group, _, package = name.split()[-1].partition("@")
            if _reaches_hydra(group.lstrip("/")) or _reaches_hydra(package) or ".." in group.split("/"):
                remedy = "name a group or file of the study; @package is relative to this file's own place"
                yield Problem(place, name, allowed, remedy, document.file, line)


def names_in(entry: Any) -> list[str] | None:
    """The groups and files that an entry of a defaults list names; None if it is no such entry."""
    named = [entry]
    if isinstance(entry, dict) and len(entry) == 1:
        ((group, files),) = entry.items()
        files = files if isinstance(files, list) else [files]
        named = [group, *(file for file in files if file is not None)]
    return named if all(isinstance(name, str) and name.strip() for name in named) else None


def _reaches_hydra(name: str) -> bool:
    """Whether a key, group or package is Hydra's own node, or could be sent there."""
    return "_global_" in name or bool(re.match(r"hydra($|[./@:])", name))
