"""Planned moves, pilots, holds and claims in the reference, worked by hand."""

import pytest
from scipy import special

from tests.reference.draws import Draws
from tests.reference.hand_made import claim, components, fallback, forced_move, responses, result, strike

ADOPTION = {"line": "new", "day": 100, "lead_days": 20, "move_cost": 3000.0, "spend_factor": 0.5}
ADOPTED = {"inference": 120_000.0 + 245 * 500.0, "move": 3000.0}
AS_BEFORE = {"inference": 365_000.0}
SAVING = {"saving": {"claimed": 0.4, "realised": 0.5}}


def change(**fields):
    return {"adoption": fields}


def test_a_planned_move_keeps_the_old_line_until_it_is_done():
    assert components(result(adoption=ADOPTION)) == ADOPTED


def test_terms_for_forced_moves_do_not_apply_to_a_planned_one():
    terms = {"lead_factor": 0.1, "move_cost_factor": 0.1, "termination_fee": 99.0}
    strategy = {"clauses": [{"name": "a", **terms}], "standby": {"lead_factor": 0.1}}
    assert components(result(strategy=strategy, adoption=ADOPTION)) == ADOPTED


def test_a_delay_and_a_day_beyond_the_horizon():
    later = components(result(strategy=change(delay_days=200), adoption=ADOPTION))
    assert later == {"inference": 320_000.0 + 45 * 500.0, "move": 3000.0}
    assert components(result(strategy=change(delay_days=265), adoption=ADOPTION)) == AS_BEFORE
    # Begun before the horizon and done after it.
    begun = components(result(strategy=change(delay_days=260), adoption=ADOPTION))
    assert begun == {"inference": 365_000.0, "move": 3000.0}


@pytest.mark.parametrize(
    ("driver", "is_held"),
    [
        (strike(99, on="new"), True),
        (strike(99, on="old"), True),
        (strike(99, scope="lab", on="new_lab"), True),
        (strike(99, scope="group", on="here"), True),
        (strike(99, scope="group", on="here", reach=0.0), False),
        (strike(99, scope="workload", on="chat"), True),
        (strike(99, on="spare"), False),
        (strike(100, on="new"), False),
        (strike(-200, on="new", history=True), True),
    ],
)
def test_what_holds_an_adoption(driver, is_held):
    told = result({"exit": driver}, strategy=change(hold_if={"driver": "exit"}), adoption=ADOPTION)
    assert components(told) == (AS_BEFORE if is_held else ADOPTED)
    assert told["no_event_cost"] == pytest.approx(sum(ADOPTED.values()))


def test_a_hold_may_ask_for_an_outcome():
    driver = {**strike(50), "outcomes": {"mild": {"probability": 1.0}, "grave": {"probability": 0.0}}}
    for outcome, cost in (("mild", AS_BEFORE), ("grave", ADOPTED)):
        hold_if = {"driver": "exit", "outcome": outcome}
        assert (
            components(result({"exit": driver}, strategy=change(hold_if=hold_if), adoption=ADOPTION)) == cost
        )


def test_a_hold_is_rechecked_and_held_again_only_by_what_struck_since():
    exits = {f"exit_{day}": strike(day, on="new") for day in (90, 120)}
    one = {"exit": {**exits["exit_90"], "history": [{"entity": "new", "date": "2025-12-01"}]}}
    hold_if = {"driver": "exit", "recheck_days": 30}
    told = result(one, strategy=change(hold_if=hold_if), adoption=ADOPTION)
    # Held on day 100 by days -31 and 90, adopted from day 130 to 150.
    assert components(told) == {"inference": 150_000.0 + 215 * 500.0, "move": 3000.0}
    both = {"exit": {**exits["exit_120"], "history": [{"entity": "new", "date": "2025-12-01"}]}}
    told = result(both, strategy=change(hold_if=hold_if), adoption=ADOPTION)
    # Held on day 100 by history, on day 130 by day 120, adopted from day 160 to 180.
    assert components(told) == {"inference": 180_000.0 + 185 * 500.0, "move": 3000.0}


@pytest.mark.parametrize(
    "drivers",
    [
        {"lost": strike(100, forced_move(), on="new")},
        {"lost": strike(-5, forced_move(), scope="lab", on="new_lab", history=True)},
    ],
)
def test_a_lost_target_is_not_adopted(drivers):
    assert components(result(drivers, adoption=ADOPTION)) == AS_BEFORE


def test_an_adoption_waits_for_no_move_under_way():
    drivers = {"end": strike(95, forced_move(grace_days=50))}
    told = result(drivers, adoption=ADOPTION, responses=responses("move", fallback(lead_days=10)))
    assert components(told) == AS_BEFORE
    there = result(drivers, adoption=ADOPTION, responses=responses("move", fallback("new", spend_factor=2.0)))
    assert components(there) == {"inference": 95_000.0 + 270 * 2000.0}


