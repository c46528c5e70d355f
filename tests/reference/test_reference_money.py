"""The reference's ledger, against amounts worked by hand from the model page."""

import math

import pytest

from tests.reference.hand_made import (
    claim,
    components,
    fallback,
    forced_move,
    made,
    responses,
    result,
    strike,
)
from tests.reference.periods import periods

SAVING = {"saving": {"claimed": 0.6, "realised": 1.0}}


def test_the_case_it_must_tell_first():
    told = result(
        {"cost_claim": claim(SAVING)},
        adoption={"line": "new", "day": 0},
    )
    assert told["total_cost"] == pytest.approx(146_000.0, abs=0.005)
    assert told["status_quo_cost"] - told["total_cost"] == pytest.approx(219_000.0, abs=0.005)
    assert told["planned_cost"] == pytest.approx(146_000.0, abs=0.005)
    assert told["no_event_cost"] == pytest.approx(365_000.0, abs=0.005)


def test_a_claim_that_holds_in_part_and_a_load_that_lets_it_come_true_in_part():
    told = result(
        {"cost_claim": claim({"saving": {"claimed": 0.6, "realised": 0.5}})},
        adoption={"line": "new", "day": 65, "lead_days": 100, "move_cost": 2000.0},
        usage={"utilisation": 0.5, "context": 1.0, "latency": 0.8},
    )
    # 165 days at 1,000, then 200 at 1,000 x (1 - 0.6 x 0.5 x 0.4).
    assert components(told) == {"inference": 165_000.0 + 200 * 880.0, "move": 2000.0}
    assert told["planned_cost"] == pytest.approx(165_000.0 + 200 * 400.0 + 2000.0)


def test_spend_never_falls_below_nothing():
    told = result(
        {"a_claim": claim({"saving": {"claimed": 1.0, "realised": 2.0}})},
        adoption={"line": "new", "day": 100},
    )
    assert told["total_cost"] == pytest.approx(100_000.0)


def test_growth_trend_and_discount_are_an_annuity():
    told = result(
        run={"discount_rate": 0.08, "horizon_days": 730},
        growth=0.2,
        lines={"old": {"lab": "old_lab", "licence": "proprietary", "price_trend": -0.05}},
    )
    growth, discount = 0.15, math.log(1.08)
    years = 2.0
    assert told["total_cost"] == pytest.approx(365_000.0 * math.expm1(growth * years) / growth)
    net = growth - discount
    assert told["total_cost_pv"] == pytest.approx(365_000.0 * math.expm1(net * years) / net)


def test_what_might_have_been_is_discounted_too():
    """A move on day 73 to a fifth of the cost, half of it comes true; the price on day 100 is in no plan."""
    told = result(
        {
            "cost_claim": claim({"saving": {"claimed": 0.8, "realised": 0.5}}),
            "dear": strike(100, {"spend": {"factor": 2.0}}, on="new"),
        },
        adoption={"line": "new", "day": 73, "move_cost": 1000.0},
        run={"discount_rate": 0.08},
        growth=0.2,
    )
    discount = math.log(1.08)
    for pv, rate, at_move in (("", 0.2, 1.0), ("_pv", 0.2 - discount, 1.08**-0.2)):
        before = 365_000.0 * math.expm1(rate * 0.2) / rate
        after = 365_000.0 * math.expm1(rate) / rate - before
        assert told[f"status_quo_cost{pv}"] == pytest.approx(before + after)
        assert told[f"no_event_cost{pv}"] == pytest.approx(before + after + 1000.0 * at_move)
        assert told[f"planned_cost{pv}"] == pytest.approx(before + 0.2 * after + 1000.0 * at_move)
        assert told[f"planned_cost{pv}_by_workload"] == {"chat": told[f"planned_cost{pv}"]}
    assert told["total_cost_pv"] > told["no_event_cost_pv"]


