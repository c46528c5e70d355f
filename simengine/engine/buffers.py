"""The working memory of a block: occurrences and scratch that grow when a block needs more."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from simengine.engine.lower import Lowered
from simengine.engine.profile import Clock
from simengine.kernels import tables
from simengine.kernels.course import ABREAST, N_COURSE
from simengine.kernels.ledger import N_ROWS, REGISTER
from simengine.kernels.state import N_LEVELS
from simengine.kernels.tables import N_COMPONENTS, Occurrences, Output, Plan, Scratch
from simengine.model.study import Study

DEFERRED_LANES = 64


class Buffers:
    """One thread's memory. Capacities double until a block fits: nothing is ever cut."""

    def __init__(self, lowered: Lowered, block_paths: int, note_slots: int = 0) -> None:
        self._lowered = lowered
        self._block_paths = block_paths
        self.occurrence_slots = 4 * block_paths * (1 + len(lowered.model.history)) + 64
        self.active_slots = 32
        self.mark_slots = 256
        self.lane_slots = 256
        self.clock = Clock()
        self.note_slots = note_slots  # none, unless the last path of a block is to be told
        self.status = np.full(4, tables.POISONED, dtype=np.int64)
        self._allocate_occurrences()
        self._allocate_scratch()

    def grow(self, status: int) -> None:
        """Double what a block found too short."""
        if status == tables.TOO_MANY_OCCURRENCES:
            self.occurrence_slots *= 2
            self._allocate_occurrences()
        elif status == tables.TOO_MANY_ACTIVE:
            self.active_slots *= 2
        elif status == tables.TOO_MANY_MARKS:
            self.mark_slots *= 2
        elif status == tables.TOO_MANY_NOTES:
            self.note_slots *= 2
        elif status == tables.TOO_MANY_LANES:
            self.lane_slots *= 2
        self._allocate_scratch()

    def _allocate_occurrences(self) -> None:
        n = self.occurrence_slots
        # One slot more than occurrences may use: a claim is staged in the last one.
        self.occurrences = Occurrences(
            offset=np.zeros(self._block_paths + 1, np.int64),
            time=np.zeros(n + 1),
            pair=np.zeros(n + 1, np.int64),
            outcome=np.zeros(n + 1, np.int64),
            number=np.zeros(n + 1, np.int64),
            reached=np.zeros(n + 1, np.int64),
        )
        self.times = np.zeros(n)
        # Drawn once for all strategies: growing the rest of the scratch must not lose it.
        self.magnitude = np.zeros((n, self._lowered.effects.most_draws))

    def _allocate_scratch(self) -> None:
        n_periods = max(0, len(self._lowered.model.periods) - 1)
        outcome = self._lowered.model.outcome
        # As many as the effects of one outcome, at the least: they are deferred together. Whole registers.
        deferred_lanes = max(DEFERRED_LANES, *(outcome.effect_end - outcome.effect_start), 0)
        deferred_lanes += -deferred_lanes % REGISTER
        life = np.zeros(N_LEVELS, tables.LIFE)
        life["level"] = np.arange(N_LEVELS)
        self.scratch = Scratch(
            life=life.view(np.recarray),
            factors=self._running(),
            severities=self._running(),
            upkeeps=self._running(),
            deferred=np.zeros((N_ROWS, deferred_lanes)),
            deferred_at=np.zeros(deferred_lanes, np.int64),
            met=np.zeros(1, np.int64),
            met_start=np.zeros(1, np.int64),
            met_end=np.zeros(1, np.int64),
            calm=np.zeros(0, tables.CALM).view(np.recarray),
            course=np.zeros((0, N_COURSE, ABREAST)),
            lanes=np.zeros((N_ROWS, self.lane_slots)),
            lane_kind=np.zeros(self.lane_slots, np.int64),
            lane_at=np.zeros(self.lane_slots, np.int64),
            lane_worth=np.zeros(self.lane_slots),
            ledger=np.zeros(N_LEVELS, tables.LEDGER).view(np.recarray),
            period_amount=np.zeros((N_COMPONENTS, n_periods)),
            is_booked=np.zeros(N_COMPONENTS, np.int64),
            period_exposure=np.zeros(n_periods),
            period_spend=np.zeros(n_periods),
            period_value=np.zeros(n_periods),
            border_spend=np.zeros(n_periods),
            border_value=np.zeros(n_periods),
            period_factor=np.zeros((2, len(self._lowered.model.period_length))),
            magnitude=self.magnitude,
            booked_cost=np.zeros(self.occurrence_slots + 1),
            booked_exposure=np.zeros(self.occurrence_slots + 1),
            before=np.zeros(2),
            booked=np.zeros(2),
            mark_start=np.zeros(self.mark_slots),
            mark_end=np.zeros(self.mark_slots),
            mark_weight=np.zeros(self.mark_slots),
            mark_time=np.zeros((4, self.mark_slots)),
            mark_at=np.zeros((4, self.mark_slots), np.int64),
            trace=np.zeros(self.note_slots, tables.NOTE).view(np.recarray),
            status=self.status,
        )

    def _running(self) -> np.recarray:
        return np.zeros((N_LEVELS, self.active_slots), tables.RUNNING).view(np.recarray)

    def fit(self, plan: Plan, n_paths: int) -> None:
        """Make room for the units of a plan, and for what they meet on the path with most occurrences."""
        n_units = len(plan.unit)
        most = int(np.diff(self.occurrences.offset[: n_paths + 1]).max()) * n_units + 1
        if len(self.scratch.met) < most or len(self.scratch.calm) != n_units:
            self.scratch = self.scratch._replace(
                met=np.zeros(2 * most, np.int64),
                met_start=np.zeros(n_units, np.int64),
                met_end=np.zeros(n_units, np.int64),
                calm=np.zeros(n_units, tables.CALM).view(np.recarray),
                course=np.zeros((n_units, N_COURSE, ABREAST)),
            )


