"""Workloads by what they share: the lab and the line that they are on at the start, and their tags.

A workload counts where it started, whatever happens to it later: a group is a slice of the budget that was
planned, and the parts of a portfolio must add up. A diversified workload counts whole on its own first line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from simengine.results.dataset import Result

# From coarse to fine, apart from tags, which cut across.
LEVELS = ("lab", "line", "workload", "tag")
# Columns that are gathered at once: eight numbers are a cache line, so rows are read once for all of them.
STRIP = 8
ROWS_AT_ONCE = 8192


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


def groups(result: Result, level: str, tag: str | None = None) -> list[Group]:
    """All groups of a level, by name; every workload is in exactly one of them (for `tag`, one of each key).

    Labs and lines without a workload at the start are left out. A workload without the tag is in a group of
    its own, the last one.

    Parameters
    ----------
    level
        `lab`, `line`, `workload` or `tag`.
    tag
        Which tag; all of them, one after the other, unless named.
    """
    names = result.labels("workload")
    portfolio = _portfolio(result.attrs["configuration"])
    workloads = [portfolio["workloads"][name] for name in names]
    if level == "workload":
        return [Group(level, name, name, (k,)) for k, name in enumerate(names)]
    if level == "tag":
        keys = tag_keys(result) if tag is None else [tag]
        return [group for key in keys for group in _by_tag(key, [w["tags"].get(key) for w in workloads])]
    lines = [workload["line"] for workload in workloads]
    of = lines if level == "line" else [portfolio["lines"][line]["lab"] for line in lines]
    return [Group(level, name, name, _positions(of, name)) for name in sorted(set(of))]


def tag_keys(result: Result) -> list[str]:
    """Every key by which some workload is tagged, sorted."""
    workloads = _portfolio(result.attrs["configuration"])["workloads"]
    return sorted({key for workload in workloads.values() for key in workload["tags"]})


def columns(values: np.ndarray, members: Sequence[Sequence[int]]) -> Iterator[np.ndarray]:
    """For each set of positions the sum of those columns of (path, column), as an array of its own.

    Sums run in the order of the positions, so that they are the same on every machine.
    """
    for first in range(0, len(members), STRIP):
        strip = members[first : first + STRIP]
        gathered = np.empty((len(strip), len(values)))
        for start in range(0, len(values), ROWS_AT_ONCE):
            block = values[start : start + ROWS_AT_ONCE]
            for positions, row in zip(strip, gathered, strict=True):
                target = row[start : start + ROWS_AT_ONCE]
                target[...] = block[:, positions[0]]
                for position in positions[1:]:
                    target += block[:, position]
        yield from gathered


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


@lru_cache(maxsize=8)
def _portfolio(configuration: str) -> Mapping[str, Any]:
    return json.loads(configuration)["portfolio"]
