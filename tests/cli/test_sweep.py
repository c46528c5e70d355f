"""`-m`: each run in a folder of its own, and none ends the others."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from simengine.cli import run
from simengine.results.store import read_result, status
from tests.cli.conftest import SMALL, Said

Run = Callable[..., Said]


def test_every_combination_runs_in_its_own_folder(simengine: Run, here: Path) -> None:
    said = simengine("run", "-m", *SMALL, "run.seed=1,2", "strategy=proceed,pause")
    assert said.status == 0, said.err
    (sweep,) = (here / "multirun").iterdir()
    found = {path.name: read_result(path).attrs for path in sorted(sweep.iterdir())}
    assert [(attrs["seed"], attrs["strategy"]) for attrs in found.values()] == [
        (1, "proceed"), (1, "pause"), (2, "proceed"), (2, "pause"),
    ]  # fmt: skip
    assert "4 of 4 runs done" in said.out
    assert "run.seed=2 strategy=pause" in said.out


def test_two_sweeps_at_once_do_not_meet(simengine: Run, here: Path) -> None:
    for _ in range(2):
        assert simengine("run", "-m", *SMALL, "run.seed=1").status == 0
    assert len(list((here / "multirun").iterdir())) == 2


def test_a_run_that_is_refused_does_not_end_the_others(simengine: Run, here: Path) -> None:
    said = simengine(
        "run", "-m", "portfolio=single_workload", "run.n_paths=4", "scenario=nope,baseline", "run.seed=-1,1"
    )
    assert said.status == 2
    assert "1 of 4 runs done" in said.out
    assert "did you mean" in said.err or "arrived: nope" in said.err
    assert "3 of 4 runs were not done" in said.err
    (sweep,) = (here / "multirun").iterdir()
    assert [path.name for path in sweep.iterdir()] == ["3"]


def test_a_fault_in_one_run_does_not_end_the_others(
    simengine: Run, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = run.play

    def play(arguments, overrides, folder=None):
        if "run.seed=1" in overrides:
            raise SystemExit(3)
        if "run.seed=2" in overrides:
            raise ZeroDivisionError("a fault of ours")
        return sound(arguments, overrides, folder)

    monkeypatch.setattr(run, "play", play)
    said = simengine("run", "-m", *SMALL, "run.seed=1,2,3")
    assert said.status == 1
    assert "1 of 3 runs done" in said.out
    assert "a fault of ours" in said.err
    assert "Please report" in said.err


def test_an_interrupt_ends_the_sweep_and_tells_what_was_done(
    simengine: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = run.play

    def play(arguments, overrides, folder=None):
        if "run.seed=2" in overrides:
            raise KeyboardInterrupt
        return sound(arguments, overrides, folder)

    monkeypatch.setattr(run, "play", play)
    said = simengine("run", "-m", *SMALL, "run.seed=1,2,3")
    assert said.status == 130
    assert "1 of 3 runs done" in said.out
    assert "[3 of 3]" not in said.out


@pytest.mark.parametrize(
    ("overrides", "folders"),
    [
        (["output.dir=mine", "run.seed=1,2"], ["mine/0", "mine/1"]),
        (["output.dir=a,b"], ["a", "b"]),
        (["hydra.sweep.dir=there", "run.seed=1,2"], ["there/0", "there/1"]),
        (
            [
                "hydra.sweep.dir=there",
                "hydra.sweep.subdir='n${hydra.job.num}_${hydra.job.override_dirname}'",
                "run.seed=1,2",
            ],
            ["there/n0_run.seed=1", "there/n1_run.seed=2"],
        ),
    ],
)
def test_where_the_results_go(overrides: list[str], folders: list[str], simengine: Run, here: Path) -> None:
    said = simengine("run", "-m", *SMALL, *overrides)
    assert said.status == 0, said.err
    assert all(status(here / folder).complete for folder in folders)


def test_comparisons_are_swept_too(simengine: Run, here: Path) -> None:
    said = simengine("compare", "-m", *SMALL, "strategy=proceed,pause", "run.seed=1,2", "output.dir=x")
    assert said.status == 0, said.err
    assert [read_result(here / "x" / n).labels("strategy") for n in "01"] == [["proceed", "pause"]] * 2


def test_a_sweep_without_m_says_how(simengine: Run) -> None:
    said = simengine("run", *SMALL, "run.seed=1,2")
    assert said.status == 2
    assert "add -m" in said.err


def test_a_reader_that_had_enough_does_not_end_the_sweep(here: Path) -> None:
    script = f"{sys.executable} -m simengine run -m {' '.join(SMALL)} run.seed=1,2 output.dir=x | head -2"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", script], cwd=here, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert [status(here / "x" / number).complete for number in "01"] == [True, True]
