"""Each field by itself: what it refuses, with the place, what arrived, what is allowed and the remedy."""

import math
from datetime import date, datetime
from typing import Any

import pytest

CHAT = "portfolio/workloads/support-chat"
EXIT = "scenario/drivers/leadership_exit"
SHIFT = "scenario/drivers/licensing_shift"
UPKEEP = f"{EXIT}/outcomes/structural/effects/0/upkeep"
MOVE = f"{SHIFT}/outcomes/gated/effects/0/forced_move"
NORMAL = {"normal": {"mean": 0.0, "sd": 1.0}}


def dotted(place: str) -> str:
    """`a/b/0/c` as messages write it."""
    text = ""
    for part in place.split("/"):
        text += f"[{part}]" if part.isdecimal() else f".{part}"
    return text.removeprefix(".")


UNKNOWN_KEYS: list[tuple[str, Any, str]] = [
    ("run/n_path", 5, "did you mean n_paths?"),
    ("ouput", {}, "remove ouput"),
    ("portfolio/currancy", "EUR", "did you mean currency?"),
    (f"{CHAT}/daily_valu", 1, "did you mean daily_value?"),
    (f"{CHAT}/responses/fallbacks/0/leed_days", 1, "did you mean lead_days?"),
    (f"{EXIT}/hazard/reach", 0.5, "reach is a key of driver: move it there"),
    (f"{UPKEEP}/where", {}, "where is a key of effect: move it there"),
    (f"{SHIFT}/hazard/excited_by/0/delay", 3, "did you mean delay_days?"),
    ("strategy/clauses/0/price_cup", 1.2, "did you mean price_cap?"),
    ("strategy/diversfy", 0.5, "did you mean diversify?"),
]


@pytest.mark.parametrize(("place", "value", "remedy"), UNKNOWN_KEYS)
def test_unknown_keys(spoil, place, value, remedy):
    found = spoil({place: value})
    assert list(found) == [dotted(place)]
    assert found[dotted(place)].remedy == remedy
    assert place.split("/")[-1] in found[dotted(place)].arrived


OUT_OF_RANGE: list[tuple[str, Any, str]] = [
    (f"{CHAT}/daily_spend", -1, "0 or more, money per day"),
    (f"{CHAT}/daily_value", -1, "0 or more, money per day"),
    (f"{CHAT}/usage/latency", -0.1, "0 or more, a factor"),
    (f"{CHAT}/adoption/day", -1, "0 or more, days"),
    (f"{CHAT}/adoption/lead_days", -1, "0 or more, days"),
    (f"{CHAT}/adoption/move_cost", -1, "0 or more, money"),
    (f"{CHAT}/adoption/severity", 1.1, "from 0 to 1"),
    (f"{CHAT}/adoption/spend_factor", -0.1, "0 or more, a factor"),
    (f"{CHAT}/responses/fallbacks/0/severity", -0.1, "from 0 to 1"),
    (f"{CHAT}/responses/stranded_severity", 2, "from 0 to 1"),
    ("portfolio/lines/incumbent/releases", {"first": "2026-01-01", "every_days": 0}, "1 or more, days"),
    ("scenario/factors/talent_war", -1, "0 or more, a factor"),
    (f"{EXIT}/reach", 1.5, "from 0 to 1"),
    (f"{EXIT}/hazard/rate", -3, "0 or more, per year"),
    (f"{EXIT}/hazard/rates", {"qwen_lab": -3}, "0 or more, per year"),
    (f"{EXIT}/hazard/at_most", 0, "1 or more"),
    (f"{EXIT}/hazard/windows/0/days", 0, "above 0, days"),
    (f"{EXIT}/hazard/windows/0/factor", -1, "0 or more, a factor"),
    (f"{EXIT}/hazard/self_excitation", {"branching": 1, "half_life_days": 9}, "from 0 to below 1"),
    (f"{EXIT}/hazard/self_excitation", {"branching": 0.5, "half_life_days": 0}, "above 0, days"),
    (f"{SHIFT}/hazard/excited_by/0/factor", -1, "0 or more, a factor"),
    (f"{SHIFT}/hazard/excited_by/0/days", 0, "above 0, days"),
    (f"{SHIFT}/hazard/excited_by/0/delay_days", -1, "0 or more, days"),
    ("scenario/drivers/cost_claim/hazard/probability", 1.01, "from 0 to 1"),
    (f"{EXIT}/outcomes/temporary/probability", -0.1, "from 0 to 1"),
    (f"{UPKEEP}/share_of_spend", -0.1, "0 or more, share of the spend"),
    (f"{UPKEEP}/days", -1, "0 or more, days"),
    (f"{MOVE}/grace_days", -1, "0 or more, days"),
    (f"{MOVE}/pay_factor", -1, "0 or more, a factor"),
    ("strategy/adoption", {"delay_days": -1}, "0 or more, days"),
    ("strategy/adoption", {"pilot": {"minimum_saving": 0.3, "noise": -1}}, "a standard deviation"),
    ("strategy/clauses/0/notice_days", -1, "0 or more, days"),
    ("strategy/clauses/0/credit", 1.5, "from 0 to 1"),
    ("strategy/clauses/0/termination_fee", -1, "0 or more, money"),
    ("strategy/clauses/0/annual_cost", -1, "0 or more, money per year"),
    ("strategy/clauses/0/weights_access", {"upkeep": -1}, "share of the spend"),
    ("strategy/standby", {"lead_factor": -1}, "0 or more, a factor"),
    ("strategy/diversify", 0, "above 0 to below 1"),
    ("strategy/diversify", 1, "above 0 to below 1"),
    ("run/horizon_days", 0, "above 0, days"),
    ("run/fiscal_year_start", 13, "from 1 to 12"),
    ("run/discount_rate", -1, "above -1 to 1, per year"),
    ("run/n_paths", 0, "from 1 to 9223372036854775808, paths"),
    ("run/first_path", -1, "from 0 to 9223372036854775807"),
    ("run/seed", -1, "from 0 to 9223372036854775807"),
    ("run/seed", 2**63, "from 0 to 9223372036854775807"),
    ("run/threads", 0, "1 or more"),
]


