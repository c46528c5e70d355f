"""Lowering: a study and its strategies become the arrays that the kernels read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simengine.engine.calendar import Periods, period_of_day, periods_of
from simengine.engine.dependence import Copulas
from simengine.engine.effects import Effects
from simengine.engine.entities import Entities
from simengine.engine.hazards import Hazards
from simengine.engine.rows import ANY, AT_LEAST_0, Distributions, Draws, Parameters, table_of
from simengine.engine.strategies import Strategies
from simengine.kernels import tables
from simengine.kernels.tables import Model, Plan, Ties
from simengine.model.strategy import Strategy
from simengine.model.study import Study
from simengine.rng.dist_table import DistTable
from simengine.rng.elementary import log


@dataclass(frozen=True)
class Lowered:
    """A study in arrays: the model, a plan per strategy, and one table of distributions for all."""

    model: Model
    plans: tuple[Plan, ...]
    table: DistTable
    entities: Entities
    effects: Effects
    periods: Periods
    parameters: dict[tuple[str, ...], int]
    parameter: tables.Array
    ties: Ties
    wanted: np.ndarray  # (pair,): whether an occurrence on it can matter to any unit of any plan


def _portfolio_parameters(study: Study, entities: Entities, parameters: Parameters) -> list[dict[str, int]]:
    """The parameters of workloads, and the rows of lines with theirs."""
    for name in entities.workloads:
        workload = study.portfolio.workloads[name]
        parameters.add(("workloads", name, "daily_spend"), workload.daily_spend, AT_LEAST_0)
        parameters.add(("workloads", name, "growth"), workload.growth, ANY)
        parameters.add(("workloads", name, "daily_value"), workload.daily_value, AT_LEAST_0)
    rows = []
    for name in entities.lines:
        line = study.portfolio.lines[name]
        trend = parameters.add(("lines", name, "price_trend"), line.price_trend, ANY)
        rows.append({"lab": entities.labs.index(line.lab), "trend": trend})
    return rows


def lower(study: Study, strategies: Sequence[Strategy], *, by_period: bool) -> Lowered:
    """Lower a study; the periods are left out of the ledger unless `by_period`."""
    entities = Entities(study)
    seed = study.run.seed
    distributions = Distributions()
    parameters = Parameters(distributions, seed)
    draws = Draws(distributions, seed)
    lines = _portfolio_parameters(study, entities, parameters)
    effects = Effects(study, entities, parameters, draws)
    hazards = Hazards(study, entities, parameters, effects.index)
    touch = np.array(
        [[entities.touch(pair, line) for line in entities.lines] for pair in entities.pairs], dtype=np.int64
    ).reshape(len(entities.pairs), len(entities.lines))
    planner = Strategies(study, entities, effects, parameters, distributions, touch, hazards.pair)
    plans = tuple(planner.lower(strategy) for strategy in strategies)
    copulas = Copulas(study, parameters, distributions)
    periods = periods_of(study.run)
    clock = {
        "horizon": study.run.horizon_days,
        "discount": log(1.0 + study.run.discount_rate) / 365.0,
        "holders": max(len(entities.lines), len(entities.labs)),
    }
    borders = periods.borders if by_period else np.empty(0)
    period_length, period_kind = np.unique(np.diff(borders), return_inverse=True)
    model = Model(
        clock=table_of(tables.CLOCK, [clock]),
        periods=borders,
        period_of_day=period_of_day(borders),
        period_kind=period_kind.astype(np.int64),
        period_length=period_length,
        line=table_of(tables.LINE, lines),
        pair=table_of(tables.PAIR, hazards.pair),
        order=np.array(hazards.order(), dtype=np.int64),
        piece=table_of(tables.PIECE, hazards.piece),
        mask=table_of(tables.MASK, hazards.mask),
        window_factor=np.array(hazards.window_factor, dtype=np.int64),
        frailty=np.array(hazards.frailty, dtype=np.int64),
        excitation=table_of(tables.EXCITATION, hazards.excitation),
        source=table_of(tables.SOURCE, hazards.source),
        history=table_of(tables.HISTORY, hazards.history),
        reach_key=np.array(hazards.reach_key, dtype=np.uint64),
        driver=table_of(tables.DRIVER, effects.driver),
        outcome=table_of(tables.OUTCOME, effects.outcome),
        effect=table_of(tables.EFFECT, effects.effect),
        effect_draw=draws.build(),
        effect_key=draws.keys(),
        touch=touch,
        admits_workload=effects.admits_workload(),
        admits_line=effects.admits_line(),
    )
    wanted = np.any([np.diff(plan.concerned_start) > 0 for plan in plans], axis=0).astype(np.uint8)
    ties = Ties(
        copula=table_of(tables.COPULA, copulas.rows),
        member=np.array(copulas.members, dtype=np.int64),
        matrix=np.array(copulas.matrix, dtype=np.float64),
    )
    return Lowered(
        model, plans, distributions.build(), entities, effects, periods, parameters.index, parameters.build(),
        ties, wanted,
    )  # fmt: skip
