"""`keep: summary`: what a run says without its paths, in memory that does not grow with them.

Of every quantity of a path: how many paths, the sum, and the sum of squared deviations. Of those that
`run.summarise` names: a quantile sketch. Of what happens or does not: on how many paths. All of it is the
same however the paths were divided among threads, shards or machines, as long as those are divided at the
ends of blocks (`simengine.engine.simulate.spans`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from simengine.estimators import Estimate
from simengine.estimators.moments import ColumnMoments, mean_of_moments
from simengine.estimators.observations import descending
from simengine.estimators.probability import probability_of_count
from simengine.estimators.sketch import Bins, Sketch, quantile_of_bins, tvar_of_bins
from simengine.model.precision import MEAN, PERCENTILE, PROBABILITY, Precision, read_statistic
from simengine.model.run import Run
from simengine.results.derived import values_of
from simengine.results.groups import LEVELS
from simengine.results.variables import VARIABLES

# What happens on a path or not, and of which variable it is told.
HAPPENINGS = ("saving_below_plan", "no_saving")
STRUCK = "strikes_by_driver"
# Sketched for return periods, and what they are made of: one column for the largest of a path's complete
# years, one for the second largest, and so on, from which clustered errors follow.
CURVES = {"oep": "largest_occurrence_by_year", "aep": "disruption_exposure_by_year"}
DAYS_OF_YEAR = 365.0
# Columns that are added up together: as many as stay in a core's cache.
COLUMNS_AT_ONCE = 128

Arrays = Mapping[str, np.ndarray]
Members = Mapping[str, Sequence[tuple[int, ...]]]


def summed_quantities() -> list[str]:
    """Every quantity of a path of which a summary has a sum, in the registry's order."""
    sums = (name for name, variable in VARIABLES.items() if not variable.for_comparisons)
    return [name.removesuffix("_sum") for name in sums if name.endswith("_sum")]


def with_groups(block: Arrays, members: Members) -> dict[str, np.ndarray]:
    """The block, and what it holds by workload also by lab, line and tag."""
    found: dict[str, np.ndarray] = {}
    for name, values in block.items():
        metric, by_workload, rest = name.partition("_by_workload")
        if by_workload and not rest:
            for level, groups in members.items():
                added = np.empty((len(values), len(groups)))
                for k, (first, *others) in enumerate(groups):
                    added[:, k] = values[:, first]
                    for position in others:
                        added[:, k] += values[:, position]
                found[f"{metric}_by_{level}"] = added
    return {**block, **found}


def quantity_of(block: Arrays, name: str) -> np.ndarray:
    """A quantity's values in a block, (path, column)."""
    if name in block:
        values = block[name]
    else:
        metric, by, level = name.partition("_by_")
        values = values_of(metric, lambda variable: block[variable + by + level])
    return np.asarray(values, dtype=np.float64).reshape(len(values), -1)


