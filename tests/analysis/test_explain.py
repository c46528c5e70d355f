"""A path told: right on studies worked by hand, and equal to what is stored on random ones."""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import simengine
from simengine.analysis.explain import Explanation, explain, stories
from simengine.analysis.happenings import Booking, EffectRow, Entry, Occurrence, Response, accounts
from simengine.analysis.telling import Sentence, cents, money, parts_in_cents
from simengine.estimators import quantile
from simengine.model.errors import ConfigError
from simengine.model.study import Study
from simengine.results.dataset import Result
from simengine.results.simulation import play
from simengine.results.store import write
from simengine.results.variables import COMPONENTS
from tests.conf.test_pages import worked_figures, worked_study
from tests.engine.running import EVERYTHING, with_run
from tests.reference.hand_made import claim, fallback, forced_move, made, on_day, responses, strike
from tests.studies import random_study

SEEDS = range(200)
ADOPTION = {"line": "new", "day": 30, "lead_days": 20, "move_cost": 8000.0}
SAVING = {"saving": {"claimed": 0.6, "realised": 0.5}}
BACK = responses("move", fallback("spare", lead_days=100, move_cost=5000.0, severity=0.5))


def told(*args: Any, **kwargs: Any) -> Explanation:
    """A study made by hand, explained on its only path."""
    return explain(play(made(*args, **kwargs, run={"n_paths": 1, "keep": EVERYTHING})), 0)


def lines(explanation: Explanation) -> list[str]:
    return [f"{sentence.date} {sentence.text}" for sentence in explanation.sentences]


# The path that the model page works by hand


@pytest.fixture(scope="module")
def worked() -> Explanation:
    return explain(play(worked_study(keep=list(EVERYTHING), n_paths=3)), 2)


def test_the_worked_path_is_told_right(worked: Explanation) -> None:
    assert lines(worked) == [
        "2026-04-04 chat begins its planned move to open for 8,000.00, arriving 2026-04-24.",
        "2026-04-24 chat arrives on open.",
        "2026-04-24 claim strikes chat: in_part. [1] chat: saves 27% of inference spend, from now on. "
        "booked to it: cost -85,050.00.",
        "2026-06-13 exit strikes far_lab: structural. [2] chat: upkeep of 10% of spend, from now on. "
        "booked to it: cost +26,500.00.",
        "2026-09-21 gating strikes open: gated. [3] chat moves to closed for 6,000.00, arriving 2026-12-10; "
        "deadline 2026-11-20. booked to it: cost +20,450.00, exposure +72,000.00.",
        "2026-11-20 chat is overdue on open: it loses 30% of its value until it reaches closed.",
        "2026-12-10 chat arrives on closed.",
    ]


def test_the_worked_path_costs_what_the_page_says(worked: Explanation) -> None:
    figures = worked_figures()
    ledger = worked.ledger.sel(workload="chat")
    for component in ("inference", "upkeep", "one_off", "move", "mitigation"):
        assert float(ledger["cost"].sel(component=component)) == pytest.approx(figures[component], abs=0.005)
    booked = {worked.occurrences[b.occurrence - 1].driver: b.cost for b in worked.bookings}
    assert booked == pytest.approx(
        {name: figures[f"booked to {name}"] for name in ("claim", "exit", "gating")}, abs=0.005
    )
    # From the page's table of days: what is spent, and from when on.
    assert [
        (e.day, e.until, e.what, round(e.cost, 6), round(e.exposure, 6)) for e in accounts(worked.told)
    ] == [
        (0, 365, "clauses, for the whole time", 3650, 0),
        (0, 50, "inference on closed", 50_000, 0),
        (30, 30, "planned move to open", 8000, 0),
        (50, 280, "inference on open", 167_900, 0),
        (100, 365, "upkeep on open", 18_000, 0),
        (200, 200, "move to closed", 6000, 0),
        (260, 280, "overdue on open", 0, 72_000),
        (280, 365, "inference on closed", 85_000, 0),
    ]
    taken_back = [e for e in worked.entries if e.cost < 0.0]
    assert [(e.day, e.until, e.what, e.upkeep) for e in taken_back] == [(280, 365, "upkeep on open", -8500)]
    assert [(e.kind, e.day, e.ended, round(e.value, 9)) for e in worked.effects] == [
        ("saving", 50, 280, 0.73),
        ("upkeep_share", 100, 280, 0.1),
    ]


