"""Tail attribution of a summary: the paths are simulated again, and those in the tail are looked at.

A summary knows from its sketch which bin the quantile lies in, and how many paths lie above. Draws have
addresses, so a second pass meets the same paths; it adds up what each part was on the paths above the bin and
on those in it, and keeps none of them. The paths in the quantile's bin, which agree to 0.2%, count like an
atom: each with the share that fills the tail's mass. So parts add up to their total exactly, and that total
differs from the TVaR of the paths by no more than a bin is wide.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

import numpy as np

from simengine.analysis.attribution import NO_EVENT
from simengine.analysis.of_summary import Summarised
from simengine.analysis.statistics import checked_level
from simengine.engine.simulate import Progress, blocks_of, lower_study, spans
from simengine.estimators import Estimate
from simengine.estimators.estimate import CONFIDENCE, around
from simengine.estimators.exact_sum import ExactSum
from simengine.estimators.moments import tree_sum
from simengine.estimators.order_statistics import enclosing_ranks, exact_level, rank
from simengine.model.errors import ConfigError, Problem
from simengine.model.study import Study
from simengine.results.dataset import Result

By = Literal["driver", "workload", "component", "period"]


@dataclass(frozen=True)
class TailParts:
    """What parts add to a portfolio's TVaR; their values add up to `total.value`."""

    labels: tuple[str, ...]
    parts: tuple[Estimate, ...]
    total: Estimate


class _Part:
    """Count, sum and squares, from a pivot, of the columns of some paths."""

    def __init__(self, pivot: np.ndarray) -> None:
        self._pivot = pivot
        self.count = 0
        self._sums, self._squares = ExactSum(len(pivot)), ExactSum(len(pivot))

    def add(self, columns: np.ndarray) -> None:
        if len(columns):
            self.count += len(columns)
            distance = columns - self._pivot
            self._sums.add(tree_sum(distance))
            self._squares.add(tree_sum(distance * distance))

    def exactly(self) -> list[tuple[Fraction, Fraction]]:
        return list(zip(self._sums.exactly(), self._squares.exactly(), strict=True))


def tail_parts(
    study: Study,
    summary: Result,
    of: Literal["total_cost", "disruption_exposure"] = "total_cost",
    by: By = "driver",
    level: float = 0.95,
    confidence: float = CONFIDENCE,
    progress: Progress | None = None,
) -> TailParts:
    """co-TVaR of each part, by simulating the paths of a summary once more.

    Parameters
    ----------
    study, summary
        A study with `keep: summary`, and what `play` made of it.
    of, by
        What is split, and into what; `of` must have a sketch.
    level
        That of TVaR, between 0 and 1.

    Raises
    ------
    ConfigError
        If there is no such part, no sketch of `of`, or the level is none.
    """
    level = checked_level("level", level)
    if by not in get_args(By) or (of, by) == ("disruption_exposure", "component"):
        raise ConfigError(
            [Problem("by", f"{by} of {of}", ", ".join(get_args(By)), "cost alone has components")]
        )
    bins = Summarised(summary).bins(of)
    if bins is None:
        raise ConfigError(
            [Problem("of", of, "a quantity with a sketch", f"add {of} to run.summarise, and run again")]
        )
    n_paths = int(bins.counts.sum())
    at = int(np.searchsorted(np.cumsum(bins.counts), rank(n_paths, level), side="right"))
    low, high = float(bins.low[at]), float(bins.high[at])
    run = study.run.model_copy(update={"n_paths": n_paths, "keep": ("totals", f"by_{by}")})
    again = study.model_copy(update={"run": run})
    lowered = lower_study(again)

    def columns(block: dict[str, np.ndarray]) -> np.ndarray:
        parts, total = block[f"{of}_by_{by}"], block[of][:, None]
        rest = [total - parts.sum(axis=1, keepdims=True)] if by == "driver" else []
        return np.concatenate([parts, *rest, total], axis=1)

    ((first,),) = blocks_of(again, lowered, paths=range(1))
    above, within = _Part(columns(first)[0]), _Part(columns(first)[0])
    blocks = blocks_of(again, lowered)
    for span, (block,) in zip(spans(run.first_path, n_paths), blocks, strict=True):
        values, table = block[of], columns(block)
        is_above = values >= high if low > 0.0 else values > high
        is_within = (values >= low) & ~is_above if low >= 0.0 else (values > low) & ~is_above
        above.add(table[is_above])
        within.add(table[is_within])
        if progress is not None:
            progress(span.stop - run.first_path, n_paths)
    pivot = columns(first)[0]
    known = n_paths > 1 and enclosing_ranks(n_paths, level, confidence)[1] < n_paths
    found = _estimates(above, within, pivot, level, n_paths, known, confidence)
    labels = (*summary.labels(by), NO_EVENT) if by == "driver" else tuple(summary.labels(by))
    return TailParts(labels, tuple(found[:-1]), found[-1])


def _estimates(
    above: _Part, within: _Part, pivot: np.ndarray, level: float, n_paths: int, known: bool, confidence: float
) -> list[Estimate]:
    """`tail_contribution` of each column, from sums; see there for the influence that the error is of."""
    mass = 1 - exact_level(level)
    share = (mass * n_paths - above.count) / within.count
    found = []
    for p, (sum_above, squares_above), (sum_within, squares_within) in zip(
        pivot, above.exactly(), within.exactly(), strict=True
    ):
        tail = sum_above + share * sum_within
        value = float(Fraction(float(p)) + tail / (mass * n_paths))
        if not known:
            found.append(Estimate(value, math.nan, -math.inf, math.inf))
            continue
        m = sum_within / within.count
        average = (tail - m * mass * n_paths) / n_paths
        squares = squares_above - 2 * m * sum_above + m * m * above.count
        squares += share * share * (squares_within - 2 * m * sum_within + m * m * within.count)
        variance = (squares - n_paths * average * average) / (n_paths - 1) / n_paths
        found.append(around(value, math.sqrt(max(0.0, float(variance))) / float(mass), confidence))
    return found
