"""What a scenario implies, on the screen: how often drivers strike, and what one occurrence does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rich.console import Console
from rich.text import Text

from simengine.analysis.implications import LEVELS, Implied
from simengine.estimate import Estimate
from simengine.model.study import Study
from simengine.report.assumptions import counted
from simengine.report.layout import Column, plus_minus, table
from simengine.report.numbers import with_error


class _Number(NamedTuple):
    value: float
    ci_low: float
    ci_high: float


def print_implied(console: Console, study: Study, found: Sequence[Implied], n_paths: int) -> None:
    """Print what each driver implies.

    Parameters
    ----------
    console
        From `console_for`.
    study
        What was checked.
    found, n_paths
        From `implied`.
    """
    if not found:
        console.print(Text("No drivers: nothing happens in this scenario."))
        return
    pm = plus_minus(console)
    names = [one.driver for one in found]
    console.print(table("How often each driver strikes", names, _often(found, pm), console.width))
    console.print(
        Text(
            "Chances and numbers per entity are those of the average one that it can strike. "
            "In a year: the constant chance that comes to that over the horizon.\n"
            f"Without {pm}: closed form. With {pm}: {n_paths:,} sampled futures, half of the 95% interval.\n",
            style="dim",
        )
    )
    currency = study.portfolio.currency
    struck = [one for one in found if one.n_occurrences]
    for title, quantiles in (
        (f"Cost of one occurrence ({currency}, as booked)", [one.cost for one in struck]),
        (f"Disruption exposure of one occurrence ({currency}, as booked)", [one.exposure for one in struck]),
    ):
        columns = _magnitudes(struck, quantiles, pm)
        console.print(table(title, [one.driver for one in struck], columns, console.width))
        console.print()
    never = [one.driver for one in found if not one.n_occurrences]
    if never:
        console.print(Text(f"Not one occurrence in {n_paths:,} futures: {', '.join(never)}."))


def _often(found: Sequence[Implied], pm: str) -> list[Column]:
    strikes = [one.strikes for one in found]
    return [
        Column("strikes", [counted(one.strikes.n_entities, one.scope) for one in found], 5),
        Column("chance\nin a year", [_chance(one.annual, pm) for one in strikes], 0),
        Column("chance over\nthe horizon", [_chance(one.horizon, pm) for one in strikes], 3),
        Column("expected number\nper entity", [_number(one.per_entity, pm, 3) for one in strikes], 2),
        Column("expected number\nin all", [_number(one.total, pm, 3) for one in strikes], 1),
    ]


def _magnitudes(
    found: Sequence[Implied], quantiles: Sequence[Mapping[float, Estimate]], pm: str
) -> list[Column]:
    columns = [
        Column(f"P{100 * level:.10g}", [_number(of[level], pm, 0) for of in quantiles], k)
        for k, level in enumerate(LEVELS)
    ]
    return [*columns, Column("occurrences\nseen", [f"{one.n_occurrences:,}" for one in found], len(LEVELS))]


def _chance(estimate: Estimate, pm: str) -> str:
    percent = Estimate(
        *(100.0 * part for part in (estimate.value, estimate.standard_error, estimate.low, estimate.high))
    )
    return _number(percent, pm, 2) + "%"


def _number(estimate: Estimate, pm: str, decimals: int) -> str:
    """A number with its Monte Carlo error; without one where it is a closed form."""
    if estimate.standard_error == 0.0:
        return f"{estimate.value + 0.0:,.{decimals}f}"
    return with_error(_Number(estimate.value, estimate.low, estimate.high), decimals, pm)
