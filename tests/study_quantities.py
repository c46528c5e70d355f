"""Random quantities: a number, or any of the distributions, within a range."""

from __future__ import annotations

from typing import Any

from tests.choosing import Chooser, between, chance, one_of

Quantity = float | dict[str, Any]


def within(choose: Chooser, low: float, high: float, certain: int = 50) -> Quantity:
    """A quantity between two finite ends; a number in `certain` percent of the cases."""
    if low == high or not chance(choose, 100 - certain):
        return one_of(choose, [low, between(choose, low, high), high])
    width = high - low
    a, b, c = sorted(round(low + width * step / 10.0, 6) for step in three_steps(choose))
    shapes: list[dict[str, Any]] = [
        {"uniform": [a, c]},
        {"pert": [a, b, c]},
        {"triangular": [a, b, c]},
        {"discrete": {"values": [a, b, c], "probabilities": [0.25, 0.5, 0.25]}},
        {"empirical": [a, b, c, b]},
        {"normal": {"mean": b, "sd": round(width / 3.0, 6)}, "truncate": [low, high]},
        {"gamma": {"shape": 2.0, "scale": round(width / 2.0, 6)}, "truncate": [low, high]},
        {"mixture": {"weights": [0.4, 0.6], "of": [a, {"uniform": [b, c]}]}},
        {
            "mixture": {
                "weights": [0.3, 0.3, 0.4],
                "of": [
                    {"uniform": [a, b]},
                    {"normal": {"mean": c, "sd": round(width / 5.0, 6)}},
                    {"mixture": {"weights": [0.5, 0.5], "of": [b, {"triangular": [a, b, c]}]}},
                ],
            },
            "truncate": [low, high],
        },
    ]
    if low >= 0.0:
        shapes.append({"lognormal": {"median": b, "sigma": 0.8}, "truncate": [low, high]})
    if low > 0.0:
        shapes.append({"pareto": {"minimum": low, "alpha": 1.7}, "truncate": [low, high]})
    if (low, high) == (0.0, 1.0):
        shapes.append({"beta": {"alpha": 2.0, "beta": 3.0}})
    return one_of(choose, shapes)


def three_steps(choose: Chooser) -> tuple[int, int, int]:
    """Three different steps of ten."""
    first, second = choose.integer(0, 4), choose.integer(5, 7)
    return first, second, choose.integer(8, 10)


def positive(choose: Chooser, typical: float, certain: int = 50) -> Quantity:
    """A quantity above 0 without an upper end."""
    if not chance(choose, 100 - certain):
        return one_of(choose, [typical, round(typical * between(choose, 0.2, 2.0), 6)])
    return one_of(
        choose,
        [
            {"lognormal": {"p10": round(0.4 * typical, 6), "p90": round(2.5 * typical, 6)}},
            {"lognormal": {"median": typical, "sigma": 0.5}},
            {"gamma": {"shape": 0.7, "scale": typical}},
            {"gamma": {"shape": 3.0, "scale": round(typical / 3.0, 6)}},
            {"pareto": {"minimum": round(typical / 2.0, 6), "alpha": 2.5}},
            within(choose, round(0.5 * typical, 6), round(2.0 * typical, 6), certain=0),
        ],
    )


def signed(choose: Chooser, spread: float) -> Quantity:
    """A quantity around 0, of any sign."""
    if not chance(choose, 40):
        return one_of(choose, [0.0, between(choose, -spread, spread)])
    return one_of(
        choose,
        [
            {"normal": {"mean": between(choose, -spread, spread), "sd": round(spread / 2.0, 6)}},
            {"uniform": [-spread, spread]},
            within(choose, -spread, spread, certain=0),
        ],
    )


def whole_days(choose: Chooser, days: list[int]) -> Quantity:
    """Days from a few whole numbers, so that things fall on the same day."""
    if not chance(choose, 30):
        return one_of(choose, days)
    least, most = min(days), max(days)
    return one_of(
        choose,
        [
            {"discrete": {"values": [float(day) for day in days], "probabilities": even(len(days))}},
            {"empirical": [float(day) for day in days]},
            within(choose, float(least), float(most + 1), certain=0),
            positive(choose, float(most + 1), certain=0),
        ],
    )


def even(n: int) -> list[float]:
    return [1.0 / n] * n