class Summary:
    """The reducer of a summary: one strategy's blocks in, arrays of the registry out.

    Parameters
    ----------
    run
        What is summarised.
    pivots
        The variables of one path; the same for every part of a run.
    labels
        The labels of the dimensions other than `path`.
    members
        The positions of the workloads in each lab, each line and each tag, in the order of their labels.
    """

    def __init__(self, run: Run, pivots: Arrays, labels: Mapping[str, list[str]], members: Members) -> None:
        self._labels = labels
        self._members = members
        self._n_years = int(run.horizon_days // DAYS_OF_YEAR)
        pivots = with_groups(pivots, members)
        self._summed = {name: quantity_of(pivots, name).shape[1] for name in summed_quantities()}
        self._groups = list(_grouped(self._summed))
        self._moments = ColumnMoments(_columns(pivots, list(self._summed))[0])
        self._widths = self._summed | dict.fromkeys(CURVES, self._n_years)
        self._sketched = [name for name in self._widths if name in run.sketched and self._widths[name]]
        self._sketch = Sketch(sum(self._widths[name] for name in self._sketched))
        self._counts = {
            name: np.zeros(np.shape(hits)[1:], dtype=np.int64) for name, hits in _happenings(pivots)
        }
        self.n_paths = 0

    def update(self, block: Arrays, start: int, size: int) -> None:
        self.n_paths += size
        block = with_groups(block, self._members)
        self._moments.add(_columns(block, names) for names in self._groups)
        for curve, variable in CURVES.items():
            if curve in self._sketched:
                block[curve] = descending(block[variable][:, : self._n_years]).T
        if self._sketched:
            self._sketch.add(_columns(block, self._sketched))
        for name, hits in _happenings(block):
            self._counts[name] += hits.sum(axis=0)

    def merge(self, other: Summary) -> None:
        """Add another part of the same run."""
        self.n_paths += other.n_paths
        self._moments.merge(other._moments)
        self._sketch.merge(other._sketch)
        for name, counts in other._counts.items():
            self._counts[name] += counts

    def finalise(self) -> dict[str, np.ndarray]:
        """The variables of the registry that `keep: summary` retains."""
        found: dict[str, np.ndarray] = {}
        at, (sums, deviations) = 0, self._moments.finalise()
        for name, width in self._summed.items():
            columns = slice(at, at + width)
            for what, values in (("sum", sums), ("deviations", deviations)):
                found[f"{name}_{what}"] = values[columns].reshape(self._shape(name))
            at += width
        found |= {f"{name}_count": counts for name, counts in self._counts.items()}
        return found | bin_arrays(self._sketch)

    def quantities(self) -> list[str]:
        """The names of what has a sketch, one for each column: `total_cost_by_period 2026-03`."""
        return [name for quantity in self._sketched for name in self._column_names(quantity)]

    def estimate(self, target: Precision) -> Estimate:
        """The statistic of the portfolio that a target names."""
        kind, level = read_statistic(target.statistic)
        if kind == PROBABILITY:
            hits = int(self._counts[target.metric])
            return probability_of_count(hits, self.n_paths, target.confidence)
        if kind == MEAN:
            found = self.finalise()
            total, deviations = (float(found[f"{target.metric}_{what}"]) for what in ("sum", "deviations"))
            return mean_of_moments(total, deviations, self.n_paths, target.confidence)
        bins = self._sketch.bins(self.quantities().index(target.metric))
        return (quantile_of_bins if kind == PERCENTILE else tvar_of_bins)(bins, level, target.confidence)

    def _shape(self, name: str) -> tuple[int, ...]:
        return tuple(len(self._labels[dim]) for dim in VARIABLES[f"{name}_sum"].dims)

    def _column_names(self, name: str) -> Iterator[str]:
        if name in CURVES:
            yield from (f"{name} {k}" for k in range(1, self._n_years + 1))
            return
        lists = [self._labels[dim] for dim in VARIABLES[f"{name}_sum"].dims]
        for position in np.ndindex(*(len(labels) for labels in lists)):
            yield " ".join([name, *(labels[k] for labels, k in zip(lists, position, strict=True))])


def bin_arrays(sketch: Sketch) -> dict[str, np.ndarray]:
    """The bins of all columns one after another, with the number of the column as `sketch_quantity`."""
    bins = [sketch.bins(column) for column in range(sketch.n_columns)]
    lengths = [len(part.counts) for part in bins]
    empty = Bins(np.empty(0), np.empty(0), np.empty(0, np.int64))
    low, high, count = (np.concatenate(parts) for parts in zip(*(bins or [empty]), strict=True))
    code = np.repeat(np.arange(len(bins), dtype=np.int32), lengths)
    return {"sketch_quantity": code, "sketch_low": low, "sketch_high": high, "sketch_count": count}


def _happenings(block: Arrays) -> Iterator[tuple[str, np.ndarray]]:
    """What happened on which paths."""
    for metric in HAPPENINGS:
        for by in ("", *(f"_by_{level}" for level in LEVELS)):
            yield metric + by, values_of(metric, lambda variable, by=by: block[variable + by])
    yield STRUCK, block[STRUCK] > 0


def _columns(block: Arrays, names: list[str]) -> np.ndarray:
    parts = [quantity_of(block, name) for name in names]
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)


def _grouped(widths: Mapping[str, int]) -> Iterator[list[str]]:
    """Names in groups of at most `COLUMNS_AT_ONCE` columns, or of one; what has no columns is alone."""
    group: list[str] = []
    for name, width in widths.items():
        if group and sum(widths[other] for other in group) + width > COLUMNS_AT_ONCE:
            yield group
            group = []
        group.append(name)
    yield group


def is_summary(arrays: Mapping[str, object]) -> bool:
    return "total_cost_sum" in arrays
