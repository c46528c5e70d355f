"""How a random study is chosen: by Hypothesis, which shrinks what fails, or by a seed, for long loops.

Whatever is chosen, the first of several and the least number is the simplest, so that Hypothesis shrinks
towards plain studies.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Chooser(Protocol):
    """One decision after the other."""

    def integer(self, low: int, high: int) -> int: ...

    def shuffled(self, of: Sequence[T]) -> list[T]: ...


class Seeded:
    """Decisions that a seed makes."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def integer(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def shuffled(self, of: Sequence[T]) -> list[T]:
        return self.random.sample(list(of), len(of))


class Drawn:
    """Decisions that Hypothesis makes."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self.draw = draw

    def integer(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))

    def shuffled(self, of: Sequence[T]) -> list[T]:
        return self.draw(st.permutations(list(of)))


def chance(choose: Chooser, percent: int) -> bool:
    return choose.integer(0, 99) >= 100 - percent


def one_of(choose: Chooser, options: Sequence[T]) -> T:
    return options[choose.integer(0, len(options) - 1)]


def some(choose: Chooser, options: Sequence[T], least: int = 0, most: int | None = None) -> list[T]:
    most = len(options) if most is None else min(most, len(options))
    return choose.shuffled(options)[: choose.integer(min(least, most), most)]


def between(choose: Chooser, low: float, high: float) -> float:
    """A number with few digits."""
    return round(low + (high - low) * choose.integer(0, 100) / 100.0, 6)