def test_the_trend_is_that_of_the_current_line_from_day_0():
    told = result(
        adoption={"line": "new", "day": 73},
        lines={"new": {"lab": "new_lab", "licence": "open_weight", "price_trend": 1.0}},
    )
    assert told["total_cost"] == pytest.approx(73_000.0 + 365_000.0 * (math.e - math.exp(0.2)))


def test_amounts_are_discounted_from_their_day():
    told = result(
        {"fine": strike(73, {"one_off": {"amount": 1000.0}})},
        run={"discount_rate": 0.08},
        daily_spend=0.0,
    )
    assert told["total_cost"] == pytest.approx(1000.0)
    assert told["total_cost_pv"] == pytest.approx(1000.0 * 1.08**-0.2)


def test_effects_for_days_and_standing():
    told = result(
        {
            "dear": strike(100, {"spend": {"factor": 2.0, "days": 30}}, scope="lab", on="old_lab"),
            "dearer": strike(110, {"spend": {"factor": 1.5}}, scope="workload", on="chat"),
            "slow": strike(
                200, {"upkeep": {"share_of_spend": 0.1}}, {"upkeep": {"per_day": 7.0, "days": 10}}
            ),
        }
    )
    inference = 100 * 1000 + 10 * 2000 + 20 * 3000 + (365 - 130) * 1500
    # Shares are of s(t): no effect scales them.
    assert components(told) == {"inference": inference, "upkeep": 165 * 100.0 + 70.0}


def test_overlapping_severities_combine_and_do_not_add():
    told = result(
        {
            "a": strike(100, {"disruption": {"severity": 0.5, "days": 20}}),
            "b": strike(110, {"disruption": {"severity": 0.6, "days": 20}}),
        },
        growth=0.0,
    )
    days = 10 * 0.5 + 10 * 0.8 + 10 * 0.6
    assert told["disruption_days"] == pytest.approx(days)
    assert told["disruption_exposure"] == pytest.approx(days * 10_000)
    # The second is booked what it adds.
    assert told["disruption_exposure_by_driver"] == pytest.approx({"a": 100_000, "b": (days - 10) * 10_000})
    assert told["largest_occurrence"] == pytest.approx(100_000)
    assert told["concentration"] == 1.0


def test_value_at_stake_grows_without_the_price_trend():
    told = result(
        {"a": strike(0, {"disruption": {"severity": 0.5}})},
        growth=0.3,
        lines={"old": {"lab": "old_lab", "licence": "proprietary", "price_trend": 0.7}},
    )
    assert told["disruption_exposure"] == pytest.approx(0.5 * 3_650_000 * math.expm1(0.3) / 0.3)


def test_where_admits_by_hosting_licence_workload_and_tag():
    def one_off(amount, **where):
        return {"one_off": {"amount": amount}, "where": where}

    told = result(
        {
            "a": strike(
                5,
                one_off(1.0, hosting="vendor_api"),
                one_off(2.0, hosting=["self_hosted", "third_party"]),
                one_off(4.0, licence="proprietary"),
                one_off(8.0, licence="open_weight"),
                one_off(16.0, workload="chat"),
                one_off(32.0, tag={"team": "red"}),
                one_off(64.0, tag={"team": ["red", "blue"], "tier": "1"}),
                one_off(128.0, tag={"team": "red", "tier": "1"}),
            )
        },
        tags={"team": "blue", "tier": "1"},
    )
    assert told["total_cost_by_component"]["one_off"] == 1.0 + 4.0 + 16.0 + 64.0


def test_commitment_from_day_0_with_a_crossing():
    told = result(
        strategy={"commitment": {"line": "old", "daily_minimum": 1100.0, "until": "2026-10-28"}},
        growth=0.2,
    )
    crossing = 365.0 * math.log(1.1) / 0.2  # day 173.9; the commitment runs to day 300
    short = 1100.0 * crossing - 365_000.0 * math.expm1(0.2 * crossing / 365.0) / 0.2
    assert told["total_cost_by_component"]["mitigation"] == pytest.approx(short)