# Every kind of response, worked by hand

CASES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "it pays, and then answers no more": (
        {
            "drivers": {
                "a": strike(100, forced_move(40, 2.0)),
                "b": strike(120, forced_move(10, 2.0)),
            },
            "responses": responses("pay"),
        },
        [
            "2026-04-11 a strikes old: so. [1] chat stays on old and pays 2 times its spend from 2026-05-21. "
            "booked to it: cost +225,000.00.",
            "2026-05-01 b strikes old: so. [2] chat answers no more: it pays to stay.",
        ],
    ),
    "frozen weights": (
        {
            "drivers": {"a": strike(100, forced_move(40))},
            "strategy": {"clauses": [{"name": "w", "weights_access": {"upkeep": 0.1}}]},
            "hosting": "self_hosted",
            "responses": BACK,
        },
        [
            "2026-04-11 a strikes old: so. [1] chat stays on the frozen weights of old, from 2026-05-21 at "
            "an upkeep of 10% of spend. booked to it: cost +22,500.00."
        ],
    ),
    "stranded, and no adoption": (
        {"drivers": {"a": strike(20, forced_move(50))}, "adoption": ADOPTION},
        [
            "2026-01-21 a strikes old: so. [1] chat has nowhere to go from old: stranded 2026-03-12. "
            "booked to it: cost -303,000.00, exposure +2,950,000.00.",
            "2026-01-31 chat drops its planned move to new: it is to be stranded.",
            "2026-03-12 chat is stranded: it loses 100% of its value to the horizon.",
        ],
    ),
    "a move that must hurry, with a fee": (
        {
            "drivers": {"a": strike(100, forced_move(400)), "b": strike(120, forced_move(10))},
            "strategy": {"clauses": [{"name": "w", "termination_fee": 700.0, "lead_factor": 0.5}]},
            "responses": BACK,
        },
        [
            "2026-04-11 a strikes old: so. [1] chat moves to spare for 5,700.00, arriving 2026-05-31; "
            "deadline beyond the horizon. booked to it: cost +5,700.00.",
            "2026-05-01 b strikes old: so. [2] chat is moving already; its deadline is now 2026-05-11. "
            "booked to it: exposure +100,000.00.",
            "2026-05-11 chat is overdue on old: it loses 50% of its value until it reaches spare.",
            "2026-05-31 chat arrives on spare.",
        ],
    ),
    "a planned move that gets a deadline": (
        {"drivers": {"a": strike(35, forced_move(5))}, "adoption": ADOPTION | {"severity": 0.2}},
        [
            "2026-01-31 chat begins its planned move to new for 8,000.00, arriving 2026-02-20.",
            "2026-02-05 a strikes old: so. [1] chat is moving already; its deadline is now 2026-02-10. "
            "booked to it: exposure +20,000.00.",
            "2026-02-10 chat is overdue on old: it loses 20% of its value until it reaches new.",
            "2026-02-20 chat arrives on new.",
        ],
    ),
    "the planned line is lost": (
        {"drivers": {"a": strike(10, forced_move(40), on="new")}, "adoption": ADOPTION},
        [
            "2026-01-11 a strikes new: so. [1] no workload is struck, but plans change. "
            "booked to it: cost -8,000.00.",
            "2026-01-31 chat drops its planned move to new: that line is lost.",
        ],
    ),
    "it moves at once, and is there when the planned day comes": (
        {
            "drivers": {"a": strike(20, forced_move(50))},
            "adoption": ADOPTION,
            "responses": responses("move", fallback("new")),
        },
        [
            "2026-01-21 a strikes old: so. [1] chat moves to new for 0.00, arriving 2026-01-21; deadline "
            "2026-03-12. booked to it: cost -8,000.00.",
            "2026-01-21 chat arrives on new.",
            "2026-01-31 chat drops its planned move to new: it is there already.",
        ],
    ),
    "another move is running": (
        {"drivers": {"a": strike(20, forced_move(50))}, "adoption": ADOPTION, "responses": BACK},
        [
            "2026-01-21 a strikes old: so. [1] chat moves to spare for 5,000.00, arriving 2026-05-01; "
            "deadline 2026-03-12. booked to it: cost -3,000.00, exposure +250,000.00.",
            "2026-01-31 chat drops its planned move to new: another move is running.",
            "2026-03-12 chat is overdue on old: it loses 50% of its value until it reaches spare.",
            "2026-05-01 chat arrives on spare.",
        ],
    ),
    "held, and begun when it looks again": (
        {
            "drivers": {"a": strike(10, on="new")},
            "strategy": {"adoption": {"hold_if": {"driver": "a", "outcome": "so", "recheck_days": 25}}},
            "adoption": ADOPTION,
        },
        [
            "2026-01-31 chat holds its planned move to new: a (so) has struck; looks again 2026-02-25.",
            "2026-02-25 chat begins its planned move to new for 8,000.00, arriving 2026-03-17.",
            "2026-03-17 chat arrives on new.",
        ],
    ),
    "held for good": (
        {
            "drivers": {"a": strike(10, on="new")},
            "strategy": {"adoption": {"hold_if": {"driver": "a"}}},
            "adoption": ADOPTION,
        },
        [
            "2026-01-11 a strikes new: so. [1] no workload is struck, but plans change. "
            "booked to it: cost -8,000.00.",
            "2026-01-31 chat holds its planned move to new: a has struck; for good.",
        ],
    ),
    "a pilot that passes, and the claim": (
        {
            "drivers": {"c": claim(SAVING)},
            "strategy": {"adoption": {"pilot": {"cost": 500.0, "days": 10, "minimum_saving": 0.3}}},
            "adoption": ADOPTION | {"lead_days": 0},
        },
        [
            "2026-01-31 chat begins a pilot of new for 500.00, until 2026-02-10.",
            "2026-02-10 chat finds in its pilot a saving of 30%: passed, with 30% asked.",
            "2026-02-10 chat begins its planned move to new for 8,000.00, arriving 2026-02-10.",
            "2026-02-10 chat arrives on new.",
            "2026-02-10 c strikes chat: holds. [1] chat: saves 30% of inference spend, from now on. "
            "booked to it: cost -97,500.00.",
        ],
    ),
    "a pilot that fails": (
        {
            "drivers": {"c": claim(SAVING)},
            "strategy": {"adoption": {"pilot": {"cost": 500.0, "days": 10, "minimum_saving": 0.31}}},
            "adoption": ADOPTION,
        },
        [
            "2026-01-31 chat begins a pilot of new for 500.00, until 2026-02-10.",
            "2026-02-10 chat finds in its pilot a saving of 30%: failed, with 31% asked.",
            "2026-02-10 chat drops its planned move to new: the pilot failed.",
        ],
    ),
    "what waits on the new line": (
        {
            "drivers": {
                "a": strike(35, forced_move(5, 3.0), on="new"),
                "u": strike(36, {"upkeep": {"per_day": 7.0}}, on="new_lab", scope="lab"),
            },
            "adoption": ADOPTION,
            "responses": responses("pay"),
        },
        [
            "2026-01-31 chat begins its planned move to new for 8,000.00, arriving 2026-02-20.",
            "2026-02-05 a strikes new: so. [1] no workload is struck, but plans change. "
            "booked to it: cost +630,000.00.",
            "2026-02-06 u strikes new_lab: so. [2] no workload is struck, but plans change. "
            "booked to it: cost +2,205.00.",
            "2026-02-20 chat arrives on new. there is still u of 2026-02-06: upkeep of 7.00 a day, from now "
            "on. a of 2026-02-05 has taken the line: chat stays on new and pays 3 times its spend from "
            "2026-02-20.",
        ],
    ),
    "what struck before the start": (
        {
            "drivers": {
                "a": strike(
                    -20, forced_move(50), {"upkeep": {"per_day": 3.0, "days": 40}}, history=True
                )
            },
            "responses": BACK,
        },
        [
            "2025-12-12 a struck old: so. [1] chat: upkeep of 3.00 a day, until 2026-01-21. chat moves to "
            "spare for 5,000.00, arriving 2026-04-11; deadline 2026-01-31. booked to it: cost +5,060.00, "
            "exposure +350,000.00.",
            "2026-01-31 chat is overdue on old: it loses 50% of its value until it reaches spare.",
            "2026-04-11 chat arrives on spare.",
        ],
    ),
    "two parts, a one-off, a disruption and a credit": (
        {
            "drivers": {
                "a": strike(20, {"one_off": {"amount": 100.0}}, {"disruption": {"severity": 0.5, "days": 2}}),
                "b": strike(20, {"spend": {"factor": 1.5, "days": 10}}, on="spare"),
            },
            "strategy": {"diversify": 0.25, "clauses": [{"name": "c", "when": ["b"], "credit": 0.2}]},
            "responses": BACK,
        },
        [
            "2026-01-21 a strikes old: so. [1] chat (part 1): 75.00 at once. chat (part 1): loses 50% of its "
            "value, until 2026-01-23. booked to it: cost +75.00, exposure +7,500.00.",
            "2026-01-21 b strikes spare: so. [2] chat (part 2): inference spend times 1.5, until 2026-01-31; "
            "meanwhile 20% of inference spend is credited. booked to it: cost +500.00.",
        ],
    ),
    "a group, by its reach": (
        {"drivers": {"a": strike(20, {"spend": {"factor": 1.5}}, on="here", scope="group")}},
        [
            "2026-01-21 a strikes here: so, reaching new_lab and old_lab. [1] chat: inference spend times "
            "1.5, from now on. booked to it: cost +172,500.00."
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(CASES))
def test_cases_worked_by_hand(name: str) -> None:
    study, expected = CASES[name]
    assert lines(told(**study)) == expected


def test_a_commitment_and_standby_are_in_the_entries() -> None:
    strategy = {
        "commitment": {"line": "old", "daily_minimum": 1200.0, "until": on_day(100)},
        "standby": {"share_of_spend": 0.1},
    }
    found = accounts(told(strategy=strategy).told)
    assert [(e.day, e.until, e.what, e.inference, e.mitigation) for e in found] == [
        (0, 365, "mitigation", 0, 20_000 + 36_500),
        (0, 365, "inference on old", 365_000, 0),
    ]
    assert told(strategy=strategy).sentences == []


# Random studies: every number is that of the run


def random_explanation(seed: int) -> tuple[Result, Explanation]:
    study = with_run(Study.from_mapping(random_study(seed)), n_paths=3, keep=EVERYTHING, threads=1)
    result = play(study)
    return result, explain(result, int(result.coords["path"][seed % 3]))


@pytest.fixture(scope="module")
def explained() -> list[tuple[Result, Explanation]]:
    return [random_explanation(seed) for seed in SEEDS]


@pytest.mark.compiled
def test_the_replayed_numbers_are_those_stored(explained: list[tuple[Result, Explanation]]) -> None:
    for result, told in explained:
        row = result.labels("path").index(str(told.path))
        for name in result.arrays:
            if "path" in result.dims(name):
                assert told.dataset[name].values[0].tobytes() == result[name][row].tobytes(), name
        rows = result["occurrence_path"] == told.path
        for name in ("occurrence_time", "occurrence_cost", "occurrence_exposure", "occurrence_reached"):
            assert told.dataset[name].values.tobytes() == result[name][rows].tobytes(), name
        by_path = sum(result[name][row].size for name in result.arrays if "path" in result.dims(name))
        by_occurrence = sum(
            result[name][rows].size for name in result.arrays if name.startswith("occurrence_")
        )
        assert told.n_checked == by_path + by_occurrence


@pytest.mark.compiled
def test_the_entries_add_up_to_the_ledger(explained: list[tuple[Result, Explanation]]) -> None:
    for _, told in explained:
        for name in told.ledger["workload"].values.tolist():
            ledger, own = told.ledger.sel(workload=name), [e for e in told.entries if e.workload == name]
            # Upkeep is booked ahead and taken back: sums are good to rounding of all that was moved.
            moved = math.fsum(abs(getattr(e, what)) for e in own for what in (*COMPONENTS, "exposure"))
            slack = 1e-13 * moved
            for component in ledger["component"].values.tolist():
                total = math.fsum(getattr(e, component) for e in own)
                assert total == pytest.approx(
                    float(ledger["cost"].sel(component=component)), rel=1e-11, abs=slack
                )
            exposure = math.fsum(e.exposure for e in own)
            assert exposure == pytest.approx(float(ledger["disruption_exposure"]), rel=1e-11, abs=slack)
            days = math.fsum(e.disruption_days for e in own)
            assert days == pytest.approx(float(ledger["disruption_days"]), rel=1e-11, abs=1e-9)
        horizon = told.told.study.run.horizon_days
        assert all(0.0 <= e.day <= e.until <= horizon for e in told.entries)
        for part in {(e.workload, e.part) for e in told.entries}:
            spent = [e for e in told.entries if (e.workload, e.part) == part and "inference" in e.what]
            assert all(a.until == b.day for a, b in pairwise(spent)), "no gap, no overlap"
            own = [r for r in told.responses if (r.workload, r.part) == part]
            stranded = [r.day for r in own if r.action == "stranded"]
            last = spent[-1].until if spent else 0.0
            assert last == (stranded[0] if stranded else horizon)


@pytest.mark.compiled
def test_the_bookings_are_those_of_the_run(explained: list[tuple[Result, Explanation]]) -> None:
    for _, told in explained:
        for o in told.occurrences:
            own = [b for b in told.bookings if b.occurrence == o.number]
            assert sum(b.cost for b in own) == pytest.approx(o.cost, rel=1e-9, abs=1e-6)
            assert sum(b.exposure for b in own) == pytest.approx(o.exposure, rel=1e-9, abs=1e-6)
        by_driver: Counter[tuple[str, str]] = Counter()
        for b in told.bookings:
            by_driver[b.workload, told.occurrences[b.occurrence - 1].driver] += b.cost  # type: ignore[reportArgumentType]
        stored = told.dataset["total_cost_by_workload_driver"].isel(path=0)
        for workload in stored["workload"].values.tolist():
            for driver in stored["driver"].values.tolist():
                booked = float(stored.sel(workload=workload, driver=driver))
                assert by_driver[workload, driver] == pytest.approx(booked, rel=1e-9, abs=1e-6)


@pytest.mark.compiled
def test_what_responses_and_effects_cost_is_in_the_ledger(
    explained: list[tuple[Result, Explanation]],
) -> None:
    """Moves, fees, pilots and one-offs: told by responses and effects, booked in entries."""
    for _, told in explained:
        for name in told.ledger["workload"].values.tolist():
            own = [e for e in told.entries if e.workload == name and e.until == e.day]
            at_once = [e for e in own if not e.what.startswith("clauses")]
            answered = math.fsum(r.cost for r in told.responses if r.workload == name)
            booked = math.fsum(e.move + e.mitigation for e in at_once)
            assert answered == pytest.approx(booked, rel=1e-9, abs=1e-6)
            struck = math.fsum(e.value for e in told.effects if e.workload == name and e.kind == "one_off")
            cost = told.ledger["cost"].sel(workload=name, component="one_off")
            assert struck == pytest.approx(float(cost), rel=1e-9, abs=1e-6)


@pytest.mark.compiled
def test_what_is_announced_comes(explained: list[tuple[Result, Explanation]]) -> None:
    """A move that begins arrives on its day, who is to be stranded is, a pilot ends, unless the run does."""
    for _, told in explained:
        horizon = told.told.study.run.horizon_days
        for r in told.responses:
            after = [
                later.action
                for later in told.responses
                if (later.workload, later.part, later.day) == (r.workload, r.part, r.due)
            ]
            expected = {"move": "arrive", "adopt": "arrive", "await_stranding": "stranded"}.get(r.action)
            if expected and r.due < horizon:
                assert expected in after, r
            if r.action == "pilot" and r.due < horizon and "stranded" not in [
                x.action for x in told.responses if x.workload == r.workload and x.day <= r.due
            ]:  # fmt: skip
                assert {"pilot_result", "adoption_dropped"} & set(after), r


@pytest.mark.compiled
def test_every_kind_of_response_is_told(explained: list[tuple[Result, Explanation]]) -> None:
    actions = Counter(r.action for _, told in explained for r in told.responses)
    assert set(actions) == {
        "move", "hurry", "pay", "freeze", "await_stranding", "ignore", "arrive", "stranded", "adopt",
        "adoption_held", "adoption_dropped", "pilot", "pilot_result",
    }  # fmt: skip
    assert min(actions.values()) >= 3, actions
    kinds = {e.kind for _, told in explained for e in told.effects}
    assert kinds == {"spend", "saving", "upkeep_share", "upkeep_per_day", "disruption", "one_off"}


AMOUNT = re.compile(r"-?[\d,]+\.\d\d$")


def column_sums(page: str) -> list[tuple[int, int, int]]:
    """For each dated table of a page: the sum of its cost column, the printed total, and how many rows."""
    found, rows, place = [], [], 0
    for line in page.splitlines():
        if line.rstrip().endswith("exposure") and line.rstrip().split()[-2:] == ["cost", "exposure"]:
            rows, place = [], line.index(" cost ") + len(" cost")
        elif place and set(line.strip()) == {"-", " "}:
            rows.append(None)
        elif place and AMOUNT.search(line[:place]) and line[place : place + 1] in ("", " "):
            amount = int(AMOUNT.findall(line[:place])[0].replace(",", "").replace(".", ""))
            if rows and rows[-1] is None:
                found.append((sum(rows[:-1]), amount, len(rows) - 1))
                place = 0
            else:
                rows.append(amount)
    return found


@pytest.mark.compiled
def test_the_page_adds_up_as_printed_and_fits(explained: list[tuple[Result, Explanation]]) -> None:
    for _, told in explained:
        for least in (0.0, 0.01):
            page = told.text(least=least)
            assert max(map(len, page.splitlines())) <= 80
            sums = column_sums(page)
            assert len(sums) == 1 + len(told.ledger["workload"])
            assert all(total == printed for total, printed, _ in sums), page
            assert sums[0][1] == cents(float(told.dataset["total_cost"][0]))
            for (_, printed, _), stored in zip(sums[1:], told.ledger["total_cost"].values, strict=True):
                assert printed == cents(float(stored))


# The choice of a path


@pytest.mark.compiled
def test_a_quantile_is_that_of_the_estimator() -> None:
    result = play(with_run(Study.from_mapping(random_study(2)), n_paths=400, first_path=7, keep=EVERYTHING))
    for level in (0.01, 0.5, 0.95, 0.999):
        for name in ("total_cost", "disruption_exposure"):
            told = explain(result, quantile=level, of=name)
            assert float(told.dataset[name][0]) == quantile(result[name], level).value
            first = int(np.flatnonzero(result[name] == float(told.dataset[name][0]))[0])
            assert told.path == 7 + first, "of several with one value the first"


@pytest.mark.compiled
def test_stories() -> None:
    study = simengine.compose(["scenario=quiet_exit", "run.n_paths=200", "run.threads=1"])
    result = simengine.simulate(study)
    found = simengine.stories(result, of="total_cost", quantiles=(0.5, 0.99))
    assert [story.quantile for story in found] == [0.5, 0.99]
    for story in found:
        assert story.value == float(result["total_cost"].sel(path=story.path))
        assert story.value == quantile(result["total_cost"].values, story.quantile).value
        dates = [sentence.date for sentence in story.sentences]
        assert dates == sorted(dates)
        assert len(dates) > 2
    everything = stories(result, quantiles=(0.99,), least=0.0)[0].sentences
    assert len(everything) > len(found[1].sentences)
    assert "Smaller ones" in found[1].sentences[-1].text + found[1].sentences[-2].text


@pytest.mark.compiled
def test_a_comparison_is_told_strategy_by_strategy(tmp_path: Path) -> None:
    study = simengine.compose(["portfolio=single_workload", "run.n_paths=50", "run.threads=1"])
    compared = simengine.compare(study, ["proceed", "pause"])
    write(compared, tmp_path / "result")
    for name in ("proceed", "pause"):
        alone = simengine.simulate(study.with_strategy(compared_strategy(compared, name)))
        for source in (compared, tmp_path / "result"):
            told = explain(source, quantile=0.95, strategy=name)
            assert told.strategy == name
            assert told.text() == explain(alone, quantile=0.95).text()
    for wrong in (None, "puase"):
        with pytest.raises(ConfigError, match="proceed or pause"):
            explain(compared, 3, strategy=wrong)
    with pytest.raises(ConfigError, match="only strategy"):
        explain(alone, 3, strategy="clauses")


def compared_strategy(compared: Any, name: str) -> Any:
    import json

    played = json.loads(compared.attrs["configuration"])["strategies"]
    return next(strategy for strategy in played if strategy["name"] == name)


@pytest.mark.compiled
def test_occurrences_of_a_comparison_are_those_of_the_strategy() -> None:
    study = Study.from_mapping(random_study(11))
    compared = simengine.compare(
        with_run(study, n_paths=4, keep=EVERYTHING, threads=1), [study.strategy, {"name": "idle"}]
    )
    for name in ("random", "idle"):
        assert explain(compared, int(compared["path"][1]), strategy=name).n_checked > 50


# What is refused


def small() -> Any:
    return simengine.simulate(made({"a": strike(100, forced_move(40))}, run={"n_paths": 4}))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({}, "neither path nor quantile"),
        ({"path": 1, "quantile": 0.5}, "both path and quantile"),
        ({"path": 4}, "0 to 3"),
        ({"path": -1}, "0 to 3"),
        ({"path": True}, "0 to 3"),
        ({"path": "x"}, "0 to 3"),
        ({"path": 1, "of": "total_cost"}, "beside a path"),
        ({"quantile": 99}, "did you mean 0.99"),
        ({"quantile": 1.0}, "above 0 and below 1"),
        ({"quantile": 0.0}, "above 0 and below 1"),
        ({"quantile": math.nan}, "above 0 and below 1"),
        ({"quantile": "P99"}, "above 0 and below 1"),
        ({"quantile": 0.5, "of": "totl_cost"}, "did you mean total_cost"),
        ({"quantile": 0.5, "of": "total_cost_by_workload"}, "not one number a path"),
        ({"quantile": 0.5, "of": "total_cost_by_year"}, "total_cost"),
        ({"quantile": 0.5, "of": "largest_occurrence_by_year"}, "not one number a path"),
        ({"quantile": 0.5, "of": "total_cost_by_workload_component"}, "did not keep"),
    ],
)
def test_what_is_asked_wrongly(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        explain(small(), **asked)


def test_another_version_or_other_numbers_are_refused() -> None:
    for name, value in (("stream_version", 99), ("engine_version", "0.0.1"), ("schema_version", 99)):
        dataset = small()
        dataset.attrs[name] = value
        with pytest.raises(ConfigError, match=str(value)):
            explain(dataset, 1)
    dataset = small()
    dataset.attrs["configuration"] = dataset.attrs["configuration"].replace("1000.0", "1001.0")
    with pytest.raises(ConfigError, match="its own hash"):
        explain(dataset, 1)
    dataset = small()
    dataset["total_cost"] = dataset["total_cost"].copy(
        data=np.nextafter(dataset["total_cost"].values, np.inf)
    )
    with pytest.raises(ConfigError, match=r"path 1 comes out otherwise .* total_cost\n"):
        explain(dataset, 1)
    dataset = small()
    del dataset.attrs["configuration"]
    with pytest.raises(ConfigError, match="without configuration"):
        explain(dataset, 1)


# The page, and money


def test_the_page_names_every_field() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "results.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| [^|]* \| ([^|]*) \|$", page, re.MULTILINE))
    records = {
        "occurrences": Occurrence, "effects": EffectRow, "responses": Response, "entries": Entry,
        "bookings": Booking, "sentences": Sentence,
    }  # fmt: skip
    for attribute, record in records.items():
        named = re.findall(r"`(\w+)`", rows[attribute].replace("the five components", FIVE))
        assert tuple(name for name in named if name != "text") == record._fields, attribute


