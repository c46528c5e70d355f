"""When drivers strike, against closed forms: counts and first times under windows and excitations."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from scipy import integrate, linalg, special

from tests.engine.running import chosen, counts, first_times, run
from tests.engine.standard_errors import (
    assert_law,
    assert_mean,
    assert_probability,
    assert_uncorrelated,
    assert_variance,
)
from tests.reference.hand_made import made, on_day

pytestmark = pytest.mark.compiled

YEAR = 365.0


def driver(scope: str = "line", on: str = "old", history: Any = (), **hazard: Any) -> dict[str, Any]:
    """Strikes one entity at a rate, and does nothing."""
    past = [{"entity": on, "date": on_day(day)} for day in history]
    return {
        "scope": scope,
        "entities": [on],
        "hazard": hazard,
        "history": past,
        "outcomes": {"so": {"effects": []}},
    }


def released(*days: int) -> dict[str, Any]:
    return {"old": {"lab": "old_lab", "licence": "proprietary", "releases": [on_day(day) for day in days]}}


# Rates per day between borders: 4 a year, times 3 within 30 days of a release (days -10, 40 and 60), times
# a half on [80, 200), times 0 on [300, 330).
WINDOWS = [
    {"after": "release", "days": 30, "factor": 3.0},
    {"from": on_day(80), "until": on_day(200), "factor": 0.5},
    {"from": on_day(300), "until": on_day(330), "factor": 0.0},
]
BORDERS = np.array([0.0, 20.0, 40.0, 80.0, 90.0, 200.0, 300.0, 330.0, 365.0])
RATES = 4.0 / YEAR * np.array([3.0, 1.0, 3.0, 1.5, 0.5, 1.0, 0.0, 1.0])


def cumulative(t: np.ndarray) -> np.ndarray:
    inside = np.clip(np.asarray(t)[..., None] - BORDERS[:-1], 0.0, np.diff(BORDERS))
    return inside @ RATES


@pytest.fixture(scope="module")
def windowed():
    study = made({"strike": driver(rate=4.0, windows=WINDOWS)}, lines=released(-10, 40, 60))
    return run(study, 40_000, ["occurrences"])


def test_counts_in_windows_are_poisson(windowed):
    sample = []
    for begin, end, rate in zip(BORDERS[:-1], BORDERS[1:], RATES, strict=True):
        found = counts(windowed, "strike", begin, end)
        if rate == 0.0:
            assert not found.any()
            continue
        assert_mean(found, rate * (end - begin))
        assert_variance(found, rate * (end - begin))
        sample.append(found)
    for one, other in itertools.pairwise(sample):
        assert_uncorrelated(one, other)


def test_first_times_in_windows(windowed):
    assert_law(first_times(windowed, "strike"), lambda t: -np.expm1(-cumulative(t)), YEAR)


def test_at_most_ends_a_driver():
    study = made({"strike": driver(rate=4.0, windows=WINDOWS, at_most=3)}, lines=released(-10, 40, 60))
    found = counts(run(study, 20_000, ["occurrences"]), "strike")
    assert found.max() == 3
    expected = float(cumulative(np.array(YEAR)))
    assert_probability(found == 3, special.gammainc(3, expected))
    assert_probability(found == 2, math.exp(-expected) * expected**2 / 2.0)


@pytest.mark.parametrize(
    ("how", "rise"),
    [
        ({}, lambda since: 1.0),
        ({"days": 40.0}, lambda since: float(since < 40.0)),
        ({"half_life_days": 25.0}, lambda since: 2.0 ** (-since / 25.0)),
    ],
    ids=["for good", "for days", "with a half-life"],
)
def test_an_excited_rate(how, rise):
    """Excited by an occurrence in the past and one on day 50, each with a delay of 10 days."""
    exciting = {**driver(history=[-20]), "hazard": {"at": on_day(50)}}
    excitation = {"driver": "exciting", "factor": 6.0, "delay_days": 10, **how}
    study = made({"exciting": exciting, "excited": driver(rate=0.8, excited_by=[excitation])})

    def rate(t: float) -> float:
        return 0.8 / YEAR * (1.0 + 5.0 * rise(t - (60.0 if t >= 60.0 else -10.0)))

    assert_first_and_count(study, "excited", rate, [30.0, 60.0, 100.0])


def test_two_excitations_that_decay_at_once():
    """Their factors multiply: an integral of four exponentials."""
    drivers: dict[str, Any] = {
        name: {**driver(), "hazard": {"at": on_day(day)}} for name, day in (("one", 30), ("two", 60))
    }
    excited_by = [
        {"driver": "one", "factor": 8.0, "half_life_days": 30},
        {"driver": "two", "factor": 0.0, "half_life_days": 90},
    ]
    drivers["excited"] = driver(rate=2.0, excited_by=excited_by)

    def rate(t: float) -> float:
        one = 1.0 + 7.0 * 2.0 ** (-(t - 30.0) / 30.0) if t >= 30.0 else 1.0
        two = 1.0 - 2.0 ** (-(t - 60.0) / 90.0) if t >= 60.0 else 1.0
        return 2.0 / YEAR * one * two

    assert_first_and_count(made(drivers), "excited", rate, [30.0, 60.0])


def assert_first_and_count(study, name, rate, breaks):
    """The law of the first time, and mean and variance of the count, of an intensity that is known."""
    grid = np.linspace(0.0, YEAR, 2921)
    parts = [
        integrate.quad(rate, a, b, points=[x for x in breaks if a < x < b] or None)[0]
        for a, b in itertools.pairwise(grid)
    ]
    expected = np.concatenate([[0.0], np.cumsum(parts)])
    result = run(study, 40_000, ["occurrences"])
    assert_law(first_times(result, name), lambda t: -np.expm1(-np.interp(t, grid, expected)), YEAR)
    found = counts(result, name)
    assert_mean(found, expected[-1])
    assert_variance(found, expected[-1])


def test_an_outcome_that_excites_and_one_that_does_not():
    exciting = {**driver(), "hazard": {"at": on_day(0)}}
    exciting["outcomes"] = {"structural": {"probability": 0.3, "effects": []}, "temporary": {"effects": []}}
    excitation = {"driver": "exciting", "outcome": "structural", "factor": 4.0}
    study = made({"exciting": exciting, "excited": driver(rate=0.5, excited_by=[excitation])})
    result = run(study, 40_000, ["occurrences"])
    struck = first_times(result, "excited") < YEAR
    assert_probability(struck, 1.0 - 0.3 * math.exp(-2.0) - 0.7 * math.exp(-0.5))
    drawn = result["occurrence_outcome"][chosen(result, "exciting")]
    assert_probability(drawn == result.codes["occurrence_outcome"].index("structural"), 0.3)


def test_three_states():
    """Normal, exited, gated: an exit makes gating four times as likely, for good; against exp(Qt)."""
    leaving, gating, factor = 0.9, 0.4, 4.0
    study = made(
        {
            "exit": driver("lab", "old_lab", rate=leaving, at_most=1),
            "gating": driver(rate=gating, at_most=1, excited_by=[{"driver": "exit", "factor": factor}]),
        },
        run={"horizon_days": 1095},
    )
    result = run(study, 100_000, ["occurrences"])
    exited, gated = first_times(result, "exit"), first_times(result, "gating")
    generator = np.array(
        [
            [-leaving - gating, leaving, gating],
            [0.0, -gating * factor, gating * factor],
            [0.0, 0.0, 0.0],
        ]
    )
    for day in (90.0, 365.0, 1000.0):
        expected = linalg.expm(generator * day / YEAR)[0]
        is_gated = gated <= day
        is_exited = ~is_gated & (exited <= day)
        for state, probability in zip((~is_gated & ~is_exited, is_exited, is_gated), expected, strict=True):
            assert_probability(state, float(probability))
    # The state on day 90 and that on day 365, together.
    jointly = linalg.expm(generator * 90.0 / YEAR)[0, 1] * linalg.expm(generator * 275.0 / YEAR)[1, 2]
    assert_probability((exited <= 90.0) & (gated > 90.0) & (gated <= 365.0), float(jointly))


@pytest.mark.parametrize("history", [(), (-5, -40)])
def test_hawkes(history):
    """Mean and variance of the counts of a self-exciting process with an exponential kernel.

    The moments (1, E λ, E N, E λ², E λN, E N²) of Hawkes (1971), "Spectra of some self-exciting and mutually
    exciting point processes", obey a linear differential equation: Dassios and Zhao (2013), "Exact simulation
    of Hawkes process with exponentially decaying intensity", section 2, from the generator

        A f = β (μ − λ) ∂f/∂λ + λ [f(λ + α, n + 1) − f(λ, n)],   α = branching · β.
    """
    rate, branching, half_life, days = 6.0, 0.6, 20.0, 400.0
    self_excitation = {"branching": branching, "half_life_days": half_life}
    study = made(
        {"strike": driver(rate=rate, self_excitation=self_excitation, history=history)},
        run={"horizon_days": days},
    )
    found = counts(run(study, 40_000, ["occurrences"]), "strike")
    mean, second = hawkes_moments(rate / YEAR, branching, math.log(2.0) / half_life, history, days)
    assert_mean(found, mean)
    assert_variance(found, second - mean**2)


def hawkes_moments(mu, branching, beta, history, days):
    """E N and E N² after so many days."""
    alpha = branching * beta
    kappa = beta - alpha
    derivative = np.zeros((6, 6))  # of 1, λ, N, λ², λN, N²
    derivative[1, [0, 1]] = beta * mu, -kappa
    derivative[2, 1] = 1.0
    derivative[3, [1, 3]] = 2.0 * beta * mu + alpha**2, -2.0 * kappa
    derivative[4, [1, 2, 3, 4]] = alpha, beta * mu, 1.0, -kappa
    derivative[5, [1, 4]] = 1.0, 2.0
    start = mu + sum(alpha * math.exp(beta * day) for day in history)
    moments = linalg.expm(derivative * days) @ np.array([1.0, start, 0.0, start**2, 0.0, 0.0])
    # Closed form of the mean, as a check of the equations: E λ tends to βμ/κ at the rate κ.
    long_run = beta * mu / kappa
    assert moments[2] == pytest.approx(
        long_run * days + (start - long_run) * -math.expm1(-kappa * days) / kappa, rel=1e-9
    )
    return moments[2], moments[5]
