"""Composition: which files, in which order, and where each value was written."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hydra.core.global_hydra import GlobalHydra
from hydra.version import VersionBase

import simengine
from simengine.config import compose, load_strategy
from simengine.config.composition import Composition, compose_tree
from simengine.config.folders import shipped_folder
from simengine.model.errors import ConfigError, Problem
from simengine.model.study import Study

Composed = Callable[..., Composition]
Refused = Callable[..., list[Problem]]


def test_the_default_study_is_valid() -> None:
    study = simengine.compose()
    assert isinstance(study, Study)
    assert (study.portfolio.name, study.scenario.name, study.strategy.name) == (
        "midmarket",
        "quiet_exit",
        "proceed",
    )


def test_overrides_choose_files_and_set_values() -> None:
    study = compose(["portfolio=single_workload", "scenario=baseline", "run.n_paths=1e6", "run.seed=3"])
    assert (study.portfolio.name, study.run.n_paths, study.run.seed) == ("single_workload", 1_000_000, 3)


def test_no_state_of_hydra_is_left_behind() -> None:
    before = VersionBase.instance().version_base
    compose([])
    with pytest.raises(ConfigError):
        compose(["nonsense"])
    assert VersionBase.instance().version_base is before
    assert not GlobalHydra.instance().is_initialized()


def test_any_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert compose([]).portfolio.name == "midmarket"


def test_a_folder_relative_to_the_working_directory(
    folder: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = folder({"scenario/mine": "name: mine\n"})
    monkeypatch.chdir(own.parent)
    assert compose(["scenario=mine"], config_dir="own").scenario.name == "mine"
    monkeypatch.chdir(own)
    assert compose(["scenario=mine"], config_dir=".").scenario.name == "mine"


@pytest.mark.parametrize(("name", "arrived"), [("nowhere", "does not exist"), ("file", "a file")])
def test_a_folder_that_is_none(name: str, arrived: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError) as refused:
        compose([], config_dir=tmp_path / name)
    (problem,) = refused.value.problems
    assert problem.path == "--config-dir"
    assert arrived in problem.arrived


def test_a_scenario_of_ones_own_starts_from_a_shipped_one(composed: Composed) -> None:
    text = """\
        defaults: [quiet_exit, /driver@drivers.outage: api_incident, _self_]
        name: mine
        drivers:
          leadership_exit: {history: [], hazard: {rate: 0.5}}
        """
    composition = composed({"scenario/mine": text}, "scenario=mine")
    study = composition.study()
    assert "outage" in study.scenario.drivers
    assert study.scenario.drivers["leadership_exit"].history == ()
    assert study.scenario.drivers["leadership_exit"].hazard.rate.value == 0.5  # type: ignore[union-attr]
    assert composition.choices["scenario"] == "mine"
    assert [source.place for source in composition.sources if source.config == "driver/api_incident"] == [
        "scenario.drivers.outage"
    ]


def test_a_distribution_replaces_another_with_its_evidence(composed: Composed) -> None:
    text = """\
        defaults: [quiet_exit, _self_]
        drivers:
          leadership_exit: {hazard: {rate: {pert: [0.1, 0.2, 0.4]}}}
          licensing_shift: {hazard: {rate: {truncate: [0, 0.5]}}}
        factors: {upheaval: {gamma: {shape: 2, scale: 0.5}}}
        """
    tree = composed({"scenario/mine": text}, "scenario=mine").tree["scenario"]
    assert tree["drivers"]["leadership_exit"]["hazard"]["rate"] == {"pert": [0.1, 0.2, 0.4]}
    assert set(tree["drivers"]["licensing_shift"]["hazard"]["rate"]) == {
        "gamma",
        "source",
        "kind",
        "reviewed",
        "truncate",
    }
    assert tree["factors"]["upheaval"] == {"gamma": {"shape": 2, "scale": 0.5}}


def test_a_file_of_the_users_is_used_in_place_of_the_shipped_one(composed: Composed) -> None:
    composition = composed({"strategy/pause": "name: my pause\n"}, "strategy=pause")
    assert composition.tree["strategy"] == {"name": "my pause"}
    assert composition.shadowed == ("strategy/pause",)
    assert composed({}, "strategy=pilot").shadowed == ()


def test_only_what_is_composed_is_read(composed: Composed) -> None:
    """A folder may hold other YAML: nobody's workflow file stops a study."""
    composed({"scenario/other": "on: [push]\n", "deploy": "a: &x 1\nb: *x\n"}, "scenario=baseline").study()


