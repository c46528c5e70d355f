"""Names of statistics, as they stand in tables, and what is no level is refused."""

from __future__ import annotations

import math
from typing import Any

from simengine.analysis.axes import refusal
from simengine.model.wording import show


def percentile(level: float) -> str:
    """P5 for 0.05, P99.5 for 0.995."""
    return f"P{100.0 * level:.10g}"


def tail_mean(level: float) -> str:
    """TVaR95 for 0.95."""
    return f"TVaR{100.0 * level:.10g}"


def tail_share(level: float) -> str:
    """coTVaR95 for 0.95: the part of TVaR95 that is contributed."""
    return f"co{tail_mean(level)}"


def checked_confidence(confidence: Any) -> float:
    """The confidence of intervals, by the same rule."""
    return checked_level("confidence", confidence)


def checked_level(field: str, level: Any) -> float:
    """A level between 0 and 1.

    Raises
    ------
    ConfigError
        If it is none; 99.5 is told to be 0.995.
    """
    number = level if isinstance(level, int | float) and not isinstance(level, bool) else math.nan
    if 0.0 < number < 1.0:
        return float(number)
    what = f"P{number:g}" if field != "confidence" else f"{number:g}%"
    remedy = f"for {what} write {number / 100.0:.10g}" if 1.0 <= number < 100.0 else ""
    raise refusal(field, show(level), "a level between 0 and 1, such as 0.95", remedy)
