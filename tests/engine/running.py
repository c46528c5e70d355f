"""Running a study for a test: the arrays of a whole run, or what single occurrences say."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, get_args

import numpy as np

from simengine.engine.simulate import blocks_of, lower_study, spans
from simengine.model.run import Keep
from simengine.model.strategy import Strategy
from simengine.model.study import Study
from simengine.results.dataset import Result
from simengine.results.simulation import play

# Every array of paths; what `summary` keeps is made of them.
EVERYTHING: tuple[Keep, ...] = tuple(keep for keep in get_args(Keep) if keep != "summary")


def with_run(study: Study, **run: Any) -> Study:
    """The study with another run; nothing is checked again."""
    return study.model_copy(update={"run": study.run.model_copy(update=run)})


def run(study: Study, n_paths: int, keep: Sequence[str], threads: int = 1, **more: Any) -> Result:
    return play(with_run(study, n_paths=n_paths, keep=tuple(keep), threads=threads, **more))


def in_blocks(
    study: Study, block_paths: int, strategies: Sequence[Strategy] | None = None
) -> list[dict[str, np.ndarray]]:
    """The arrays of each strategy, from blocks of another size; paths are counted from the run's first."""
    joined: list[list[dict[str, np.ndarray]]] = []
    blocks = blocks_of(study, lower_study(study, strategies), block_paths)
    for span, block in zip(spans(study.run.first_path, study.run.n_paths, block_paths), blocks, strict=True):
        for arrays in block:
            if "occurrence_path" in arrays:
                arrays["occurrence_path"] = arrays["occurrence_path"] + span.start - study.run.first_path
        joined.append(block)
    return [
        {name: np.concatenate([block[k][name] for block in joined]) for name in joined[0][k]}
        for k in range(len(joined[0]))
    ]


def bits(array: np.ndarray) -> str:
    """The sha256 of an array's shape and bits, the same on every machine."""
    plain = np.ascontiguousarray(array)
    plain = plain.astype(plain.dtype.newbyteorder("<"), copy=False)
    return hashlib.sha256(f"{plain.dtype.str} {plain.shape} ".encode() + plain.tobytes()).hexdigest()


def differing(one: Mapping[str, np.ndarray], other: Mapping[str, np.ndarray]) -> list[str]:
    """The variables that are not bit for bit the same in both."""
    names = sorted({*one, *other})
    return [n for n in names if n not in one or n not in other or bits(one[n]) != bits(other[n])]


def first_times(result: Result, driver: str, entity: str | None = None) -> np.ndarray:
    """Per path the first day from the start on which a driver struck; infinite where it did not."""
    times = np.full(result.attrs["n_paths"], np.inf)
    found = chosen(result, driver, entity)
    np.minimum.at(times, paths_of(result)[found], result["occurrence_time"][found])
    return times


def counts(result: Result, driver: str, since: float = 0.0, until: float = np.inf) -> np.ndarray:
    """Per path how often a driver struck on [since, until)."""
    time = result["occurrence_time"]
    found = chosen(result, driver) & (time >= since) & (time < until)
    return np.bincount(paths_of(result)[found], minlength=result.attrs["n_paths"])


def paths_of(result: Result) -> np.ndarray:
    """The position of each occurrence's path in the run."""
    return result["occurrence_path"] - result.attrs["first_path"]


def chosen(result: Result, driver: str, entity: str | None = None) -> np.ndarray:
    """Which occurrences are a driver's (on one entity), history apart."""
    found = result["occurrence_driver"] == list(result.codes["occurrence_driver"]).index(driver)
    found &= result["occurrence_time"] >= 0.0
    if entity is not None:
        code = [k for k, name in enumerate(result.codes["occurrence_entity"]) if name == entity]
        found &= np.isin(result["occurrence_entity"], code)
    return found
