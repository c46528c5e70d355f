"""How the reference answers forced moves, each rule worked by hand from section 5 of the model page."""

import pytest

from tests.reference.hand_made import components, fallback, forced_move, responses, result, strike


def clause(**terms):
    return {"clauses": [{"name": "package", **terms}]}


def test_move_and_the_overdue_part_of_it():
    told = result(
        {"end": strike(100, forced_move(grace_days=20))},
        responses=responses("move", fallback(lead_days=50, move_cost=8000.0, severity=0.3, spend_factor=1.2)),
    )
    # Moves at 100, due at 120, there at 150: 30 days overdue.
    assert components(told) == {
        "inference": 150_000.0 + 215 * 1200.0,
        "move": 8000.0,
        "exposure": 30 * 0.3 * 10_000,
    }
    assert told["herfindahl_by_line_at_horizon"] == 1.0
    assert told.lives["chat", "1"].stays[-1].line == "spare"


def test_a_move_beyond_the_horizon_costs_what_lies_before():
    told = result(
        {"end": strike(350, forced_move(grace_days=5))},
        responses=responses("move", fallback(lead_days=50, move_cost=8000.0, severity=0.5)),
    )
    assert components(told) == {"inference": 365_000.0, "move": 8000.0, "exposure": 50_000.0}


def test_clauses_and_standby_change_a_forced_move():
    told = result(
        {"end": strike(100, forced_move(grace_days=20))},
        strategy={
            "clauses": [
                {"name": "a", "notice_days": 5, "lead_factor": 0.8, "termination_fee": 700.0},
                {"name": "b", "notice_days": 3, "lead_factor": 0.9, "move_cost_factor": 0.5},
                {"name": "c", "when": [], "notice_days": 99},
            ],
            "standby": {"lead_factor": 0.5, "share_of_spend": 0.0},
        },
        responses=responses("move", fallback(lead_days=100, move_cost=8000.0)),
    )
    # Due at 125, there at 100 + 100 x 0.8 x 0.5 = 140.
    assert components(told) == {
        "inference": 365_000.0,
        "move": 4000.0,
        "mitigation": 700.0,
        "exposure": 15 * 10_000,
    }


def test_pay_stays_and_pays_from_the_deadline():
    told = result(
        {"end": strike(100, forced_move(grace_days=60, pay_factor=2.0))},
        responses=responses("pay", fallback()),
    )
    assert components(told) == {"inference": 160_000.0 + 205 * 2000.0}


def test_a_price_cap_bounds_pay_factor_and_price_effects_alone():
    told = result(
        {
            "end": strike(100, forced_move(pay_factor=2.0)),
            "rise": strike(200, {"spend": {"factor": 3.0, "price": True}}),
            "use": strike(300, {"spend": {"factor": 4.0}}),
        },
        strategy=clause(price_cap=1.5),
        responses=responses("pay"),
    )
    assert components(told) == {"inference": 100_000.0 + 100 * 1500 + 100 * 2250 + 65 * 9000.0}


def test_pay_moves_where_staying_is_impossible_and_strands_without_a_fallback():
    drivers = {"end": strike(100, forced_move(grace_days=10))}
    moved = result(drivers, responses=responses("pay", fallback(lead_days=5, spend_factor=0.5)))
    assert components(moved) == {"inference": 105_000.0 + 260 * 500.0}
    stranded = result(drivers, responses=responses("pay", stranded_severity=0.4))
    assert components(stranded) == {"inference": 110_000.0, "exposure": 255 * 4000.0}


def test_move_never_pays():
    told = result({"end": strike(100, forced_move(pay_factor=1.0))}, responses=responses("move"))
    assert components(told) == {"inference": 100_000.0, "exposure": 265 * 10_000.0}


def test_stranding_ends_effects_standby_and_upkeep_but_not_fees():
    told = result(
        {
            "end": strike(100, forced_move(grace_days=65)),
            "slow": strike(50, {"upkeep": {"per_day": 10.0}}, {"disruption": {"severity": 0.5, "days": 300}}),
            "fine": strike(200, {"one_off": {"amount": 999.0}}),
        },
        strategy={**clause(annual_cost=365.0), "standby": {"share_of_spend": 0.1}},
        responses=responses("move", stranded_severity=0.2),
        adoption={"line": "new", "day": 120},
    )
    # To be stranded from day 100, so no adoption on day 120; stranded from 165 on.
    assert components(told) == {
        "inference": 165_000.0,
        "upkeep": 1150.0,
        "mitigation": 165 * 100.0 + 365.0,
        "exposure": 115 * 5000.0 + 200 * 2000.0,
    }
    assert told["herfindahl_by_lab_at_horizon"] == 0.0