def test_a_pilot_costs_and_moves_the_beginning_to_its_end():
    pilot = {"cost": 700.0, "days": 10, "minimum_saving": 0.2}
    told = result({"claim": claim(SAVING)}, strategy=change(pilot=pilot), adoption=ADOPTION)
    assert components(told) == {"inference": 130_000.0 + 235 * 400.0, "move": 3000.0, "mitigation": 700.0}
    # Occurrences make no difference to the pilot's answer: the no-event path adopts too, without the claim.
    assert told["no_event_cost"] == pytest.approx(130_000.0 + 235 * 500.0 + 3700.0)
    stricter = {**pilot, "minimum_saving": 0.21}
    told = result({"claim": claim(SAVING)}, strategy=change(pilot=stricter), adoption=ADOPTION)
    assert components(told) == {"inference": 365_000.0, "mitigation": 700.0}
    # As sold, every pilot passes and every saving is realised in full.
    assert told["planned_cost"] == pytest.approx(130_000.0 + 235 * 300.0 + 3700.0)


def test_a_pilot_sees_all_claims_that_will_strike():
    drivers = {
        "a": claim(SAVING),
        "b": claim({"saving": {"claimed": 0.5, "realised": 1.0}}),
        "c": claim({"saving": {"claimed": 0.9, "realised": 1.0}, "where": {"licence": "proprietary"}}),
        "d": claim({"saving": {"claimed": 0.9, "realised": 1.0}}, probability=0.0),
    }
    for minimum, passes in ((0.6, True), (0.61, False)):  # 1 - 0.8 x 0.5
        told = result(drivers, strategy=change(pilot={"minimum_saving": minimum}), adoption=ADOPTION)
        assert (told["total_cost_by_component"]["move"] > 0.0) == passes


def test_a_pilot_measures_with_noise():
    noise = 0.3 * special.ndtri(Draws(1, 0).uniform("pilot", "chat"))
    for shift, passes in ((-0.001, True), (0.001, False)):
        pilot = {"noise": 0.3, "minimum_saving": 0.2 + noise + shift}
        told = result({"a": claim(SAVING)}, strategy=change(pilot=pilot), adoption=ADOPTION)
        assert (told["total_cost_by_component"]["move"] > 0.0) == passes


def test_a_target_lost_during_the_pilot():
    told = result(
        {"lost": strike(105, forced_move(), on="new")},
        strategy=change(pilot={"cost": 700.0, "days": 10, "minimum_saving": 0.0}),
        adoption=ADOPTION,
    )
    assert components(told) == {"inference": 365_000.0, "mitigation": 700.0}


def test_a_claim_strikes_when_the_move_is_done_and_acts_until_the_line_is_left():
    told = result(
        {
            "claim": claim(SAVING, {"one_off": {"amount": 50.0}}, {"upkeep": {"per_day": 1.0, "days": 10}}),
            "end": strike(200, forced_move(), on="new"),
        },
        adoption=ADOPTION,
        responses=responses("move", fallback()),
    )
    assert components(told) == {
        "inference": 120_000.0 + 80 * 400.0 + 165_000.0,
        "upkeep": 10.0,
        "one_off": 50.0,
        "move": 3000.0,
    }
    assert told["strikes_by_driver"] == {"claim": 1, "end": 1}
    assert [one.time for one in told.occurrences] == [120.0, 200.0]


def test_a_claim_that_never_comes_to_be():
    told = result({"claim": claim(SAVING)}, strategy=change(delay_days=250), adoption=ADOPTION)
    assert told["total_cost_by_component"]["move"] == 3000.0  # begun on day 350, not done by the horizon
    assert told["strikes_by_driver"] == {"claim": 0}


def test_the_plan_takes_the_first_written_outcome_with_a_saving_on_the_target():
    outcomes = {
        "z_nothing": {"probability": 0.5, "effects": [{"upkeep": {"per_day": 5.0}}]},
        "y_elsewhere": {
            "probability": 0.1,
            "effects": [{"saving": {"claimed": 0.9, "realised": 1.0}, "where": {"licence": "proprietary"}}],
        },
        "x_holds": {
            "probability": 0.0,
            "effects": [{"saving": {"claimed": 0.2, "realised": 0.1}}, {"one_off": {"amount": 11.0}}],
        },
        "a_other": {"effects": [{"saving": {"claimed": 0.8, "realised": 0.1}}]},
    }
    told = result(
        {"claim": {**claim(probability=0.0), "outcomes": outcomes}},
        adoption=ADOPTION,
        usage={"utilisation": 0.5},
    )
    assert told["planned_cost"] == pytest.approx(120_000.0 + 245 * 400.0 + 3000.0 + 11.0)
    assert told["total_cost"] == pytest.approx(sum(ADOPTED.values()))
