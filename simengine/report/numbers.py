"""Numbers as people read them: rounded to their error, with thousands separators."""

from __future__ import annotations

import math
from typing import Protocol


class Estimated(Protocol):
    """A row of a summary or of a comparison."""

    @property
    def value(self) -> float: ...
    @property
    def ci_low(self) -> float: ...
    @property
    def ci_high(self) -> float: ...


CENTS = 2
# What is left when floating-point sums cancel.
NOTHING = 1e-6


def half_width(row: Estimated) -> float:
    """Half of the confidence interval; NaN where the paths are too few to bound it."""
    half = 0.5 * (row.ci_high - row.ci_low)
    return half if math.isfinite(half) else math.nan


def is_wide(row: Estimated, tolerance: float) -> bool:
    """Whether half of the interval is more than `tolerance` (0.05: 5%) of the value, or not known at all."""
    half = half_width(row)
    return math.isnan(half) or half > max(tolerance * abs(row.value), NOTHING)


def decimals_for(error: float, most: int, digits: int = 2) -> int:
    """Decimals that show `digits` digits of an error, none of them more than `most`; negative for tens."""
    if not error or math.isnan(error):
        return most
    return min(most, digits - 1 - math.floor(math.log10(error)))


def rounded(value: float, decimals: int) -> str:
    """With separators; negative decimals round to tens, hundreds ..., and a rounded 0 has no sign."""
    number = round(value, decimals)
    return f"{number + 0.0:,.{max(0, decimals)}f}"


def with_error(row: Estimated, most: int = CENTS, plus_minus: str = "±") -> str:
    """12,340 ± 56: the value to the second digit of half its interval, at most `most` decimals.

    A whole value that is known exactly is shown without decimals, and "?" stands for an error that so few
    paths do not tell.
    """
    half = half_width(row)
    if max(half, abs(row.value)) < NOTHING:
        return f"0 {plus_minus} 0"
    if half == 0.0:
        whole = row.value == math.floor(row.value)
        return f"{rounded(row.value, 0 if whole else most)} {plus_minus} 0"
    if math.isnan(half):
        return f"{rounded(row.value, 0 if most == CENTS else most)} {plus_minus} ?"
    decimals = decimals_for(half, most)
    return f"{rounded(row.value, decimals)} {plus_minus} {rounded(half, decimals)}"


def percentage(row: Estimated) -> str:
    """41.3% (41.0 to 41.6): a probability with its interval."""
    decimals = max(0, decimals_for(100.0 * half_width(row), 3, digits=1))
    value, low, high = (rounded(100.0 * number, decimals) for number in (row.value, row.ci_low, row.ci_high))
    return f"{value}% ({low} to {high})"