@pytest.mark.parametrize(
    ("move_cost", "cost"),
    [
        (131_000.0, {"inference": 365_000.0, "move": 131_000.0, "exposure": 90_000.0}),
        (137_000.0, {"inference": 100_000.0 + 40 * 1000 + 225 * 2000.0}),
    ],
)
def test_cheapest_compares_cost_and_exposure_to_the_horizon(move_cost, cost):
    # Paying costs 225,000 more; moving costs 90,000 of exposure (9 days overdue) and its price.
    told = result(
        {"end": strike(100, forced_move(grace_days=40, pay_factor=2.0))},
        responses=responses("cheapest", fallback(lead_days=49, move_cost=move_cost)),
    )
    assert components(told) == cost


def test_a_tie_stays():
    told = result(
        {"end": strike(100, forced_move(pay_factor=1.0))},
        growth=0.3,
        responses=responses("cheapest", fallback()),
    )
    assert told.lives["chat", "1"].stays[-1].line == "old"
    assert told.lives["chat", "1"].paying


def test_cheapest_foresees_its_own_adoption_and_nothing_else():
    # The adoption on day 150 leaves the line anyway: paying 50 days is cheaper than a move at 60,000. The
    # price rise of day 120 is not foreseen.
    told = result(
        {
            "end": strike(100, forced_move(pay_factor=2.0)),
            "rise": strike(120, {"spend": {"factor": 5.0}}),
        },
        adoption={"line": "new", "day": 150},
        responses=responses("cheapest", fallback(move_cost=60_000.0)),
    )
    assert components(told) == {"inference": 100_000.0 + 20 * 2000 + 30 * 10_000 + 215 * 1000.0}


def test_cheapest_takes_what_alone_is_possible():
    moved = result(
        {"end": strike(100, forced_move())}, responses=responses("cheapest", fallback(spend_factor=9.0))
    )
    assert components(moved) == {"inference": 100_000.0 + 265 * 9000.0}
    paid = result({"end": strike(100, forced_move(pay_factor=9.0))}, responses=responses("cheapest"))
    assert components(paid) == {"inference": 100_000.0 + 265 * 9000.0}
    stranded = result({"end": strike(100, forced_move())}, responses=responses("cheapest"))
    assert components(stranded) == {"inference": 100_000.0, "exposure": 2_650_000.0}


@pytest.mark.parametrize("policy", ["move", "pay", "cheapest"])
def test_weights_access_lets_the_self_hosted_stay_for_good(policy):
    told = result(
        {
            "end": strike(100, forced_move(grace_days=30, pay_factor=1.1)),
            "again": strike(200, forced_move(pay_factor=3.0)),
        },
        strategy={
            "clauses": [
                {"name": "a", "weights_access": {"upkeep": 0.2}, "notice_days": 10, "upkeep_factor": 0.1},
                {"name": "b", "weights_access": {"upkeep": 0.05}},
            ]
        },
        hosting="self_hosted",
        responses=responses(policy, fallback(spend_factor=0.1)),
    )
    assert components(told) == {"inference": 365_000.0, "upkeep": 225 * 50.0}


def test_weights_access_is_nothing_to_the_hosted():
    told = result(
        {"end": strike(100, forced_move())},
        strategy=clause(weights_access={"upkeep": 0.2}),
        hosting="third_party",
        responses=responses("move", fallback()),
    )
    assert components(told) == {"inference": 365_000.0}


def test_the_first_fallback_that_is_neither_lost_nor_the_current_line():
    drivers = {
        "early": strike(50, forced_move(), on="spare"),
        "end": strike(100, forced_move()),
    }
    chain = [fallback("old"), fallback("spare", spend_factor=2.0), fallback("new", spend_factor=3.0)]
    told = result(drivers, responses=responses("move", *chain))
    assert components(told) == {"inference": 100_000.0 + 265 * 3000.0}
    # A forced move that does not admit the workload on that line loses nothing.
    drivers["early"] = strike(50, forced_move(licence="open_weight"), on="spare")
    told = result(drivers, responses=responses("move", *chain))
    assert components(told) == {"inference": 100_000.0 + 265 * 2000.0}


def test_a_line_is_lost_by_its_lab_and_by_reach_of_its_group():
    for scope, on in (("lab", "new_lab"), ("group", "here")):
        told = result(
            {
                "early": strike(50, forced_move(licence="open_weight"), scope=scope, on=on),
                "end": strike(100, forced_move()),
            },
            responses=responses(
                "move", fallback("new", spend_factor=3.0), fallback("spare", spend_factor=2.0)
            ),
        )
        assert components(told) == {"inference": 100_000.0 + 265 * 2000.0}


def test_a_workload_scope_forced_move_loses_no_line():
    told = result(
        {
            "a": strike(100, forced_move(), scope="workload", on="chat"),
            "b": strike(200, forced_move()),
            "c": strike(300, forced_move(), on="spare"),
        },
        responses=responses("move", fallback("spare", spend_factor=2.0), fallback("old", spend_factor=0.5)),
    )
    # To spare on day 100; the loss of old on day 200 strikes nobody but loses it, so on day 300: stranded.
    assert components(told) == {"inference": 100_000.0 + 200 * 2000.0, "exposure": 65 * 10_000.0}


