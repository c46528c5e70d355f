"""Attribution that adds up: what drivers, workloads, lines, labs or tags add to the mean and to the tail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simengine.analysis.axes import Axis, By, axes_of, cells, kept_variable, one_strategy, refusal
from simengine.analysis.grouping import free_name
from simengine.analysis.statistics import checked_level, tail_mean
from simengine.estimators import Estimate, mean, tail_contribution, tail_of, tvar
from simengine.estimators.estimate import CONFIDENCE
from simengine.results.dataset import Result, as_result
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
    name = kept_variable(result, of, axes)
    kept_variable(result, of, ())
    whole = result[of]
    if level is None:
        total, statistic = mean(whole, confidence), "mean"
        parts = [mean(part, confidence) for part in _parts(result, of, name, axes)]
    else:
        total, statistic = tvar(whole, level, confidence), tail_mean(level)
        tail = tail_of(whole, level, confidence)
        parts = [tail_contribution(part, tail, confidence) for part in _parts(result, of, name, axes)]
    labels = tuple(_labels(axis) for axis in axes)
    numbers = np.array([(e.value, e.standard_error, e.low, e.high) for e in parts])
    shaped = numbers.reshape(*(len(names) for names in labels), 4)
    unit = VARIABLES[of].unit
    return Contributions(
        of, statistic, tuple(axis.name for axis in axes), labels, *np.moveaxis(shaped, -1, 0), total,
        str(result.attrs["currency"]) if unit == CURRENCY else unit,
    )  # fmt: skip


def _labels(axis: Axis) -> tuple[str, ...]:
    return (*axis.labels, free_name(NO_EVENT, axis.labels)) if axis.dim == "driver" else axis.labels


def _parts(result: Result, of: str, name: str, axes: Sequence[Axis]) -> Iterator[np.ndarray]:
    """Every part per path, the last split running fastest; after the drivers what is booked to none."""
    at = next((k for k, axis in enumerate(axes) if axis.dim == "driver"), None)
    if at is None:
        yield from cells(result, name, axes)
        return
    others = [*axes[:at], *axes[at + 1 :]]
    rest = [column.copy() for column in cells(result, kept_variable(result, of, others), others)]
    inner = int(np.prod([len(axis.labels) for axis in axes[at + 1 :]]))
    n_drivers = len(axes[at].labels)
    for k, part in enumerate(cells(result, name, axes)):
        outer, within = divmod(k, n_drivers * inner)
        rest[outer * inner + within % inner] -= part
        yield part
        if (k + 1) % (n_drivers * inner) == 0:
            yield from rest[outer * inner : (outer + 1) * inner]
