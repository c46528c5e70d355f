"""What may be written on the command line, and what is said of the rest."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import simengine as package
from tests.cli.conftest import Said

Run = Callable[..., Said]


def test_help_lists_verbs_choices_and_examples(simengine: Run) -> None:
    said = simengine("--help")
    assert said.status == 0
    for word in ("run", "compare", "check", "status", "midmarket", "quiet_exit", "pilot", "simengine run -m"):
        assert word in said.out
    assert simengine("-h") == said


@pytest.mark.parametrize("verb", ["run", "compare", "check", "status"])
def test_each_verb_has_help(verb: str, simengine: Run) -> None:
    said = simengine(verb, "--help")
    assert said.status == 0
    assert said.out.startswith(f"usage: simengine {verb}")
    assert ("quiet_exit" in said.out) == (verb != "status")


def test_version(simengine: Run) -> None:
    assert simengine("--version").out == f"simengine {package.__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "usage: simengine VERB"),
        (["rnu"], "did you mean run?"),
        (["frobnicate"], "see simengine --help"),
        (["portfolio=midmarket"], "the verb comes first: simengine run portfolio=midmarket"),
        (["--config-dir", "x", "run"], "the verb comes first"),
        (["run", "--config-dir"], "expected one argument"),
        (["run", "--cfg", "hydra"], "invalid choice"),
        (["run", "--unknown"], "--unknown"),
        (["run", "--n_paths", "5"], "without dashes, as in run.n_paths=1e6"),
        (["run", "--resolve"], "--resolve goes with --cfg job"),
        (["check", "-p", "run"], "--package goes with --cfg job"),
        (["run", "--config-dir="], "--config-dir"),
        (["run", "--config-name="], "--config-name"),
        (["status"], "FOLDER"),
        (["status", "a", "b"], "unrecognized"),
        (["check", "-m"], "-m"),
        (["--shell-completion"], "install=bash"),
        (["-sc", "install=cmd"], "install=bash"),
    ],
)
def test_what_cannot_be_understood_ends_with_2(arguments: list[str], message: str, simengine: Run) -> None:
    said = simengine(*arguments)
    assert said.status == 2
    assert message in said.err
    assert said.out == ""


def test_options_and_overrides_in_any_order(simengine: Run) -> None:
    first = simengine("run", "scenario=baseline", "--cfg", "job", "run.seed=3", "-p", "run")
    assert first.status == 0
    assert "seed: 3" in first.out
    assert simengine("run", "--cfg=job", "-p=run", "run.seed=3", "scenario=baseline") == first


@pytest.mark.parametrize(
    "option", [["--config-dir", "own"], ["--config-dir=own"], ["-cd", "own"], ["-cd=own"]]
)
def test_the_spellings_of_an_option(option: list[str], simengine: Run, tmp_path) -> None:
    (tmp_path / "own" / "scenario").mkdir(parents=True)
    (tmp_path / "own" / "scenario" / "mine.yaml").write_text("name: my own\n")
    assert "name: my own" in simengine("check", *option, "scenario=mine", "--cfg", "job").out