def test_commitment_is_owed_whole_off_the_line():
    told = result(
        {"end": strike(100, forced_move())},
        strategy={"commitment": {"line": "old", "daily_minimum": 800.0, "until": "2026-10-28"}},
        responses=responses("move", fallback()),
    )
    assert components(told) == {"inference": 365_000.0, "mitigation": 200 * 800.0}


def test_credit_refunds_the_largest_share_while_effects_run():
    clauses = [
        {"name": "a", "when": ["slow"], "credit": 0.1},
        {"name": "b", "when": ["slow", "late"], "credit": 0.05},
        {"name": "c", "when": ["late"], "credit": 0.2},
    ]
    told = result(
        {
            "slow": strike(100, {"disruption": {"severity": 0.0, "days": 40}}),
            "late": strike(120, {"spend": {"factor": 2.0, "days": 40}}),
            "free": strike(200, {"spend": {"factor": 3.0, "days": 40}}),
        },
        strategy={"clauses": clauses},
    )
    # 20 days at 10% of 1,000, then 40 days at 20% of 2,000.
    assert told["total_cost_by_component"]["mitigation"] == pytest.approx(-(20 * 100.0 + 40 * 400.0))


def test_standby_and_annual_costs():
    told = result(
        strategy={
            "standby": {"lead_factor": 0.5, "share_of_spend": 0.1},
            "clauses": [{"name": "a", "annual_cost": 365.0}, {"name": "b", "annual_cost": 730.0}],
        },
        run={"horizon_days": 200},
    )
    assert components(told) == {"inference": 200_000.0, "mitigation": 200 * (100.0 + 3.0)}


def test_upkeep_factor_scales_shares_and_amounts():
    told = result(
        {"slow": strike(65, {"upkeep": {"share_of_spend": 0.2}}, {"upkeep": {"per_day": 10.0}})},
        strategy={"clauses": [{"name": "a", "upkeep_factor": 0.5}, {"name": "b", "upkeep_factor": 0.8}]},
    )
    assert told["total_cost_by_component"]["upkeep"] == pytest.approx(300 * 0.5 * 210.0)


def test_the_path_is_split_by_calendar_month():
    told = result(
        {
            "fine": strike(31, {"one_off": {"amount": 5.0}}),
            "a": strike(30, {"disruption": {"severity": 1.0, "days": 2}}),
        },
        run={"horizon_days": 60},
    )
    assert told["total_cost_by_period"] == pytest.approx(
        {"2026-01": 31_000.0, "2026-02": 28_005.0, "2026-03": 1000.0}
    )
    assert told["disruption_exposure_by_period"] == pytest.approx(
        {"2026-01": 10_000.0, "2026-02": 10_000.0, "2026-03": 0.0}
    )


@pytest.mark.parametrize(
    ("run", "labels", "ends"),
    [
        ({"period": "quarter"}, ["2026Q1", "2026Q2", "2026Q3", "2026Q4"], [90, 181, 273, 365]),
        ({"period": "year", "horizon_days": 366}, ["2026", "2027"], [365, 366]),
        ({"period": "year", "fiscal_year_start": 4}, ["2026", "2027"], [90, 365]),
        (
            {"period": "quarter", "fiscal_year_start": 2, "horizon_days": 100},
            ["2026Q4", "2027Q1"],
            [31, 100],
        ),
        ({"period": "month", "start": "2026-03-20", "horizon_days": 11.5}, ["2026-03"], [11.5]),
        (
            {"period": "month", "start": "2026-03-20", "horizon_days": 12.5},
            ["2026-03", "2026-04"],
            [12, 12.5],
        ),
        ({"period": "quarter", "fiscal_year_start": 12, "horizon_days": 60}, ["2026Q1", "2026Q2"], [59, 60]),
    ],
)
def test_periods(run, labels, ends):
    found = periods(made(run=run).run)
    assert [period.label for period in found] == labels
    assert [period.end for period in found] == ends
    assert [period.begin for period in found] == [0, *ends[:-1]]
