"""The same numbers to the bit, whatever the threads, blocks, ranges, order of writing and neighbours."""

from __future__ import annotations

import functools
import itertools
import json
import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import simengine
from simengine.engine import blocks
from simengine.engine import simulate as engine
from simengine.model.run import DEFAULT_KEEP
from simengine.model.strategy import Strategy
from simengine.model.study import Study
from simengine.results.dataset import Result
from simengine.results.simulation import compare, play
from simengine.results.variables import VARIABLES
from tests.conftest import JIT_DISABLED
from tests.engine.fingerprint import fingerprints
from tests.engine.running import EVERYTHING, differing, in_blocks, with_run
from tests.studies import random_study

ROOT = Path(__file__).resolve().parents[2]
# Seeds of random studies that together strike, move, adopt, pilot, divert and tie what can be tied.
SEEDS = range(1000, 1002 if JIT_DISABLED else 1016)
N_PATHS = 3 if JIT_DISABLED else 61


@functools.cache
def study_of(seed: int) -> Study:
    study = Study.from_mapping(random_study(seed))
    return with_run(study, n_paths=N_PATHS, keep=EVERYTHING, threads=1)


@functools.cache
def whole(seed: int) -> Result:
    return play(study_of(seed))


def by_path(result: Result) -> dict[str, np.ndarray]:
    return {name: array for name, array in result.arrays.items() if "path" in VARIABLES[name].dims}


def occurrences(result: Result) -> dict[str, np.ndarray]:
    return {name: array for name, array in result.arrays.items() if name.startswith("occurrence_")}


# Threads and blocks


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("block_paths", [1, 7, 1024])
def test_blocks(seed, block_paths):
    (arrays,) = in_blocks(study_of(seed), block_paths)
    arrays["occurrence_path"] = arrays["occurrence_path"] + study_of(seed).run.first_path
    told = {name: array.astype(VARIABLES[name].dtype) for name, array in arrays.items()}
    assert differing(told, whole(seed).arrays) == []


@pytest.mark.parametrize("seed", SEEDS[:6])
@pytest.mark.parametrize("threads", [2, 64])
def test_threads(seed, threads, monkeypatch):
    """In blocks of few paths, so that there is work for every thread."""
    small = functools.partial(engine.reduce_study, block_paths=1 if JIT_DISABLED else 3)
    monkeypatch.setattr(engine, "reduce_study", small)
    again = play(with_run(study_of(seed), threads=threads))
    assert differing(again.arrays, whole(seed).arrays) == []
    assert again.codes == whole(seed).codes
    assert again.attrs == whole(seed).attrs
    assert len(again.attrs["result_hash"]) == 64


# Strategies that pilot, pay, divert and hold, scenarios of few occurrences to hundreds, and what to keep.
SHIPPED = {
    "usual": (["portfolio=midmarket", "strategy=proceed"], DEFAULT_KEEP),
    "everything": (["portfolio=midmarket", "strategy=pilot"], (*EVERYTHING, "summary")),
    "summary": (["portfolio=midmarket", "scenario=hosted_outages", "strategy=standby"], ("summary",)),
    "unattributed": (["portfolio=single_workload", "strategy=pause"], ("by_workload", "by_period")),
    "occurrences": (
        ["portfolio=enterprise", "scenario=talent_drain", "strategy=full_contract"],
        ("totals", "by_year", "occurrences"),
    ),
    "second source": (["portfolio=midmarket", "scenario=price_rise", "strategy=second_source"], EVERYTHING),
}


def together(n_threads: int) -> Callable[..., Any]:
    """`run_block`, held up until as many threads as this are at it at once (what runs by itself is not)."""
    everybody, turns = threading.Barrier(n_threads), itertools.count()

    def run_block(*arguments: Any) -> Any:
        is_of_a_pool = threading.current_thread() is not threading.main_thread()
        if is_of_a_pool and next(turns) < n_threads:
            everybody.wait(timeout=60)
        return blocks.run_block(*arguments)

    return run_block


