"""One path of a result, chosen, played again from its addresses, and held against what is stored."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from simengine.estimators.order_statistics import rank
from simengine.model.errors import ConfigError, Problem
from simengine.model.study import Study
from simengine.model.wording import did_you_mean, listed, show
from simengine.results import simulation
from simengine.results.dataset import Result
from simengine.results.provenance import SCHEMA_VERSION, STREAM_VERSION
from simengine.results.summary import is_summary
from simengine.results.variables import CODED, VARIABLES

if TYPE_CHECKING:
    import xarray as xr

    from simengine.engine.replay import Note


@dataclass(frozen=True)
class Replayed:
    """A path that was played again.

    Attributes
    ----------
    study
        What was run, under the strategy that is told.
    path
        The path's number.
    choice
        How it was chosen, in words.
    result
        Every variable of the registry, for this path alone.
    notes
        What its workloads met, decided and booked.
    n_checked
        How many stored numbers of this path were compared; all were the same to the last bit.
    """

    study: Study
    path: int
    choice: str
    result: Result
    notes: tuple[Note, ...]
    n_checked: int

    def value(self, name: str) -> float:
        """A variable of the path that has no dimension but `path`."""
        return float(self.result[name][0])


def opened(source: Result | xr.Dataset | str | Path) -> xr.Dataset:
    """A result as a dataset; one in a folder is verified, and its arrays are read where they are used."""
    if isinstance(source, Result):
        return source.to_dataset()
    if isinstance(source, str | Path):
        from simengine.results.store import read

        return read(source)
    return source


def of_strategy(dataset: xr.Dataset, strategy: str | None) -> xr.Dataset:
    """The strategy of a comparison that is asked for; a run has but one."""
    if "strategy" not in dataset.dims:
        played = str(dataset.attrs.get("strategy", ""))
        if strategy is not None and strategy != played:
            _refuse("strategy", strategy, f"{played}, the only strategy of this result", "leave it out")
        return dataset
    names = [str(name) for name in dataset["strategy"].values]
    if strategy not in names:
        arrived = "nothing" if strategy is None else strategy
        remedy = did_you_mean(strategy, names) or f"choose one, such as {names[0]}"
        _refuse("strategy", arrived, f"a strategy of this comparison: {listed(names)}", remedy)
    position = names.index(str(strategy))
    chosen = dataset.isel(strategy=position)
    if "occurrence_strategy" in chosen:
        own = np.flatnonzero(chosen["occurrence_strategy"].values == position)
        chosen = chosen.isel(occurrence=own)
    return chosen


def choose_path(
    dataset: xr.Dataset, path: int | None, quantile: float | None, of: str | None
) -> tuple[int, int, str]:
    """The position and the number of the path that is asked for, and how it was chosen.

    With `quantile` it is the path whose value of `of` is that quantile (type 1, so there is one); of several
    with that value the first.
    """
    if (path is None) == (quantile is None):
        arrived = "neither path nor quantile" if path is None else "both path and quantile"
        remedy = "write --path 123 (path=123), or --quantile 0.99 --of total_cost"
        _refuse("path", arrived, "one of them", remedy)
    paths = dataset["path"].values
    if path is not None:
        if of is not None:
            _refuse("of", f"{of} beside a path", "a variable beside a quantile", "leave it out")
        is_number = isinstance(path, int | np.integer) and not isinstance(path, bool)
        found = np.flatnonzero(paths == path) if is_number else np.empty(0, np.int64)
        if not found.size:
            allowed = f"a path of this result: {_extent(paths)}"
            _refuse("path", show(path), allowed, "paths are numbered from run.first_path on")
        return int(found[0]), int(path), f"path {path}"
    level, name = _level(quantile), of or "total_cost"
    values = _per_path(dataset, name)
    wanted = np.sort(values)[rank(values.size, level)]
    position = int(np.flatnonzero(values == wanted)[0])
    return position, int(paths[position]), f"P{100.0 * level:.10g} of {name} among {len(paths):,} paths"


def replayed(
    source: Result | xr.Dataset | str | Path,
    path: int | None = None,
    quantile: float | None = None,
    of: str | None = None,
    strategy: str | None = None,
) -> Replayed:
    """Choose a path, play it again, and compare every number of it that is stored.

    Raises
    ------
    ConfigError
        If the source is no sound result, was made by another version, has no such path, variable or
        strategy, or holds other numbers than those played again.
    """
    dataset = opened(source)
    attrs = _checked_attributes(dataset)
    own = of_strategy(dataset, strategy)
    position, number, choice = choose_path(own, path, quantile, of)
    study = _study(attrs, strategy)
    result, notes = simulation.replay(study, number)
    n_checked = _compare(own, position, number, result)
    return Replayed(study, number, choice, result, notes, n_checked)


def _refuse(path: str, arrived: str, allowed: str, remedy: str) -> NoReturn:
    raise ConfigError([Problem(path, arrived, allowed, remedy)])


def _extent(paths: np.ndarray) -> str:
    if paths.size and paths.size == paths[-1] - paths[0] + 1:
        return f"{paths[0]:,} to {paths[-1]:,}"
    return f"one of its {paths.size:,}"


def _level(quantile: Any) -> float:
    is_number = isinstance(quantile, int | float | np.number) and not isinstance(quantile, bool)
    if is_number and 0.0 < float(quantile) < 1.0:
        return float(quantile)
    remedy = "write it as a share of the paths"
    if is_number and 1.0 <= float(quantile) < 100.0:
        remedy = f"did you mean {float(quantile) / 100.0:.10g}?"
    _refuse("quantile", show(quantile), "a number above 0 and below 1", remedy)


def _per_path(dataset: xr.Dataset, name: str) -> np.ndarray:
    """A variable with one number a path."""
    known = [str(v) for v in dataset.data_vars if dataset[v].dims == ("path",)]
    if name not in known:
        others = name in VARIABLES
        arrived = f"{name}, which is not one number a path" if name in dataset else name
        arrived = f"{name}, which this result did not keep" if others and name not in dataset else arrived
        remedy = did_you_mean(name, known) or "see docs/results.md"
        _refuse("of", arrived, listed(known) or "a variable kept by run.keep=[totals]", remedy)
    return dataset[name].values


def _checked_attributes(dataset: xr.Dataset) -> dict[str, Any]:
    """The attributes, if this very version of simengine can play the paths again."""
    attrs = dict(dataset.attrs)
    needed = ("configuration", "configuration_sha256", "schema_version", "stream_version", "engine_version")
    missing = [name for name in needed if name not in attrs]
    summary = is_summary({str(name): None for name in dataset.data_vars})
    if summary and not missing and "path" not in dataset.coords:
        remedy = "run the study again with run.keep=[totals]: the same seed gives the same paths"
        _refuse("result", "a summary, which keeps no paths", "a result with paths", remedy)
    if missing or "path" not in dataset.coords:
        arrived = f"a dataset without {listed(missing or ['the coordinate path'], 'and')}"
        _refuse("result", arrived, "a result of simengine, with its attributes", "use the result as written")
    made = {
        "stream version": (attrs["stream_version"], STREAM_VERSION),
        "schema version": (attrs["schema_version"], SCHEMA_VERSION),
        "simengine": (attrs["engine_version"], version("simengine")),
    }
    for name, (theirs, ours) in made.items():
        if theirs != ours:
            remedy = f"explain it with simengine {attrs['engine_version']}, or run the study again"
            _refuse("result", f"a result of {name} {theirs}", f"this is {name} {ours}", remedy)
    digest = hashlib.sha256(str(attrs["configuration"]).encode()).hexdigest()
    if digest != attrs["configuration_sha256"]:
        arrived = "a configuration that does not match its own hash"
        _refuse("result", arrived, "a result exactly as it was written", "use the result as written")
    return attrs


def _study(attrs: dict[str, Any], strategy: str | None) -> Study:
    """The study of the result, under the strategy that is told."""
    tree = json.loads(attrs["configuration"])
    if "strategies" in tree:
        played = tree.pop("strategies")
        tree["strategy"] = next(own for own in played if own["name"] == strategy)
    return Study.from_mapping(tree)


def _compare(dataset: xr.Dataset, position: int, path: int, result: Result) -> int:
    """How many stored numbers of the path there are; refuses if one of them is not the replayed one."""
    wrong: list[str] = []
    n_checked = 0
    stored_path = dataset.isel(path=position)
    for name in map(str, dataset.data_vars):
        if name not in VARIABLES or "path" not in VARIABLES[name].dims:
            continue
        dims = [dim for dim in VARIABLES[name].dims if dim != "path"]
        stored = stored_path[name].transpose(*dims).values
        n_checked += stored.size
        if not _same(stored, result[name][0]):
            wrong.append(name)
    if "occurrence_path" in dataset:
        rows = _rows_of(dataset, path)
        for name in map(str, dataset.data_vars):
            if name.startswith("occurrence_") and name != "occurrence_strategy":
                stored, again = dataset[name][rows].values, result[name]
                n_checked += stored.size
                if name in CODED:
                    names = dataset[name].attrs["names"]
                    stored = np.array([names[code] for code in stored])
                    again = np.array([result.codes[name][code] for code in again])
                if not _same(stored, again):
                    wrong.append(name)
    if wrong:
        arrived = f"path {path} comes out otherwise when it is played again: {listed(wrong, 'and')}"
        remedy = "run the study again; if it differs still, report it (simengine status shows what made it)"
        _refuse("result", arrived, "the very numbers that are stored", remedy)
    return n_checked


def _rows_of(dataset: xr.Dataset, path: int) -> slice:
    """The occurrences of a path, which lie together, found without reading those of all others."""
    of = dataset["occurrence_path"]
    everywhere = range(of.size)
    begin = bisect_left(everywhere, path, key=lambda row: int(of[row].values))
    end = bisect_right(everywhere, path, lo=begin, key=lambda row: int(of[row].values))
    return slice(begin, end)


def _same(stored: np.ndarray, again: np.ndarray) -> bool:
    """Whether two arrays are the same to the last bit."""
    stored, again = np.asarray(stored), np.asarray(again)
    if stored.dtype.kind in "UT" or again.dtype.kind in "UT":
        return stored.tolist() == again.tolist()
    return stored.shape == again.shape and stored.astype(again.dtype).tobytes() == again.tobytes()
