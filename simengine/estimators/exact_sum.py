"""Sums of doubles without rounding, so that neither order nor partition shows in them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

# Every double is a few whole multiples, below 2**40, of 2**(40 k): one for each k that it reaches over.
DIGIT_BITS = 40
# The least double is 2**-1074.
LEAST_DIGIT = -27
# So many additions of less than 2**41 fit into 63 bits.
MOST_ADDITIONS = 1 << 21


class ExactSum:
    """One exact sum for each of `n` columns.

    A superaccumulator (Kulisch) of digits of 40 bits, made only where they are reached: digit k counts units
    of 2**(40 k) in 64 bits, and is emptied into Python's whole numbers before it could overflow.
    """

    def __init__(self, n: int) -> None:
        self._digits: dict[int, np.ndarray] = {}
        # In units of 2**(40 LEAST_DIGIT), the least that a double can hold and less.
        self._whole = [0] * n
        self._additions = 0

    def add(self, values: np.ndarray) -> None:
        """Add a value to each sum; they must be finite."""
        if self._additions == MOST_ADDITIONS:
            self._empty()
        self._additions += 1
        rest = np.array(values, dtype=np.float64)
        while True:
            largest = float(np.abs(rest).max(initial=0.0))
            if largest == 0.0:
                return
            if not np.isfinite(largest):
                raise ValueError("a sum of values that are not finite")
            digit = (int(np.frexp(largest)[1]) - 1) // DIGIT_BITS
            # Exact: a scaling by a power of two, and the leading bits of a number taken from it.
            units = np.rint(np.ldexp(rest, -DIGIT_BITS * digit))
            rest -= np.ldexp(units, DIGIT_BITS * digit)
            if digit not in self._digits:
                self._digits[digit] = np.zeros(len(rest), dtype=np.int64)
            self._digits[digit] += units.astype(np.int64)

    def merge(self, other: ExactSum) -> None:
        """Add another's sums; it keeps its own."""
        self._empty()
        other._empty()
        self._whole = [one + more for one, more in zip(self._whole, other._whole, strict=True)]

    def exactly(self) -> list[Fraction]:
        """The sums themselves."""
        self._empty()
        unit = Fraction(2) ** (DIGIT_BITS * LEAST_DIGIT)
        return [whole * unit for whole in self._whole]

    def _empty(self) -> None:
        for digit, units in self._digits.items():
            places = DIGIT_BITS * (digit - LEAST_DIGIT)
            for column, count in enumerate(units.tolist()):
                self._whole[column] += count << places
        self._digits.clear()
        self._additions = 0
