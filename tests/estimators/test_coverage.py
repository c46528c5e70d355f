"""The 95% intervals hold what they promise, over thousands of seeded replications.

Every allowance below is 4 binomial standard errors of the share of replications that cover, so a sound
estimator fails once in 16,000 comparisons; laws with atoms may cover more, never less.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from simengine.estimators import (
    Estimate,
    mean,
    mean_difference,
    probability,
    probability_difference,
    quantile,
    quantile_difference,
    tvar,
    tvar_difference,
)
from simengine.estimators.order_statistics import enclosing_ranks
from tests.estimators.laws import LAWS

REPLICATIONS = 2000
Z = 4.0


def share_covered(estimate: Callable[[np.ndarray], Estimate], samples: np.ndarray, truth: float) -> float:
    covered = [result.low <= truth <= result.high for result in map(estimate, samples)]
    return float(np.mean(covered))


def allowance(share: float) -> float:
    return Z * math.sqrt(share * (1.0 - share) / REPLICATIONS)


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("level", [0.05, 0.5, 0.8, 0.95, 0.99])
def test_quantile_intervals_cover(name: str, level: float) -> None:
    law, n_paths = LAWS[name], 400
    samples = np.sort(law.draw(np.random.default_rng(1), (REPLICATIONS, n_paths)), axis=1)
    truth = float(law.ppf(np.array(level)))
    share = share_covered(lambda x: quantile(x, level, ordered=True), samples, truth)
    assert share >= 0.95 - allowance(0.95)
    if law.continuous:
        below, above = enclosing_ranks(n_paths, level)
        exact = float(stats.binom.cdf(above, n_paths, level) - stats.binom.cdf(below, n_paths, level))
        assert 0.95 <= exact <= 0.98
        assert abs(share - exact) <= allowance(exact)


@pytest.mark.parametrize("name", ["normal", "lognormal", "heavy tail"])
@pytest.mark.parametrize("level", [0.5, 0.9])
def test_quantile_standard_errors_are_the_spread_of_estimates(name: str, level: float) -> None:
    law = LAWS[name]
    samples = law.draw(np.random.default_rng(2), (REPLICATIONS, 2000))
    results = [quantile(x, level) for x in samples]
    spread = np.std([result.value for result in results])
    # The spread itself is known to 1 / sqrt(2 * 2000), 1.6%; ranks are whole, which makes errors too long by
    # up to 1 / (2 sqrt(n p (1 - p))), 4% here, and the density varies between them.
    assert np.mean([result.standard_error for result in results]) == pytest.approx(spread, rel=0.08)


@pytest.mark.parametrize("truth", [0.001, 0.02, 0.3, 0.5, 0.9])
def test_probability_intervals_cover(truth: float) -> None:
    """Wilson's coverage swings around 95% with n p, to 92% at its worst (n p = 1); its exact value is met."""
    n_paths = 1000
    hits = np.random.default_rng(3).random((REPLICATIONS, n_paths)) < truth
    share = share_covered(probability, hits, truth)
    counts = np.arange(n_paths + 1)
    intervals = [probability(np.arange(n_paths) < count) for count in counts]
    covers = [interval.low <= truth <= interval.high for interval in intervals]
    exact = float(stats.binom.pmf(counts, n_paths, truth) @ np.array(covers, dtype=float))
    assert 0.915 <= exact <= 0.99
    assert abs(share - exact) <= allowance(exact)


@pytest.mark.parametrize(
    ("name", "n_paths", "shortfall"),
    [
        ("normal", 200, 0.0),
        ("lognormal", 2000, 0.01),
        ("discrete", 200, 0.0),
        ("zero-inflated", 2000, 0.01),
        ("heavy tail", 5000, 0.03),
    ],
)
def test_mean_intervals_cover(name: str, n_paths: int, shortfall: float) -> None:
    """The normal interval of a skewed law is short by what is stated here, at the n stated here."""
    law = LAWS[name]
    samples = law.draw(np.random.default_rng(4), (REPLICATIONS, n_paths))
    share = share_covered(mean, samples, law.mean)
    assert 0.95 - shortfall - allowance(0.95) <= share <= 0.95 + allowance(0.95)


@pytest.mark.parametrize(
    ("name", "n_paths", "shortfall"),
    [
        ("normal", 2000, 0.01),
        ("lognormal", 5000, 0.02),
        ("discrete", 2000, 0.01),
        ("zero-inflated", 5000, 0.02),
    ],
)
def test_tvar_intervals_cover(name: str, n_paths: int, shortfall: float) -> None:
    law = LAWS[name]
    samples = law.draw(np.random.default_rng(5), (REPLICATIONS, n_paths))
    share = share_covered(lambda x: tvar(x, 0.95), samples, law.tvar(0.95))
    assert 0.95 - shortfall - allowance(0.95) <= share <= 0.95 + allowance(0.95)


def correlated(n_paths: int, correlation: float) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of a lognormal and a dearer, more spread one, over replications and paths."""
    rng = np.random.default_rng(6)
    common, own = rng.standard_normal((2, REPLICATIONS, n_paths))
    mixed = correlation * common + math.sqrt(1.0 - correlation**2) * own
    return np.exp(0.5 * common), 1.2 * np.exp(0.6 * mixed)


@pytest.mark.parametrize("correlation", [0.0, 0.9, 0.99])
def test_paired_differences_cover(correlation: float) -> None:
    ones, others = correlated(2000, correlation)
    one, other = stats.lognorm(0.5), stats.lognorm(0.6, scale=1.2)

    def check(name: str, estimates: list[Estimate], truth: float, shortfall: float = 0.0) -> None:
        share = float(np.mean([e.low <= truth <= e.high for e in estimates]))
        room = 0.02 if name.startswith("quantile") else 0.0  # its error comes from few order statistics
        assert 0.95 - shortfall - allowance(0.95) <= share <= 0.95 + room + allowance(0.95), (name, share)

    pairs = list(zip(ones, others, strict=True))
    check("mean", [mean_difference(a, b) for a, b in pairs], one.mean() - other.mean())
    for level in (0.5, 0.9):
        check(
            f"quantile {level}",
            [quantile_difference(a, b, level) for a, b in pairs],
            one.ppf(level) - other.ppf(level),
        )
    tails = [
        float(np.exp(s * s / 2) * m * stats.norm.cdf(s - stats.norm.ppf(0.9)) / 0.1)
        for s, m in ((0.5, 1.0), (0.6, 1.2))
    ]
    check("tvar", [tvar_difference(a, b, 0.9) for a, b in pairs], tails[0] - tails[1], 0.01)
    over = [probability_difference(a > 2.0, b > 2.0) for a, b in pairs]
    check("probability", over, one.sf(2.0) - other.sf(2.0))
