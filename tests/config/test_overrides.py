"""Overrides: Hydra's grammar, names with dots, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from simengine.config.composition import Composition, compose_tree
from simengine.config.sweeps import split, swept_keys, take_choices
from simengine.model.errors import ConfigError, Problem

Composed = Callable[..., Composition]
Refused = Callable[..., list[Problem]]


def at(tree: Any, *path: str | int) -> Any:
    for part in path:
        tree = tree[part]
    return tree


@pytest.mark.parametrize(
    ("override", "path", "value"),
    [
        ("run.n_paths=1e6", ("run", "n_paths"), 1e6),
        ("run.threads=2", ("run", "threads"), 2),
        ("+run.threads=2", ("run", "threads"), 2),
        ("++run.seed=5", ("run", "seed"), 5),
        ("run.start=2026-04-01", ("run", "start"), "2026-04-01"),
        ("run.keep=[totals,occurrences]", ("run", "keep"), ["totals", "occurrences"]),
        ("scenario.name='a, b'", ("scenario", "name"), "a, b"),
        ('scenario.name="NO"', ("scenario", "name"), "NO"),
        ("portfolio.lines.qwen-3.5.licence=gated", ("portfolio", "lines", "qwen-3.5", "licence"), "gated"),
        ("portfolio.lines.qwen-3.5.source=me", ("portfolio", "lines", "qwen-3.5", "source"), "me"),
        (
            "portfolio.workloads.support-chat.responses.fallbacks.0.line=jade-1",
            ("portfolio", "workloads", "support-chat", "responses", "fallbacks", 0, "line"),
            "jade-1",
        ),
        ("strategy.adoption.delay_days=10", ("strategy", "adoption", "delay_days"), 10),
        (
            "scenario.drivers.leadership_exit.hazard.rate={pert: [0.1, 0.2, 0.3]}",
            ("scenario", "drivers", "leadership_exit", "hazard", "rate"),
            {"pert": [0.1, 0.2, 0.3]},
        ),
        (
            "scenario.drivers.leadership_exit.hazard.rate=0.3",
            ("scenario", "drivers", "leadership_exit", "hazard", "rate"),
            0.3,
        ),
        ("+portfolio.groups_of_mine.a.b=1", ("portfolio", "groups_of_mine"), {"a": {"b": 1}}),
        ("run.period=${run.start}", ("run", "period"), "${run.start}"),
    ],
)
def test_values_are_set(
    override: str, path: tuple[str | int, ...], value: object, composed: Composed
) -> None:
    tree = composed({}, override).tree
    assert at(tree, *path) == value
    assert isinstance(at(tree, *path[:-1]), list) == isinstance(path[-1], int)


def test_entries_of_lists_are_changed_in_their_list(composed: Composed) -> None:
    override = "portfolio.workloads.support-chat.responses.fallbacks.0.lead_days"
    before, after = (
        at(composed({}, *given).tree, "portfolio", "workloads", "support-chat", "responses", "fallbacks")
        for given in ((), (f"{override}=30",))
    )
    assert isinstance(after, list)
    assert after == [{**before[0], "lead_days": 30}, *before[1:]]
    assert composed({}, f"{override}=30", "run.keep.0=occurrences").study().run.keep[0] == "occurrences"


def test_the_last_override_counts(composed: Composed) -> None:
    assert composed({}, "run.seed=1", "run.seed=2").tree["run"]["seed"] == 2


def test_keys_are_deleted(composed: Composed) -> None:
    tree = composed({}, "~scenario.drivers.key_departures", "~run.seed=7").tree
    assert "key_departures" not in tree["scenario"]["drivers"]
    assert "seed" not in tree["run"]


def test_a_driver_is_added_from_the_command_line(composed: Composed) -> None:
    study = composed({}, "scenario=claim_holds", "+driver@scenario.drivers.dearer=price_rise").study()
    assert set(study.scenario.drivers) == {"cost_claim", "dearer"}


@pytest.mark.parametrize(
    ("override", "path", "arrived", "remedy"),
    [
        ("nonsense", "nonsense", "which has no =", "key=value"),
        ("run.seed = 3", "run.seed", "run.seed = 3", "without spaces around ="),
        ("run.n_paths=1,000", "run.n_paths", "000 without quotes", "write 1000 for one number"),
        ("run.n_paths=1,234", "run.n_paths", "1,234, which is several", "write 1234 for one number"),
        ("scenario=", "scenario", "nothing", "write one of them"),
        ("scenario=null", "defaults", "a group without a name", "GROUP=NAME"),
        ("+driver=price_rise", "driver", "beside the scenario", "+driver@scenario.drivers.NAME=FILE"),
        ("run.seed=[1", "run.seed", "run.seed=[1", "quotes"),
        ("scenario.name=NO", "scenario.name", "NO without quotes", '"NO" in quotes'),
        ("run.keep=[totals,off]", "run.keep", "off without quotes", '"off" in quotes'),
        ("run.seed=010", "run.seed", "010 without quotes", "write 10"),
        ("run.start=12:30", "run.start", "12:30 without quotes", "decimal"),
        ("scenario.name=${oc.env:HOME}", "scenario.name", "${oc.env:HOME}", "write the value itself"),
        ("run.seed=1,2", "run.seed", "1,2, which is several values", "add -m"),
        ("run.seed=range(1,3)", "run.seed", "several values", "add -m"),
        ("scenario=glob(*)", "scenario", "several values", "add -m"),
        ("strategy=proceed,pause", "strategy", "several values", "simengine compare plays them"),
        ("+run.seed=3", "run.seed", "is there already", "remove the +: run.seed=3"),
        ("~run.sed", "run.sed", "nothing is there", "did you mean run.seed?"),
        ("~run.n", "run.n", "nothing is there", "did you mean run.n_paths?"),
        ("~run.seed=8", "run.seed", "but run.seed is 7", "write ~run.seed"),
        ("~run.keep.0", "run.keep.0", "entry of a list", "key=[...]"),
        ("run.keep.9=totals", "run.keep.9", "position 9", "run.keep=[...]"),
        ("run@x=default", "run@x", "not among the defaults", "+run@x=NAME"),
        ("run.seed@x=3", "run.seed", "there is no group run.seed", "remove the @package"),
        (
            "portfolio.lines.qwen-3.6.licence=gated",
            "portfolio.lines.qwen-3.6.licence",
            "no qwen-3",
            "did you mean",
        ),
        (
            "portfolio.workloads.suport-chat.daily_spend=1",
            "portfolio.workloads.suport-chat.daily_spend",
            "no suport-chat",
            "did you mean support-chat?",
        ),
        (
            "scenario.drivers.leadership_exxit=null",
            "scenario.drivers.leadership_exxit",
            "no leadership_exxit",
            "did you mean leadership_exit?",
        ),
        ("hydra.callbacks.x._target_=os.system", "hydra.callbacks.x._target_", "os.system", "remove it"),
        ("+hydra.callbacks={x: {_target_: os.system}}", "hydra.callbacks", "os.system", "remove it"),
        ("hydra/launcher=joblib", "hydra/launcher", "joblib", "remove it"),
        ("hydra/callbacks=evil", "hydra/callbacks", "evil", "remove it"),
        ("hydra.searchpath=[/tmp]", "hydra.searchpath", "/tmp", "remove it"),
        ("hydra={}", "hydra", "hydra={}", "remove it"),
        ("hydra.job_logging.x=1", "hydra.job_logging.x", "=1", "remove it"),
        ("~hydra.run.dir", "hydra.run.dir", "~hydra.run.dir", "remove it"),
    ],
)
def test_what_is_refused(override: str, path: str, arrived: str, remedy: str, refused: Refused) -> None:
    problem = refused({}, override)[0]
    assert problem.path == path
    assert arrived in problem.arrived
    assert remedy in problem.remedy


def test_all_wrong_overrides_are_told_at_once(refused: Refused) -> None:
    problems = refused({}, "a b", "scenario.name=NO", "hydra.verbose=true", "run.seed=[")
    assert [problem.path for problem in problems] == ["a b", "scenario.name", "hydra.verbose", "run.seed"]


def test_a_name_that_may_be_two_places_is_refused(refused: Refused) -> None:
    text = """\
        labs: {a: {}}
        lines: {q: {lab: a, licence: gated}}
        workloads: {w: {tags: {"x.y": 1, x: {y: 2}}}}
        """
    (problem,) = refused({"portfolio/mine": text}, "portfolio=mine", "portfolio.workloads.w.tags.x.y=3")
    assert "which may be" in problem.arrived


def test_sweeps_are_every_combination() -> None:
    jobs = split(["run.seed=range(1,3)", "scenario=baseline,quiet_exit", "run.n_paths=10"])
    assert jobs == [
        ["run.seed=1", "scenario=baseline", "run.n_paths=10"],
        ["run.seed=1", "scenario=quiet_exit", "run.n_paths=10"],
        ["run.seed=2", "scenario=baseline", "run.n_paths=10"],
        ["run.seed=2", "scenario=quiet_exit", "run.n_paths=10"],
    ]
    assert split(["strategy=glob(p*)"]) == [["strategy=pause"], ["strategy=pilot"], ["strategy=proceed"]]
    assert split(["scenario.name='a,b','c d'"]) == [["scenario.name='a,b'"], ["scenario.name='c d'"]]
    assert split([]) == [[]]
    assert swept_keys(["run.seed=1,2", "run.n_paths=3"]) == ["run.seed"]


def test_each_job_of_a_sweep_composes() -> None:
    for job in split(
        ["scenario.name='a,b',plain", "run.keep=[totals],[totals,by_driver]", "run.discount_rate=0.0,1e-3"]
    ):
        compose_tree(job).study()


@pytest.mark.parametrize(
    ("override", "arrived"),
    [
        ("run.seed=range(0,1000000000)", "more than 10000 runs"),
        ("run.discount_rate=interval(0,1)", "interval(0,1)"),
        ("strategy=glob(zzz*)", "no value at all"),
        ("hydra.sweep.dir=a,b", "hydra.sweep.dir=a,b"),
    ],
)
def test_sweeps_that_are_refused(override: str, arrived: str) -> None:
    with pytest.raises(ConfigError) as refused:
        split([override])
    assert arrived in refused.value.problems[0].arrived


def test_the_choices_of_a_group_are_taken_apart() -> None:
    assert take_choices(["strategy=a,b", "run.seed=1"], "strategy") == (["a", "b"], ["run.seed=1"])
    assert take_choices(["strategy=a", "run.seed=1,2"], "strategy") == (["a"], ["run.seed=1,2"])
    assert take_choices(["strategy.standby=null"], "strategy") == ([], ["strategy.standby=null"])


def test_a_text_is_no_list_of_overrides() -> None:
    with pytest.raises(ConfigError, match=r"write \['run\.seed=1'\]"):
        compose_tree("run.seed=1")
    with pytest.raises(ConfigError, match="3"):
        compose_tree(["run.seed=1", 3])  # pyright: ignore[reportArgumentType]


def test_an_unknown_key_is_placed_at_the_override_that_made_it() -> None:
    with pytest.raises(ConfigError, match=r"outptu \(override outptu\.dir=x\)"):
        compose_tree(["outptu.dir=x"]).study()
