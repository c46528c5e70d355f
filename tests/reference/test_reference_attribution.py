"""Attribution, diversification and concentration in the reference."""

import pytest

from tests.reference.hand_made import claim, components, fallback, forced_move, responses, result, strike

EXIT = strike(100, forced_move(grace_days=10, pay_factor=3.0))


def test_each_occurrence_is_booked_what_it_adds_to_those_before():
    told = result(
        {
            "end": strike(100, forced_move(grace_days=100)),
            "slow": strike(150, {"disruption": {"severity": 0.5, "days": 100}}),
            "sooner": strike(160, forced_move(grace_days=0)),
        },
        responses=responses("move", fallback(lead_days=80, severity=0.4, move_cost=500.0)),
    )
    # Moves from 100 to 180. Alone: no disruption. Then 30 days at 0.5; then 20 of them at 0.7.
    assert [(one.driver, one.cost, one.exposure) for one in told.occurrences] == [
        ("end", pytest.approx(500.0), pytest.approx(0.0)),
        ("slow", pytest.approx(0.0), pytest.approx(30 * 5000.0)),
        ("sooner", pytest.approx(0.0), pytest.approx(20 * 2000.0)),
    ]
    assert told["total_cost"] - told["no_event_cost"] == pytest.approx(500.0)


def test_ties_are_booked_by_driver_and_entity():
    hit = {"disruption": {"severity": 0.5, "days": 10}}
    told = result({"b": strike(50, hit), "a": strike(50, hit, scope="lab", on="old_lab")})
    assert told["disruption_exposure_by_driver"] == pytest.approx({"a": 50_000.0, "b": 25_000.0})


def test_a_claim_is_booked_its_saving():
    told = result(
        {"claim": claim({"saving": {"claimed": 0.5, "realised": 1.0}}), "hit": strike(200, on="new")},
        adoption={"line": "new", "day": 165},
    )
    assert told["total_cost_by_driver"] == pytest.approx({"claim": -100_000.0, "hit": 0.0})


def test_years_count_from_start():
    hit = {"disruption": {"severity": 1.0, "days": 2}}
    told = result(
        {
            "a": strike(364, hit),
            "b": strike(365, hit),
            "c": strike(400, {"disruption": {"severity": 1.0, "days": 3}}),
        },
        run={"horizon_days": 800},
    )
    # `a` lasts into the second year and belongs to the first; `b` adds one day to it.
    assert told["largest_occurrence_by_year"] == pytest.approx({0: 20_000.0, 1: 30_000.0, 2: 0.0})
    assert told["disruption_exposure_by_year"] == pytest.approx({0: 20_000.0, 1: 40_000.0, 2: 0.0})
    assert told["largest_occurrence"] == pytest.approx(30_000.0)


def test_diversify_is_two_parts_under_one_name():
    told = result(
        {
            "end": strike(100, forced_move(grace_days=0), {"one_off": {"amount": 100.0}}),
            "claim": claim({"saving": {"claimed": 0.5, "realised": 1.0}}),
        },
        strategy={
            "diversify": 0.25,
            "clauses": [{"name": "a", "annual_cost": 365.0, "termination_fee": 400.0}],
            "commitment": {"line": "old", "daily_minimum": 1200.0, "until": "2026-01-11"},
        },
        adoption={"line": "new", "day": 200, "move_cost": 8000.0},
        responses=responses("move", fallback(lead_days=10, severity=0.5, move_cost=4000.0, spend_factor=2.0)),
    )
    first = 0.75 * (110_000.0 + 90 * 2000.0 + 165 * 500.0)
    second = 0.25 * 365 * 2000.0
    owed = 10 * (0.75 * 200.0 + 0.25 * 1200.0)
    assert components(told) == {
        "inference": first + second,
        "one_off": 75.0,
        "move": 0.75 * 12_000.0,
        "mitigation": 365.0 + 0.75 * 400.0 + owed,
        "exposure": 0.75 * 10 * 5000.0,
    }
    assert told["disruption_days"] == pytest.approx(0.75 * 10 * 0.5)
    assert told["concentration"] == pytest.approx(0.75)
    assert told["herfindahl_by_line_at_start"] == pytest.approx(0.75**2 + 0.25**2)
    assert told["status_quo_cost"] == pytest.approx(365_000.0)


def test_parts_share_effect_draws_but_not_response_draws():
    told = result(
        {
            "end": strike(
                100,
                forced_move(),
                {"one_off": {"amount": {"uniform": [0.0, 1.0]}}},
                scope="workload",
                on="chat",
            )
        },
        strategy={"diversify": 0.5},
        responses=responses(
            "move", fallback("spare", move_cost={"uniform": [0.0, 1.0]}), fallback("old", move_cost=0.0)
        ),
    )
    (occurrence,) = told.occurrences
    assert told["total_cost_by_component"]["one_off"] == pytest.approx(
        occurrence.magnitudes["one_off.0.amount"]
    )
    amounts = {part: told.lives["chat", part].amounts for part in "12"}
    assert [a.money for a in amounts["1"] if a.component == "one_off"] == [
        a.money for a in amounts["2"] if a.component == "one_off"
    ]


def test_concentration_counts_a_forced_move_under_way_without_disruption():
    told = result(
        {"end": strike(100, forced_move(grace_days=99))}, responses=responses("move", fallback(lead_days=5))
    )
    assert (told["concentration"], told["disruption_days"]) == (1.0, 0.0)
    at_once = result({"end": strike(100, forced_move())}, responses=responses("move", fallback()))
    assert at_once["concentration"] == 0.0


@pytest.mark.parametrize("policy", ["move", "pay", "cheapest"])
def test_bookings_add_up(policy):
    told = result(
        {"end": EXIT, "on": strike(120, {"spend": {"factor": 2.0}}, scope="lab", on="old_lab")},
        responses=responses(policy, fallback(lead_days=60, move_cost=9000.0)),
    )
    booked = sum(one.cost for one in told.occurrences)
    assert booked == pytest.approx(told["total_cost"] - told["no_event_cost"])
    assert sum(one.exposure for one in told.occurrences) == pytest.approx(told["disruption_exposure"])
