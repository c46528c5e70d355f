"""Overrides (`run.n_paths=1e6`, `scenario=baseline`, `~strategy.standby`), in Hydra's grammar.

Hydra reads them and chooses groups by them. Values are set here: names may have dots (`qwen-3.5`), a key that
is not there yet needs no `+` (the model refuses what is unknown, and says what was meant), and a distribution
replaces another as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override, QuotedString
from hydra.errors import HydraException, OverrideParseException

from simengine.config.interpolation import places, refused_interpolation
from simengine.config.merging import Merged, Origin
from simengine.config.repository import Repository
from simengine.config.scalars import AmbiguousError, refuse_ambiguous
from simengine.model.errors import ConfigError, Problem
from simengine.model.paths import Path, dotted
from simengine.model.wording import did_you_mean, listed

# Mappings from names to what a study is made of.
ENTITIES = ("labs", "lines", "workloads", "drivers", "factors", "outcomes")
# Hydra's own settings that mean something here: where results go.
RUN_DIR, SWEEP_DIR, SWEEP_SUBDIR = "hydra.run.dir", "hydra.sweep.dir", "hydra.sweep.subdir"
FOLDER_SETTINGS = (RUN_DIR, SWEEP_DIR, SWEEP_SUBDIR)


def parse(texts: Sequence[str], repository: Repository) -> list[Override]:
    """The overrides that the texts write; raises ConfigError with all that are none."""
    # Hydra asks the loader only for the options of a group, to expand glob(...).
    parser = OverridesParser.create(config_loader=repository)  # pyright: ignore[reportArgumentType]
    parsed: list[Override] = []
    problems: list[Problem] = []
    if isinstance(texts, str):
        remedy = f"write [{texts!r}]"
        raise ConfigError([Problem("overrides", f"the text {texts!r}", "a list of texts", remedy)])
    for text in texts:
        if not isinstance(text, str):
            remedy = "write each as a text: 'run.seed=7'"
            problems.append(Problem("overrides", f"{text!r}", "texts such as run.seed=7", remedy))
            continue
        try:
            parsed += parser.parse_overrides([text])
        except (OverrideParseException, HydraException) as failed:
            problems.append(_unreadable(text, failed))
            continue
        problems += _refused(parsed[-1])
    if problems:
        raise ConfigError(problems)
    return parsed


def refuse_sweeps(overrides: Sequence[Override]) -> None:
    """Raises ConfigError for values that are several, where one run is asked for."""
    problems = []
    for override in overrides:
        if override.is_sweep_override():
            key, _, value = str(override.input_line).partition("=")
            remedy = f"add -m to run each of them, or write {key}=[{value}] for one list"
            if re.fullmatch(r"\d{1,3}(,\d{3})+", value):
                remedy = f"write {value.replace(',', '')} for one number, or add -m to run each of them"
            elif key == "strategy":
                remedy = "simengine compare plays them on the same futures; or add -m to run each of them"
            problems.append(Problem(key, f"{value}, which is several values", "one value", remedy))
    if problems:
        raise ConfigError(problems)


def apply(override: Override, merged: Merged) -> None:
    """Set, add or delete a value of the tree."""
    key, text = override.key_or_group, str(override.input_line)
    if override.package is not None:
        allowed = "a group where @package is written"
        raise ConfigError([Problem(key, f"{text}: there is no group {key}", allowed, "remove the @package")])
    found = places(merged.tree, key.split("."), ())
    if override.is_delete():
        _delete(override, found, merged)
        return
    if override.is_add() and found and not isinstance(override.value(), Mapping):
        remedy = f"remove the +: {text.removeprefix('+')}"
        raise ConfigError([Problem(key, f"{text}, and {key} is there already", "+ for what is new", remedy)])
    if found:
        place = _one([path for path, _ in found], key)
    else:
        place = _new_place(merged.tree, key.split("."))
        if not (override.is_add() or override.is_force_add()):
            _refuse_new_entity(merged.tree, place, text)
    value = override.value()
    origins = {path: Origin(f"override {text}") for path in _paths(value)}
    merged.add(value, place, origins)


def settings(overrides: Sequence[Override]) -> dict[str, str]:
    """What the overrides set of Hydra's own settings."""
    return {override.key_or_group: str(override.value()) for override in overrides if _is_hydras(override)}


def of_study(overrides: Sequence[Override]) -> list[Override]:
    return [override for override in overrides if not _is_hydras(override)]


def _delete(override: Override, found: list[tuple[Path, Any]], merged: Merged) -> None:
    key, value = override.key_or_group, override.value()
    if not found:
        # Never a whole part of the study for a misspelt key in it.
        known = [dotted(path) for path in _paths(merged.tree) if len(path) > key.count(".")]
        remedy = did_you_mean(key, known) or "remove the override"
        raise ConfigError([Problem(key, f"{override.input_line}: nothing is there", "what is there", remedy)])
    place = _one([path for path, _ in found], key)
    if value is not None and value != found[0][1]:
        arrived = f"{override.input_line}, but {key} is {found[0][1]}"
        raise ConfigError([Problem(key, arrived, "the value that is there", f"write ~{key}")])
    if isinstance(place[-1], int):
        remedy = "write the list anew: key=[...]"
        raise ConfigError([Problem(key, "deletion of an entry of a list", "deletion of a key", remedy)])
    merged.remove(place)