@pytest.mark.parametrize(("place", "value", "allowed"), OUT_OF_RANGE)
def test_out_of_range(spoil, place, value, allowed):
    found = spoil({place: value})
    (path,) = found
    assert path.startswith(dotted(place))
    assert allowed in found[path].allowed
    if not isinstance(value, dict):
        assert path == dotted(place)
        assert found[path].arrived == str(value)


WRONG_TYPES: list[tuple[str, Any, str, str]] = [
    ("run/n_paths", 1.5, "1.5", "a whole number"),
    ("run/n_paths", "many", "'many'", "a whole number"),
    ("run/n_paths", True, "true", "a whole number"),
    ("run/n_paths", math.inf, "inf", "a whole number"),
    ("run/n_paths", "1e99999", "'1e99999'", "a whole number"),
    ("run/seed", None, "nothing (null)", "a whole number"),
    ("run/seed", False, "false", "a whole number"),
    ("run/horizon_days", "1095", "'1095'", "a number"),
    ("run/horizon_days", True, "true", "a number"),
    ("run/horizon_days", math.nan, "nan", "a finite number"),
    ("run/discount_rate", math.inf, "inf", "a finite number"),
    ("run/start", "2026-02-30", "'2026-02-30'", "a date such as 2026-03-05"),
    ("run/start", "20260305", "'20260305'", "a date such as 2026-03-05"),
    ("run/start", 2026, "2026", "a date such as 2026-03-05"),
    ("run/start", datetime(2026, 3, 5, 12), "2026-03-05T12:00:00", "a date such as 2026-03-05"),
    ("run/period", "week", "'week'", "month, quarter or year"),
    ("run/keep", ["by_wrkload"], "'by_wrkload'", "by_workload"),
    ("run/keep", [], "an empty list", "at least one"),
    ("run/keep", ["totals", "totals"], "'totals' twice", "each only once"),
    ("run", 3, "3", "a mapping with keys among start"),
    ("portfolio", None, "nothing (null)", "a mapping with keys among name"),
    ("portfolio/groups", "cn_talent", "'cn_talent'", "a list"),
    ("portfolio/groups", ["cn_talent", "cn_talent"], "'cn_talent' twice", "each only once"),
    ("portfolio/name", 5, "5", "a name (text)"),
    ("portfolio/name", " ", "' '", "not empty"),
    ("portfolio/name", "a\x1b[2J", r"'a\x1b[2J'", "without control characters"),
    ("portfolio/labs/spare", 5, "5", "a mapping with keys among groups"),
    ("portfolio/lines/incumbent/licence", "open", "'open'", "open_weight, gated or proprietary"),
    ("portfolio/lines/incumbent/releases", "2026-01-01", "'2026-01-01'", "a list"),
    (f"{CHAT}/hosting", "selfhosted", "'selfhosted'", "self_hosted, vendor_api or third_party"),
    (f"{CHAT}/daily_spend", "1000", "the text '1000'", "a number"),
    (f"{CHAT}/daily_spend", True, "true", "a number"),
    (f"{CHAT}/daily_spend", math.nan, "nan", "a finite number"),
    (f"{CHAT}/tags", {"tier": 1}, "1", "a name (text)"),
    (f"{CHAT}/tags", ["tier"], "['tier']", "a mapping from names"),
    (f"{CHAT}/source", 5, "5", "text"),
    (f"{CHAT}/kind", "guess", "'guess'", "data, mixed or judgement"),
    (f"{EXIT}/scope", "labs", "'labs'", "group, lab, line or workload"),
    (f"{EXIT}/entities", "qwen_lab", "'qwen_lab'", "a list"),
    (f"{EXIT}/hazard", {"at": "adption"}, "'adption'", "or adoption"),
    (f"{EXIT}/outcomes/temporary/effects/0/each", "workloads", "'workloads'", "occurrence or workload"),
    (f"{EXIT}/outcomes/temporary/effects/0/where", {"hosting": []}, "an empty list", "at least one"),
    (f"{SHIFT}/hazard/excited_by/0/via", "lab", "'lab'", "group"),
]


