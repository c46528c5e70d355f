"""The run: when, how long, how many paths, and what to keep of them."""

from __future__ import annotations

from typing import Literal

from simengine.model.base import Frozen
from simengine.model.fields import Date, OneOrMore
from simengine.model.precision import Precisions
from simengine.model.ranges import DiscountRate, Month, PathCount, PathNumber, Positive, PositiveDays, Seed
from simengine.model.summarise import USUAL, Quantity

Keep = Literal[
    "totals",
    "by_workload",
    "by_component",
    "by_workload_component",
    "by_period",
    "by_workload_period",
    "by_component_period",
    "by_driver",
    "by_workload_driver",
    "by_year",
    "occurrences",
    "summary",
]
Period = Literal["month", "quarter", "year"]

# How many paths a run with `precision` takes at most, unless it says so.
MOST_PATHS = 1_000_000

DEFAULT_KEEP: tuple[Keep, ...] = (
    "totals",
    "by_workload",
    "by_component",
    "by_period",
    "by_driver",
    "by_year",
)


class Run(Frozen):
    """`precision` lets a run go on beyond `n_paths`, up to `max_paths`, until it is met.

    `summarise` names what gets a quantile sketch where `keep` has `summary`.
    """

    start: Date
    horizon_days: PositiveDays
    period: Period = "month"
    fiscal_year_start: Month = 1
    discount_rate: DiscountRate = 0.0
    n_paths: PathCount = 100_000
    first_path: PathNumber = 0
    seed: Seed = 0
    threads: Positive | None = None
    keep: OneOrMore[Keep] = DEFAULT_KEEP
    precision: Precisions = ()
    max_paths: PathCount | None = None
    summarise: OneOrMore[Quantity] | None = None
    profile: bool = False

    @property
    def most_paths(self) -> int:
        """The paths that the run takes at most."""
        if not self.precision:
            return self.n_paths
        return max(MOST_PATHS, self.n_paths) if self.max_paths is None else self.max_paths

    @property
    def sketched(self) -> tuple[Quantity, ...]:
        """What gets a quantile sketch."""
        if "summary" not in self.keep:
            return ()
        return USUAL if self.summarise is None else self.summarise
