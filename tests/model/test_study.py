"""What a valid tree becomes, and that a study can be compared, pickled, changed and written down."""

import json
import pickle
from datetime import date
from typing import Any

import numpy as np
import pytest
from omegaconf import OmegaConf
from pydantic import ValidationError

from simengine.model.entities import driver_entities, scope_entities
from simengine.model.errors import ConfigError
from simengine.model.parameters import parameters
from simengine.model.scenario import AdoptionHazard, DateHazard, RateHazard, ReleaseWindow
from simengine.model.strategy import Strategy
from simengine.model.study import Study
from tests.model.conftest import put

CHAT = "portfolio/workloads/support-chat"


def test_the_printed_study_means_what_it_says(tree):
    study = Study.from_mapping(tree)
    workload = study.portfolio.workloads["support-chat"]
    assert workload.daily_spend.value == 1000.0
    assert workload.growth.mean() == pytest.approx(0.2)
    assert workload.usage.product == pytest.approx(0.9)
    assert workload.adoption is not None
    assert workload.adoption.severity.value == 1.0
    assert workload.responses.policy == "cheapest"
    assert workload.responses.fallbacks[0].severity.value == 0.3
    assert study.portfolio.labs["other_lab"].groups == ()
    assert study.portfolio.lines["qwen-3.5"].releases == (date(2026, 2, 16), date(2026, 3, 1))
    exit_ = study.scenario.drivers["leadership_exit"]
    assert isinstance(exit_.hazard, RateHazard)
    assert isinstance(exit_.hazard.windows[0], ReleaseWindow)
    assert exit_.history[0].date == date(2026, 3, 3)
    shift = study.scenario.drivers["licensing_shift"]
    assert shift.outcomes["gated"].effects[0].where.hosting == ("self_hosted",)
    assert isinstance(shift.hazard, RateHazard)
    assert shift.hazard.at_most == 1
    assert isinstance(study.scenario.drivers["cost_claim"].hazard, AdoptionHazard)
    assert study.strategy.clauses[0].when == ("licensing_shift",)
    assert study.run.seed == 7
    assert study.run.n_paths == 100_000


def test_the_least_study_has_no_events_and_changes_nothing():
    study = Study.from_mapping(
        {
            "portfolio": {
                "labs": {"lab": {}},
                "lines": {"line": {"lab": "lab", "licence": "gated"}},
                "workloads": {"w": {"line": "line", "hosting": "vendor_api", "daily_spend": 1}},
            },
            "run": {"start": "2026-03-05", "horizon_days": 365},
        }
    )
    assert study.scenario.drivers == {}
    assert study.strategy == Strategy()
    assert "totals" in study.run.keep


@pytest.mark.parametrize(
    ("place", "value", "read"),
    [
        ("run/n_paths", 1e6, 1_000_000),
        ("run/n_paths", "1e6", 1_000_000),
        ("run/n_paths", "250000", 250_000),
        ("run/n_paths", 1, 1),
        ("run/seed", 0, 0),
        ("run/seed", 2**63 - 1, 2**63 - 1),
        ("run/seed", "9223372036854775807", 2**63 - 1),
        ("run/first_path", 1e9, 10**9),
        ("run/threads", 2, 2),
        ("run/threads", None, None),
        ("run/start", "2026-03-05", date(2026, 3, 5)),
        ("run/start", date(2026, 3, 5), date(2026, 3, 5)),
        ("run/horizon_days", 1095, 1095.0),
        ("run/keep", "totals", ("totals",)),
        ("run/keep", ["by_year", "totals"], ("by_year", "totals")),
    ],
)
def test_spellings_of_one_value(accept, place, value, read):
    study = accept({place: value})
    found = getattr(study.run, place.removeprefix("run/"))
    assert found == read
    assert type(found) is type(read)


@pytest.mark.parametrize("written", ["self_hosted", ["self_hosted"]])
def test_where_takes_one_or_several(accept, written):
    place = "scenario/drivers/leadership_exit/outcomes/structural/effects/0/where"
    tags = {"cost_centre": "support", "tier": ["1", "2"]}
    study = accept({place: {"hosting": written, "workload": "support-chat", "tag": tags}})
    where = study.scenario.drivers["leadership_exit"].outcomes["structural"].effects[0].where
    assert where.hosting == ("self_hosted",)
    assert where.workload == ("support-chat",)
    assert where.tag == {"cost_centre": ("support",), "tier": ("1", "2")}


def test_hazards_and_windows_by_date(accept):
    study = accept(
        {
            "scenario/drivers/licensing_shift/hazard/windows": [
                {"from": "2026-05-01", "until": date(2026, 6, 1), "factor": 2}
            ],
            "scenario/drivers/sunset": {
                "scope": "line",
                "hazard": {"at": "2026-09-01", "probability": {"uniform": [0.2, 0.4]}},
                "outcomes": {"gone": {}},
            },
        }
    )
    hazard = study.scenario.drivers["sunset"].hazard
    assert isinstance(hazard, DateHazard)
    assert hazard.at == date(2026, 9, 1)


def test_names_come_sorted_but_outcomes_as_written(tree):
    reverse_mappings(tree["portfolio"])
    reverse_mappings(tree["scenario"])
    study = Study.from_mapping(tree)
    assert list(study.portfolio.lines) == ["incumbent", "qwen-3.5"]
    assert list(study.scenario.drivers) == ["cost_claim", "leadership_exit", "licensing_shift"]
    assert list(study.scenario.drivers["cost_claim"].outcomes) == ["fails", "holds"]


