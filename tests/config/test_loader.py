"""Configuration files hold data: whatever Hydra could act upon is refused, before Hydra sees it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from simengine.config import document
from simengine.config.composition import Composition, compose_tree
from simengine.config.folders import shipped_folder
from simengine.config.loader import load
from simengine.model.errors import ConfigError, Problem

Refused = Callable[..., list[Problem]]

MALICE = {
    "a hydra node": "name: x\nhydra:\n  callbacks: {c: {_target_: os.system}}\n",
    "a nested target": "name: x\nfactors: {a: {_target_: os.system, command: x}}\n",
    "a header": "# @package _global_\nhydra: {callbacks: {}}\n",
    "a header without more": "# a comment\n\n#@package  _global_\nname: x\n",
    "a header to hydra": "# @package hydra.callbacks\nname: x\n",
    "a header within the global package": "# @package _global_.hydra\nname: x\n",
    "a renamed header": "# @package a:_global_\nname: x\n",
    "a package in the defaults": "defaults:\n  - /driver@_global_.hydra.callbacks: claim_holds\n  - _self_\n",
    "a relative package": "defaults:\n  - /driver@hydra.callbacks: claim_holds\n  - _self_\n",
    "a launcher": "defaults:\n  - _self_\n  - override /hydra/launcher: joblib\n",
    "callbacks by defaults": "defaults:\n  - /hydra/callbacks: evil\n  - _self_\n",
    "a way out": "defaults:\n  - ../../../etc/passwd\n  - _self_\n",
    "a package that climbs": "defaults:\n  - /driver@_global_: claim_holds\n  - _self_\n",
}


@pytest.mark.parametrize("text", MALICE.values(), ids=MALICE.keys())
def test_what_could_run_code_is_refused_with_its_line(text: str, refused: Refused) -> None:
    problems = refused({"scenario/evil": text, "hydra/callbacks/evil": "x: 1\n"}, "scenario=evil")
    assert all(problem.file and problem.file.endswith("evil.yaml") and problem.line for problem in problems)
    assert all(problem.path.startswith("scenario") for problem in problems)


def test_a_primary_configuration_of_ones_own_is_read_as_strictly(refused: Refused) -> None:
    text = "defaults: [{portfolio: midmarket}]\nhydra: {callbacks: {c: {_target_: os.system}}}\n"
    problems = refused({"config": text})
    assert {problem.arrived for problem in problems} == {"the key _target_", "the key hydra"}


def test_nothing_ran(tmp_path: Path, folder: Callable[..., Path]) -> None:
    """Even what the checks would miss could not: no hydra node is composed, no target instantiated."""
    mark = tmp_path / "ran"
    text = f"c:\n  _target_: pathlib.Path.touch\n  self: {mark}\n"
    own = folder({"hydra/callbacks/evil": text, "scenario/s": "name: s\n"})
    with pytest.raises(ConfigError):
        compose_tree(["hydra/callbacks=evil"], own)
    with pytest.raises(ConfigError):
        compose_tree(["+hydra.callbacks.c._target_=os.getcwd"], own)
    assert "hydra" not in compose_tree(["scenario=s"], own).tree
    assert not mark.exists()


def test_hydras_groups_are_not_among_the_users(folder: Callable[..., Path]) -> None:
    own = folder({"hydra/launcher/evil": "x: 1\n"})
    for name in ("hydra/launcher", "hydra", "/hydra/launcher", "scenario/../hydra/launcher"):
        with pytest.raises(ConfigError):
            compose_tree([f"+{name}=evil"], own)


def test_headers_within_the_study_are_allowed(composed: Callable[..., Composition]) -> None:
    files = {"extra/note": "# @package scenario\nname: renamed\n"}
    assert composed(files, "+extra=note").tree["scenario"]["name"] == "renamed"


@pytest.mark.parametrize(
    ("text", "line", "arrived", "remedy"),
    [
        ("- a\n- b\n", 1, "a list", "begin with a key"),
        ("just text\n", 1, "the text 'just text'", "begin with a key"),
        ("defaults: quiet_exit\n", 1, "'quiet_exit'", "- GROUP: NAME"),
        ("defaults: {quiet_exit: x}\n", 1, "a mapping", "- GROUP: NAME"),
        ("defaults:\n  - 3\n", 2, "3", "names that are numbers go in quotes"),
        ("defaults:\n  - {a: b, c: d}\n", 2, "{'a': 'b', 'c': 'd'}", "one GROUP: NAME"),
        ("defaults:\n  - {a: 3}\n", 2, "{'a': 3}", "quotes"),
        ("defaults:\n  - quiet_exit\n  - nothing\n", 3, "nothing", "write one of them"),
    ],
)
def test_files_that_are_no_configuration(
    text: str, line: int, arrived: str, remedy: str, refused: Refused
) -> None:
    (problem,) = refused({"scenario/mine": text}, "scenario=mine")
    assert problem.line == line
    assert arrived in problem.arrived
    assert remedy in problem.remedy


def test_unreadable_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"name: \xff\xfe\n")
    assert "a byte that is not UTF-8 (0xff)" in load(path, "scenario").problems[0].arrived
    path.write_bytes(b"name: x\nsource: caf\xe9\n")
    assert load(path, "scenario").problems[0].line == 2
    path.write_bytes("\ufeffname: x\n".encode())
    assert load(path).content == {"name": "x"}
    monkeypatch.setattr(document, "MOST_BYTES", 2**20)
    path.unlink()
    path.mkdir()
    assert load(path, "scenario").problems[0].remedy == "check the file and its rights"


def test_every_problem_of_every_file_is_told_at_once(refused: Refused) -> None:
    files = {"scenario/a": "x: NO\ndefaults: [b]\n", "scenario/b": "y: 010\n", "strategy/c": "z: &a 1\n"}
    problems = refused(files, "scenario=a", "strategy=c")
    assert sorted(Path(problem.file or "").name for problem in problems) == ["a.yaml", "b.yaml", "c.yaml"]


@pytest.mark.parametrize("path", sorted(shipped_folder().rglob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_files_pass_the_same_loader(path: Path) -> None:
    assert load(path).problems == ()
