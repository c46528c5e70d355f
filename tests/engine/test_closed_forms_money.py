"""Certain money against closed forms: the saving of the first question, and discounted growth annuities."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simengine.model.study import Study
from tests.engine.running import EVERYTHING, run, with_run
from tests.reference.hand_made import claim, forced_move, made, on_day, responses, strike
from tests.reference.periods import periods
from tests.studies import random_study

CENT = 0.005


def value(result, name):
    """A variable of the only path."""
    return float(result[name][0])


def by_component(result, name="total_cost"):
    return dict(zip(result.labels("component"), map(float, result[f"{name}_by_component"][0]), strict=True))


def test_a_claim_of_sixty_percent_saves_219_000_a_year_to_the_cent():
    """The first question: 1,000 a day, 400 once the claim holds in full, and nothing else happens."""
    study = made(
        {"cost_claim": claim({"saving": {"claimed": 0.6, "realised": 1.0}})},
        adoption={"line": "new", "day": 0},
    )
    result = run(study, 1, EVERYTHING)
    assert abs(value(result, "status_quo_cost") - 365_000.0) < CENT
    assert abs(value(result, "total_cost") - 400.0 * 365.0) < CENT
    assert abs(value(result, "status_quo_cost") - value(result, "total_cost") - 219_000.0) < CENT
    assert abs(value(result, "planned_cost") - value(result, "total_cost")) < CENT
    assert abs(value(result, "no_event_cost") - 365_000.0) < CENT
    assert value(result, "disruption_exposure") == 0.0
    booked = result["total_cost_by_driver"][0, 0]
    assert abs(booked + 219_000.0) < CENT


def annuity(rate: float, days: float, since: float = 0.0) -> float:
    """The integral of exp(rate t / 365) over [since, since + days], in days."""
    if rate == 0.0:
        return days
    return 365.0 / rate * math.exp(rate * since / 365.0) * math.expm1(rate * days / 365.0)


@pytest.mark.parametrize("horizon", [1.0, 365.0, 1095.0])
@pytest.mark.parametrize("discount_rate", [0.0, 0.08, -0.02])
@pytest.mark.parametrize(
    ("growth", "trend"), [(0.0, 0.0), (0.3, -0.1), (-0.5, 0.2), (0.05, math.log(1.08) - 0.05)]
)
def test_growth_and_discount(growth, trend, discount_rate, horizon):
    lines = {"old": {"lab": "old_lab", "licence": "proprietary", "price_trend": trend}}
    result = run(
        made(
            strategy={
                "clauses": [{"name": "package", "annual_cost": 5000.0}],
                "standby": {"share_of_spend": 0.1},
            },
            lines=lines,
            growth=growth,
            run={"discount_rate": discount_rate, "horizon_days": horizon},
        ),
        1,
        EVERYTHING,
    )
    force = math.log1p(discount_rate)
    spent = 1000.0 * annuity(growth + trend, horizon)
    spent_pv = 1000.0 * annuity(growth + trend - force, horizon)
    nominal, present = by_component(result), by_component(result, "total_cost_pv")
    assert nominal["inference"] == pytest.approx(spent, rel=1e-12)
    assert present["inference"] == pytest.approx(spent_pv, rel=1e-12)
    assert nominal["mitigation"] == pytest.approx(0.1 * spent + 5000.0 * horizon / 365.0, rel=1e-12)
    expected = 0.1 * spent_pv + 5000.0 / 365.0 * annuity(-force, horizon)
    assert present["mitigation"] == pytest.approx(expected, rel=1e-12)
    assert value(result, "total_cost_pv") == pytest.approx(
        1.1 * spent_pv + expected - 0.1 * spent_pv, rel=1e-12
    )
    assert value(result, "status_quo_cost") == pytest.approx(spent, rel=1e-12)
    # Nothing happens and nothing is planned: the three differ by what the strategy costs.
    assert value(result, "status_quo_cost_pv") == pytest.approx(spent_pv, rel=1e-12)
    for name in ("planned_cost", "no_event_cost"):
        assert value(result, f"{name}_pv") == value(result, "total_cost_pv")
        assert value(result, name) == value(result, "total_cost")


STORM = strike(
    100,
    {"upkeep": {"share_of_spend": 0.2, "days": 40}},
    {"upkeep": {"per_day": 30.0, "days": 40}},
    {"disruption": {"severity": 0.5, "days": 40}},
    {"one_off": {"amount": 7000.0}},
)
BEFORE_THE_START = strike(-10, {"upkeep": {"per_day": 50.0, "days": 40}}, history=True)


@pytest.mark.parametrize("discount_rate", [0.0, 0.08, -0.02])
@pytest.mark.parametrize(
    "happens",
    [
        {},
        {"storm": STORM},
        {"storm": STORM, "end": strike(60, forced_move(grace_days=10, pay_factor=3.0))},
        {"before": BEFORE_THE_START, "dear": strike(20, {"spend": {"factor": 2.0}})},
    ],
    ids=["nothing", "what only adds", "a forced move", "history and a price"],
)
@pytest.mark.parametrize("moves", [True, False])
def test_plan_no_event_and_status_quo_in_present_value(moves, happens, discount_rate):
    """What might have been is discounted like what is, whatever happens beside it.

    A move on day 50, done on day 80, to a line with a price trend of its own; the claim was sold as 60%, and
    comes true to a fifth.
    """
    growth, trend, force = 0.25, -0.3, math.log1p(discount_rate)
    lines = {"new": {"lab": "new_lab", "licence": "open_weight", "price_trend": trend}}
    adoption = {"line": "new", "day": 50, "move_cost": 9000.0, "lead_days": 30, "spend_factor": 0.8}
    sold = claim({"saving": {"claimed": 0.6, "realised": 0.2}})
    clauses = [{"name": "package", "annual_cost": 5000.0}]
    result = run(
        made(
            {**happens, **({"cost_claim": sold} if moves else {})},
            strategy={"clauses": clauses, "standby": {"share_of_spend": 0.1}},
            lines=lines,
            responses=responses("cheapest", {"line": "spare", "lead_days": 20}),
            growth=growth,
            run={"discount_rate": discount_rate},
            **({"adoption": adoption} if moves else {}),
        ),
        1,
        EVERYTHING,
    )
    for pv, rate in (("", 0.0), ("_pv", -force)):
        whole = 1000.0 * annuity(growth + rate, 365.0)
        no_event = planned = 1.1 * whole + 5000.0 / 365.0 * annuity(rate, 365.0)
        if moves:
            before = 1000.0 * annuity(growth + rate, 80.0)
            after = 1000.0 * annuity(growth + trend + rate, 285.0, 80.0)
            paid = (
                1.1 * before + 5000.0 / 365.0 * annuity(rate, 365.0) + 9000.0 * math.exp(rate * 50.0 / 365.0)
            )
            no_event, planned = paid + 0.9 * after, paid + (0.8 * 0.4 + 0.1) * after
        expected = {"status_quo_cost": whole, "no_event_cost": no_event, "planned_cost": planned}
        for name, amount in expected.items():
            assert value(result, name + pv) == pytest.approx(amount, rel=1e-12), name + pv
            by_workload = result[f"{name}{pv}_by_workload"]
            assert by_workload.tolist() == [[value(result, name + pv)]]


def test_two_parts_in_present_value():
    """Diversified: half of it is on the spare line from the start, at its factor; day 73 brings a fine."""
    result = run(
        made(
            {"fine": strike(73, {"one_off": {"amount": 1000.0}})},
            strategy={"diversify": 0.5},
            responses=responses("move", {"line": "spare", "spend_factor": 1.2}),
            run={"discount_rate": 0.08},
        ),
        1,
        EVERYTHING,
    )
    spent = 1000.0 * annuity(-math.log(1.08), 365.0)
    assert value(result, "status_quo_cost_pv") == pytest.approx(spent, rel=1e-12)
    assert value(result, "no_event_cost_pv") == pytest.approx(1.1 * spent, rel=1e-12)
    assert value(result, "planned_cost_pv") == pytest.approx(1.1 * spent, rel=1e-12)
    assert value(result, "total_cost_pv") == pytest.approx(1.1 * spent + 500.0 * 1.08**-0.2, rel=1e-12)


@pytest.mark.parametrize("seed", range(3000, 3010))
def test_without_a_discount_present_values_are_the_amounts(seed):
    """On random studies, to the bit."""
    study = with_run(Study.from_mapping(random_study(seed)), discount_rate=0.0)
    result = run(study, 20, EVERYTHING)
    names = [name for name in result.arrays if "_pv" in name]
    assert "planned_cost_pv_by_workload" in names
    for name in names:
        np.testing.assert_array_equal(result[name], result[name.replace("_pv", "")], name)


@pytest.mark.parametrize("discount_rate", [0.08, -0.02])
@pytest.mark.parametrize("seed", range(3100, 3110))
def test_a_period_discounted_from_its_ends(seed, discount_rate):
    """Periods are nominal: discounted from end and beginning they enclose the present value of them all."""
    study = with_run(Study.from_mapping(random_study(seed)), discount_rate=discount_rate)
    result = run(study, 20, EVERYTHING)
    edges = np.array([0.0, *(period.end for period in periods(study.run))])
    factors = (1.0 + discount_rate) ** (-edges / 365.0)
    for metric in ("total_cost", "disruption_exposure"):
        by_period = result[f"{metric}_by_period"]
        ends = np.sort([by_period @ factors[1:], by_period @ factors[:-1]], axis=0)
        room = 1e-9 * (1.0 + np.abs(ends[1]))
        assert np.all(ends[0] - room <= result[f"{metric}_pv"])
        assert np.all(result[f"{metric}_pv"] <= ends[1] + room)


def test_lumps_and_stretches_in_present_value():
    """Upkeep, disruption and price for 40 days from day 100; a one-off on day 100; a move on day 200."""
    growth, discount_rate = 0.25, 0.08
    effects = [
        {"upkeep": {"share_of_spend": 0.2, "days": 40}},
        {"upkeep": {"per_day": 30.0, "days": 40}},
        {"disruption": {"severity": 0.5, "days": 40}},
        {"disruption": {"severity": 0.2, "days": 40}},
        {"spend": {"factor": 1.5, "days": 40}},
        {"one_off": {"amount": 7000.0}},
    ]
    result = run(
        made(
            {"storm": strike(100, *effects)},
            adoption={"line": "new", "day": 200, "move_cost": 9000.0, "lead_days": 30, "spend_factor": 0.8},
            growth=growth,
            run={"discount_rate": discount_rate},
        ),
        1,
        EVERYTHING,
    )
    for name, force in (("total_cost", 0.0), ("total_cost_pv", math.log1p(discount_rate))):
        rate = growth - force
        arrived = by_component(result, name)
        storm = annuity(rate, 40.0, 100.0)
        inference = 1000.0 * (annuity(rate, 230.0) + 0.5 * storm + 0.8 * annuity(rate, 135.0, 230.0))
        assert arrived["inference"] == pytest.approx(inference, rel=1e-12)
        upkeep = 200.0 * storm + 30.0 * annuity(-force, 40.0, 100.0)
        assert arrived["upkeep"] == pytest.approx(upkeep, rel=1e-12)
        assert arrived["one_off"] == pytest.approx(7000.0 * math.exp(-force * 100.0 / 365.0), rel=1e-12)
        assert arrived["move"] == pytest.approx(9000.0 * math.exp(-force * 200.0 / 365.0), rel=1e-12)
        exposure = value(result, name.replace("total_cost", "disruption_exposure"))
        assert exposure == pytest.approx((1.0 - 0.5 * 0.8) * 10_000.0 * storm, rel=1e-12)
    assert value(result, "disruption_days") == pytest.approx(0.6 * 40.0, rel=1e-12)


def test_money_falls_into_its_calendar_period():
    """From 1 January: 40 days from 20 January, a fee on 1 March (day 59), stranded from 1 April (day 90)."""
    result = run(
        made(
            {
                "storm": strike(19, {"disruption": {"severity": 0.5, "days": 40}}),
                "fee": strike(59, {"one_off": {"amount": 7000.0}}),
                "end": strike(60, forced_move(grace_days=30)),
            },
            responses=responses("move", stranded_severity=0.1),
            run={"horizon_days": 120},
        ),
        1,
        EVERYTHING,
    )
    assert result.labels("period") == ["2026-01", "2026-02", "2026-03", "2026-04"]
    assert result["total_cost_by_period"][0] == pytest.approx([31_000.0, 28_000.0, 38_000.0, 0.0])
    assert result["disruption_exposure_by_period"][0] == pytest.approx([60_000.0, 140_000.0, 0.0, 30_000.0])
    one_off = result["total_cost_by_component_period"][0, result.labels("component").index("one_off")]
    assert list(one_off) == [0.0, 0.0, 7000.0, 0.0]


@pytest.mark.parametrize(("growth", "minimum"), [(0.0, 1500.0), (0.4, 1200.0), (-0.4, 900.0)])
def test_a_commitment_owes_what_spend_falls_short_of(growth, minimum):
    """Until day 200, on the line until day 120: growing spend crosses the minimum on a day of its own."""
    result = run(
        made(
            {"end": strike(100, forced_move(grace_days=20))},
            strategy={"commitment": {"line": "old", "daily_minimum": minimum, "until": on_day(200)}},
            responses=responses("move", {"line": "spare", "lead_days": 20}),
            growth=growth,
        ),
        1,
        EVERYTHING,
    )
    crossing = 365.0 / growth * math.log(minimum / 1000.0) if growth else 120.0
    low, high = (0.0, min(crossing, 120.0)) if growth >= 0.0 else (min(crossing, 120.0), 120.0)
    short = minimum * (high - low) - 1000.0 * annuity(growth, high - low, low) + minimum * 80.0
    assert by_component(result)["mitigation"] == pytest.approx(short, rel=1e-12)
