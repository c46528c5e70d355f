"""What the parts of a study refuse in one another, each with its place and remedy."""

from typing import Any

import pytest

CHAT = "portfolio/workloads/support-chat"
DRIVERS = "scenario/drivers"
EXIT = f"{DRIVERS}/leadership_exit"
SHIFT = f"{DRIVERS}/licensing_shift"
EFFECT = f"{EXIT}/outcomes/structural/effects/0"
FALLBACK = {"line": "qwen-3.5"}

UNKNOWN_NAMES: list[tuple[dict[str, Any], str, str]] = [
    (
        {"portfolio/labs/qwen_lab/groups": ["cn_talnt"]},
        "portfolio.labs.qwen_lab.groups[0]",
        "did you mean cn_talent?",
    ),
    (
        {"portfolio/lines/incumbent/lab": "othr_lab"},
        "portfolio.lines.incumbent.lab",
        "did you mean other_lab?",
    ),
    ({f"{CHAT}/line": "incumbant"}, "portfolio.workloads.support-chat.line", "did you mean incumbent?"),
    (
        {f"{CHAT}/adoption/line": "qwen"},
        "portfolio.workloads.support-chat.adoption.line",
        "did you mean qwen-3.5?",
    ),
    (
        {f"{CHAT}/responses/fallbacks/0/line": "zzz"},
        "portfolio.workloads.support-chat.responses.fallbacks[0].line",
        "write one of them",
    ),
    (
        {f"{EXIT}/entities": ["qwen_lab", "other_lb"]},
        "scenario.drivers.leadership_exit.entities[1]",
        "did you mean other_lab?",
    ),
    (
        {f"{EXIT}/hazard/rates": {"qwen-lab": 1}},
        "scenario.drivers.leadership_exit.hazard.rates.qwen-lab",
        "did you mean qwen_lab?",
    ),
    (
        {f"{EXIT}/hazard/scaled_by": ["talentwar"]},
        "scenario.drivers.leadership_exit.hazard.scaled_by[0]",
        "did you mean talent_war?",
    ),
    (
        {f"{EXIT}/history/0/entity": "qwen_la"},
        "scenario.drivers.leadership_exit.history[0].entity",
        "did you mean qwen_lab?",
    ),
    (
        {f"{EXIT}/entities": ["other_lab"]},
        "scenario.drivers.leadership_exit.history[0].entity",
        "write one of them",
    ),
    (
        {f"{EXIT}/history/0/outcome": "temporal"},
        "scenario.drivers.leadership_exit.history[0].outcome",
        "did you mean temporary?",
    ),
    (
        {f"{SHIFT}/hazard/excited_by/0/driver": "leader_exit"},
        "scenario.drivers.licensing_shift.hazard.excited_by[0].driver",
        "did you mean leadership_exit?",
    ),
    (
        {f"{SHIFT}/hazard/excited_by/0/outcome": "structral"},
        "scenario.drivers.licensing_shift.hazard.excited_by[0].outcome",
        "did you mean structural?",
    ),
    (
        {f"{EFFECT}/where": {"workload": "support-chta"}},
        "scenario.drivers.leadership_exit.outcomes.structural.effects[0].where.workload",
        "did you mean support-chat?",
    ),
    (
        {f"{EFFECT}/where": {"workload": ["support-chat", "x"]}},
        "scenario.drivers.leadership_exit.outcomes.structural.effects[0].where.workload[1]",
        "write one of them",
    ),
    ({"strategy/workloads": ["support_chat"]}, "strategy.workloads[0]", "did you mean support-chat?"),
    (
        {"strategy/clauses/0/when": ["licencing_shift"]},
        "strategy.clauses[0].when[0]",
        "did you mean licensing_shift?",
    ),
    (
        {"strategy/adoption": {"hold_if": {"driver": "exit"}}},
        "strategy.adoption.hold_if.driver",
        "write one of them",
    ),
    (
        {"strategy/adoption": {"hold_if": {"driver": "leadership_exit", "outcome": "structure"}}},
        "strategy.adoption.hold_if.outcome",
        "did you mean structural?",
    ),
    (
        {"strategy/commitment": {"line": "incumbet", "daily_minimum": 1, "until": "2027-01-01"}},
        "strategy.commitment.line",
        "did you mean incumbent?",
    ),
    ({"strategy/optional_drivers": ["outage"]}, "strategy.optional_drivers[0]", "write one of them"),
]


