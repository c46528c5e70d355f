"""Studies that would overflow, or not end, are refused before they run; those just below are not."""

import pytest

CHAT = "portfolio/workloads/support-chat"
DRIVERS = "scenario/drivers"
SHIFT = f"{DRIVERS}/licensing_shift/hazard"
YEARS = 3  # of the model page's study


@pytest.mark.parametrize(
    "changes",
    [
        {f"{CHAT}/growth": 75},
        {f"{CHAT}/growth": {"normal": {"mean": 0.0, "sd": 16.0}}},
        {f"{CHAT}/growth": 1.0, "portfolio/lines/qwen-3.5/price_trend": 74},
        {f"{CHAT}/growth": 70, f"{CHAT}/daily_value": 1e10},
    ],
)
def test_growth_beyond_all_money(spoil, changes):
    """1,000 a day reach 1e100 in 3 years at a rate of ln(1e97) / 3 = 74.45."""
    (path,) = found = spoil({f"{CHAT}/growth": 0.1, **changes})
    assert path == "portfolio.workloads.support-chat.growth"
    assert "a day" in found[path].arrived


def test_growth_just_below(accept):
    accept({f"{CHAT}/growth": 74, "portfolio/lines/qwen-3.5/price_trend": 0.0, f"{CHAT}/daily_value": 1000})


@pytest.mark.parametrize(
    "hazard",
    [
        {"rate": 3.4e5},
        {"rate": {"lognormal": {"median": 1.2e5, "sigma": 1.5}}},
        {"rate": 1.0, "rates": {"qwen-3.5": 1e6}},
        {"rate": 1e4, "self_excitation": {"branching": 0.99, "half_life_days": 5}},
        {"rate": 1e3, "windows": [{"after": "release", "days": 9, "factor": 400}]},
        {"rate": 1e3, "scaled_by": ["talent_war"]},
    ],
)
def test_drivers_without_end(spoil, accept, hazard):
    changes = {SHIFT: hazard, "scenario/factors/talent_war": 500}
    (path,) = found = spoil(changes)
    assert path == "scenario.drivers.licensing_shift.hazard.rate"
    assert "occurrences in each future" in found[path].arrived
    accept({**changes, SHIFT: {**hazard, "at_most": 5}})


def test_releases_since_the_flood(spoil, accept):
    schedule = {"first": "0001-01-01", "every_days": 1}
    (path,) = spoil({"portfolio/lines/qwen-3.5/releases": schedule})
    assert path == "portfolio.lines.qwen-3.5.releases.every_days"
    accept({"portfolio/lines/qwen-3.5/releases": schedule | {"every_days": 365}})
