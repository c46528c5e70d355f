"""What `keep: summary` holds of a comparison: each strategy's paths less those of the first one.

The paths of strategies pair, block by block, as they are simulated; their differences are summed, counted and
sketched like the quantities of one strategy (`simengine.results.summary`), and nothing of a path stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from simengine.estimators.moments import ColumnMoments
from simengine.estimators.sketch import Sketch
from simengine.results.derived import TOLERANCE
from simengine.results.summary import HAPPENINGS, Arrays, bin_arrays, quantity_of
from simengine.results.variables import CHANGES, VARIABLES, change_of


class Baseline:
    """The reducer of the strategy that others are held against: it remembers its last block for them."""

    def __init__(self) -> None:
        self._block: Arrays = {}
        self._start = -1

    def update(self, block: Arrays, start: int, size: int) -> None:
        self._block, self._start = block, start

    def at(self, start: int) -> Arrays:
        """Its block of the paths from `start`."""
        if start != self._start:
            raise ValueError(f"the block at path {start} has no baseline; the last one was at {self._start}")
        return self._block

    def merge(self, other: Baseline) -> None:
        """Nothing is kept that could be added."""

    def finalise(self) -> None:
        self._block = {}


class Changes:
    """The reducer of one strategy's differences from the baseline, which must have seen a block before.

    Parameters
    ----------
    sketched
        Quantities of which the differences get a sketch, as far as they are among `CHANGES`.
    baseline
        What sees the baseline's blocks.
    pivots, pivots_of_baseline
        The variables of one path under both; the same for every part of a run.
    labels
        The labels of the dimensions other than `path`.
    """

    def __init__(
        self,
        sketched: Sequence[str],
        baseline: Baseline,
        pivots: Arrays,
        pivots_of_baseline: Arrays,
        labels: Mapping[str, list[str]],
    ) -> None:
        self._baseline, self._labels = baseline, labels
        parts = [_difference(pivots, pivots_of_baseline, name) for name in CHANGES]
        self._widths = {name: part.shape[1] for name, part in zip(CHANGES, parts, strict=True)}
        self._moments = ColumnMoments(np.concatenate(parts, axis=1)[0])
        self._sketched = [name for name in CHANGES if name in sketched and _head(name) not in HAPPENINGS]
        self._sketch = Sketch(sum(self._widths[name] for name in self._sketched))
        self._cheaper = {by: np.zeros(w, np.int64) for by, w in self._of_cost().items()}

    def update(self, block: Arrays, start: int, size: int) -> None:
        theirs = self._baseline.at(start)
        parts = {name: _difference(block, theirs, name) for name in CHANGES}
        self._moments.add([np.concatenate(list(parts.values()), axis=1)])
        if self._sketched:
            self._sketch.add(np.concatenate([parts[name] for name in self._sketched], axis=1))
        for by in self._of_cost():
            ours, others = (quantity_of(b, f"total_cost{by}") for b in (block, theirs))
            self._cheaper[by] += (ours < others - TOLERANCE).sum(axis=0)

    def merge(self, other: Changes) -> None:
        """Add another part of the same comparison."""
        self._moments.merge(other._moments)
        self._sketch.merge(other._sketch)
        for by, counts in other._cheaper.items():
            self._cheaper[by] += counts

    def finalise(self) -> dict[str, np.ndarray]:
        """The variables of the registry that are for comparisons, of this strategy."""
        found: dict[str, np.ndarray] = {}
        at, (sums, deviations) = 0, self._moments.finalise()
        for name, width in self._widths.items():
            columns = slice(at, at + width)
            for what, values in (("sum", sums), ("deviations", deviations)):
                found[f"{change_of(name)}_{what}"] = values[columns].reshape(self._shape(name))
            at += width
        for by, counts in self._cheaper.items():
            found[f"cheaper{by}_count"] = counts.reshape(self._shape(f"total_cost{by}"))
        return found | bin_arrays(self._sketch)

    def quantities(self) -> list[str]:
        """The names of what has a sketch, one for each column: `total_cost_by_workload_change chat`."""
        return [name for quantity in self._sketched for name in self._column_names(quantity)]

    def _of_cost(self) -> dict[str, int]:
        return {by: self._widths[f"total_cost{by}"] for by in ("", "_by_workload")}

    def _dims(self, name: str) -> tuple[str, ...]:
        return VARIABLES[f"{change_of(name)}_sum"].dims

    def _shape(self, name: str) -> tuple[int, ...]:
        return tuple(len(self._labels[dim]) for dim in self._dims(name))

    def _column_names(self, name: str) -> Iterator[str]:
        lists = [self._labels[dim] for dim in self._dims(name)]
        for position in np.ndindex(*(len(labels) for labels in lists)):
            yield " ".join([change_of(name), *(labels[k] for labels, k in zip(lists, position, strict=True))])


def _head(name: str) -> str:
    return name.removesuffix("_by_workload")


def _difference(ours: Arrays, theirs: Arrays, name: str) -> np.ndarray:
    """One strategy's values of a quantity less the baseline's, (path, column)."""
    return quantity_of(ours, name) - quantity_of(theirs, name)
