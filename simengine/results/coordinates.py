"""The labels of a result's dimensions, all of which follow from the study."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import numpy as np

from simengine.engine.calendar import periods_of
from simengine.model.magnitudes import magnitude_labels
from simengine.model.study import Study
from simengine.results.groups import SHARED, belongings, groups_of
from simengine.results.variables import COMPONENTS


def coordinates(
    study: Study, dims: Collection[str], strategies: Sequence[str] | None = None
) -> dict[str, np.ndarray]:
    """Labels of the dimensions `dims`, entities sorted by name; `strategies` are those of a comparison."""
    run = study.run
    labels: dict[str, np.ndarray] = {
        "workload": names(sorted(study.portfolio.workloads)),
        "component": names(COMPONENTS),
        "period": names(periods_of(run).labels),
        "driver": names(sorted(study.scenario.drivers)),
        "year": np.arange(math.ceil(run.horizon_days / 365.0), dtype=np.int64),
        "magnitude": names(magnitude_labels(study)),
    }
    for level in SHARED:
        if level in dims:
            labels[level] = names([group.name for group in groups_of(belongings(study), level)])
    if "path" in dims:
        labels["path"] = np.arange(run.first_path, run.first_path + run.n_paths, dtype=np.int64)
    if strategies is not None:
        labels["strategy"] = names(strategies)
    return {dim: values for dim, values in labels.items() if dim in dims}


def names(values: Sequence[str]) -> np.ndarray:
    """An array of texts, also when there are none."""
    return np.array(list(values), dtype=np.str_)