@pytest.mark.parametrize(("changes", "path", "remedy"), UNKNOWN_NAMES)
def test_references_to_what_does_not_exist(spoil, changes, path, remedy):
    found = spoil(changes)
    assert list(found) == [path]
    assert found[path].remedy == remedy


def rate(**others: Any) -> dict[str, Any]:
    """A lab's driver with one outcome that does nothing."""
    return {"scope": "lab", "hazard": {"rate": 1, **others}, "outcomes": {"only": {}}}


def excited_by(name: str, **others: Any) -> dict[str, Any]:
    return rate(excited_by=[{"driver": name, "factor": 2, **others}])


WRONG: list[tuple[str, dict[str, Any], str, str, str]] = [
    (
        "no workloads",
        {
            "portfolio/workloads": {},
            f"{DRIVERS}/cost_claim/entities": [],
        },
        "portfolio.workloads",
        "no workloads",
        "at least one workload",
    ),
    (
        "adoption of own line",
        {f"{CHAT}/adoption/line": "incumbent"},
        "portfolio.workloads.support-chat.adoption.line",
        "already runs on",
        "another line",
    ),
    (
        "fallback twice",
        {f"{CHAT}/responses/fallbacks/1": {"line": "incumbent"}},
        "portfolio.workloads.support-chat.responses.fallbacks[1].line",
        "position 0 too",
        "each line once",
    ),
    (
        "reach outside groups",
        {f"{EXIT}/reach": 0.5},
        "scenario.drivers.leadership_exit.reach",
        "0.5 in a driver of scope lab",
        "only with scope: group",
    ),
    (
        "at adoption outside workloads",
        {f"{DRIVERS}/cost_claim/scope": "line"},
        "scenario.drivers.cost_claim.hazard.at",
        "adoption in a driver of scope line",
        "scope: workload",
    ),
    (
        "no outcomes",
        {f"{SHIFT}/outcomes": {}},
        "scenario.drivers.licensing_shift.outcomes",
        "no outcomes",
        "at least one outcome",
    ),
    (
        "probabilities below 1",
        {f"{SHIFT}/outcomes/gated/probability": 0.9},
        "scenario.drivers.licensing_shift.outcomes",
        "add up to 0.9",
        "a sum of 1",
    ),
    (
        "probabilities above 1",
        {f"{SHIFT}/outcomes/other": {}, f"{SHIFT}/outcomes/more": {"probability": 0.2}},
        "scenario.drivers.licensing_shift.outcomes",
        "add up to 1.2",
        "at most 1",
    ),
    (
        "two that take the rest",
        {f"{EXIT}/outcomes/third": {}},
        "scenario.drivers.leadership_exit.outcomes",
        "structural and third without probability",
        "at most one",
    ),
    (
        "effect of no kind",
        {EFFECT: {"where": {"hosting": "self_hosted"}}},
        "scenario.drivers.leadership_exit.outcomes.structural.effects[0]",
        "none of the kinds",
        "exactly one of spend, saving",
    ),
    (
        "effect of two kinds",
        {f"{EFFECT}/one_off": {"amount": 5}},
        "scenario.drivers.leadership_exit.outcomes.structural.effects[0]",
        "upkeep and one_off",
        "exactly one of spend, saving",
    ),
    (
        "upkeep of nothing",
        {f"{EFFECT}/upkeep": {"days": 5}},
        "scenario.drivers.leadership_exit.outcomes.structural.effects[0].upkeep",
        "neither share_of_spend nor per_day",
        "exactly one",
    ),
    (
        "upkeep twice",
        {f"{EFFECT}/upkeep/per_day": 5},
        "scenario.drivers.leadership_exit.outcomes.structural.effects[0].upkeep",
        "share_of_spend and per_day",
        "exactly one",
    ),
    (
        "at before the start",
        {f"{SHIFT}/hazard": {"at": "2026-03-04"}},
        "scenario.drivers.licensing_shift.hazard.at",
        "2026-03-04, before the start",
        "on or after run.start (2026-03-05)",
    ),
    (
        "history on the start",
        {f"{EXIT}/history/0/date": "2026-03-05"},
        "scenario.drivers.leadership_exit.history[0].date",
        "2026-03-05, not before the start",
        "before run.start (2026-03-05)",
    ),
    (
        "window that ends as it begins",
        {f"{EXIT}/hazard/windows/1": {"from": "2026-04-01", "until": "2026-04-01", "factor": 2}},
        "scenario.drivers.leadership_exit.hazard.windows[1].until",
        "not after from",
        "a date after from",
    ),
    (
        "beyond the calendar",
        {"run/horizon_days": 1e7},
        "run.horizon_days",
        "1e+07 days from 2026-03-05",
        "9999-12-31",
    ),
    (
        "nine of one day",
        {f"{EXIT}/history": [{"entity": "qwen_lab", "date": "2026-03-01"}] * 9},
        "scenario.drivers.leadership_exit.history",
        "9 occurrences on qwen_lab",
        "at most 8",
    ),
    (
        "half-life and days",
        {f"{SHIFT}/hazard/excited_by/0/half_life_days": 90},
        "scenario.drivers.licensing_shift.hazard.excited_by[0]",
        "half_life_days and days",
        "or neither",
    ),
    (
        "via group in a group",
        {
            f"{DRIVERS}/shock": {**rate(), "scope": "group"},
            f"{DRIVERS}/aftershock": {**excited_by("shock", via="group"), "scope": "group"},
        },
        "scenario.drivers.aftershock.hazard.excited_by[0].via",
        "scope group",
        "lab, line or workload",
    ),
    (
        "via group by a line",
        {f"{DRIVERS}/aftershock": {**excited_by("licensing_shift", via="group"), "scope": "line"}},
        "scenario.drivers.aftershock.hazard.excited_by[0].via",
        "group, with 'licensing_shift' of scope line",
        "labs that share a group",
    ),
    (
        "excited by itself",
        {f"{DRIVERS}/shock": excited_by("shock")},
        "scenario.drivers.shock.hazard.excited_by[0].driver",
        "the driver itself",
        "another driver",
    ),
    (
        "excited from below",
        {f"{DRIVERS}/shock": excited_by("licensing_shift")},
        "scenario.drivers.shock.hazard.excited_by[0].driver",
        "'licensing_shift' of scope line, in a driver of scope lab",
        "same or a wider scope",
    ),
    (
        "excited by adoption",
        {f"{DRIVERS}/regret": {**excited_by("cost_claim"), "scope": "workload"}},
        "scenario.drivers.regret.hazard.excited_by[0].driver",
        "at: adoption",
        "excites nothing",
    ),
    (
        "clauses of one name",
        {"strategy/clauses/1": {"name": "leadership change"}},
        "strategy.clauses[1].name",
        "position 0 too",
        "a name of its own",
    ),
    (
        "diversify without fallback",
        {"strategy/diversify": 0.5, f"{CHAT}/responses/fallbacks": []},
        "strategy.diversify",
        "'support-chat' without a fallback",
        "only workloads with a fallback",
    ),
    (
        "paths beyond 64 bits",
        {"run/first_path": 2**63 - 1, "run/n_paths": 2},
        "run.first_path",
        "9223372036854775807",
        "2**63",
    ),
    (
        "crowded group",
        {"portfolio/labs": {f"lab{n}": {"groups": ["cn_talent"]} for n in range(63)}}
        | {"portfolio/lines/incumbent/lab": "lab1", "portfolio/lines/qwen-3.5/lab": "lab2"}
        | {f"{EXIT}/history/0/entity": "lab2"},
        "portfolio.groups[0]",
        "'cn_talent' with 63 labs",
        "at most 62",
    ),
]


