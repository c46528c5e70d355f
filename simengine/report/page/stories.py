"""The futures nearest P50, P95 and P99 of total cost, played again and told day by day."""

from __future__ import annotations

import re
from collections.abc import Iterator

from simengine.analysis.explain import stories
from simengine.analysis.statistics import percentile
from simengine.model.errors import ConfigError
from simengine.report.page.blocks import Block, Note, NotKept, Story
from simengine.report.page.wording import minus
from simengine.results.dataset import Result

LEVELS = (0.50, 0.95, 0.99)


def told(result: Result, strategy: str | None) -> Iterator[Block]:
    """A story for each of `LEVELS`; where a result cannot be played again, a note that says why.

    Parameters
    ----------
    result
        Of one strategy, or a comparison.
    strategy
        Which one of a comparison.
    """
    if "total_cost" not in result:
        yield NotKept("The stories of single futures", ["totals"])
        return
    currency = str(result.attrs["currency"])
    try:
        found = stories(result, "total_cost", LEVELS, strategy)
    except ConfigError as error:
        problem = error.problems[0]
        yield Note(f"No story is told: {problem.arrived}. {problem.remedy}".rstrip(". ") + ".")
        return
    for story in found:
        yield Story(
            f"At {percentile(story.quantile)}",
            f"Path {story.path:,}, total cost {minus(f'{story.value:,.0f}')} {currency}.",
            [(s.date, _written(s.head), [_written(detail) for detail in s.details]) for s in story.sentences],
        )


def _written(text: str) -> str:
    """A sentence without the number that tables refer to, and with true minus signs before amounts."""
    return re.sub(r"(?<![\w-])-(?=\d)", "\u2212", re.sub(r" \[\d+\]$", "", text))