FIVE = ", ".join(f"`{component}`" for component in COMPONENTS)


@given(st.lists(st.floats(-1e9, 1e9)), st.floats(-1e9, 1e9), st.lists(st.booleans(), min_size=100))
def test_amounts_in_cents_add_up(parts: list[float], start: float, exact: list[bool]) -> None:
    total = math.fsum([start, *parts])
    found = parts_in_cents(parts, total, start, exact)
    if any(parts):
        assert cents(start) + sum(found) == cents(total)
    for part, shown in zip(parts, parts_in_cents(parts, total, start), strict=True):
        assert abs(shown - 100.0 * part) <= 1.5 + 1e-4, "within a cent and a half, and addition's own error"
        assert shown == 0 or part


def test_money_is_printed_as_python_prints_it() -> None:
    for amount in (0.0, 0.005, 0.015, -0.005, 1234567.891, -1.5, 0.125, 0.375, 2.675):
        assert money(cents(amount)) == f"{amount:,.2f}".replace("-0.00", "0.00")


@pytest.mark.parametrize("name", ["a rather long and wordy name " * 6, "w" * 150])
def test_long_names_stay_on_the_page(name: str) -> None:
    tree = made({name.strip(): strike(100, forced_move(40))}, responses=BACK).canonical()
    tree["portfolio"]["workloads"] = {name.strip(): tree["portfolio"]["workloads"]["chat"]}
    page = explain(play(with_run(Study.from_mapping(tree), n_paths=1)), 0).text()
    assert max(map(len, page.splitlines())) <= 80
    assert all(total == printed for total, printed, _ in column_sums(page))
