"""The distributions of conf/ have the quantiles of docs/base-rates.md, and the yearly means observed."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from simengine.model.distributions import Distribution, parse
from simengine.model.parameters import parameters
from simengine.model.portfolio import Portfolio, ReleaseSchedule
from simengine.model.scenario import RateHazard
from tests.conf.shipped import composed, names, written
from tools.fit_base_rates import (
    KEY_PEOPLE,
    LAUNCH_COVERAGE,
    LEVELS,
    MILD_DAYS,
    SHARP_DAYS,
    STAFF_BRANCHING,
    STRUCTURAL_SHARE,
    base_rates,
    fits,
    gating_share,
    launch_share,
)

# The page's quantiles are round; a family with two parameters meets three of them to within this.
TOLERANCE = 0.04
FITS = fits()
PLACES = [(entry, place) for entry in FITS for place in entry.places]
DAYS = 365.0


def at(place: str) -> Any:
    """What stands at `group/name:field.field.position.field` in conf/."""
    file, _, path = place.partition(":")
    node: Any = written(*file.split("/"))
    for part in path.split("."):
        node = node[int(part)] if isinstance(node, list) else node[part]
    return node


def without_evidence(node: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in node.items() if key not in ("source", "kind", "reviewed")}


def mean_of(parameter: str) -> float:
    """The mean of the observed parameter, by the fit of the first entry that uses it unscaled."""
    plain = [
        entry
        for entry in FITS
        if entry.parameter == parameter and np.allclose(entry.target(), base_rates()[parameter])
    ]
    return parse(plain[0].written()).mean()


@pytest.mark.parametrize(("entry", "place"), PLACES, ids=[place for _, place in PLACES])
def test_quantiles_are_those_of_the_page(entry: Any, place: str) -> None:
    quantiles = np.asarray(parse(at(place)).ppf(LEVELS))
    np.testing.assert_allclose(quantiles, entry.target(), rtol=TOLERANCE, atol=1e-9)


@pytest.mark.parametrize(("entry", "place"), PLACES, ids=[place for _, place in PLACES])
def test_conf_holds_what_the_tool_prints(entry: Any, place: str) -> None:
    fitted = np.asarray(parse(entry.written()).ppf(LEVELS))
    np.testing.assert_allclose(np.asarray(parse(at(place)).ppf(LEVELS)), fitted, rtol=2e-3, atol=1e-9)
    assert without_evidence(at(place)).keys() == entry.written().keys()


def test_composing_keeps_the_quantiles() -> None:
    """The same figures, out of a composed study: overriding a driver's file leaves the rest of it alone."""
    study = composed("portfolio=midmarket", "scenario=quiet_exit")
    drawn = parameters(study)
    expected = {
        ("drivers", "leadership_exit", "rate"): ("key_leader_exit_hazard_per_year", launch_share()),
        ("drivers", "leadership_exit", "windows", "0", "factor"): ("launch_or_reorg_hazard_multiplier", 1.0),
        ("drivers", "licensing_shift", "rate"): ("open_weight_flagship_gating_hazard", gating_share()),
        ("drivers", "licensing_shift", "excited_by", "1", "factor"): (
            "gating_multiplier_after_lead_exit",
            1.0,
        ),
        ("drivers", "cost_claim", "outcomes", "holds", "probability"): ("claim_holds_in_full", 1.0),
    }
    for name, (parameter, factor) in expected.items():
        wanted = factor * np.array(base_rates()[parameter])
        np.testing.assert_allclose(np.asarray(drawn[name].ppf(LEVELS)), wanted, rtol=TOLERANCE)


def test_every_move_has_the_fitted_time_and_cost() -> None:
    by_field = {"lead_days": "days that a move takes", "move_cost": "cost of a move"}
    fitted = {
        field: parse(next(entry for entry in FITS if entry.name == name).written())
        for field, name in by_field.items()
    }
    for name in names("portfolio"):
        for workload in composed(f"portfolio={name}").portfolio.workloads.values():
            planned = [] if workload.adoption is None or name == "single_workload" else [workload.adoption]
            for move in (*workload.responses.fallbacks, *planned):
                for field, distribution in fitted.items():
                    assert getattr(move, field) == distribution


def test_costs_have_a_finite_variance_and_an_end() -> None:
    for name in names("portfolio"):
        for workload in composed(f"portfolio={name}").portfolio.workloads.values():
            for fallback in workload.responses.fallbacks:
                assert fallback.move_cost.support()[1] == 500_000


def coverage(portfolio: Portfolio, lab: str, days: int = 1095, window: int = 90) -> float:
    """The part of the days from the usual start with a release of the lab less than `window` days ago."""
    start = date(2026, 3, 5).toordinal()
    is_open = np.zeros(days, dtype=bool)
    for line in portfolio.lines.values():
        if line.lab == lab:
            assert isinstance(line.releases, ReleaseSchedule)
            first = line.releases.first.toordinal() - start
            for release in np.arange(first, days, line.releases.every_days):
                is_open[max(0, int(release)) : max(0, int(release) + window)] = True
    return float(is_open.mean())


