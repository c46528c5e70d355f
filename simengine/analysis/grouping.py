"""The groups of a result's workloads, and the values of each group on every path."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import numpy as np

from simengine.results.dataset import Result
from simengine.results.groups import LEVELS, Belonging, Group, free_name, groups_of, tag_keys_of, tag_name
from simengine.results.rows import ROWS_AT_ONCE, Rows

__all__ = ["LEVELS", "Group", "columns", "free_name", "groups", "tag_keys", "tag_name"]

# As many columns are gathered at once as fit into this, but one at least: rows are read once for all of them.
GATHERED_BYTES = 1 << 28
# Rows whose columns a core's cache holds.
ROWS_IN_CACHE = 1024


def groups(result: Result, level: str, tag: str | None = None) -> list[Group]:
    """`groups_of` a result's workloads."""
    return groups_of(_workloads(result), level, tag)


def tag_keys(result: Result) -> list[str]:
    """Every key by which some workload is tagged, sorted."""
    return tag_keys_of(list(_belongings(result.attrs["configuration"]).values()))


def columns(
    values: Rows, members: Sequence[Sequence[int]], gathered_bytes: int = GATHERED_BYTES
) -> Iterator[np.ndarray]:
    """For each set of positions the sum of those columns of (path, column), as an array of its own.

    Sums run in the order of the positions, so that they are the same on every machine. Further dimensions
    after the path are taken for columns, the last one running fastest.
    """
    n_paths = len(values)
    at_once = max(1, gathered_bytes // (8 * max(1, n_paths)))
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


def _workloads(result: Result) -> list[Belonging]:
    known = _belongings(result.attrs["configuration"])
    return [known[name] for name in result.labels("workload")]


@lru_cache(maxsize=8)
def _belongings(configuration: str) -> Mapping[str, Belonging]:
    portfolio = json.loads(configuration)["portfolio"]
    return {
        name: Belonging(name, w["line"], portfolio["lines"][w["line"]]["lab"], w["tags"])
        for name, w in portfolio["workloads"].items()
    }
