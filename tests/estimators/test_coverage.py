"""The 95% intervals hold what they promise, over thousands of seeded replications.

Every allowance below is 4 binomial standard errors of the share of replications that cover (z = 4: 0.0195 at
95% over 2,000 replications), so a sound estimator fails once in 16,000 comparisons. Where the quantile is an
atom an interval covers more, never less. Where the interval of a difference or of a standard deviation is
short, or long, by more than that, it is stated by how much at most, at a stated n.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtri

from simengine.estimators import (
    Estimate,
    diversification,
    exceedance,
    exceedance_difference,
    mean,
    mean_difference,
    probability,
    probability_difference,
    quantile,
    quantile_difference,
    return_period_difference,
    return_periods,
    standard_deviation,
    standard_deviation_difference,
    tail_contribution,
    tail_of,
    tvar,
    tvar_difference,
)
from simengine.estimators.order_statistics import enclosing_ranks
from simengine.estimators.probability import Method, probability_of_count
from tests.estimators.laws import LAWS, samples

REPLICATIONS = 2000
Z = 4.0
NOMINAL = 0.95


def allowance(share: float = NOMINAL, replications: int = REPLICATIONS) -> float:
    return Z * math.sqrt(share * (1.0 - share) / replications)


def share_covered(estimates: Iterable[Estimate], truth: float) -> float:
    return float(np.mean([estimate.low <= truth <= estimate.high for estimate in estimates]))


def covers(
    share: float, *, shortfall: float = 0.0, excess: float = 0.0, replications: int = REPLICATIONS
) -> None:
    room = allowance(replications=replications)
    assert NOMINAL - shortfall - room <= share <= NOMINAL + excess + room, share


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("level", [0.05, 0.5, 0.8, 0.95, 0.99])
def test_quantile_intervals_cover(name: str, level: float) -> None:
    law, n_paths = LAWS[name], 2000
    truth = float(law.ppf(np.array(level)))
    drawn = samples(name, REPLICATIONS, n_paths)
    share = share_covered((quantile(x, level, ordered=True) for x in drawn), truth)
    if law.at_an_atom(level):
        assert share >= NOMINAL - allowance()
        return
    below, above = enclosing_ranks(n_paths, level)
    exact = float(stats.binom.cdf(above, n_paths, level) - stats.binom.cdf(below, n_paths, level))
    assert NOMINAL <= exact <= 0.96  # ranks are whole, so that an interval covers up to a point more
    covers(share, excess=exact - NOMINAL)
    assert abs(share - exact) <= allowance(exact)


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("exceeded", [0.02, 0.1, 0.5])
def test_exceedance_intervals_cover(name: str, exceeded: float) -> None:
    law, n_paths = LAWS[name], 2000
    threshold = float(law.ppf(np.array(1.0 - exceeded)))
    if law.at_an_atom(1.0 - exceeded):
        below = threshold - 0.5  # the discrete law has whole numbers, the inflated one nothing below its atom
        exceeded = float(np.mean(law.ppf(np.arange(0.5, 1e5) / 1e5) > below))
        threshold = below
    drawn = samples(name, REPLICATIONS, n_paths)
    counts = n_paths - np.array([np.searchsorted(x, threshold, side="right") for x in drawn])
    assert exceedance(drawn[0], [threshold]).value[0] == counts[0] / n_paths
    share = share_covered((probability_of_count(int(count), n_paths) for count in counts), exceeded)
    if 0.0 < exceeded < 1.0:
        covers(share)
    else:
        assert share == 1.0


@pytest.mark.parametrize("name", ["normal", "lognormal", "heavy tail"])
@pytest.mark.parametrize("level", [0.5, 0.9])
def test_quantile_standard_errors_are_the_spread_of_estimates(name: str, level: float) -> None:
    results = [quantile(x, level, ordered=True) for x in samples(name, REPLICATIONS, 2000)]
    spread = np.std([result.value for result in results])
    # The spread itself is known to 1 / sqrt(2 * 2000), 1.6%; ranks are whole, which makes errors too long by
    # up to 1 / (2 sqrt(n p (1 - p))), 4% here, and the density varies between them.
    assert np.mean([result.standard_error for result in results]) == pytest.approx(spread, rel=0.08)


@pytest.mark.parametrize("method", ["wilson", "clopper_pearson"])
@pytest.mark.parametrize("truth", [0.001, 0.02, 0.3, 0.5, 0.9])
def test_probability_intervals_cover(truth: float, method: Method) -> None:
    """Wilson's coverage swings around 95% with n p, to 92% at its worst (n p = 1); Clopper and Pearson's
    never falls below it. The exact coverage of each is met."""
    n_paths = 1000
    hits = np.random.default_rng(3).random((REPLICATIONS, n_paths)) < truth
    share = share_covered((probability(x, method=method) for x in hits), truth)
    counts = np.arange(n_paths + 1)
    intervals = [probability_of_count(int(count), n_paths, method=method) for count in counts]
    inside = [interval.low <= truth <= interval.high for interval in intervals]
    exact = float(stats.binom.pmf(counts, n_paths, truth) @ np.array(inside, dtype=float))
    assert (0.915 if method == "wilson" else 0.95) <= exact <= 0.99
    assert abs(share - exact) <= allowance(exact)


@pytest.mark.parametrize(
    ("name", "n_paths"),
    [
        ("normal", 2000),
        ("lognormal", 2000),
        ("discrete", 2000),
        ("zero-inflated", 2000),
        ("heavy tail", 5000),
    ],
)
def test_mean_intervals_cover(name: str, n_paths: int) -> None:
    """At these numbers of paths; fewer of a skewed law carry the mean on too few of them."""
    drawn = samples(name, REPLICATIONS, n_paths)
    covers(share_covered(map(mean, drawn), LAWS[name].mean))


@pytest.mark.parametrize(
    ("name", "n_paths", "shortfall"),
    [
        ("normal", 2000, 0.0),
        ("discrete", 2000, 0.0),
        ("lognormal", 5000, 0.06),
        ("zero-inflated", 5000, 0.09),
    ],
)
def test_standard_deviation_intervals_cover(name: str, n_paths: int, shortfall: float) -> None:
    """A spread is carried by the largest values: of a skewed law its interval is short for long."""
    drawn = samples(name, REPLICATIONS, n_paths)
    covers(share_covered(map(standard_deviation, drawn), LAWS[name].sd), shortfall=shortfall)


@pytest.mark.parametrize(
    ("name", "n_paths"),
    [("normal", 2000), ("discrete", 2000), ("lognormal", 5000), ("zero-inflated", 5000)],
)
def test_tvar_intervals_cover(name: str, n_paths: int) -> None:
    estimates = (tvar(x, 0.95, ordered=True) for x in samples(name, REPLICATIONS, n_paths))
    covers(share_covered(estimates, LAWS[name].tvar(0.95)))


def test_tvar_intervals_of_a_heavy_tail_cover() -> None:
    """With a tail index of 2.5 they take 20,000 paths."""
    law, replications = LAWS["heavy tail"], 1000
    rng = np.random.default_rng(13)
    estimates = (tvar(law.draw(rng, (20_000,)), 0.95) for _ in range(replications))
    covers(share_covered(estimates, law.tvar(0.95)), replications=replications)


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
    pairs = list(zip(ones, others, strict=True))

    def check(
        difference: Callable[[np.ndarray, np.ndarray], Estimate], truth: float, shortfall: float = 0.0,
        excess: float = 0.0,
    ) -> None:  # fmt: skip
        estimates = (difference(a, b) for a, b in pairs)
        covers(share_covered(estimates, truth), shortfall=shortfall, excess=excess)

    check(mean_difference, one.mean() - other.mean())
    check(standard_deviation_difference, one.std() - other.std(), shortfall=0.03)
    # The error of a difference of quantiles comes from few order statistics.
    check(lambda a, b: quantile_difference(a, b, 0.5), one.ppf(0.5) - other.ppf(0.5), excess=0.02)
    check(lambda a, b: quantile_difference(a, b, 0.9), one.ppf(0.9) - other.ppf(0.9), excess=0.02)
    tails = [
        float(np.exp(s * s / 2) * m * stats.norm.cdf(s - stats.norm.ppf(0.9)) / 0.1)
        for s, m in ((0.5, 1.0), (0.6, 1.2))
    ]
    check(lambda a, b: tvar_difference(a, b, 0.9), tails[0] - tails[1], shortfall=0.01)
    check(lambda a, b: probability_difference(a > 2.0, b > 2.0), one.sf(2.0) - other.sf(2.0))


# Years of a path depend on one another through what the path draws once: here a common normal score.
YEARS, WITHIN = 3, 0.7
YEARLY_REPLICATIONS = 1000


def yearly(n_paths: int, seed: int) -> np.ndarray:
    """Replications by paths by years, each year a normal score that correlates with the path's others."""
    rng = np.random.default_rng(seed)
    common = rng.standard_normal((YEARLY_REPLICATIONS, n_paths, 1))
    own = rng.standard_normal((YEARLY_REPLICATIONS, n_paths, YEARS))
    return math.sqrt(WITHIN) * common + math.sqrt(1.0 - WITHIN) * own


