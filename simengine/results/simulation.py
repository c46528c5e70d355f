"""Simulating a study, from its types to a labelled result; strategies compared meet the same futures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from simengine.estimators.reducers import Reducer, Retain, RetainRagged
from simengine.model.errors import ConfigError, Problem
from simengine.model.run import Keep
from simengine.model.strategy import Strategy
from simengine.model.study import Study
from simengine.results.coordinates import coordinates
from simengine.results.dataset import Result, collect
from simengine.results.variables import VARIABLES, Variable, kept

if TYPE_CHECKING:
    import xarray as xr

    from simengine.engine.lower import Lowered
    from simengine.engine.replay import Note

# Called with the number of paths that are done and the number of all.
Progress = Callable[[int, int], None]


def simulate(study: Study, progress: Progress | None = None) -> xr.Dataset:
    """Simulate a study under its own strategy.

    Parameters
    ----------
    study
        What is run; `study.run` says how many paths, from which seed, and what is kept of them.
    progress
        Called as paths are done, with how many are and how many there will be.

    Returns
    -------
    xarray.Dataset
        The variables that `study.run.keep` retains, `path` first; see docs/results.md.
    """
    return play(study, progress=progress).to_dataset()


def compare(
    study: Study, strategies: Sequence[Strategy | Mapping[str, Any]], progress: Progress | None = None
) -> xr.Dataset:
    """Simulate a study under several strategies on the same draws; they become the first dimension.

    A strategy may be given as a mapping, as in `Study.from_mapping`. It is checked against the study, whose
    own strategy plays no part.
    """
    return play(study, strategies, progress).to_dataset()


def play(
    study: Study,
    strategies: Sequence[Strategy | Mapping[str, Any]] | None = None,
    progress: Progress | None = None,
) -> Result:
    """`simulate`, or with `strategies` `compare`, as a `Result` without xarray."""
    from simengine.engine.simulate import lower_study, reduce_study

    played = None if strategies is None else _checked(study, strategies)
    lowered = lower_study(study, played)
    n_strategies = 1 if played is None else len(played)
    variables = kept(study.run.keep)
    arrays = _allocate([v for v in variables if "path" in v.dims], study, n_strategies)
    ragged = tuple(v.name for v in variables if "path" not in v.dims)
    whole = [[Retain(name, array[k]) for name, array in arrays.items()] for k in range(n_strategies)]
    loose = [RetainRagged(ragged, "occurrence_path", study.run.first_path) for _ in whole] if ragged else []
    reducers: list[list[Reducer]] = [[*own] for own in whole]
    for own, reducer in zip(reducers, loose, strict=False):
        own.append(reducer)
    reduce_study(study, lowered, reducers, progress)
    for reducer in (reducer for own in whole for reducer in own):
        reducer.finalise()
    if played is None:
        arrays = {name: array[0] for name, array in arrays.items()}
    codes: dict[str, list[str]] = {}
    if loose:
        arrays |= _joined([reducer.finalise() for reducer in loose], compared=played is not None)
        codes = _codes(lowered) | ({"occurrence_strategy": [s.name for s in played]} if played else {})
    return collect(arrays, study=study, strategies=played, codes=codes)


def replay(study: Study, path: int) -> tuple[Result, tuple[Note, ...]]:
    """One path of a study, every variable kept, and what its workloads met, decided and booked."""
    from simengine.engine import replay as engine

    run = study.run.model_copy(update={"n_paths": 1, "first_path": path, "keep": get_args(Keep)})
    study = study.model_copy(update={"run": run})
    told = engine.replay(study)
    arrays = {name: array.astype(VARIABLES[name].dtype, copy=False) for name, array in told.arrays.items()}
    arrays["occurrence_path"] = arrays["occurrence_path"] + path
    return collect(arrays, study=study, codes=_codes(told.lowered)), told.notes


def _checked(study: Study, strategies: Sequence[Strategy | Mapping[str, Any]]) -> list[Strategy]:
    """Strategies that fit the study, under names of their own."""
    played = [study.with_strategy(strategy).strategy for strategy in strategies]
    names = [strategy.name for strategy in played]
    twice = sorted({name for name in names if names.count(name) > 1})
    if not twice and names:
        return played
    arrived = f"{', '.join(twice)}, more than once" if twice else "no strategy"
    remedy = "leave the second one out, or name it differently" if twice else "name at least one"
    raise ConfigError([Problem("strategy", arrived, "one or more strategies, each once", remedy)])


def _allocate(variables: Sequence[Variable], study: Study, n_strategies: int) -> dict[str, np.ndarray]:
    """Room for every path, with the strategies in front."""
    labels = coordinates(study, {dim for variable in variables for dim in variable.dims})
    shapes = {v.name: (n_strategies, *(len(labels[dim]) for dim in v.dims)) for v in variables}
    try:
        return {v.name: np.empty(shapes[v.name], dtype=v.dtype) for v in variables}
    except MemoryError:
        needed = sum(int(np.prod(shapes[v.name])) * v.dtype.itemsize for v in variables) / 1e9
        raise ConfigError(
            [
                Problem(
                    "run.keep",
                    f"arrays of {needed:,.1f} GB for {study.run.n_paths:,} paths",
                    "as much as this machine's memory holds",
                    "lower run.n_paths or keep less; totals need 112 bytes a path",
                )
            ]
        ) from None


def _joined(parts: Sequence[Mapping[str, np.ndarray]], *, compared: bool) -> dict[str, np.ndarray]:
    """The occurrences of all strategies one after another, in the registry's types."""
    joined = {
        name: np.concatenate([part[name] for part in parts]).astype(VARIABLES[name].dtype, copy=False)
        for name in parts[0]
    }
    if compared:
        lengths = [len(part["occurrence_path"]) for part in parts]
        joined["occurrence_strategy"] = np.repeat(np.arange(len(parts), dtype=np.int32), lengths)
    return joined


def _codes(lowered: Lowered) -> dict[str, list[str]]:
    """What the numbers of drivers, entities and outcomes stand for."""
    outcomes = sorted(lowered.effects.index, key=lambda key: lowered.effects.index[key])
    return {
        "occurrence_driver": list(lowered.entities.drivers),
        "occurrence_entity": [pair.entity for pair in lowered.entities.pairs],
        "occurrence_outcome": [outcome for _, outcome in outcomes],
    }