def test_while_a_move_runs_another_forced_move_only_brings_the_deadline_forward():
    told = result(
        {
            "end": strike(100, forced_move(grace_days=50)),
            "sooner": strike(110, forced_move(grace_days=10), scope="lab", on="old_lab"),
            "later": strike(112, forced_move(grace_days=90)),
        },
        strategy=clause(termination_fee=100.0),
        responses=responses("move", fallback(lead_days=40, move_cost=1000.0, severity=0.5)),
    )
    assert components(told) == {
        "inference": 365_000.0,
        "move": 1000.0,
        "mitigation": 100.0,
        "exposure": 20 * 5000.0,
    }


def test_a_target_lost_meanwhile_meets_the_workload_on_arrival():
    told = result(
        {
            "end": strike(100, forced_move(grace_days=100)),
            "lost": strike(110, forced_move(grace_days=10), on="new"),
        },
        responses=responses(
            "move",
            fallback("new", lead_days=40, spend_factor=2.0),
            fallback("spare", lead_days=20, severity=0.4, spend_factor=3.0),
        ),
    )
    # On new at 140, due there at once (max(120, 140)), on spare at 160.
    assert components(told) == {
        "inference": 140_000.0 + 20 * 2000.0 + 205 * 3000.0,
        "exposure": 20 * 4000.0,
    }


def test_a_planned_move_is_overdue_once_its_old_line_is_lost():
    told = result(
        {"end": strike(110, forced_move(grace_days=10))},
        strategy=clause(termination_fee=100.0),
        adoption={"line": "new", "day": 100, "lead_days": 50, "severity": 0.25, "spend_factor": 0.5},
        responses=responses("move", fallback()),
    )
    assert components(told) == {"inference": 150_000.0 + 215 * 500.0, "exposure": 30 * 2500.0}


def test_effects_end_when_the_workload_leaves():
    told = result(
        {
            "slow": strike(50, {"upkeep": {"per_day": 10.0, "days": 300}}, {"disruption": {"severity": 0.1}}),
            "own": strike(60, {"spend": {"factor": 2.0}}, scope="workload", on="chat"),
            "end": strike(100, forced_move()),
        },
        responses=responses("move", fallback()),
    )
    assert components(told) == {
        "inference": 60_000.0 + 80_000.0 + 265_000.0,
        "upkeep": 500.0,
        "exposure": 50 * 1000.0,
    }


def test_standing_effects_meet_a_later_arrival():
    told = result(
        {
            "line": strike(10, {"spend": {"factor": 2.0}}, on="new"),
            "lab": strike(20, {"upkeep": {"per_day": 10.0}}, scope="lab", on="new_lab"),
            "group": strike(30, {"disruption": {"severity": 0.1}}, scope="group", on="here"),
            "timed": strike(40, {"spend": {"factor": 9.0, "days": 300}}, on="new"),
            "spent": strike(50, {"one_off": {"amount": 9.0}}, on="new"),
            "gated": strike(60, {"spend": {"factor": 9.0}, "where": {"licence": "proprietary"}}, on="new"),
        },
        adoption={"line": "new", "day": 100},
    )
    # The group's disruption acts on the old line too, from day 30.
    assert components(told) == {
        "inference": 100_000.0 + 265 * 2000.0,
        "upkeep": 2650.0,
        "exposure": 335 * 1000.0,
    }


def test_one_that_pays_answers_no_further_forced_move_but_may_adopt():
    told = result(
        {
            "end": strike(100, forced_move(pay_factor=2.0)),
            "again": strike(150, forced_move(pay_factor=5.0)),
            "third": strike(210, forced_move()),
        },
        adoption={"line": "new", "day": 200, "lead_days": 50, "spend_factor": 0.5},
        responses=responses("pay", fallback()),
    )
    # Pays to day 250 without being overdue, then is on the new line.
    assert components(told) == {"inference": 100_000.0 + 150 * 2000.0 + 115 * 500.0}


def test_the_current_line_is_no_fallback_even_if_it_is_not_lost():
    told = result(
        {"end": strike(100, forced_move(), scope="workload", on="chat")},
        responses=responses("move", fallback("old", spend_factor=2.0), fallback("spare", spend_factor=3.0)),
    )
    assert components(told) == {"inference": 100_000.0 + 265 * 3000.0}


def test_on_its_new_line_it_answers_again():
    told = result(
        {
            "end": strike(100, forced_move(pay_factor=2.0)),
            "there": strike(265, forced_move(pay_factor=4.0), on="new"),
        },
        adoption={"line": "new", "day": 200},
        responses=responses("pay"),
    )
    assert components(told) == {"inference": 100_000.0 + 100 * 2000.0 + 65_000.0 + 100 * 4000.0}


def test_of_several_termination_fees_the_lowest_stated_one():
    told = result(
        {"end": strike(100, forced_move())},
        strategy={
            "clauses": [
                {"name": "a", "termination_fee": 500.0},
                {"name": "b", "termination_fee": 300.0},
                {"name": "c", "notice_days": 3},
            ]
        },
        responses=responses("move", fallback()),
    )
    assert components(told) == {"inference": 365_000.0, "mitigation": 300.0}