def test_curves_by_year_cover() -> None:
    """Errors are clustered by path. Years taken for independent cover too seldom, so that it matters."""
    scores = yearly(1000, 7)
    periods = [2.0, 10.0, 50.0]
    losses = np.exp(scores)
    truths = np.exp(ndtri(1.0 - 1.0 / np.array(periods)))
    by_period = [return_periods(x, periods) for x in losses]
    by_threshold = [exceedance(x, truths) for x in losses]
    naive = [return_periods(x.reshape(-1), periods) for x in losses[:300]]
    for k, (truth, period) in enumerate(zip(truths, periods, strict=True)):
        quantiles = np.mean([c.ci_low[k] <= truth <= c.ci_high[k] for c in by_period])
        covers(float(quantiles), excess=0.015, replications=YEARLY_REPLICATIONS)
        shares = np.mean([c.ci_low[k] <= 1.0 / period <= c.ci_high[k] for c in by_threshold])
        covers(float(shares), replications=YEARLY_REPLICATIONS)
    assert np.mean([c.ci_low[0] <= truths[0] <= c.ci_high[0] for c in naive]) < 0.90


def test_differences_of_curves_cover() -> None:
    """Two strategies on the same futures: the second loses 30% more, and a little of its own."""
    scores = yearly(1000, 8)[:500]
    own = np.random.default_rng(9).standard_normal(scores.shape)
    mixed = math.sqrt(0.95) * scores + math.sqrt(0.05) * own
    ones, others = np.exp(scores), 1.3 * np.exp(mixed)
    n = len(scores)
    losses = np.exp(ndtri(0.9))
    by_period = [return_period_difference(a, b, [10.0]) for a, b in zip(ones, others, strict=True)]
    covered = np.mean([c.ci_low[0] <= -0.3 * losses <= c.ci_high[0] for c in by_period])
    covers(float(covered), excess=0.02, replications=n)
    truth = 0.1 - float(stats.norm.sf(math.log(losses / 1.3)))
    by_threshold = [exceedance_difference(a, b, [losses]) for a, b in zip(ones, others, strict=True)]
    covered = np.mean([c.ci_low[0] <= truth <= c.ci_high[0] for c in by_threshold])
    covers(float(covered), replications=n)


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_tail_contributions_cover(level: float) -> None:
    """Of a normal total, a part contributes mean + cov / sd · φ(z) / (1 - level) (Tasche 1999)."""
    rng = np.random.default_rng(10)
    replications, n_paths = 1000, 4000
    z = float(ndtri(level))
    factor = math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi) / (1.0 - level)
    sds, r = np.array([1.0, 2.0]), 0.3
    covariance = r * sds[0] * sds[1]
    sd = math.sqrt(float(sds @ sds) + 2.0 * covariance)
    truths = np.array([5.0, 1.0]) + (sds**2 + covariance) / sd * factor
    inside = np.zeros((replications, 2))
    for k in range(replications):
        first = rng.standard_normal(n_paths)
        second = r * first + math.sqrt(1.0 - r * r) * rng.standard_normal(n_paths)
        parts = [5.0 + sds[0] * first, 1.0 + sds[1] * second]
        tail = tail_of(parts[0] + parts[1], level)
        for j, part in enumerate(parts):
            estimate = tail_contribution(part, tail)
            inside[k, j] = estimate.low <= truths[j] <= estimate.high
    for share in inside.mean(axis=0):
        covers(float(share), shortfall=0.005, replications=replications)