def _new_place(tree: Mapping[str, Any], parts: list[str]) -> Path:
    """Where a new key goes: below the deepest part of it that is there, dots within names included."""
    for length in range(len(parts) - 1, 0, -1):
        found = [path for path, node in places(tree, parts[:length], ()) if isinstance(node, Mapping)]
        if found:
            return (*_one(found, ".".join(parts[:length])), *parts[length:])
        if any(isinstance(node, list) for _, node in places(tree, parts[:length], ())):
            key, entries = ".".join(parts[:length]), places(tree, parts[:length], ())[0][1]
            allowed = f"a position in {key}, which has {len(entries)} entries"
            remedy = f"write the whole list: {key}=[...]"
            raise ConfigError([Problem(".".join(parts), f"position {parts[length]}", allowed, remedy)])
    return tuple(parts)


def _refuse_new_entity(tree: Any, place: Path, text: str) -> None:
    """A misspelt name of a lab, line, workload or driver must not make a new one."""
    node = tree
    for depth, part in enumerate(place):
        if part not in node and depth and place[depth - 1] in ENTITIES:
            # A name with a dot in it arrives in parts.
            name = ".".join(map(str, place[depth:])) if depth + 1 < len(place) else part
            remedy = did_you_mean(name, node) or did_you_mean(part, node) or f"write +{text} to add it"
            kind = dotted(place[:depth])
            raise ConfigError([Problem(dotted(place), f"{text}: no {part} in {kind}", listed(node), remedy)])
        if not isinstance(node, Mapping) or part not in node:
            return
        node = node[part]


def _one(found: Sequence[Path], key: str) -> Path:
    if len(found) > 1:
        arrived = f"{key}, which may be {' or '.join(str(list(path)) for path in found)}"
        remedy = "set it in a file, where names with dots are unmistakable"
        raise ConfigError([Problem(key, arrived, "the key of one value", remedy)])
    return found[0]


def _paths(node: Any, path: Path = ()) -> Iterator[Path]:
    yield path
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _paths(value, (*path, key))
    elif isinstance(node, list):
        for position, value in enumerate(node):
            yield from _paths(value, (*path, position))


def _is_hydras(override: Override) -> bool:
    return override.is_hydra_override() or override.key_or_group == "hydra"


def _refused(override: Override) -> Iterator[Problem]:
    key, text = override.key_or_group, str(override.input_line)
    if _is_hydras(override):
        if key not in FOLDER_SETTINGS or override.is_delete() or override.is_sweep_override():
            allowed = f"of Hydra's own settings only {', '.join(FOLDER_SETTINGS)}"
            remedy = "remove it: Hydra composes the configuration, and simengine runs it"
            yield Problem(key, text, allowed, remedy)
        return
    for scalar in _scalars(override._value):
        if not isinstance(scalar, str | QuotedString):
            continue
        written = scalar.text if isinstance(scalar, QuotedString) else scalar
        if refused := refused_interpolation(written):
            yield Problem(key, *refused, file=f"override {text}")
        if isinstance(scalar, str):
            try:
                refuse_ambiguous(scalar)
            except AmbiguousError as ambiguous:
                file = f"override {text}"
                remedy, whole = ambiguous.remedy, text.partition("=")[2]
                if re.fullmatch(r"\d{1,3}(,\d{3})+", whole):
                    remedy = f"write {whole.replace(',', '')} for one number"
                yield Problem(key, ambiguous.arrived, ambiguous.allowed, remedy, file)


def _scalars(value: Any) -> Iterator[Any]:
    """The scalars of an override's value as they were written, quoted or not."""
    if isinstance(value, Mapping):
        for part in value.values():
            yield from _scalars(part)
    elif isinstance(value, list):
        for part in value:
            yield from _scalars(part)
    elif hasattr(value, "list"):
        yield from _scalars(value.list)
    else:
        yield value


def _unreadable(text: str, failed: Exception) -> Problem:
    if "=" not in text and not text.startswith("~"):
        allowed = "key=value, group=name, +key=value or ~key"
        return Problem(text, f"{text}, which has no =", allowed, "write key=value, without spaces around =")
    said = str(failed).splitlines()[0]
    if re.search(r"^[\w.@+~/-]*\s+=|^[\w.@+~/-]+=\s", text):
        remedy = "write key=value, without spaces around ="
        return Problem(text.partition("=")[0].strip(), text, "key=value", remedy)
    remedy = "put texts with spaces or special characters in quotes of their own: 'key=\"a text\"'"
    return Problem(text.partition("=")[0], f"{text} ({said})", "an override in Hydra's grammar", remedy)
