"""Whether a simulated figure lies within Z standard errors of what a closed form says.

Z is 4 everywhere: a right program fails one such check in 16,000, and since seeds are fixed, always or never.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import stats

Z = 4.0
# The two-sided probability beyond Z: where a test gives a p-value instead of a standard error.
LEAST_P_VALUE = float(2.0 * stats.norm.sf(Z))


def assert_mean(sample: np.ndarray, expected: float) -> None:
    error = float(np.std(sample, ddof=1)) / np.sqrt(len(sample))
    assert error > 0.0, "every path gave the same: a mean with no error proves nothing"
    assert_within(float(np.mean(sample)), expected, error)


def assert_variance(sample: np.ndarray, expected: float) -> None:
    """With the error of a sample variance, which needs the fourth central moment."""
    n = len(sample)
    variance = float(np.var(sample, ddof=1))
    fourth = float(np.mean((sample - np.mean(sample)) ** 4))
    error = np.sqrt((fourth - variance**2 * (n - 3) / (n - 1)) / n)
    assert_within(variance, expected, error)


def assert_probability(happened: np.ndarray, expected: float) -> None:
    """With the binomial error of the expected probability."""
    n = len(happened)
    assert n * expected * (1.0 - expected) >= 25.0, "too few paths for the normal approximation"
    assert_within(float(np.mean(happened)), expected, np.sqrt(expected * (1.0 - expected) / n))


def assert_uncorrelated(one: np.ndarray, other: np.ndarray) -> None:
    error = 1.0 / np.sqrt(len(one))
    assert_within(float(np.corrcoef(one, other)[0, 1]), 0.0, error)


def assert_batches(samples: tuple[np.ndarray, ...], statistic: Callable[..., float], expected: float) -> None:
    """A statistic without a simple error: its mean over 50 batches of paths, with the error between them."""
    parts = [np.array_split(sample, 50) for sample in samples]
    values = np.array([statistic(*batch) for batch in zip(*parts, strict=True)])
    assert_mean(values, expected)


def assert_law(times: np.ndarray, cdf: Callable[[np.ndarray], np.ndarray], horizon: float) -> None:
    """Kolmogorov and Smirnov on the times before the horizon, and the probability that there is one."""
    before = times < horizon
    whole = float(cdf(np.array([horizon]))[0])
    assert_probability(before, whole)
    tested = stats.kstest(times[before], lambda t: cdf(np.asarray(t)) / whole)
    assert tested.pvalue > LEAST_P_VALUE, f"times before the horizon: {tested}"


def assert_quantile(sample: np.ndarray, level: float, expected: float) -> None:
    """The expected quantile lies between the order statistics Z binomial errors around its rank."""
    ordered = np.sort(sample)
    n = len(ordered)
    spread = Z * np.sqrt(n * level * (1.0 - level))
    low, high = int(np.floor(n * level - spread)), int(np.ceil(n * level + spread))
    assert 0 <= low < high < n, "too few paths for this quantile"
    assert ordered[low] <= expected <= ordered[high], (
        f"P{100 * level:g} is {expected}, not within {ordered[low]} and {ordered[high]}"
    )


def assert_within(arrived: float, expected: float, error: float) -> None:
    assert abs(arrived - expected) <= Z * error, (
        f"{arrived} is {abs(arrived - expected) / error:.1f} standard errors ({error}) from {expected}"
    )
