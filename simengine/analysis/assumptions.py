"""The assumptions of a study: every figure that it gives, and the evidence behind it.

A figure's evidence is its own `source`, `kind`, `reviewed` and `owner`, or what the nearest record around it
says. A field that several labs, lines or workloads have with the same evidence is one assumption with several
values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass, fields, replace
from typing import Any

from simengine.model.base import Frozen, Sourced
from simengine.model.distributions import Distribution, Evidence
from simengine.model.paths import Path, dotted
from simengine.model.study import Study

# Mappings whose keys name entities of a portfolio.
_OF_ENTITIES = ("labs", "lines", "workloads")
_EVIDENCE = tuple(entry.name for entry in fields(Evidence))


@dataclass(frozen=True)
class Assumption:
    """A field of the study, with * for entities that have it alike, its values as written, and evidence."""

    part: str
    field: str
    values: tuple[str, ...]
    evidence: Evidence


def assumptions(study: Study) -> list[Assumption]:
    """Every figure of portfolio, scenario and strategy, in the order of the study."""
    found: dict[tuple[Any, ...], Assumption] = {}
    for part in ("portfolio", "scenario", "strategy"):
        for path, value, evidence in _figures(getattr(study, part), (), Evidence()):
            key = (part, dotted(_general(path)), *astuple(evidence))
            before = found[key].values if key in found else ()
            found[key] = Assumption(part, key[1], (*before, _written(value)), evidence)
    return list(found.values())


def _figures(node: Any, path: Path, around: Evidence) -> Iterator[tuple[Path, Any, Evidence]]:
    """Every distribution or number that was given, with its path and evidence."""
    if isinstance(node, Distribution):
        yield path, node, _nearer(node.evidence, around)
    elif isinstance(node, Frozen):
        if isinstance(node, Sourced):
            around = _nearer(Evidence(node.source, node.kind, node.reviewed, node.owner), around)
        for name, field in type(node).model_fields.items():
            if name in node.model_fields_set and name not in _EVIDENCE:
                yield from _figures(getattr(node, name), (*path, field.alias or name), around)
    elif isinstance(node, Mapping):
        for key, value in node.items():
            yield from _figures(value, (*path, key), around)
    elif isinstance(node, tuple):
        for position, value in enumerate(node):
            yield from _figures(value, (*path, position), around)
    elif isinstance(node, int | float) and not isinstance(node, bool):
        yield path, node, around


def _nearer(own: Evidence | None, around: Evidence) -> Evidence:
    """A figure's own evidence, with what it does not say taken from around it."""
    if own is None:
        return around
    return replace(around, **{name: said for name in _EVIDENCE if (said := getattr(own, name)) is not None})


def _general(path: Path) -> Path:
    """The path with the portfolio's entities left open."""
    befores = (None, *path)
    return tuple("*" if before in _OF_ENTITIES else part for before, part in zip(befores, path, strict=False))


def _written(value: Any) -> str:
    """A figure as a configuration writes it, without its evidence and outermost braces."""
    if not isinstance(value, Distribution):
        return _flow(value)
    mapping = value.to_mapping()
    if not isinstance(mapping, Mapping):
        return _flow(mapping)
    shown = {key: part for key, part in mapping.items() if key not in _EVIDENCE}
    return _flow(shown["value"]) if list(shown) == ["value"] else _flow(shown)[1:-1]


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return f"{value:.10g}" if isinstance(value, float) else str(value)
