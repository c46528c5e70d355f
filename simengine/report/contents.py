"""What reports tell: each strategy's figures by name, and the study behind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from simengine.analysis.compare import Difference, differences
from simengine.analysis.summarise import Row, summarise
from simengine.estimators import Estimate
from simengine.model.study import Study
from simengine.report.numbers import TOLERANCE
from simengine.results.dataset import Result
from simengine.results.made_by import studies_of

Key = tuple[str, str, str, str, str, str]


class Figures:
    """Estimates of a summary by metric, level, name, statistic, component and period."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._found: dict[Key, Row] = {}
        for row in rows:
            self._found[row.metric, row.level, row.name, row.statistic, row.component, row.period] = row

    def get(
        self,
        metric: str,
        level: str,
        name: str,
        statistic: str = "mean",
        component: str = "",
        period: str = "",
    ) -> Estimate | None:
        row = self._found.get((metric, level, name, statistic, component, period))
        return None if row is None else Estimate(row.value, row.standard_error, row.ci_low, row.ci_high)

    def names(self, metric: str, level: str) -> list[str]:
        """Everything of a level that has a mean of a metric, in the summary's order."""
        return [key[2] for key in self._found if key[:2] == (metric, level) and key[3:] == ("mean", "", "")]

    def statistics(self, metric: str, level: str) -> list[str]:
        """The statistics that a metric has at a level, in the summary's order."""
        found = (key[3] for key in self._found if key[:2] == (metric, level) and key[4:] == ("", ""))
        return list(dict.fromkeys(found))

    def components(self, metric: str) -> list[str]:
        found = (key[4] for key in self._found if key[:2] == (metric, "portfolio") and key[4] and not key[5])
        return list(dict.fromkeys(found))


@dataclass(frozen=True)
class Told:
    """One strategy: its study, its result without the dimension `strategy`, and its summary."""

    strategy: str
    study: Study
    result: Result
    rows: tuple[Row, ...]

    @cached_property
    def figures(self) -> Figures:
        return Figures(self.rows)

    @property
    def portfolio(self) -> str:
        return str(self.result.attrs["portfolio"])

    def of_portfolio(self, metric: str, statistic: str = "mean", component: str = "") -> Estimate | None:
        return self.figures.get(metric, "portfolio", self.portfolio, statistic, component)


@dataclass(frozen=True)
class Contents:
    """A run, or the strategies of a comparison, with what they have in common."""

    result: Result
    told: tuple[Told, ...]
    paired: tuple[Difference, ...] | None = None
    tolerance: float = TOLERANCE

    @property
    def attrs(self) -> dict[str, Any]:
        return dict(self.result.attrs)

    @property
    def currency(self) -> str:
        return str(self.result.attrs["currency"])

    @property
    def compares(self) -> bool:
        return "strategy" in self.result.coords

    @cached_property
    def differences(self) -> Sequence[Difference]:
        """Of every strategy from the first, on the same futures; empty for a run."""
        if self.paired is not None:
            return self.paired
        return differences(self.result) if self.compares else []


def contents_of(
    source: Result,
    summaries: Mapping[str, Sequence[Row]] | None = None,
    paired: Sequence[Difference] | None = None,
    tolerance: float = TOLERANCE,
    further: Sequence[Row] = (),
) -> Contents:
    """Summarise a run, or each strategy of a comparison.

    Parameters
    ----------
    source
        A run or a comparison.
    summaries, paired
        What was summarised and compared already: by strategy from `summarise`, and from `differences`.
    tolerance
        A figure is marked if half of its interval is more than this part of it.
    further
        Rows of a run that follow its summary.
    """
    compares = "strategy" in source.coords
    studies = studies_of(source.attrs)
    names = source.labels("strategy") if compares else [studies[0].strategy.name]
    told = []
    for name, study in zip(names, studies, strict=True):
        own = source.of_strategy(name) if compares else source
        told.append(Told(name, study, own, (*((summaries or {}).get(name) or summarise(own)), *further)))
    return Contents(source, tuple(told), None if paired is None else tuple(paired), tolerance)