@pytest.mark.parametrize(("place", "value", "arrived", "allowed"), WRONG_TYPES)
def test_wrong_types(spoil, place, value, arrived, allowed):
    found = spoil({place: value})
    (path,) = found
    assert path.startswith(dotted(place))
    assert found[path].arrived == arrived
    assert allowed in found[path].allowed


REMEDIES: list[tuple[str, Any, str]] = [
    ("run/horizon_days", "1095", "write the number without quotes"),
    ("run/start", "2026-02-30", "there is no such day in the calendar"),
    ("run/start", datetime(2026, 3, 5, 12), "leave out the time of day: 2026-03-05"),
    ("portfolio/groups", "cn_talent", "put it in brackets: [cn_talent]"),
    (f"{CHAT}/tags/tier", 1, 'put it in quotes: "1"'),
    (f"{CHAT}/tags/since", date(2026, 1, 1), 'put it in quotes: "2026-01-01"'),
    (f"{CHAT}/source", 5, 'put it in quotes: "5"'),
    (f"{CHAT}/hosting", "selfhosted", "did you mean self_hosted?"),
    (f"{EXIT}/hazard", {"at": "adption"}, "did you mean adoption?"),
    (f"{EXIT}/outcomes/temporary/effects/0", {"spend": {"factor": 2, "price": "yes"}}, "without quotes"),
]


@pytest.mark.parametrize(("place", "value", "remedy"), REMEDIES)
def test_remedies(spoil, place, value, remedy):
    (problem,) = spoil({place: value}).values()
    assert remedy in problem.remedy


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (f"{CHAT}/daily_spend", NORMAL),
        (f"{CHAT}/adoption/severity", {"lognormal": {"median": 0.2, "sigma": 1.0}}),
        (f"{CHAT}/responses/fallbacks/0/lead_days", {"pert": [-1, 5, 9]}),
        ("scenario/factors/talent_war", NORMAL),
        (f"{EXIT}/hazard/rate", NORMAL),
        (f"{EXIT}/outcomes/temporary/probability", {"uniform": [0.5, 1.1]}),
        (f"{UPKEEP}/share_of_spend", {"mixture": {"weights": [0.5, 0.5], "of": [0.1, NORMAL]}}),
    ],
)
def test_mass_outside_the_range(spoil, place, value):
    found = spoil({place: value})
    assert list(found) == [dotted(place)]
    assert "outside the range" in found[dotted(place)].arrived
    assert "truncate: [0, " in found[dotted(place)].remedy