def test_problems_of_the_study_have_file_and_line(refused: Refused) -> None:
    text = """\
        name: mine
        drivers:
          exit:
            scope: lab
            hazard:
              rate: -1
              wndows: []
            outcomes:
              gone: {probability: 2, effects: [{disruption: {severity: {pert: [0, 1, 3]}}}]}
        """
    problems = {
        problem.path: problem for problem in refused({"scenario/mine": text}, "scenario=mine", "run.seed=-1")
    }
    places = {path: (Path(problem.file or "").name, problem.line) for path, problem in problems.items()}
    assert places == {
        "scenario.drivers.exit.hazard.rate": ("mine.yaml", 6),
        "scenario.drivers.exit.hazard.wndows": ("mine.yaml", 7),
        "scenario.drivers.exit.outcomes.gone.probability": ("mine.yaml", 9),
        "scenario.drivers.exit.outcomes.gone.effects[0].disruption.severity": ("mine.yaml", 9),
        "run.seed": ("override run.seed=-1", None),
    }
    assert "did you mean windows?" in problems["scenario.drivers.exit.hazard.wndows"].remedy


def test_what_is_missing_is_placed_where_it_belongs(refused: Refused) -> None:
    files = {"portfolio/mine": "labs: {a: {}}\nlines:\n  q-3.5:\n    lab: a\nworkloads: {}\n"}
    problems = {
        problem.path: problem.line for problem in refused(files, "portfolio=mine", "scenario=baseline")
    }
    assert problems["portfolio.lines.q-3.5.licence"] == 3
    assert problems["portfolio.workloads"] == 5


@pytest.mark.parametrize(
    ("overrides", "path", "arrived", "remedy"),
    [
        (["portfolio=midmarkt"], "portfolio", "midmarkt", "did you mean midmarket?"),
        (["scenario=zzz"], "scenario", "zzz", "scenario/zzz.yaml"),
        (["scenario=../scenario/baseline"], "scenario", "../scenario/baseline", "write one"),
        (["scenario=/etc/passwd"], "scenario", "/etc/passwd", "write one"),
        (["driver=price_rise"], "driver", "not among the defaults", "+driver@scenario.drivers.NAME=FILE"),
        (["~driver"], "driver", "not among the defaults", "remove the override"),
        (["scenario=[baseline,quiet_exit,nope]"], "scenario", "nope", "write one"),
    ],
)
def test_files_that_are_not_there(
    overrides: list[str], path: str, arrived: str, remedy: str, refused: Refused
) -> None:
    (problem,) = refused({}, *overrides)
    assert problem.path == path
    assert arrived in problem.arrived
    assert remedy in problem.remedy


def test_a_file_with_the_wrong_ending_is_told(refused: Refused) -> None:
    (problem,) = refused({"scenario/mine.yml": "name: mine\n"}, "scenario=mine")
    assert "rename" in problem.remedy
    assert "mine.yaml" in problem.remedy


@pytest.mark.parametrize(
    ("files", "arrived"),
    [
        ({"scenario/a": "defaults: [b]\n", "scenario/b": "defaults: [a]\n"}, "scenario/a and scenario/b"),
        ({"scenario/a": "defaults: [a]\n"}, "scenario/a"),
    ],
)
def test_files_that_name_one_another_in_a_circle(
    files: dict[str, str], arrived: str, refused: Refused
) -> None:
    (problem,) = refused(files, "scenario=a")
    assert arrived in problem.arrived


def test_files_that_multiply_are_refused(refused: Refused) -> None:
    files = {f"scenario/a{k}": f"defaults: [a{k + 1}@x, a{k + 1}@y]\n" for k in range(40)} | {
        "scenario/a40": "{}"
    }
    (problem,) = refused(files, "scenario=a0")
    assert "too often" in problem.arrived


