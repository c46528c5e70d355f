"""The unit of an axis: units, thousands, millions or billions of a currency."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

# The least magnitude that is told in this word, and what it stands for.
WORDS = ((2e9, 1e9, "billion"), (2e6, 1e6, "million"), (2e4, 1e3, "thousand"))


@dataclass(frozen=True)
class Scale:
    """Numbers are divided by `divisor` and said in `unit`."""

    divisor: float
    unit: str

    def __call__(self, value: float) -> float:
        return float(value) / self.divisor

    def text(self, value: float, step: float | None = None, *, signed: bool = False) -> str:
        """A label beside a mark: three digits, or as many decimals as a `step` asks for."""
        scaled = self(value)
        size = abs(step / self.divisor) if step else abs(scaled) / 100.0
        decimals = 0 if not size else min(4, max(0, -math.floor(math.log10(size))))
        number = round(scaled, decimals) + 0.0
        return f"{number:+,.{decimals}f}" if signed and number else f"{number:,.{decimals}f}"


def scale_for(values: Iterable[float], unit: str) -> Scale:
    """The scale that suits the largest of the values; a unit that is no currency is left as it is."""
    largest = max((abs(v) for v in values if math.isfinite(v)), default=0.0)
    for least, divisor, word in WORDS:
        if largest >= least:
            return Scale(divisor, f"{unit} {word}")
    return Scale(1.0, unit)
