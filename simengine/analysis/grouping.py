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
from simengine.results.rows import ROWS_AT_ONCE, Rows

# From coarse to fine, apart from tags, which cut across.
LEVELS = ("lab", "line", "workload", "tag")
# As many columns are gathered at once as fit into this, but one at least: rows are read once for all of them.
GATHERED_BYTES = 1 << 28
# Rows whose columns a core's cache holds.
ROWS_IN_CACHE = 1024


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


def columns(values: Rows, members: Sequence[Sequence[int]]) -> Iterator[np.ndarray]:
    """For each set of positions the sum of those columns of (path, column), as an array of its own.

    Sums run in the order of the positions, so that they are the same on every machine. Further dimensions
    after the path are taken for columns, the last one running fastest.
    """
    n_paths = len(values)
    at_once = max(1, GATHERED_BYTES // (8 * max(1, n_paths)))
    for first in range(0, len(members), at_once):
        strip = members[first : first + at_once]
        used = sorted({position for positions in strip for position in positions})
        place = {position: k for k, position in enumerate(used)}
        # Positions that follow one another need no copy.
        wanted = slice(used[0], used[-1] + 1) if used[-1] - used[0] + 1 == len(used) else used
        one_each = len(strip) == len(used) and all(len(positions) == 1 for positions in strip)
        in_order = one_each and [positions[0] for positions in strip] == used
        gathered = np.empty((len(strip), n_paths))
        for start in range(0, n_paths, ROWS_AT_ONCE):
            read = values[start : start + ROWS_AT_ONCE]
            read = read.reshape(len(read), -1)
            for begin in range(0, len(read), ROWS_IN_CACHE):
                part = read[begin : begin + ROWS_IN_CACHE, wanted].T
                target = gathered[:, start + begin : start + begin + part.shape[1]]
                if in_order:
                    target[...] = part
                    continue
                for positions, row in zip(strip, target, strict=True):
                    row[...] = part[place[positions[0]]]
                    for position in positions[1:]:
                        row += part[place[position]]
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
