"""The headline numbers of one strategy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from simengine.analysis.summarise import Row
from simengine.report.page.blocks import Card
from simengine.report.page.wording import NARROW, amount, chance, sentence

# Metric, statistic.
Key = tuple[str, str]


def cards(rows: Iterable[Row], attrs: Mapping[str, Any]) -> list[Card]:
    """What it costs, also in a bad case, what is saved and what is disrupted, as far as it was kept."""
    found = {
        (row.metric, row.statistic): row
        for row in rows
        if row.level == "portfolio" and not row.component and not row.period
    }
    return list(_cards(found, attrs))


def _cards(found: Mapping[Key, Row], attrs: Mapping[str, Any]) -> Iterator[Card]:
    currency = str(attrs["currency"])

    def told(metric: str, statistic: str, words: str, unit: str = currency) -> list[str]:
        row = found.get((metric, statistic))
        return [] if row is None else [words.format(f"{sentence(amount(row))}{NARROW}{unit}")]

    cost, bad, saved, none, exposure = (
        found.get(key)
        for key in (
            ("total_cost", "mean"),
            ("total_cost", "P95"),
            ("saving", "mean"),
            ("no_saving", "probability"),
            ("disruption_exposure", "mean"),
        )
    )
    if cost:
        present = told("total_cost_pv", "mean", "present value {}") if attrs.get("discount_rate") else []
        yield Card(
            "Expected total cost",
            amount(cost),
            currency,
            [*present, *told("planned_cost", "mean", "planned {}")],
        )
    if bad:
        tail = told("total_cost", "TVaR95", "mean of the worst 5%: {}")
        yield Card("One future in 20 costs more than", amount(bad), currency, tail)
    if saved:
        planned = told("planned_saving", "mean", "planned {}")
        yield Card("Expected saving against the status quo", amount(saved), currency, planned)
    if none:
        below = found.get(("saving_below_plan", "probability"))
        note = [f"saving below plan: {sentence(chance(below))}"] if below else []
        yield Card("Chance of no saving", chance(none), "", note)
    if exposure:
        days = told("disruption_days", "mean", "over {}", "disrupted workload-days")
        worst = told("disruption_exposure", "P95", "P95 {}")
        yield Card("Expected disruption exposure", amount(exposure), currency, [*days, *worst])