def reverse_mappings(node: Any) -> None:
    """Turns the order of all keys around, in place."""
    if isinstance(node, dict):
        for key in list(reversed(node)):
            node[key] = node.pop(key)
            reverse_mappings(node[key])
    elif isinstance(node, list):
        for entry in node:
            reverse_mappings(entry)


def test_the_canonical_tree_is_plain_complete_and_reads_back(tree):
    study = Study.from_mapping(tree)
    plain = study.canonical()
    assert json.loads(json.dumps(plain)) == plain
    assert plain["portfolio"]["workloads"]["support-chat"]["adoption"]["spend_factor"] == 1.0
    assert plain["run"]["first_path"] == 0
    assert Study.from_mapping(plain).canonical() == plain


def test_the_canonical_tree_forgets_what_means_nothing(tree):
    plain = json.dumps(Study.from_mapping(tree).canonical())
    tree["run"]["threads"] = 2
    tree["run"]["keep"] = ["totals", "by_year", "by_driver", "by_component", "by_period", "by_workload"]
    gated = tree["scenario"]["drivers"]["licensing_shift"]["outcomes"]["gated"]
    gated["effects"][1]["where"]["hosting"].reverse()
    for name in ("portfolio", "run", "strategy"):
        reverse_mappings(tree[name])
    assert json.dumps(Study.from_mapping(tree).canonical()) == plain


def test_the_canonical_tree_keeps_the_order_of_outcomes(tree):
    plain = json.dumps(Study.from_mapping(tree).canonical())
    outcomes = tree["scenario"]["drivers"]["cost_claim"]["outcomes"]
    outcomes["holds"] = outcomes.pop("holds")
    assert json.dumps(Study.from_mapping(tree).canonical()) != plain


def test_studies_compare_and_pickle(tree):
    study = Study.from_mapping(tree)
    assert study == Study.from_mapping(tree)
    assert pickle.loads(pickle.dumps(study)) == study
    tree["run"]["seed"] = 0
    assert study != Study.from_mapping(tree)


def test_the_tree_is_left_as_it_was(tree):
    tree["run"]["n_path"] = tree["run"].pop("n_paths")
    before = json.dumps(tree, default=str)
    with pytest.raises(ConfigError):
        Study.from_mapping(tree)
    assert json.dumps(tree, default=str) == before


def test_another_strategy_is_checked_like_the_first(tree):
    study = Study.from_mapping(tree)
    pause = study.with_strategy({"name": "pause", "adoption": {"delay_days": 90}})
    assert pause.strategy.adoption.delay_days == 90.0
    assert pause.portfolio == study.portfolio
    assert study.with_strategy(pause.strategy) == pause
    with pytest.raises(ConfigError) as refused:
        study.with_strategy({"name": "pause", "adoption": {"hold_if": {"driver": "leadership_exti"}}})
    assert [p.path for p in refused.value.problems] == ["strategy.adoption.hold_if.driver"]


def test_a_study_made_of_its_parts_is_checked_too(tree):
    study = Study.from_mapping(tree)
    parts = {name: getattr(study, name) for name in ("portfolio", "scenario", "run")}
    assert Study(**parts, strategy=study.strategy) == study
    with pytest.raises(ValidationError, match=r"strategy\.workloads"):
        Study(**parts, strategy=Strategy(workloads=("nobody",)))


def test_entities_of_a_driver(tree):
    study = Study.from_mapping(tree)
    assert driver_entities(study, "leadership_exit") == ("other_lab", "qwen_lab")
    assert driver_entities(study, "licensing_shift") == ("qwen-3.5",)
    assert scope_entities(study.portfolio, "group") == ("cn_talent",)


def test_parameters_have_the_names_of_their_draws(tree):
    tree["scenario"]["drivers"]["leadership_exit"]["hazard"]["rates"] = {"qwen_lab": 0.5}
    found = parameters(Study.from_mapping(tree))
    assert {".".join(name) for name in found} == {
        "factors.talent_war",
        "drivers.leadership_exit.rate",
        "drivers.leadership_exit.rates.qwen_lab",
        "drivers.leadership_exit.windows.0.factor",
        "drivers.leadership_exit.outcomes.temporary.probability",
        "drivers.licensing_shift.rate",
        "drivers.licensing_shift.excited_by.0.factor",
        "drivers.licensing_shift.outcomes.gated.probability",
        "drivers.cost_claim.probability",
        "drivers.cost_claim.outcomes.holds.probability",
        "workloads.support-chat.daily_spend",
        "workloads.support-chat.growth",
        "workloads.support-chat.daily_value",
        "lines.qwen-3.5.price_trend",
        "lines.incumbent.price_trend",
    }
    assert not found["drivers", "leadership_exit", "rate"].is_constant


def test_trees_of_other_libraries(tree):
    """What Hydra composes is no dict, and what NumPy computes no number of Python."""
    plain = Study.from_mapping(tree)
    composed: Any = OmegaConf.create(json.loads(json.dumps(tree, default=str)))
    assert Study.from_mapping(composed) == plain
    value = f"{CHAT}/daily_value"
    put(tree, value, {"empirical": [1.0, 2.5]})
    listed = Study.from_mapping(tree)
    put(tree, value, {"empirical": np.array([1.0, 2.5])})
    put(tree, "run/n_paths", np.int64(plain.run.n_paths))
    put(tree, "run/horizon_days", np.float64(plain.run.horizon_days))
    assert Study.from_mapping(tree) == listed