def new_output(study: Study, lowered: Lowered, plan: Plan, keep: Collection[str], n_paths: int) -> Output:
    """Zeroed results of a block; what `keep` does not name has no columns."""
    n_workloads = len(lowered.entities.workloads)
    n_drivers = len(lowered.entities.drivers)
    n_periods = len(lowered.periods.labels)
    n_years = int(np.ceil(study.run.horizon_days / 365.0))
    n_claims = len(plan.claim)

    def wanted(name: str, *shape: int) -> np.ndarray:
        return np.zeros((n_paths, *(shape if name in keep else [0] * len(shape))))

    return Output(
        total=np.zeros((n_paths, tables.N_TOTALS)),
        herfindahl=np.zeros((n_paths, 4)),
        amount=np.zeros((n_paths, n_workloads, N_COMPONENTS)),
        amount_pv=np.zeros((n_paths, n_workloads, N_COMPONENTS)),
        workload=np.zeros((n_paths, n_workloads, tables.N_WORKLOAD_TOTALS)),
        period_cost=wanted("by_period", n_periods),
        period_exposure=wanted("by_period", n_periods),
        component_period=wanted("by_component_period", N_COMPONENTS, n_periods),
        workload_period_cost=wanted("by_workload_period", n_workloads, n_periods),
        workload_period_exposure=wanted("by_workload_period", n_workloads, n_periods),
        strikes=np.zeros((n_paths, n_drivers), np.int64),
        driver_cost=wanted("by_driver", n_drivers),
        driver_exposure=wanted("by_driver", n_drivers),
        workload_driver_cost=wanted("by_workload_driver", n_workloads, n_drivers),
        workload_driver_exposure=wanted("by_workload_driver", n_workloads, n_drivers),
        year_largest=wanted("by_year", n_years),
        year_exposure=wanted("by_year", n_years),
        claim_time=np.full((n_paths, n_claims), np.nan),
        claim_outcome=np.zeros((n_paths, n_claims), np.int64),
        claim_cost=np.zeros((n_paths, n_claims)),
        claim_exposure=np.zeros((n_paths, n_claims)),
    )
