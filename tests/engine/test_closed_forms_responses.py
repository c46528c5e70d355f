"""A certain licence shift, worked by hand for each answer and each clause; a pilot's chance to pass."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import pytest
from scipy import stats

from tests.engine.running import EVERYTHING, run
from tests.engine.standard_errors import assert_probability
from tests.reference.hand_made import claim, fallback, forced_move, made, on_day, responses, strike

NAMES = ("inference", "upkeep", "one_off", "move", "mitigation", "exposure")
SPARE = fallback(lead_days=100, move_cost=8000.0, severity=0.3, spend_factor=1.2)
OTHER = fallback("new", lead_days=10, move_cost=500.0, spend_factor=1.5)


def shifted(
    policy: str,
    clause: dict[str, Any] | None = None,
    *others: dict[str, Any],
    effects: tuple[dict[str, Any], ...] = (),
    fallbacks: tuple[dict[str, Any], ...] = (SPARE,),
    pay_factor: float | None = 2.0,
    more: dict[str, Any] | None = None,
    **changes: Any,
) -> dict[str, float]:
    """The licence of `old` shifts on day 100, with 60 days of grace; components that are not 0, to 1e-6.

    The workload spends 1,000 and has 10,000 at stake a day, for 365 days.
    """
    clauses = [{"name": f"clause {k}", **terms} for k, terms in enumerate(filter(None, (clause, *others)))]
    strategy = {"clauses": clauses, **changes.pop("strategy", {})}
    study = made(
        {"shift": strike(100, forced_move(60, pay_factor), *effects), **(more or {})},
        strategy=strategy,
        responses=responses(policy, *fallbacks),
        **changes,
    )
    result = run(study, 1, EVERYTHING)
    values = [*result["total_cost_by_component"][0], result["disruption_exposure"][0]]
    return {name: round(float(v), 6) for name, v in zip(NAMES, values, strict=True) if abs(v) > 1e-6}


# Due on day 160, there on day 200, 40 days overdue.
MOVED = {"inference": 200 * 1000.0 + 165 * 1200.0, "move": 8000.0, "exposure": 40 * 3000.0}
# From day 160 twice the price.
PAID = {"inference": 160 * 1000.0 + 205 * 2000.0}
LASTING = (
    {"upkeep": {"share_of_spend": 0.2}},
    {"disruption": {"severity": 0.5, "days": 30}},
    {"spend": {"factor": 3.0, "days": 10, "price": True}},
)
# Upkeep from day 100; for 30 days half the value lost, for 10 of them three times the spend.
STORM = {"inference": 20_000.0, "upkeep": 200.0, "exposure": 150_000.0}


def with_storm(base: dict[str, float], upkeep_days: float) -> dict[str, float]:
    return {
        **base,
        "inference": base["inference"] + STORM["inference"],
        "upkeep": STORM["upkeep"] * upkeep_days,
        "exposure": base.get("exposure", 0.0) + STORM["exposure"],
    }


CASES: dict[str, tuple[partial[dict[str, float]], dict[str, float]]] = {
    "move": (partial(shifted, "move"), MOVED),
    "pay": (partial(shifted, "pay"), PAID),
    # Moving would cost 298,000 + 8,000 + 120,000 from day 100 on, paying 470,000.
    "cheapest moves": (partial(shifted, "cheapest"), MOVED),
    "cheapest pays where the price is capped": (
        partial(shifted, "cheapest", {"price_cap": 1.5}),
        {"inference": 160 * 1000.0 + 205 * 1500.0},
    ),
    "nobody pays where staying is impossible": (partial(shifted, "pay", pay_factor=None), MOVED),
    "stranded without a fallback": (
        partial(shifted, "move", fallbacks=(), pay_factor=None),
        {"inference": 160 * 1000.0, "exposure": 205 * 10_000.0},
    ),
    "who cannot move pays": (partial(shifted, "cheapest", fallbacks=()), PAID),
    "the first fallback that is not lost": (
        partial(
            shifted, "move", fallbacks=(SPARE, OTHER), more={"loss": strike(50, forced_move(), on="spare")}
        ),
        {"inference": 110 * 1000.0 + 255 * 1500.0, "move": 500.0},
    ),
    "notice": (partial(shifted, "move", {"notice_days": 30}), {**MOVED, "exposure": 10 * 3000.0}),
    "notice to one that pays": (
        partial(shifted, "pay", {"notice_days": 30}),
        {"inference": 190 * 1000.0 + 175 * 2000.0},
    ),
    "a shorter lead": (
        partial(shifted, "move", {"lead_factor": 0.5}),
        {"inference": 150 * 1000.0 + 215 * 1200.0, "move": 8000.0},
    ),
    "a cheaper move": (partial(shifted, "move", {"move_cost_factor": 0.25}), {**MOVED, "move": 2000.0}),
    "a price cap": (partial(shifted, "pay", {"price_cap": 1.25}), {"inference": 160 * 1000.0 + 205 * 1250.0}),
    "a price cap above the price": (partial(shifted, "pay", {"price_cap": 5.0}), PAID),
    "a fee when the move begins": (
        partial(shifted, "move", {"termination_fee": 3000.0}),
        {**MOVED, "mitigation": 3000.0},
    ),
    "no fee for one that pays": (partial(shifted, "pay", {"termination_fee": 3000.0}), PAID),
    "a clause's own cost": (
        partial(shifted, "move", {"annual_cost": 3650.0}),
        {**MOVED, "mitigation": 3650.0},
    ),
    "weights to keep": (
        partial(shifted, "move", {"weights_access": {"upkeep": 0.1}}, hosting="self_hosted"),
        {"inference": 365 * 1000.0, "upkeep": 205 * 100.0},
    ),
    "no weights for one that is hosted": (
        partial(shifted, "move", {"weights_access": {"upkeep": 0.1}}),
        MOVED,
    ),
    "lasting effects end when it leaves": (partial(shifted, "move", effects=LASTING), with_storm(MOVED, 100)),
    "a promised cadence": (
        partial(shifted, "pay", {"upkeep_factor": 0.5}, effects=LASTING),
        with_storm(PAID, 132.5),
    ),
    "a cap on the vendor's price": (
        partial(shifted, "move", {"price_cap": 1.0}, effects=LASTING),
        {**with_storm(MOVED, 100), "inference": MOVED["inference"]},
    ),
    # A quarter of the inference spend of days 100 to 200, upkeep running all the while.
    "a credit": (
        partial(shifted, "move", {"credit": 0.25}, effects=LASTING),
        {**with_storm(MOVED, 100), "mitigation": -0.25 * (10 * 3000.0 + 90 * 1000.0)},
    ),
    "no credit for a saving": (
        partial(shifted, "pay", {"credit": 0.25}, effects=({"saving": {"claimed": 0.5, "realised": 1.0}},)),
        {"inference": 100 * 1000.0 + 60 * 500.0 + 205 * 1000.0},
    ),
    "a clause on another driver": (
        partial(
            shifted,
            "move",
            {"notice_days": 50, "when": ["else"], "annual_cost": 365.0},
            more={"else": strike(300, on="new")},
        ),
        {**MOVED, "mitigation": 365.0},
    ),
    "the most favourable of several clauses": (
        partial(
            shifted,
            "move",
            {"notice_days": 5, "lead_factor": 0.9, "termination_fee": 900.0, "annual_cost": 365.0},
            {"notice_days": 10, "lead_factor": 0.8, "termination_fee": 400.0, "annual_cost": 730.0},
        ),
        # Due on day 170, there on day 180.
        {
            "inference": 180 * 1000.0 + 185 * 1200.0,
            "move": 8000.0,
            "exposure": 10 * 3000.0,
            "mitigation": 400.0 + 1095.0,
        },
    ),
    "standby": (
        partial(shifted, "move", strategy={"standby": {"lead_factor": 0.4, "share_of_spend": 0.05}}),
        {"inference": 140 * 1000.0 + 225 * 1200.0, "move": 8000.0, "mitigation": 365 * 50.0},
    ),
    "a commitment": (
        partial(
            shifted,
            "move",
            strategy={"commitment": {"line": "old", "daily_minimum": 1500.0, "until": on_day(300)}},
        ),
        {**MOVED, "mitigation": 200 * 500.0 + 100 * 1500.0},
    ),
    # A quarter has been on `spare` from the start, at 1.2 times the spend.
    "two parts": (
        partial(shifted, "move", strategy={"diversify": 0.25}),
        {
            "inference": 0.75 * MOVED["inference"] + 0.25 * 365 * 1200.0,
            "move": 0.75 * 8000.0,
            "exposure": 0.75 * MOVED["exposure"],
        },
    ),
    "a planned move is only hurried": (
        partial(
            shifted,
            "move",
            {"termination_fee": 3000.0, "lead_factor": 0.1},
            adoption={"line": "new", "day": 80, "lead_days": 120, "move_cost": 4000.0, "severity": 0.2},
        ),
        {"inference": 365 * 1000.0, "move": 4000.0, "exposure": 40 * 2000.0},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_certain_licence_shift(case):
    play, expected = CASES[case]
    assert play() == pytest.approx({k: v for k, v in expected.items() if v}, abs=1e-5)


def passing(noise: float, minimum: float, usage: float, second: float) -> float:
    """The probability that a pilot passes, given the saving of the second claim (0: it does not strike).

    1 − (1 − 0.6 · usage · X)(1 − second) + noise is normal, being affine in X.
    """
    slope = 0.6 * usage * (1.0 - second)
    with_first = stats.norm.sf(minimum, second + slope * 0.7, math.hypot(slope * 0.1, noise))
    return float(0.5 * (with_first + stats.norm.sf(minimum, second, noise)))


@pytest.mark.compiled
@pytest.mark.parametrize("noise", [0.05, 0.4])
def test_the_pilot_decides_with_the_probability_of_its_noise(noise):
    """Two claims: 0.6 · N(0.7, 0.1) · usage with probability 1/2, and 0.2 · usage with 1/4."""
    minimum, usage = 0.35, 0.9
    realised = {"normal": {"mean": 0.7, "sd": 0.1}}
    study = made(
        {
            "first": claim({"saving": {"claimed": 0.6, "realised": realised}}, probability=0.5),
            "second": claim({"saving": {"claimed": 0.2, "realised": 1.0}}, probability=0.25),
        },
        strategy={
            "adoption": {"pilot": {"cost": 2500.0, "days": 30, "noise": noise, "minimum_saving": minimum}}
        },
        adoption={"line": "new", "day": 10, "move_cost": 4000.0},
        usage={"context": usage},
    )
    result = run(study, 400_000, ["by_component", "by_driver"])
    move, mitigation = result["total_cost_by_component"][:, 3:].T
    moved = move == 4000.0
    assert ((move == 0.0) | moved).all()
    assert (mitigation == 2500.0).all()
    with_second = 0.25 * passing(noise, minimum, usage, 0.2 * usage)
    assert_probability(moved, with_second + 0.75 * passing(noise, minimum, usage, 0.0))
    strikes = result["strikes_by_driver"]
    assert not strikes[~moved].any()
    assert_probability(strikes[:, 1] == 1, with_second)
