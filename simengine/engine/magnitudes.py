"""What each occurrence drew, for export: a column per magnitude that the outcomes of a study state.

Drawn once more at the addresses that the kernels read, so that it is there for every occurrence, also one
that strikes nobody and for which no kernel draws anything.
"""

from __future__ import annotations

import numpy as np

from simengine.engine.lower import Lowered
from simengine.rng.address import CHOICE_BIT
from simengine.rng.philox import uniform_lanes
from simengine.rng.variates import needs_choice, quantile_block


def occurrence_magnitudes(
    lowered: Lowered, paths: np.ndarray, pairs: np.ndarray, outcomes: np.ndarray, numbers: np.ndarray
) -> np.ndarray:
    """(occurrence, magnitude): NaN where the outcome states none, or each workload draws its own.

    Parameters
    ----------
    lowered
        The study; `effects.magnitudes` are the labels of the second dimension.
    paths, pairs, outcomes, numbers
        Of each occurrence: its path's number, who was struck by what, the outcome, the n of its addresses.
    """
    drawn = np.full((len(paths), len(lowered.effects.magnitudes)), np.nan)
    if not drawn.size:
        return drawn
    by_outcome = np.argsort(outcomes, kind="stable")
    borders = np.searchsorted(outcomes[by_outcome], np.arange(len(lowered.model.outcome) + 1))
    for outcome in np.unique(outcomes):
        rows = by_outcome[borders[outcome] : borders[outcome + 1]]
        row = lowered.model.outcome[outcome]
        for which in range(row["draw_start"], row["draw_end"]):
            column = lowered.effects.magnitude_of.get(which)
            if column is not None:
                drawn[rows, column] = _drawn(lowered, which, paths[rows], pairs[rows], numbers[rows])
    return drawn


def _drawn(
    lowered: Lowered, which: int, paths: np.ndarray, pairs: np.ndarray, numbers: np.ndarray
) -> np.ndarray | float:
    """One magnitude of some occurrences of its outcome."""
    row = lowered.model.effect_draw[which]
    distribution = int(row["distribution"])
    if distribution < 0:
        return float(row["value"])
    keys = lowered.model.effect_key[row["keys"] + lowered.model.pair["slot"][pairs]]
    paths, numbers = paths.astype(np.uint64), numbers.astype(np.uint64)
    uniform, choice, value = np.empty(len(keys)), np.full(len(keys), 0.5), np.empty(len(keys))
    uniform_lanes(keys, paths, numbers, uniform)
    if needs_choice(lowered.table, distribution):
        uniform_lanes(keys, paths, numbers | np.uint64(CHOICE_BIT), choice)
    quantile_block(lowered.table, distribution, uniform, choice, value)
    # Written out: what NumPy's clip makes of -0.0 depends on the machine.
    value = np.where(value < row["low"], row["low"], value)
    return np.where(value > row["high"], row["high"], value)
