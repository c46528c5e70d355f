"""The arithmetic that every path needs beside the same arithmetic alone, and what occurrences cost.

Counts are checked against the engine's own, which runs as plain Python: it cannot make do with less.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.conftest import COMPARABLE, hang_tables
from benchmarks.floor import Floor, measure, needs, tables
from benchmarks.floor.kernels import OPERATIONS, nanoseconds
from benchmarks.floor.quiet import FACTOR, without_occurrences
from simengine.engine.simulate import lower_study
from simengine.model.run import DEFAULT_KEEP, Keep
from simengine.results.simulation import play
from tests.engine.running import run

ROOT = Path(__file__).resolve().parent.parent
GROUP = "how near to the floor"
KEEPS: dict[str, tuple[Keep, ...]] = {"totals": ("totals",), "usual": DEFAULT_KEEP}
FOUND: list[Floor] = []
RAN: list[dict[str, Any]] = []


@pytest.mark.parametrize("keep", KEEPS)
@pytest.mark.parametrize(("portfolio", "n_paths"), [("midmarket", 50_000), ("enterprise", 10_000)])
@pytest.mark.benchmark(group=GROUP)
def test_floor(benchmark, compose, size, timed: bool, portfolio: str, n_paths: int, keep: str) -> None:
    study = compose(size(n_paths, 200), portfolio, keep=KEEPS[keep])
    play(study)  # compiles, and fills what is kept of a study
    counted = 1000 if timed else 100
    found = benchmark.pedantic(measure, args=(study,), kwargs={"counted": counted}, rounds=1)
    assert 0.0 < found.floor < found.arithmetic
    assert found.happened.affected <= found.happened.struck
    FOUND.append(found)
    benchmark.extra_info |= {"n_paths": study.run.n_paths, "floor_ns": found.floor, "ratio": found.ratio}
    hang_tables(benchmark, tables(FOUND), RAN)


def test_each_operation_alone_gives_its_numbers() -> None:
    x = np.random.default_rng(2).uniform(0.01, 0.99, 999)
    out = np.empty(999)
    exact = {
        "log": np.log(x), "exp": np.exp(x), "integral": np.expm1(x) / x, "square root": np.sqrt(x),
        "division": 1 / x,
    }  # fmt: skip
    for name, expected in exact.items():
        OPERATIONS[name](x, out)
        np.testing.assert_allclose(out, expected, rtol=1e-14)
    OPERATIONS["short integral"](x / 40, out)
    np.testing.assert_allclose(out, np.expm1(x / 40) / (x / 40), rtol=1e-14)
    OPERATIONS["normal quantile"](np.array([0.025, 0.5, 0.975]), out[:3])
    np.testing.assert_allclose(out[:3], [-1.959963984540054, 0.0, 1.959963984540054], atol=1e-14)
    OPERATIONS["uniform"](x, out)
    # 4 standard errors of the mean of 999 uniforms.
    assert abs(out.mean() - 0.5) < 4 / np.sqrt(12 * 999)
    assert all(took > 0.0 for took in nanoseconds(rounds=3).values())


def test_nothing_happens(compose) -> None:
    """No occurrence but claims, and the draws of everything else as they were."""
    study = compose(500, keep=("totals", "by_workload", "occurrences"))
    quiet = without_occurrences(study)
    assert FACTOR not in study.scenario.factors
    calm = play(quiet)
    drivers = np.array(calm.codes["occurrence_driver"])[calm["occurrence_driver"]]
    assert set(drivers) == {"cost_claim"}
    np.testing.assert_array_equal(calm["no_event_cost"], play(study)["no_event_cost"])
    assert not calm["disruption_exposure"].any()


@pytest.mark.parametrize("portfolio", ["midmarket", "single_workload"])
def test_no_engine_makes_do_with_less(compose, portfolio: str) -> None:
    """What is said to be needed, against the calls of an uncompiled engine on the same paths."""
    n_paths = 20
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.floor.calls", portfolio, "quiet_exit", str(n_paths),
         f"run.keep=[{','.join(COMPARABLE)}]"],
        cwd=ROOT, env={**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(ROOT)}, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    made = json.loads(done.stdout.splitlines()[-1])
    study = compose(n_paths, portfolio)
    quiet = without_occurrences(study)
    keep = (*COMPARABLE, "occurrences")
    every = needs.every_path(lower_study(quiet), run(quiet, n_paths, keep))
    needed = sum(every.values(), Counter())
    beyond = needs.occurrences_of_a_path(lower_study(study), run(study, n_paths, keep)).count
    # Needed of a mixture is the average of its parts, made are those drawn: 4 standard errors of the choices.
    slack = 4.0 * 0.5 * np.sqrt(needs.mixtures(lower_study(study)) / n_paths) + 1e-9
    for name in made["all"]:
        assert needed[name] <= made["quiet"][name] + slack, name
        assert needed[name] + beyond[name] <= made["all"][name] + slack, name
    # Drawing is no matter of cleverness: what is needed is what is drawn, but that the chance and outcome of
    # claims may be looked up again.
    assert needed["log"] == made["quiet"]["log"]
    assert needed["uniform"] == pytest.approx(made["quiet"]["uniform"], rel=0.2)
    assert needed["normal quantile"] == pytest.approx(made["quiet"]["normal quantile"], abs=slack)