@pytest.mark.compiled
@pytest.mark.parametrize("name", SHIPPED)
def test_threads_of_a_shipped_study(name, monkeypatch):
    overrides, keep = SHIPPED[name]
    study = with_run(simengine.compose(overrides), n_paths=130, keep=keep, threads=1)
    # Blocks of two paths, so that there is one for every thread; beforehand too, as deviations are a block's.
    monkeypatch.setattr(engine, "reduce_study", functools.partial(engine.reduce_study, block_paths=2))
    expected = play(study)
    for n_threads in (2, 64):
        monkeypatch.setattr(engine, "run_block", together(n_threads))
        told = play(with_run(study, threads=n_threads))
        assert differing(told.arrays, expected.arrays) == []
        assert (told.codes, told.attrs) == (expected.codes, expected.attrs)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("skipped", "n_paths"), [(0, 1), (1, 2)] if JIT_DISABLED else [(0, 8), (1, 30), (24, 37)]
)
def test_a_range_of_paths_is_a_slice_of_a_longer_run(seed, skipped, n_paths):
    first = study_of(seed).run.first_path + skipped
    part = play(with_run(study_of(seed), first_path=first, n_paths=n_paths))
    there = slice(skipped, skipped + n_paths)
    expected = {name: array[there] for name, array in by_path(whole(seed)).items()}
    assert differing(by_path(part), expected) == []
    path = whole(seed)["occurrence_path"]
    inside = (path >= first) & (path < first + n_paths)
    sliced = {name: array[inside] for name, array in occurrences(whole(seed)).items()}
    assert differing(occurrences(part), sliced) == []


# Order


# Lists in which order says nothing, as in simengine.model.canonical.
UNORDERED = {
    "groups", "entities", "scaled_by", "hosting", "licence", "workload", "workloads", "when", "clauses",
    "optional_drivers", "keep", "team", "tier",
}  # fmt: skip


def shuffled(tree: Any, choose: random.Random, name: str = "") -> Any:
    """The same tree in another order; outcomes apart, the first of which is the plan that was sold."""
    if isinstance(tree, dict):
        keys = list(tree) if name == "outcomes" else choose.sample(list(tree), len(tree))
        return {key: shuffled(tree[key], choose, key) for key in keys}
    if isinstance(tree, list):
        entries = [shuffled(entry, choose) for entry in tree]
        return choose.sample(entries, len(entries)) if name in UNORDERED else entries
    return tree


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_writing(seed):
    tree = {**random_study(seed), "run": study_of(seed).run}
    again = play(Study.from_mapping(shuffled(tree, random.Random(seed))))
    assert differing(again.arrays, whole(seed).arrays) == []
    assert again.codes == whole(seed).codes
    assert again.attrs["result_hash"] == whole(seed).attrs["result_hash"]


# Neighbours


def with_lab(tree: dict[str, Any]) -> None:
    tree["portfolio"]["labs"] = {"a lab apart": {}, **tree["portfolio"]["labs"], "z lab apart": {}}


def with_group(tree: dict[str, Any]) -> None:
    with_lab(tree)
    tree["portfolio"]["groups"] = ["a group apart", *tree["portfolio"]["groups"]]
    tree["portfolio"]["labs"]["a lab apart"] = {"groups": ["a group apart"]}


def with_line(tree: dict[str, Any]) -> None:
    with_lab(tree)
    trend = {"normal": {"mean": 0.0, "sd": 1.0}}
    line = {"lab": "a lab apart", "licence": "gated", "releases": ["2026-04-01"], "price_trend": trend}
    tree["portfolio"]["lines"] = {"a line apart": line, **tree["portfolio"]["lines"]}


def with_driver(tree: dict[str, Any]) -> None:
    with_line(tree)
    drawn = {"uniform": [0.0, 1.0]}
    effects = [{"disruption": {"severity": drawn, "days": 3}}, {"forced_move": {"grace_days": 0}}]
    driver = {
        "scope": "line",
        "entities": ["a line apart"],
        "hazard": {"rate": {"uniform": [500.0, 900.0]}, "at_most": 5},
        "outcomes": {"x": {"effects": effects, "probability": drawn}, "a": {"effects": []}},
    }
    tree["scenario"]["drivers"] = {"a driver apart": driver, **tree["scenario"]["drivers"]}


def with_workload(tree: dict[str, Any]) -> None:
    with_driver(tree)
    workload = {
        "line": "a line apart",
        "hosting": "vendor_api",
        "daily_spend": {"uniform": [10.0, 90.0]},
        "daily_value": 77.0,
        "responses": {"policy": "cheapest", "fallbacks": [{"line": "a line apart"}]},
    }
    tree["portfolio"]["workloads"] = {"a workload apart": workload, **tree["portfolio"]["workloads"]}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("more", [with_group, with_lab, with_line, with_driver, with_workload])
