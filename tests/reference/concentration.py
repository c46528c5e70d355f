"""How much of the portfolio is hit at once, and how unevenly it is spread."""

from __future__ import annotations

from dataclasses import dataclass

from tests.reference.timeline import Span, Timeline


@dataclass
class Weighed:
    """A timeline with its weight: drawn daily_spend times the part's share."""

    weight: float
    told: Timeline


def is_hit(told: Timeline, t: float) -> bool:
    """Whether at t some severity is above 0 or a forced move is under way."""
    return told.severity_at(t) > 0.0 or any(span.holds_at(t) for span in told.forced_moves)


def concentration(parts: list[Weighed]) -> float:
    """The greatest share of daily_spend that is hit at one time.

    What is hit changes only where a span begins or ends, so those times are all that need a look.
    """
    whole = sum(part.weight for part in parts)
    if whole == 0.0:
        return 0.0
    begins = {span.begin for part in parts for span in hitting(part.told)}
    return max((sum(p.weight for p in parts if is_hit(p.told, t)) / whole for t in begins), default=0.0)


def hitting(told: Timeline) -> list[Span]:
    return [*told.acting, *told.overdue, *told.stranded, *told.forced_moves]


def herfindahl(weights: dict[str, float]) -> float:
    """Sum of squared shares; 0 when nothing is left."""
    whole = sum(weights.values())
    return sum((weight / whole) ** 2 for weight in weights.values()) if whole > 0.0 else 0.0
