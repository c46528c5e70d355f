"""Simulating a study, from its types to a labelled result; strategies compared meet the same futures."""

from __future__ import annotations

import math
import os
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from simengine.estimators import Estimate
from simengine.estimators.reducers import Reducer, Retain, RetainRagged
from simengine.estimators.sketch import RELATIVE_ERROR
from simengine.model.errors import ConfigError, InternalError, Problem
from simengine.model.precision import Precision
from simengine.model.run import Keep
from simengine.model.strategy import Strategy
from simengine.model.study import Study
from simengine.model.wording import size
from simengine.results import store
from simengine.results.changes import Baseline, Changes
from simengine.results.coordinates import coordinates
from simengine.results.dataset import Lazy, Result, collect
from simengine.results.derived import Values
from simengine.results.groups import SHARED, belongings, groups_of
from simengine.results.precision import Look, check_points, estimated, relative_error, told
from simengine.results.recording import Record, Recording
from simengine.results.rows import Rows
from simengine.results.summary import Summary
from simengine.results.variables import DIMENSIONS, VARIABLES, Variable, kept

if TYPE_CHECKING:
    import xarray as xr

    from simengine.engine.lower import Lowered
    from simengine.engine.profile import Profile
    from simengine.engine.replay import Note

# Called with the number of paths that are done and the number of all.
Progress = Callable[[int, int], None]


def simulate(
    study: Study,
    progress: Progress | None = None,
    *,
    folder: str | Path | None = None,
    overwrite: bool = False,
) -> xr.Dataset:
    """Simulate a study under its own strategy.

    Parameters
    ----------
    study
        What is run; `study.run` says how many paths, from which seed, and what is kept of them. With
        `study.run.precision` there are as many as it takes, and the result says how many.
    progress
        Called as paths are done, with how many are and how many there will be.
    folder
        Where the result is written, block by block while it is made, so that it needs no more memory than
        the blocks do. It must not exist, or be empty, unless `overwrite`.
    overwrite
        Whether a result that lies there is replaced.

    Returns
    -------
    xarray.Dataset
        The variables that `study.run.keep` retains, `path` first; see docs/results.md. With `folder` they lie
        there, and are loaded when they are used.

    Raises
    ------
    ConfigError
        If the arrays do not fit into memory, or the folder is occupied, cannot be written, or the disk is
        full. Of a run that fails or is interrupted nothing is left in `folder`.
    """
    if folder is None:
        return play(study, progress=progress).to_dataset()
    with store.recording(folder, overwrite=overwrite) as written:
        store.complete(play(study, progress=progress, into=written), written)
    return store.opened(folder)


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
    profile: Profile | None = None,
    into: Recording | None = None,
) -> Result:
    """`simulate`, or with `strategies` `compare`, as a `Result` without xarray.

    `profile` times it. With `into`, for one strategy, arrays of paths go there while they are made.
    """
    from simengine.engine.simulate import BLOCK_PATHS, lower_study

    if not isinstance(study, Study):
        remedy = "make one with Study.from_mapping(tree) or compose(overrides)"
        raise ConfigError([Problem("study", f"a {type(study).__name__}", "a Study", remedy)])
    stage = (lambda name: nullcontext()) if profile is None else profile.stage
    played = None if strategies is None else _checked(study, strategies)
    if profile is not None:
        # Kernels are loaded, or compiled, when they are first called: let that be no part of another stage.
        from simengine.engine.warm import warm_up

        with stage("compile"):
            warm_up()
    with stage("lower"):
        lowered = lower_study(study, played)
    kept_in = _Growing if into is None else partial(_Streaming, into)
    growing = kept_in(study, lowered, None if played is None else len(played), progress, profile)
    looks: list[Look] = []
    begun = time.perf_counter()
    for n_paths in check_points(study.run, BLOCK_PATHS):
        growing.extend(n_paths)
        if study.run.precision:
            looks.append(growing.look())
            if looks[-1].meets(study.run.precision):
                break
    if profile is not None:
        profile.n_paths, profile.simulating = growing.n_paths, time.perf_counter() - begun
    # From here on it is the run of that many paths, whatever led to their number.
    study = study.model_copy(update={"run": study.run.model_copy(update={"n_paths": growing.n_paths})})
    with stage("reduce"):
        arrays, codes = growing.arrays(compared=played is not None), {}
        if "occurrence_path" in arrays:
            codes = _codes(lowered) | ({"occurrence_strategy": [s.name for s in played]} if played else {})
        if growing.summaries:
            codes["sketch_quantity"] = growing.sketched
            codes |= {"sketch_strategy": [strategy.name for strategy in played]} if played else {}
        paths = into.rows("path") if into is not None and "path" in into else None
        result = collect(arrays, study=study, strategies=played, codes=codes, paths=paths)
    attrs: dict[str, Any] = {}
    if growing.summaries:
        attrs["sketch_relative_error"] = RELATIVE_ERROR
    if looks:
        attrs["precision"] = told(study.run, looks)
    return replace(result, attrs={**result.attrs, **attrs})