def test_what_touches_nothing_changes_nothing(seed, more):
    tree = {**random_study(seed), "run": study_of(seed).run}
    # `more` replaces what it changes within these two.
    tree |= {part: dict(tree[part]) for part in ("portfolio", "scenario")}
    more(tree)
    again = play(Study.from_mapping(tree))
    grown = more is with_workload
    told, expected = (without_what_is_apart(result, grown) for result in (again, whole(seed)))
    assert expected.keys() == told.keys()
    for name in expected:
        assert np.array_equal(told[name], expected[name], equal_nan=name == "occurrence_magnitude"), name


def without_what_is_apart(result: Result, grown: bool) -> dict[str, np.ndarray]:
    """The arrays without what was added, and without sums over workloads where those have grown."""
    found = {}
    for name, array in by_path(result).items():
        dims = VARIABLES[name].dims
        if name == "strikes_by_driver" or (grown and "workload" not in dims):
            continue  # drivers of all lines strike a new one too
        for axis, dim in enumerate(dims):
            if dim in ("workload", "driver"):
                own = [not label.endswith("apart") for label in result.labels(dim)]
                array = np.compress(own, array, axis=axis)
        found[name] = array
    apart = np.array([entity.endswith("apart") for entity in result.codes["occurrence_entity"]], bool)
    there = ~apart[result["occurrence_entity"]]
    for name, array in occurrences(result).items():
        # Codes count what is there, so they are compared by what they stand for.
        own = array[there]
        if name == "occurrence_magnitude":
            own = own[:, ~np.isnan(own).all(axis=0)]  # another driver's magnitudes have columns of their own
        found[name] = np.array([*result.codes[name], ""])[own] if name in result.codes else own
    return found


# Strategies


@pytest.mark.parametrize("seed", SEEDS)
def test_strategies_that_differ_in_nothing(seed):
    """Exactly 0 on every path, also with a clause that applies to no driver and costs nothing."""
    study = study_of(seed)
    own = study.canonical()["strategy"]
    never = {"name": "never", "when": [], "notice_days": 30, "price_cap": 1.0, "credit": 0.5}
    more = {**own, "name": "more", "clauses": [*own["clauses"], never]}
    dataset = compare(study, [own, {**own, "name": "again"}, more])
    for name, array in dataset.data_vars.items():
        if array.dims[0] == "strategy":
            assert not (array.values - array.values[0]).any(), name


@pytest.mark.parametrize("seed", SEEDS)
def test_comparing_is_running_each(seed):
    study = study_of(seed)
    played = [study.strategy, Strategy(name="idle")]
    together = play(study, played)
    for strategy in played:
        alone = play(study.with_strategy(strategy))
        assert differing(by_path(together.of_strategy(strategy.name)), by_path(alone)) == []
        own = together["occurrence_strategy"] == played.index(strategy)
        sliced = {n: a[own] for n, a in occurrences(together).items() if n != "occurrence_strategy"}
        assert differing(sliced, occurrences(alone)) == []


# Compilers


def told_by_another_process(**environment: str) -> dict[str, dict[str, str]]:
    """The fingerprints that a process with other settings of Numba prints."""
    own = {name: value for name, value in os.environ.items() if name != "NUMBA_BOUNDSCHECK"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.engine.fingerprint"],
        cwd=ROOT, env={**own, "PYTHONPATH": str(ROOT), **environment}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.compiled
@pytest.mark.parametrize(
    "environment",
    [
        pytest.param({"NUMBA_DISABLE_JIT": "1"}, id="interpreted"),
        # Without AVX and FMA, as on any other processor of 64 bits. Compiled from scratch the first time.
        pytest.param({"NUMBA_CPU_NAME": "generic"}, id="for any processor", marks=pytest.mark.slow),
    ],
)
def test_another_compiler_gives_the_same_bits(environment):
    told = told_by_another_process(**environment)
    expected = fingerprints()
    found = [
        (study, name)
        for study in expected
        for name in expected[study]
        if told[study][name] != expected[study][name]
    ]
    assert found == []
