"""What a scenario implies, as it is told: no more than numbers, which a file can hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simengine.estimate import Estimate

LEVELS = (0.05, 0.50, 0.95)


@dataclass(frozen=True)
class Strikes:
    """How often a driver strikes, averaged over its entities, and in total.

    `horizon` is the chance that an entity is struck at least once up to the horizon, `annual` the constant
    chance in each year that comes to the same.
    """

    n_entities: int
    annual: Estimate
    horizon: Estimate
    per_entity: Estimate
    total: Estimate


@dataclass(frozen=True)
class Implied:
    """What a driver implies.

    `cost` and `exposure` are the quantiles, by level, of what is booked to one occurrence under the study's
    strategy; they are empty where the sample had none. `sampled` says whether `strikes` come from the sample.
    """

    driver: str
    scope: str
    strikes: Strikes
    sampled: bool
    n_occurrences: int
    cost: Mapping[float, Estimate]
    exposure: Mapping[float, Estimate]
