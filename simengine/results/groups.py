"""Workloads by what they share: the lab and the line that they are on at the start, and their tags.

A workload counts where it started, whatever happens to it later: a group is a slice of the budget that was
planned, and the parts of a portfolio must add up. A diversified workload counts whole on its own first line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from simengine.model.study import Study

# From coarse to fine, apart from tags, which cut across.
LEVELS = ("lab", "line", "workload", "tag")
# Those of several workloads; a summary has dimensions of these names.
SHARED = ("lab", "line", "tag")


@dataclass(frozen=True, slots=True)
class Group:
    """Some workloads under one name.

    `label` is the lab, the line, the workload or the tag's value; `name` the same, but `key=value` for a tag.
    `members` are positions along the dimension `workload`, ascending.
    """

    level: str
    name: str
    label: str
    members: tuple[int, ...]


class Belonging(NamedTuple):
    """What a workload belongs to at the start."""

    name: str
    line: str
    lab: str
    tags: Mapping[str, str]


def belongings(study: Study) -> list[Belonging]:
    """Of every workload, sorted by name."""
    portfolio = study.portfolio
    return [
        Belonging(name, workload.line, portfolio.lines[workload.line].lab, workload.tags)
        for name, workload in sorted(portfolio.workloads.items())
    ]


def groups_of(workloads: Sequence[Belonging], level: str, tag: str | None = None) -> list[Group]:
    """All groups of a level, by name; every workload is in exactly one of them (for `tag`, one of each key).

    Labs and lines without a workload at the start are left out. A workload without the tag is in a group of
    its own, the last one.

    Parameters
    ----------
    workloads
        In the order of the dimension `workload`.
    level
        `lab`, `line`, `workload` or `tag`.
    tag
        Which tag; all of them, one after the other, unless named.
    """
    if level == "workload":
        return [Group(level, workload.name, workload.name, (k,)) for k, workload in enumerate(workloads)]
    if level == "tag":
        keys = tag_keys_of(workloads) if tag is None else [tag]
        return [group for key in keys for group in _by_tag(key, [w.tags.get(key) for w in workloads])]
    of = [workload.line if level == "line" else workload.lab for workload in workloads]
    return [Group(level, name, name, _positions(of, name)) for name in sorted(set(of))]


def tag_keys_of(workloads: Sequence[Belonging]) -> list[str]:
    """Every key by which some workload is tagged, sorted."""
    return sorted({key for workload in workloads for key in workload.tags})


def tag_name(key: str, value: str) -> str:
    return f"{key}={value}"


def free_name(wanted: str, taken: Sequence[str]) -> str:
    """`wanted`, in one more pair of brackets for as long as somebody has that name."""
    while wanted in taken:
        wanted = f"({wanted})"
    return wanted


def _by_tag(key: str, of: Sequence[str | None]) -> list[Group]:
    values = sorted({value for value in of if value is not None})
    found = [Group("tag", tag_name(key, value), value, _positions(of, value)) for value in values]
    without = _positions(of, None)
    if without:
        label = free_name("(none)", values)
        found.append(Group("tag", tag_name(key, label), label, without))
    return found


def _positions(of: Sequence[str | None], wanted: str | None) -> tuple[int, ...]:
    return tuple(k for k, name in enumerate(of) if name == wanted)