def test_what_is_left_open_must_be_given(refused: Refused, composed: Composed) -> None:
    files = {"run/mine": "defaults: [default, _self_]\nseed: ???\n"}
    (problem,) = refused(files, "run=mine")
    assert (problem.path, problem.line) == ("run.seed", 2)
    assert problem.remedy == "give it: run.seed=VALUE"
    assert composed(files, "run=mine", "run.seed=4").study().run.seed == 4


def test_a_primary_configuration_of_another_name(folder: Callable[..., Path]) -> None:
    text = "defaults:\n  - portfolio: single_workload\n  - scenario: baseline\n  - run: year\n"
    own = folder({"year": text})
    study = compose_tree([], own, "year").study()
    assert (study.portfolio.name, study.run.horizon_days) == ("single_workload", 365)
    with pytest.raises(ConfigError) as refused:
        compose_tree([], own, "yeer")
    assert refused.value.problems[0].remedy == "did you mean year?"


def test_unknown_parts_are_refused_by_name(refused: Refused) -> None:
    (problem,) = refused({}, "+portfolios.x=1")
    assert problem.path == "portfolios"


def test_output(composed: Composed) -> None:
    assert composed({}).output.folder is None
    output = composed({}, "output.dir=results/a", "output.overwrite=true").output
    assert (output.folder, output.overwrite) == ("results/a", True)
    assert composed({}, "hydra.run.dir=elsewhere").output.folder == "elsewhere"


@pytest.mark.parametrize(
    "override", ["output.dir=3", "output.dir=''", "output.dri=x", "output=3", "output.overwrite=1"]
)
def test_output_is_checked(override: str, composed: Composed) -> None:
    with pytest.raises(ConfigError) as refused:
        _ = composed({}, override).output
    assert refused.value.problems[0].file == f"override {override}"


def test_strategies_by_name(folder: Callable[..., Path]) -> None:
    own = folder({"strategy/mine": "defaults: [pause, _self_]\nname: mine\n"})
    assert load_strategy("mine", own)["adoption"] == load_strategy("pause")["adoption"]
    with pytest.raises(ConfigError) as refused:
        load_strategy("puase")
    assert refused.value.problems[0].remedy == "did you mean pause?"


def test_the_shipped_folder_is_found_where_it_is() -> None:
    assert (shipped_folder() / "config.yaml").is_file()
    assert os.path.isabs(shipped_folder())


def test_interpolations_that_lead_nowhere_are_placed(refused: Refused) -> None:
    (problem,) = refused({"scenario/mine": "source: x\nname: ${run.nothing}\n"}, "scenario=mine")
    assert (Path(problem.file or "").name, problem.line) == ("mine.yaml", 2)


def test_two_problems_of_one_place_are_both_told(refused: Refused) -> None:
    """`til` is misspelt, and the date that it holds lies before the other."""
    windows = "windows: [{from: 2027-01-01, til: 2026-01-01, factor: 2}]"
    text = f"drivers: {{x: {{scope: lab, hazard: {{rate: 1, {windows}}}, outcomes: {{o: {{}}}}}}}}\n"
    found = refused({"scenario/mine": text}, "scenario=mine")
    assert [problem.remedy for problem in found] == ["did you mean until?", "correct one of the two dates"]


def test_only_the_circle_is_named(refused: Refused) -> None:
    files = {"scenario/a": "defaults: [b]\n", "scenario/b": "defaults: [b]\n"}
    (problem,) = refused(files, "scenario=a", "run=year")
    assert problem.arrived == "files that lead back to themselves, among scenario/b"


def test_an_empty_folder_name_is_no_folder() -> None:
    with pytest.raises(ConfigError) as refused:
        compose_tree([], "")
    assert refused.value.problems[0].path == "--config-dir"


def test_what_an_empty_file_should_have_held_is_missed_there(refused: Refused) -> None:
    found = refused({"portfolio/mine": ""}, "portfolio=mine")
    assert {problem.path for problem in found} >= {"portfolio.labs", "portfolio.workloads"}
    assert {(Path(problem.file or "").name, problem.line) for problem in found} == {("mine.yaml", 1)}
