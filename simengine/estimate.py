"""A value with its Monte Carlo error: what estimators return, and what a file can hold without them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value estimated from paths.

    `standard_error` is its Monte Carlo standard error, `low` and `high` a confidence interval for the true
    value. The error is NaN where the paths do not suffice to tell it, and a limit infinite where they bound
    nothing.
    """

    value: float
    standard_error: float
    low: float
    high: float