class _Growing:
    """What is kept of a run that may go on: one part after another, each allocated whole."""

    def __init__(
        self,
        study: Study,
        lowered: Lowered,
        compared: int | None,
        progress: Progress | None,
        profile: Profile | None,
    ) -> None:
        """`compared`: how many strategies are, None if the study is run under its own."""
        self.study, self.lowered = study, lowered
        self.n_strategies, self.progress, self.profile = compared or 1, progress, profile
        variables = kept(study.run.keep)
        self.variables = [v for v in variables if "path" in v.dims]
        self.parts: list[dict[str, np.ndarray]] = []
        self._own: list[Retain] = []
        self.n_paths = 0
        self.baseline, self.summaries, self.changes = Baseline(), list[Summary](), list[Changes]()
        if "summary" in study.run.keep:
            self.summaries, self.changes = _new_summaries(
                study, lowered, None if compared is None else self.baseline
            )
        ragged = tuple(v.name for v in variables if "occurrence" in v.dims)
        self.loose = [
            RetainRagged(ragged, "occurrence_path", study.run.first_path)
            for _ in range(self.n_strategies if ragged else 0)
        ]

    def extend(self, n_paths: int) -> None:
        """Simulate up to so many paths."""
        from simengine.engine.simulate import reduce_study

        more = range(self.study.run.first_path + self.n_paths, self.study.run.first_path + n_paths)
        reducers = self._with_summaries(self._reducers(len(more)))
        reduce_study(self.study, self.lowered, reducers, self.progress, paths=more, profile=self.profile)
        for reducer in self._own:
            reducer.finalise()
        self.n_paths = n_paths

    def _reducers(self, n_paths: int) -> list[list[Reducer]]:
        """What takes the next paths, for each strategy."""
        part = _allocate(self.variables, self.study, self.n_strategies, n_paths)
        self.parts.append(part)
        whole = [
            [Retain(name, array[k], self.n_paths) for name, array in part.items()]
            for k in range(self.n_strategies)
        ]
        self._own = [reducer for own in whole for reducer in own]
        reducers: list[list[Reducer]] = [[*own] for own in whole]
        for own, reducer in zip(reducers, self.loose, strict=False):
            own.append(reducer)
        return reducers

    def look(self) -> Look:
        """How precise the run is by now, of all its strategies where it is least so."""

        def values(strategy: int) -> Values:
            return lambda name: self._so_far(name, strategy)

        def found(target: Precision, strategy: int) -> Estimate:
            if self.summaries and "totals" not in self.study.run.keep:
                return self.summaries[strategy].estimate(target)
            return estimated(target, values(strategy))

        errors = [
            max(relative_error(found(target, k)) for k in range(self.n_strategies))
            for target in self.study.run.precision
        ]
        return Look(self.n_paths, tuple(errors))

    def _so_far(self, name: str, strategy: int) -> np.ndarray:
        return np.concatenate([part[name][strategy] for part in self.parts])

    def arrays(self, *, compared: bool) -> Mapping[str, np.ndarray]:
        """All that was kept; the parts are given up on the way, so that there is room."""
        if len(self.parts) == 1:
            arrays = self.parts.pop()
        else:
            parts, self.parts = self.parts, []
            arrays = {
                v.name: np.concatenate([part.pop(v.name) for part in parts], axis=1) for v in self.variables
            }
        if not compared:
            arrays = {name: array[0] for name, array in arrays.items()}
        if self.loose:
            arrays |= _joined([reducer.finalise() for reducer in self.loose], compared=compared)
        return arrays | self._summarised()

    def _summarised(self) -> dict[str, np.ndarray]:
        return _summed(self.summaries, self.changes) if self.summaries else {}

    def _with_summaries(self, reducers: list[list[Reducer]]) -> list[list[Reducer]]:
        """Each strategy's reducers, and those of its summary; the baseline sees a block before the others."""
        if self.changes:
            reducers[0].append(self.baseline)
        for own, summary in zip(reducers, self.summaries, strict=False):
            own.append(summary)
        for own, change in zip(reducers, self.changes, strict=False):
            own.append(change)
        return reducers

    @property
    def sketched(self) -> list[str]:
        """What has a sketch."""
        return [name for told in (*self.summaries[:1], *self.changes[:1]) for name in told.quantities()]


