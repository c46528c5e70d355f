"""Sums over a random number of occurrences: moments, tails by FFT, and overlapping disruptions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from simengine.estimators.quantile import quantile
from simengine.estimators.tvar import tvar
from simengine.model.distributions import parse
from tests.engine.running import run
from tests.engine.standard_errors import (
    assert_mean,
    assert_probability,
    assert_quantile,
    assert_uncorrelated,
    assert_variance,
    assert_within,
)
from tests.reference.hand_made import made

pytestmark = pytest.mark.compiled

ONE_OFF, UPKEEP = 2, 1
LOGNORMAL: dict[str, Any] = {"lognormal": {"median": 5000.0, "sigma": 0.7}}


def storms(effect: dict[str, Any], rate: float, **hazard: Any) -> dict[str, Any]:
    return {
        "storm": {
            "scope": "line",
            "entities": ["old"],
            "hazard": {"rate": rate, **hazard},
            "outcomes": {"so": {"effects": [effect]}},
        }
    }


@pytest.mark.parametrize("amount", [2500.0, LOGNORMAL, {"gamma": {"shape": 0.8, "scale": 3000.0}}])
def test_a_compound_poisson_sum(amount):
    """Mean n E X and variance n E X²."""
    study = made(storms({"one_off": {"amount": amount}}, 5.0), run={"horizon_days": 730})
    total = run(study, 60_000, ["by_component"])["total_cost_by_component"][:, ONE_OFF]
    law = parse(amount)
    mean = law.mean()
    square = integrate.quad(lambda u: float(law.ppf(u)) ** 2, 0.0, 1.0, limit=500)[0]
    assert_mean(total, 10.0 * mean)
    assert_variance(total, 10.0 * square)


def test_amounts_do_not_know_their_times():
    """Money of the first half year and of the second are independent compound Poisson sums."""
    study = made(storms({"one_off": {"amount": LOGNORMAL}}, 5.0), run={"period": "quarter"})
    by_period = run(study, 60_000, ["by_component_period"])["total_cost_by_component_period"][:, ONE_OFF]
    mean = 5000.0 * math.exp(0.5 * 0.7**2)
    for quarter, days in enumerate((90, 91, 92, 92)):
        assert_mean(by_period[:, quarter], 5.0 * days / 365.0 * mean)
    covariance = np.cov(by_period.T)
    errors = np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)) / len(by_period))
    for one, other in ((0, 1), (1, 2), (0, 3)):
        assert_within(float(covariance[one, other]), 0.0, float(errors[one, other]))


# Amounts in thousands, with an atom far out: the law of the total is that of a whole number of thousands.
VALUES, WEIGHTS = (1, 2, 5, 40), (0.5, 0.3, 0.15, 0.05)
GRID = 2**12


def poisson(mean: float):
    """The generating function of a Poisson count."""
    return lambda z: np.exp(mean * (z - 1.0))


def negative_binomial(mean: float, shape: float):
    """That of a Poisson count whose mean is gamma-distributed: a frailty of mean 1."""
    return lambda z: (1.0 - mean / shape * (z - 1.0)) ** -shape


LAWS = [
    pytest.param({}, poisson(6.0), id="Poisson"),
    pytest.param(
        {"factors": {"frailty": {"gamma": {"shape": 1.5, "scale": 1.0 / 1.5}}}},
        negative_binomial(6.0, 1.5),
        id="negative binomial",
    ),
]


@pytest.mark.parametrize(("uncertain", "generating"), LAWS)
def test_the_tail_of_a_compound_sum(uncertain, generating):
    """P95, P99 and TVaR99 against the FFT of the aggregate law: f_S = IFFT(P(FFT(f_X))).

    Klugman, Panjer and Willmot, "Loss Models", section 9.6; nothing is rounded, the amounts being discrete.
    """
    amount = {"discrete": {"values": [1000.0 * v for v in VALUES], "probabilities": list(WEIGHTS)}}
    hazard = {"scaled_by": list(uncertain.get("factors", {}))}
    study = made(storms({"one_off": {"amount": amount}}, 6.0, **hazard), **uncertain)
    total = run(study, 200_000, ["by_component"])["total_cost_by_component"][:, ONE_OFF]
    severity = np.zeros(GRID)
    severity[list(VALUES)] = WEIGHTS
    law = np.maximum(np.fft.irfft(generating(np.fft.rfft(severity)), GRID), 0.0)
    law /= law.sum()
    thousands = np.arange(GRID)
    assert_mean(total, 1000.0 * float(law @ thousands))
    below = np.cumsum(law)
    for level in (0.95, 0.99):
        expected = int(np.searchsorted(below, level))
        assert_probability(total <= 1000.0 * expected + 500.0, float(below[expected]))
        assert_quantile(total, level, 1000.0 * expected)
        estimate = quantile(total, level, 0.99994)
        assert estimate.low <= 1000.0 * expected <= estimate.high
    q = int(np.searchsorted(below, 0.99))
    tail = 1000.0 * (q + float(law @ np.maximum(thousands - q, 0)) / 0.01)
    estimate = tvar(total, 0.99)
    assert_within(estimate.value, tail, estimate.standard_error)


def test_the_tail_of_gamma_amounts():
    """A sum of k gamma amounts is gamma again: the law of the total is a mixture in closed form."""
    shape, scale, mean = 0.7, 4000.0, 3.0
    amount = {"gamma": {"shape": shape, "scale": scale}}
    total = run(made(storms({"one_off": {"amount": amount}}, mean)), 200_000, ["by_component"])
    sample = total["total_cost_by_component"][:, ONE_OFF]
    k = np.arange(1, 60)
    for x in (0.0, 1000.0, 10_000.0, 25_000.0, 40_000.0):
        below = math.exp(-mean) + float(
            stats.poisson.pmf(k, mean) @ stats.gamma.cdf(x, k * shape, scale=scale)
        )
        assert_probability(sample <= x, below)


def test_each_workload_has_its_own_draw_or_all_share_one():
    """Three workloads on the line: the variance of what they pay together tells who drew."""
    chat = {"line": "old", "hosting": "vendor_api", "daily_spend": 1000.0}
    for each, factor in (("occurrence", 9.0), ("workload", 3.0)):
        study = made(storms({"one_off": {"amount": LOGNORMAL}, "each": each}, 4.0))
        tree = study.canonical()
        tree["portfolio"]["workloads"] = dict.fromkeys(("one", "two", "three"), chat)
        total = run(type(study).from_mapping(tree), 60_000, ["by_component"])["total_cost_by_component"]
        mean, variance = map(float, stats.lognorm.stats(0.7, scale=5000.0))
        # Var = 4 E(sum of an occurrence)², that sum having mean 3 m and variance 9 v or 3 v.
        assert_variance(total[:, ONE_OFF], 4.0 * (factor * variance + 9.0 * mean**2))


def test_the_largest_loss_and_the_sum_of_a_year():
    """Occurrence and aggregate exceedance, of outages so short that two never meet; the last year is partial.

    P(largest <= x) = exp(−n (1 − F(x))), n being the expected number in the year.
    """
    rate, days, value = 2.0, 1e-6, 1e9
    severity = {"beta": {"alpha": 1.5, "beta": 4.0}}
    effect = {"disruption": {"severity": severity, "days": days}}
    study = made(storms(effect, rate), daily_value=value, run={"horizon_days": 1000})
    result = run(study, 100_000, ["by_year"])
    largest, total = result["largest_occurrence_by_year"], result["disruption_exposure_by_year"]
    law = stats.beta(1.5, 4.0, scale=days * value)
    for year, length in enumerate((365.0, 365.0, 270.0)):
        expected = rate * length / 365.0
        for x in (0.0, 200.0, 500.0, 800.0):
            assert_probability(largest[:, year] <= x + 1e-6, math.exp(-expected * float(law.sf(x))))
        assert_mean(total[:, year], expected * float(law.mean()))
        assert_variance(total[:, year], expected * float(law.moment(2)))
    assert_uncorrelated(total[:, 0], total[:, 1])


@pytest.mark.parametrize(
    "days", [20.0, {"lognormal": {"p10": 5.0, "p90": 60.0}}, {"pert": [1.0, 10.0, 90.0]}]
)
@pytest.mark.parametrize("severity", [1.0, 0.4])
def test_disruptions_overlap_as_a_queue_with_infinitely_many_servers(days, severity):
    """The number under way at t is Poisson of mean m(t) = rate ∫ P(days > u) du over [0, t] (M/G/∞).

    So 1 − Π(1 − σ) has the mean 1 − exp(−σ m(t)); its integral is the expected disruption.
    """
    rate, horizon = 9.0, 365.0
    study = made(storms({"disruption": {"severity": severity, "days": days}}, rate), growth=0.0)
    result = run(study, 40_000, ["by_workload"])
    law = parse(days)
    grid = np.linspace(0.0, horizon, 14_601)
    survival = 1.0 - np.asarray(law.cdf(grid)) if not law.is_constant else (grid < days).astype(float)
    running = rate / 365.0 * integrate.cumulative_trapezoid(survival, grid, initial=0.0)
    expected = float(integrate.trapezoid(1.0 - np.exp(-severity * running), grid))
    disrupted = result["disruption_days_by_workload"][:, 0]
    assert_mean(disrupted, expected)
    assert disrupted.max() <= horizon
    np.testing.assert_allclose(result["disruption_exposure_by_workload"][:, 0], 10_000.0 * disrupted)


def test_upkeep_of_disjoint_and_overlapping_stretches_adds_up():
    """Unlike severities, upkeep adds: its mean is that of the number under way."""
    rate, days = 9.0, {"uniform": [5.0, 45.0]}
    study = made(storms({"upkeep": {"per_day": 100.0, "days": days}}, rate))
    upkeep = run(study, 40_000, ["by_component"])["total_cost_by_component"][:, UPKEEP]
    # E min(days, what is left) for an arrival that is uniform over the year.
    left = integrate.dblquad(lambda u, d: min(d, 365.0 - u) / 365.0 / 40.0, 5.0, 45.0, 0.0, 365.0)[0]
    assert_mean(upkeep, rate * 100.0 * left)