@pytest.mark.parametrize("name", names("portfolio"))
def test_release_windows_are_open_as_long_as_the_base_rate_supposes(name: str) -> None:
    portfolio = composed(f"portfolio={name}").portfolio
    for lab in portfolio.labs:
        assert coverage(portfolio, lab) == pytest.approx(LAUNCH_COVERAGE, abs=0.03)


def hazard(scenario: str, driver: str) -> RateHazard:
    found = composed(f"scenario={scenario}").scenario.drivers[driver].hazard
    assert isinstance(found, RateHazard)
    return found


def test_exits_in_a_year_are_those_observed() -> None:
    exits = hazard("leadership_exit", "leadership_exit")
    mean = exits.rate.mean() * (1.0 + LAUNCH_COVERAGE * (exits.windows[0].factor.mean() - 1.0))
    p10, p50, p90 = base_rates()["key_leader_exit_hazard_per_year"]
    assert mean == pytest.approx(exits_in_a_year(), rel=0.01)
    assert p50 < mean < p90
    assert p10 < exits.rate.mean() < p50


def exits_in_a_year() -> float:
    exits = next(entry for entry in FITS if entry.parameter == "key_leader_exit_hazard_per_year")
    return parse(exits.written()).mean() / launch_share()


def test_departures_in_a_year_are_those_observed() -> None:
    departures = hazard("quiet_exit", "key_departures")
    sharp, mild = departures.excited_by
    assert (sharp.days, mild.delay_days, mild.days) == (SHARP_DAYS, SHARP_DAYS, MILD_DAYS)
    assert departures.self_excitation is not None
    assert departures.self_excitation.branching == STAFF_BRANCHING
    after_exit = (sharp.factor.mean() - 1.0) * SHARP_DAYS + (mild.factor.mean() - 1.0) * MILD_DAYS
    mean = departures.rate.mean() * (1.0 + exits_in_a_year() * after_exit / DAYS) / (1.0 - STAFF_BRANCHING)
    assert mean == pytest.approx(KEY_PEOPLE * 0.169, rel=0.02)


def test_gating_in_a_year_is_that_observed() -> None:
    shift = hazard("quiet_exit", "licensing_shift")
    years = exits_in_a_year() * STRUCTURAL_SHARE * (shift.excited_by[0].factor.mean() - 1.0)
    mean = shift.rate.mean() * (1.0 + years)
    assert mean == pytest.approx(mean_of("open_weight_flagship_gating_hazard"), rel=0.01)
    assert shift.excited_by[0].factor == shift.excited_by[1].factor


def mean_probability(scenario: str, driver: str) -> dict[str, float]:
    outcomes = composed(f"scenario={scenario}").scenario.drivers[driver].outcomes
    means = {
        name: outcome.probability.mean()
        for name, outcome in outcomes.items()
        if outcome.probability is not None
    }
    rest = {name: 1.0 - sum(means.values()) for name in outcomes if name not in means}
    return means | rest


def test_the_share_of_structural_exits_is_what_the_tool_supposes() -> None:
    share = mean_probability("leadership_exit", "leadership_exit")
    structural = share["removed_structural"] + share["resigned_structural"]
    assert structural == pytest.approx(STRUCTURAL_SHARE, abs=1e-3)


def quantity(value: Distribution | None) -> Distribution:
    assert value is not None
    return value


def test_downtime_in_a_year_lies_between_the_quantiles_of_the_page() -> None:
    incidents = composed("scenario=hosted_outages").scenario.drivers["api_incident"]
    share = mean_probability("hosted_outages", "api_incident")
    hours = 0.0
    for name, outcome in incidents.outcomes.items():
        disruption = outcome.effects[0].disruption
        assert disruption is not None
        hours += share[name] * disruption.severity.mean() * quantity(disruption.days).mean() * 24.0
    _, p50, p90 = base_rates()["api_downtime_hours_per_year"]
    assert p50 < hazard("hosted_outages", "api_incident").rate.mean() * hours < p90


def test_the_frailty_has_mean_1_and_the_variance_of_the_page() -> None:
    upheaval = composed("scenario=quiet_exit").scenario.factors["upheaval"]
    assert upheaval.mean() == pytest.approx(1.0, rel=1e-4)
    u = (np.arange(20_000) + 0.5) / 20_000
    variance = float(np.var(np.asarray(upheaval.ppf(u))))
    weights, variances = [0.3, 0.4, 0.3], base_rates()["cross_lab_exit_frailty_variance"]
    assert variance == pytest.approx(np.dot(weights, variances), rel=0.01)