class _Streaming(_Growing):
    """What is kept of a run of one strategy, on the disk as soon as it is there."""

    def __init__(self, into: Recording, *about: Any) -> None:
        super().__init__(*about)
        self._into = into
        study, n_strategies = self.study, self.n_strategies
        if n_strategies != 1:
            raise InternalError("a comparison is not streamed")
        loose = [v for v in kept(study.run.keep) if "occurrence" in v.dims]
        shapes = _shapes([*self.variables, *loose], study)
        _refuse_too_much(self.variables, shapes, study.run.n_paths, into.target)
        for variable in (*self.variables, *loose):
            into.begin(variable.name, shapes[variable.name], variable.dtype)
        if self.variables:
            into.begin("path", (), np.dtype(np.int64))
        self.loose = []
        self._streamed = [v.name for v in (*self.variables, *loose)]
        names, ragged = (tuple(v.name for v in some) for some in (self.variables, loose))
        self._record = Record(into, names, ragged, study.run.first_path)

    def _reducers(self, n_paths: int) -> list[list[Reducer]]:
        self._own = []
        return [[self._record]]

    def _so_far(self, name: str, strategy: int) -> np.ndarray:
        return self._into.rows(name)[:]

    def arrays(self, *, compared: bool) -> Mapping[str, np.ndarray]:
        few = self._summarised()
        into = self._into
        into.end()

        def load(name: str) -> np.ndarray:
            return few[name] if name in few else into.rows(name)[:]

        def rows(name: str) -> Rows:
            return few[name] if name in few else into.rows(name)

        return Lazy([*self._streamed, *few], load, rows)


def _new_summaries(
    study: Study, lowered: Lowered, baseline: Baseline | None = None
) -> tuple[list[Summary], list[Changes]]:
    """A summary for each strategy, and with a `baseline` what each changes against it.

    Pivots are the values of path 0: every part of a run can make them.
    """
    from simengine.engine.simulate import blocks_of

    (pivots,) = blocks_of(study, lowered, paths=range(1))
    known = coordinates(study, DIMENSIONS.keys() - {"path"})
    labels = {dim: [str(label) for label in names] for dim, names in known.items()}
    workloads = belongings(study)
    members = {level: [group.members for group in groups_of(workloads, level)] for level in SHARED}
    summaries = [Summary(study.run, own, labels, members) for own in pivots]
    if baseline is None:
        return summaries, []
    sketched = study.run.sketched
    return summaries, [Changes(sketched, baseline, own, pivots[0], labels) for own in pivots]


