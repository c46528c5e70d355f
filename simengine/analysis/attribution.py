"""Attribution that adds up: what drivers, workloads, lines, labs or tags add to the mean and to the tail."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from simengine.analysis.axes import Axis, By, axes_of, cells, kept_variable, one_strategy, refusal
from simengine.analysis.grouping import free_name
from simengine.analysis.statistics import checked_level, tail_mean
from simengine.estimators import Estimate, Tail, mean, tail_contribution, tail_of, tvar
from simengine.estimators.estimate import CONFIDENCE
from simengine.results.dataset import Lazy, Result, as_result
from simengine.results.rows import PickedRows, rows_at
from simengine.results.variables import CURRENCY, VARIABLES

if TYPE_CHECKING:
    import xarray as xr

NO_EVENT = "(no event)"


@dataclass(frozen=True)
class Contributions:
    """Parts of a portfolio's number, in arrays with one dimension for each split.

    Parameters
    ----------
    of, statistic
        The variable, and `mean` or `TVaR95`.
    by
        The name of each split.
    labels
        The parts along each split.
    value, standard_error, ci_low, ci_high
        By the splits, in `unit`; the values add up to `total.value`.
    total
        The portfolio's own number.
    """

    of: str
    statistic: str
    by: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    value: np.ndarray
    standard_error: np.ndarray
    ci_low: np.ndarray
    ci_high: np.ndarray
    total: Estimate
    unit: str

    @property
    def names(self) -> tuple[str, ...]:
        """The parts along the first split."""
        return self.labels[0]

    @property
    def share(self) -> np.ndarray:
        """Each value over the total, NaN where that is 0."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.total.value != 0.0, self.value / self.total.value, np.nan)


def contributions(
    source: Result | xr.Dataset,
    of: str = "total_cost",
    by: By = "driver",
    level: float | None = None,
    confidence: float = CONFIDENCE,
) -> Contributions:
    """What each part contributes to the portfolio's mean, or to its TVaR; the parts add up to it.

    Of TVaR a part contributes its own mean over the portfolio's tail (co-TVaR), atoms at the quantile
    counting in the share that fills the mass: `simengine.estimators.tail_contribution`. By driver it is what
    was booked to the driver's occurrences, and what is booked to none is a part of its own, `(no event)`.
    Labs, lines and tags are those of the workloads at the start; a workload without the tag is `(none)`.

    Parameters
    ----------
    source
        A result of one strategy.
    of
        A variable that the run kept in parts: `total_cost`, `disruption_exposure`, ...
    by
        `driver`, `workload`, `line`, `lab`, `component`, `period`, a tag (`tag:key`, or its key alone), or
        several of these that split different dimensions, such as `("workload", "driver")`.
    level
        That of TVaR, between 0 and 1; None for the mean.

    Raises
    ------
    ConfigError
        If a name is unknown, a level is none, or the run did not keep what is asked for.
    """
    result = one_strategy(as_result(source))
    if level is not None:
        level = checked_level("level", level)
    axes = axes_of(result, by)
    if not axes or any(axis.dim == "year" for axis in axes):
        raise refusal("by", "year" if axes else "nothing", "parts that add up to the total", "take by=driver")
    kept_variable(result, of, axes)
    kept_variable(result, of, ())
    if level is None:
        total, statistic = mean(result[of], confidence), "mean"
        parts = [estimate for _, estimate in mean_parts(result, of, axes, confidence)]
    else:
        total, statistic = tvar(result[of], level, confidence), tail_mean(level)
        worst = InTail.of(result, of, level, confidence)
        parts = [estimate for _, estimate in worst.parts(axes, confidence)]
    labels = tuple(part_labels(axis) for axis in axes)
    numbers = np.array([(e.value, e.standard_error, e.low, e.high) for e in parts])
    value, error, low, high = np.moveaxis(numbers.reshape(*(len(names) for names in labels), 4), -1, 0)
    unit = VARIABLES[of].unit
    return Contributions(
        of, statistic, tuple(axis.name for axis in axes), labels, value, error, low, high, total,
        str(result.attrs["currency"]) if unit == CURRENCY else unit,
    )  # fmt: skip


Part = tuple[tuple[str, ...], Estimate]


def mean_parts(
    result: Result, of: str, axes: Sequence[Axis], confidence: float = CONFIDENCE
) -> Iterator[Part]:
    """Labels and mean of every part, the last split running fastest."""
    for labels, part in zip(_combinations(axes), _parts(result, of, axes), strict=True):
        yield labels, mean(part, confidence)


@dataclass(frozen=True)
class InTail:
    """A result at the paths of a total's tail only: all that contributions to its TVaR depend on."""

    result: Result
    of_what: str
    tail: Tail

    @classmethod
    def of(cls, result: Result, of: str, level: float, confidence: float = CONFIDENCE) -> InTail:
        tail = tail_of(result[of], level, confidence)
        paths = np.union1d(tail.paths, tail.near)
        there = Lazy(
            [name for name in result.arrays if name in VARIABLES and VARIABLES[name].dims[0] == "path"],
            lambda name: rows_at(result.rows(name), paths),
            lambda name: PickedRows(result.rows(name), paths),
        )
        within = replace(
            tail, paths=np.searchsorted(paths, tail.paths), near=np.searchsorted(paths, tail.near)
        )
        return cls(replace(result, arrays=there), of, within)

    def parts(self, axes: Sequence[Axis], confidence: float = CONFIDENCE) -> Iterator[Part]:
        """Labels and co-TVaR of every part, the last split running fastest."""
        parts = _parts(self.result, self.of_what, axes)
        for labels, part in zip(_combinations(axes), parts, strict=True):
            yield labels, tail_contribution(part, self.tail, confidence)


def part_labels(axis: Axis) -> tuple[str, ...]:
    return (*axis.labels, free_name(NO_EVENT, axis.labels)) if axis.dim == "driver" else axis.labels


def _combinations(axes: Sequence[Axis]) -> Iterator[tuple[str, ...]]:
    return itertools.product(*(part_labels(axis) for axis in axes))


def _parts(result: Result, of: str, axes: Sequence[Axis]) -> Iterator[np.ndarray]:
    """Every part per path, the last split running fastest; after the drivers what is booked to none."""
    name = kept_variable(result, of, axes)
    at = next((k for k, axis in enumerate(axes) if axis.dim == "driver"), None)
    if at is None:
        yield from cells(result, name, axes)
        return
    others = [*axes[:at], *axes[at + 1 :]]
    rest = [column.copy() for column in cells(result, kept_variable(result, of, others), others)]
    inner = int(np.prod([len(axis.labels) for axis in axes[at + 1 :]]))
    n_drivers = len(axes[at].labels)
    if not n_drivers:
        yield from rest
    for k, part in enumerate(cells(result, name, axes)):
        outer, within = divmod(k, n_drivers * inner)
        rest[outer * inner + within % inner] -= part
        yield part
        if (k + 1) % (n_drivers * inner) == 0:
            yield from rest[outer * inner : (outer + 1) * inner]
