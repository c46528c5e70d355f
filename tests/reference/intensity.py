"""When occurrences come: the intensity as a function of time, and its inversion.

Between two breakpoints (a window opens or ends, an excitation begins or ends) the intensity is a sum of
exponentials c·exp(−d·s) of the time s since the last breakpoint. Its integral is a sum of exponentials too,
so the time at which it reaches E is found by bisection of an exact function.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise

Term = tuple[float, float]  # coefficient per day, decay per day


@dataclass
class Window:
    """A factor while at least one of the intervals is open."""

    factor: float
    intervals: list[tuple[float, float]]

    def at(self, t: float) -> float:
        return self.factor if any(begin <= t < end for begin, end in self.intervals) else 1.0


@dataclass
class Excitement:
    """Φ of one `excited_by` entry: `since` are the times τ' of its qualifying occurrences."""

    factor: float
    since: list[float]
    half_life_days: float | None
    days: float | None

    def latest(self, t: float) -> float | None:
        return max((since for since in self.since if since <= t), default=None)

    def terms(self, t: float) -> list[Term]:
        """Φ(t + s) as a sum of exponentials of s."""
        latest = self.latest(t)
        if latest is None:
            return [(1.0, 0.0)]
        if self.half_life_days is not None:
            decay = math.log(2.0) / self.half_life_days
            return [(1.0, 0.0), ((self.factor - 1.0) * math.exp(-decay * (t - latest)), decay)]
        if self.days is not None and t >= latest + self.days:
            return [(1.0, 0.0)]
        return [(self.factor, 0.0)]


@dataclass
class Intensity:
    """λ of one driver on one entity, in occurrences per year, given what has struck before."""

    per_year: float  # rate times the factors that scale it
    windows: list[Window] = field(default_factory=list)
    excitements: list[Excitement] = field(default_factory=list)
    branching: float = 0.0
    half_life_days: float = math.inf
    own: list[float] = field(default_factory=list)  # this entity's own occurrences so far

    def breakpoints(self) -> list[float]:
        points = {edge for window in self.windows for interval in window.intervals for edge in interval}
        for excitement in self.excitements:
            points |= set(excitement.since)
            if excitement.days is not None:
                points |= {since + excitement.days for since in excitement.since}
        return sorted(points)

    def terms(self, t: float) -> list[Term]:
        """λ(t + s) per day, as a sum of exponentials of s, until the next breakpoint."""
        product = [(self.per_year / 365.0 * math.prod(window.at(t) for window in self.windows), 0.0)]
        for excitement in self.excitements:
            product = [(a * b, c + d) for a, c in product for b, d in excitement.terms(t)]
        decay = math.log(2.0) / self.half_life_days
        own = sum(self.branching * decay * math.exp(-decay * (t - past)) for past in self.own if past <= t)
        return [*product, (own, decay)] if own else product

    def at(self, t: float) -> float:
        """λ(t) per year."""
        return 365.0 * sum(coefficient for coefficient, _ in self.terms(t))

    def next_after(self, previous: float, target: float, horizon: float) -> float | None:
        """Where the integral of λ from `previous` reaches `target`; None if not before the horizon."""
        edges = [previous, *(p for p in self.breakpoints() if previous < p < horizon), horizon]
        for begin, end in pairwise(edges):
            terms = self.terms(begin)
            whole = integral(terms, end - begin)
            if whole >= target > 0.0:
                return begin + invert(terms, target, end - begin)
            target -= whole
        return None


def integral(terms: list[Term], s: float) -> float:
    """∫ of the sum of exponentials from 0 to s."""
    return sum(c * s if d == 0.0 else -c * math.expm1(-d * s) / d for c, d in terms)


def invert(terms: list[Term], target: float, longest: float) -> float:
    """The s at which the integral reaches the target, by halving until there is no double between."""
    if all(d == 0.0 for _, d in terms):
        return target / sum(c for c, _ in terms)
    low, high = 0.0, longest
    while low < (middle := 0.5 * (low + high)) < high:
        if integral(terms, middle) < target:
            low = middle
        else:
            high = middle
    return high