def test_truncated_distributions_lie_within(accept):
    accept({f"{EXIT}/hazard/rate": {**NORMAL, "truncate": [0, None]}})


def test_a_millionth_outside_is_let_pass(accept, spoil):
    accept({f"{EXIT}/hazard/rate": {"normal": {"mean": 4.9, "sd": 1.0}}})
    assert spoil({f"{EXIT}/hazard/rate": {"normal": {"mean": 4.7, "sd": 1.0}}})


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"nomal": {"mean": 0, "sd": 1}}, "growth"),
        ({"normal": {"mean": 0, "sd": -1}}, "growth.normal.sd"),
        ({"pert": [3, 2, 1]}, "growth.pert"),
        ({"pareto": {"minimum": 1, "alpha": 1.5}}, "growth"),
        ({"mixture": {"weights": [1], "of": [{"uniform": [0, "1"]}]}}, "growth.mixture.of[0].uniform[1]"),
    ],
)
def test_distributions_say_where_they_are_wrong(spoil, value, path):
    assert list(spoil({f"{CHAT}/growth": value})) == [f"portfolio.workloads.support-chat.{path}"]


@pytest.mark.parametrize("section", ["portfolio", "run"])
def test_missing_sections(spoil, section, tree):
    del tree[section]
    assert list(spoil({})) == [section]


@pytest.mark.parametrize(
    "place",
    [
        f"{CHAT}/line",
        f"{CHAT}/daily_spend",
        f"{CHAT}/responses/fallbacks/0/line",
        f"{CHAT}/adoption/day",
        f"{EXIT}/hazard",
        f"{EXIT}/hazard/rate",
        f"{EXIT}/scope",
        f"{EXIT}/outcomes",
        f"{EXIT}/history/0/date",
        f"{MOVE}/grace_days",
        "portfolio/lines",
        "portfolio/labs",
        "portfolio/workloads",
        "strategy/clauses/0/name",
        "run/start",
        "run/horizon_days",
    ],
)
def test_missing_keys_are_reported_once_without_consequences(spoil, tree, place):
    node: Any = tree
    *heads, last = place.split("/")
    for part in heads:
        node = node[int(part)] if part.isdecimal() else node[part]
    del node[last]
    found = spoil({})
    assert list(found) == [dotted(place)]
    assert found[dotted(place)].arrived == "nothing"
    assert found[dotted(place)].remedy == f"add {last}"


@pytest.mark.parametrize("key", [5, None, "", "a\nb", date(2026, 1, 1)])
def test_names_in_mappings_are_text(spoil, tree, key):
    tree["portfolio"]["lines"][key] = {"lab": "other_lab", "licence": "gated"}
    (problem,) = spoil({}).values()
    assert problem.path.startswith("portfolio.lines")
    assert "a name" in problem.allowed


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        ("1,000", "write 1000"),
        ("1 234 567", "write 1234567"),
        ("1'000.5", "write 1000.5"),
        ("12,5", "write 12.5"),
        ("30%", "write 0.3"),
        ("$1000", "write 1000"),
        ("12k", "write 12000"),
        ("1000 USD", "write 1000"),
        ("1,00,0", "write a number"),
        ("lots", "write a number"),
        (None, "write a number"),
    ],
)
def test_how_to_write_what_people_call_a_number(spoil, value, remedy):
    found = spoil({f"{CHAT}/daily_spend": value, "run/discount_rate": value})
    assert [problem.remedy for problem in found.values()] == [remedy, remedy]


def test_figures_beyond_all_meaning(spoil):
    greedy = {"lognormal": {"median": 1e14, "sigma": 2}}
    found = spoil({f"{CHAT}/daily_spend": 1e16, f"{CHAT}/daily_value": greedy, "run/horizon_days": 1e300})
    assert len(found) == 3
    assert all("at most 1e+15" in problem.allowed for problem in found.values())


def test_names_that_only_look_alike(spoil):
    found = spoil({"portfolio/name": " a", f"{CHAT}/tags": {"team ": "red"}, "scenario/name": "x" * 201})
    assert [problem.remedy for problem in found.values()] == ["write a", "write team", "shorten it"]


def test_a_tree_that_was_not_resolved(spoil):
    (problem,) = spoil({"portfolio/name": "${scenario.name}"}).values()
    assert "resolve the configuration first" in problem.remedy