@pytest.mark.parametrize(
    ("changes", "path", "arrived", "allowed"),
    [pytest.param(*case[1:], id=case[0]) for case in WRONG],
)
def test_parts_that_do_not_fit(spoil, changes, path, arrived, allowed):
    found = spoil(changes)
    assert list(found) == [path]
    assert arrived in found[path].arrived
    assert allowed in found[path].allowed


def test_self_excitation_is_the_remedy_for_a_driver_that_excites_itself(spoil):
    (problem,) = spoil({f"{DRIVERS}/shock": excited_by("shock")}).values()
    assert "self_excitation" in problem.remedy


def test_cycles_are_named(spoil):
    found = spoil(
        {
            f"{DRIVERS}/a": excited_by("c"),
            f"{DRIVERS}/b": excited_by("a"),
            f"{DRIVERS}/c": excited_by("b"),
            f"{DRIVERS}/led": excited_by("a"),
        }
    )
    assert list(found) == ["scenario.drivers.b.hazard.excited_by[0].driver"]
    (problem,) = found.values()
    assert problem.arrived == "a cycle: a -> b -> c -> a"


def test_each_cycle_is_named_once(spoil):
    pairs = {"a": "b", "b": "a", "x": "y", "y": "x"}
    found = spoil({f"{DRIVERS}/{name}": excited_by(other) for name, other in pairs.items()})
    assert sorted(problem.arrived for problem in found.values()) == [
        "a cycle: a -> b -> a",
        "a cycle: x -> y -> x",
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {f"{EXIT}/outcomes/structural/probability": 0.4},
        {f"{EXIT}/outcomes/structural/probability": 0.4 + 9e-10},
        {f"{EXIT}/outcomes/structural/probability": {"uniform": [0.1, 0.9]}},
        {f"{EXIT}/outcomes/temporary/probability": 1},
        {f"{DRIVERS}/shock": {**rate(), "scope": "group", "reach": 0.3}},
        {f"{DRIVERS}/shock": excited_by("leadership_exit", via="group", half_life_days=30)},
        {f"{DRIVERS}/second": excited_by("shock"), f"{DRIVERS}/shock": rate()},
        {"strategy/optional_drivers": ["outage"], "strategy/clauses/0/when": ["outage", "licensing_shift"]},
        {"strategy/optional_drivers": ["outage"], "strategy/adoption": {"hold_if": {"driver": "outage"}}},
        {"strategy/optional_drivers": ["licensing_shift"]},
        {"strategy/diversify": 0.3},
        {f"{EXIT}/history": [{"entity": "qwen_lab", "date": "2026-03-01"}] * 8},
        {f"{SHIFT}/hazard": {"at": "2026-03-05"}},
        {"run/first_path": 2**63 - 1, "run/n_paths": 1},
    ],
)
def test_what_is_allowed(accept, changes):
    accept(changes)


def test_what_one_hazard_can_hold(spoil):
    fading = [{"driver": "leadership_exit", "factor": 2, "half_life_days": 30}] * 11
    windows = [{"after": "release", "days": 30, "factor": 1.1}] * 63
    found = spoil({f"{DRIVERS}/many": rate(excited_by=fading, windows=windows)})
    assert "at most 10 that fade" in found["scenario.drivers.many.hazard.excited_by"].allowed
    assert "at most 62" in found["scenario.drivers.many.hazard.windows"].allowed