def _summed(summaries: Sequence[Summary], changes: Sequence[Changes]) -> dict[str, np.ndarray]:
    """The arrays of a summary.

    Of a comparison strategies are the first dimension, and sketches stand one after the other: those of the
    first strategy, those of its changes (from itself, by nothing), those of the second ...
    """
    own = [summary.finalise() for summary in summaries]
    if not changes:
        return own[0]
    n_own = len(summaries[0].quantities())
    changed = [change.finalise() for change in changes]
    for arrays in changed:
        arrays["sketch_quantity"] = arrays["sketch_quantity"] + np.int32(n_own)
    found = {name: np.stack([arrays[name] for arrays in own]) for name in own[0] if not _is_of_bins(name)}
    found |= {name: np.stack([a[name] for a in changed]) for name in changed[0] if not _is_of_bins(name)}
    bins = [arrays for both in zip(own, changed, strict=True) for arrays in both]
    found |= {name: np.concatenate([arrays[name] for arrays in bins]) for name in own[0] if _is_of_bins(name)}
    lengths = [len(arrays["sketch_count"]) for arrays in bins]
    found["sketch_strategy"] = np.repeat(np.arange(len(bins), dtype=np.int32) // 2, lengths)
    return found


def _is_of_bins(name: str) -> bool:
    return VARIABLES[name].dims == ("bin",)


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


def _shapes(variables: Sequence[Variable], study: Study) -> dict[str, tuple[int, ...]]:
    """What each has for a path, or for an occurrence."""
    inner = {dim for variable in variables for dim in variable.dims[1:]}
    lengths = {dim: len(names) for dim, names in coordinates(study, inner).items()}
    return {v.name: tuple(lengths[dim] for dim in v.dims[1:]) for v in variables}


def _allocate(
    variables: Sequence[Variable], study: Study, n_strategies: int, n_paths: int
) -> dict[str, np.ndarray]:
    """Room for so many paths, with the strategies in front."""
    shapes = {name: (n_strategies, n_paths, *shape) for name, shape in _shapes(variables, study).items()}
    needed = sum(math.prod(shapes[v.name]) * v.dtype.itemsize for v in variables)
    try:
        # Many systems promise memory that they do not have, and end the process when it is used.
        if needed > memory():
            raise MemoryError
        return {v.name: np.empty(shapes[v.name], dtype=v.dtype) for v in variables}
    except MemoryError:
        raise ConfigError(
            [
                Problem(
                    "run.keep",
                    f"arrays of {size(needed)} for {n_paths:,} paths",
                    f"as much as this machine's memory holds ({size(memory())})",
                    "lower run.n_paths, keep less (totals need 136 bytes a path), or stream the result to a "
                    "folder: simengine run, or simulate(study, folder=...)",
                )
            ]
        ) from None


def _refuse_too_much(
    variables: Sequence[Variable], shapes: Mapping[str, tuple[int, ...]], n_paths: int, folder: Path
) -> None:
    """Refuse at once what the disk has no room for; occurrences come on top, as many as there will be."""
    needed = n_paths * sum(math.prod(shapes[v.name]) * v.dtype.itemsize for v in variables)
    free = room(folder)
    if needed > free:
        raise ConfigError(
            [
                Problem(
                    "run.keep",
                    f"arrays of {size(needed)} for {n_paths:,} paths",
                    f"as much as the disk has room for ({size(free)})",
                    "lower run.n_paths, keep less (run.keep=summary needs none of it), or choose another "
                    "output.dir",
                    str(folder),
                )
            ]
        )


def room(folder: Path) -> float:
    """Free bytes where a folder is to be; infinite where the system does not say."""
    try:
        return float(shutil.disk_usage(folder.parent).free)
    except OSError:
        return math.inf


def memory() -> float:
    """Bytes of the machine's memory; infinite where the system does not say."""
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, ValueError, OSError):
        return math.inf


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
