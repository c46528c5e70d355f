"""The Python API: studies in, labelled datasets out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simengine.analysis import explain as explaining
from simengine.analysis import labelled
from simengine.model.strategy import Strategy
from simengine.model.study import Study
from simengine.results import simulation
from simengine.results.simulation import Progress

if TYPE_CHECKING:
    import xarray as xr

simulate = simulation.simulate
summarise = labelled.summarise
attribution = labelled.attribution
return_periods = labelled.return_periods
through_others = labelled.through_others
explain = explaining.explain
stories = explaining.stories


def compare(
    study: Study,
    strategies: str | Strategy | Mapping[str, Any] | Sequence[str | Strategy | Mapping[str, Any]],
    *,
    config_dir: str | Path | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Simulate a study under several strategies on the same futures.

    Parameters
    ----------
    study
        What is run; its own strategy plays no part.
    strategies
        Strategies, mappings as in `Study.from_mapping`, or names of the configuration group `strategy`.
    config_dir
        A folder of one's own with such a group, searched before the shipped one.
    progress
        Called with the number of paths that are done and of all.

    Returns
    -------
    xarray.Dataset
        As from `simulate`, with a leading dimension `strategy` in the order given.

    Raises
    ------
    ConfigError
        If a strategy does not exist, does not fit the study, or is given twice.
    """
    from simengine.config import load_strategy

    given = [strategies] if isinstance(strategies, str | Strategy | Mapping) else strategies or ()
    loaded = [load_strategy(s, config_dir) if isinstance(s, str) else s for s in given]
    return simulation.compare(study, loaded, progress)