def test_contributions_at_an_atom_cover() -> None:
    """The total is 0, 1 or 2 (two parts of 0 or 1), and its 80% quantile the atom at 1."""
    rng = np.random.default_rng(11)
    replications, n_paths, level = REPLICATIONS, 1000, 0.8
    # P(2) = 0.06, P(first alone) = 0.24, P(second alone) = 0.14: of the worst 0.2, 0.06 is 2 and 0.14 is 1.
    truth = (0.06 + 0.14 * 0.24 / 0.38) / 0.2
    inside = 0
    for _ in range(replications):
        first, second = rng.random(n_paths) < 0.3, rng.random(n_paths) < 0.2
        tail = tail_of(first.astype(float) + second, level)
        estimate = tail_contribution(first.astype(float), tail)
        inside += estimate.low <= truth <= estimate.high
    covers(inside / replications)


def test_diversification_covers() -> None:
    """Three normal parts: the sum of their P90 less P90 of their total."""
    rng = np.random.default_rng(12)
    replications = 1000
    z = float(ndtri(0.9))
    truth = 6.0 * z - math.sqrt(14.0) * z
    estimates = []
    for _ in range(replications):
        parts = rng.standard_normal((3, 2000)) * np.array([[1.0], [2.0], [3.0]])
        estimates.append(diversification(parts, parts.sum(axis=0), 0.9))
    covers(share_covered(estimates, truth), excess=0.02, replications=replications)
