"""By what a result is split: its own dimensions, and groups of workloads, under the names that users give."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simengine.analysis.grouping import columns, groups, tag_keys
from simengine.model.errors import ConfigError, Problem
from simengine.model.wording import did_you_mean, listed, show
from simengine.results.dataset import Result
from simengine.results.variables import VARIABLES, Variable

# What splits a total, and the dimension of the result that says how.
DIMS = {
    "driver": "driver", "workload": "workload", "line": "workload", "lab": "workload",
    "component": "component", "period": "period", "year": "year",
}  # fmt: skip
TAG_PREFIX = "tag:"
# Dimensions of summaries; a tag of such a name keeps its prefix.
TAKEN = (*DIMS, "strategy", "metric", "statistic")
By = str | Sequence[str]
# Every quantity that a path has: the totals, and what there is only in parts.
METRICS = [name for name, variable in VARIABLES.items() if variable.dims == ("path",)] + ["strikes"]


@dataclass(frozen=True, slots=True)
class Axis:
    """A split: `labels` are its parts, `members` for each the positions along the result's `dim`."""

    name: str
    dim: str
    labels: tuple[str, ...]
    members: tuple[tuple[int, ...], ...]


def axes_of(result: Result, by: By) -> tuple[Axis, ...]:
    """The splits that `by` names: one or several of `DIMS`, or tags as `tag:key`, or their bare key.

    Raises
    ------
    ConfigError
        If a name is unknown, or two split the same dimension.
    """
    names: list[Any] = list(by) if isinstance(by, list | tuple) else [by]
    axes = tuple(_axis(result, name) for name in names)
    for one, other in itertools.combinations(axes, 2):
        if one.dim == other.dim:
            what = f"{one.name} and {other.name}, which both split by {one.dim}"
            raise refusal("by", what, "each dimension once", f"leave out {other.name}")
    return axes


def kept_variable(result: Result, of: str, axes: Sequence[Axis]) -> str:
    """The variable that holds `of` by these splits.

    Raises
    ------
    ConfigError
        If there is no such variable, or the run did not keep it.
    """
    if of not in METRICS:
        raise refusal("of", show(of), listed(METRICS), did_you_mean(of, METRICS))
    wanted = {axis.dim for axis in axes}
    for variable in _variables(of):
        if set(variable.dims[1:]) == wanted:
            if variable.name not in result:
                entry = f"run.keep=[{','.join(_keeps(result, variable.keep))}]"
                raise refusal(
                    "run.keep",
                    f"a result without {variable.keep}",
                    f"one that kept {variable.name}",
                    f"run again with {entry}",
                )
            return variable.name
    possible = [" and ".join(v.dims[1:]) or "nothing" for v in _variables(of)]
    raise refusal("by", " and ".join(sorted(wanted)) or "nothing", f"{of} by {listed(possible)}", "")


def kept_metrics(result: Result, axes: Sequence[Axis]) -> list[str]:
    """The names of all that the run kept by these splits."""
    wanted = {axis.dim for axis in axes}
    return [m for m in METRICS for v in _variables(m) if set(v.dims[1:]) == wanted and v.name in result]


def kept_splits(result: Result) -> list[str]:
    """By what the run kept anything, as texts."""
    kept = [VARIABLES[name].dims[1:] for name in result.arrays if name in VARIABLES]
    return list(dict.fromkeys(" and ".join(dims) for dims in kept if dims))


def cells(result: Result, variable: str, axes: Sequence[Axis]) -> Iterator[np.ndarray]:
    """The values per path of every combination of labels, the last split running fastest."""
    if not axes:
        yield result[variable]
        return
    values = result.rows(variable)
    own = result.dims(variable)[1:]
    order = [[axis.dim for axis in axes].index(dim) for dim in own]
    members = []
    for combination in itertools.product(*(axis.members for axis in axes)):
        positions = [combination[k] for k in order]
        members.append([_flat(at, values.shape[1:]) for at in itertools.product(*positions)])
    yield from columns(values, members)


def refusal(field: str, arrived: str, allowed: str, remedy: str) -> ConfigError:
    return ConfigError([Problem(field, arrived, allowed, remedy)])


def one_strategy(result: Result) -> Result:
    """The result itself, unless it is a comparison."""
    if "strategy" in result.coords:
        raise ValueError("one strategy at a time: take result.of_strategy(name), or compare them")
    return result


def _axis(result: Result, name: Any) -> Axis:
    tags = tag_keys(result)
    if isinstance(name, str) and name in DIMS:
        dim = DIMS[name]
        if dim not in result.coords:
            keep = f"by_{dim}"
            remedy = f"run again with run.keep=[{','.join(_keeps(result, keep))}]"
            raise refusal("run.keep", f"a result without {keep}", f"one that was kept by {dim}", remedy)
        if dim == "workload":
            found = groups(result, name)
            return Axis(name, dim, tuple(g.label for g in found), tuple(g.members for g in found))
        labels = tuple(result.labels(dim))
        return Axis(name, dim, labels, tuple((k,) for k in range(len(labels))))
    key = name.removeprefix(TAG_PREFIX) if isinstance(name, str) else name
    if key in tags:
        if "workload" not in result.coords:
            return _axis(result, "workload")  # says what to keep
        found = groups(result, "tag", key)
        shown = name if key in TAKEN else key
        return Axis(shown, "workload", tuple(g.label for g in found), tuple(g.members for g in found))
    allowed = listed(DIMS) + (f", or a tag: {listed(tags)}" if tags else "; no workload has a tag")
    raise refusal("by", show(name), allowed, did_you_mean(name, [*DIMS, *tags]))


def _variables(of: str) -> list[Variable]:
    """A quantity's variable for the portfolio, and those that split it."""
    return [
        variable
        for name, variable in VARIABLES.items()
        if (name == of or name.startswith(f"{of}_by_")) and variable.dims[0] == "path"
    ]


def _keeps(result: Result, missing: str) -> list[str]:
    """What this run kept, and what it lacks."""
    kept = dict.fromkeys(VARIABLES[name].keep for name in result.arrays if name in VARIABLES)
    return list(dict.fromkeys([*kept, missing]))


def _flat(at: Sequence[int], shape: Sequence[int]) -> int:
    position = 0
    for k, length in zip(at, shape, strict=True):
        position = position * length + k
    return position
