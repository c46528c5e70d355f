"""Lowering of a strategy: the units that it plays with, its terms and its clauses."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from simengine.engine.calendar import days_between
from simengine.engine.calm import answers, is_foreseeable, may_be_calm, strikes_where_it_begins
from simengine.engine.effects import Effects
from simengine.engine.entities import Entities
from simengine.engine.rows import AT_LEAST_0, SHARE, Distributions, Draws, Parameters, table_of
from simengine.kernels import tables
from simengine.kernels.tables import Plan
from simengine.model.portfolio import Workload
from simengine.model.strategy import Clause, Strategy
from simengine.model.study import Study
from simengine.rng.address import address_key

POLICIES = {"move": tables.MOVE, "pay": tables.PAY, "cheapest": tables.CHEAPEST}
PLANNED = ("lead_days", "move_cost", "severity", "spend_factor")
BOUNDS = {
    "lead_days": AT_LEAST_0,
    "move_cost": AT_LEAST_0,
    "severity": SHARE,
    "spend_factor": AT_LEAST_0,
}
NEUTRAL = {
    "notice_days": 0.0,
    "lead_factor": 1.0,
    "move_cost_factor": 1.0,
    "price_cap": math.inf,
    "weights": -1.0,
    "upkeep_factor": 1.0,
    "termination_fee": 0.0,
    "credit": 0.0,
}
MOST_FAVOURABLE = {"notice_days": max, "credit": max}  # of the others, the least


def combined(clauses: list[Clause]) -> dict[str, float]:
    """The most favourable value of each term among the clauses that state it."""
    terms = dict(NEUTRAL)
    for term in NEUTRAL:
        if term == "weights":
            stated = [c.weights_access.upkeep for c in clauses if c.weights_access is not None]
        else:
            stated = [value for c in clauses if (value := getattr(c, term)) is not None]
        if stated:
            terms[term] = float(MOST_FAVOURABLE.get(term, min)(stated))
    return terms


class Strategies:
    """Turns strategies into plans; parameters and draws are shared with the scenario."""

    def __init__(
        self, study: Study, entities: Entities, effects: Effects, parameters: Parameters,
        distributions: Distributions, touch: np.ndarray, pair_rows: list[dict[str, Any]],
    ) -> None:  # fmt: skip
        self.study = study
        self.entities = entities
        self.effects = effects
        self.parameters = parameters
        self.distributions = distributions
        self.touch = touch
        self.pair_rows = pair_rows
        self.seed = study.run.seed

    def lower(self, strategy: Strategy) -> Plan:
        """One strategy's plan."""
        draws = Draws(self.distributions, self.seed)
        planned = Parameters(self.distributions, self.seed, "adoption")
        fallbacks: list[dict[str, Any]] = []
        claims: list[int] = []
        units: list[dict[str, Any]] = []
        chosen = set(strategy.workloads) if strategy.workloads is not None else set(self.entities.workloads)
        for name in self.entities.workloads:
            selected = name in chosen
            split = strategy.diversify if selected and strategy.diversify is not None else 0.0
            shares = [1.0 - split, split] if split > 0.0 else [1.0]
            for part, share in enumerate(shares, start=1):
                unit = self._unit(name, part, draws, fallbacks)
                unit |= {"share": share, "selected": int(selected)}
                unit["annual_cost"] = math.fsum(c.annual_cost for c in strategy.clauses) if selected else 0.0
                if part == 1:
                    self._plan_adoption(name, strategy, selected, unit, planned, claims)
                unit["claim_end"] = len(claims)
                unit.setdefault("claim_start", len(claims))
                units.append(unit)
        terms, clauses = self._terms(strategy), self._clauses(strategy)
        concerned, concerned_start = self._concerned(units, fallbacks, strategy)
        for unit in units:
            unit["may_be_calm"] = may_be_calm(unit, terms)
            unit["is_foreseeable"] = is_foreseeable(unit, terms)
        return Plan(
            plan=table_of(tables.PLAN, [terms]),
            unit=table_of(tables.UNIT, units),
            fallback=table_of(tables.FALLBACK, fallbacks),
            draw=draws.build(),
            planned=planned.build(),
            claim=np.array(claims, dtype=np.int64),
            clause=table_of(tables.CLAUSE, clauses),
            concerned=concerned,
            concerned_start=concerned_start,
            strikes=strikes_where_it_begins(units, self.pair_rows, self.touch),
            answers=answers(units, self.effects, clauses),
        )

    def _unit(self, name: str, part: int, draws: Draws, fallbacks: list[dict[str, Any]]) -> dict[str, Any]:
        workload: Workload = self.study.portfolio.workloads[name]
        responses = workload.responses
        line = workload.line
        begin = len(fallbacks)
        for fallback in responses.fallbacks:
            rows = [
                draws.add(getattr(fallback, f), BOUNDS[f], "response", name, str(part), fallback.line, f)
                for f in PLANNED
            ]
            fallbacks.append({"line": self.entities.lines.index(fallback.line), "draws": rows[0]})
        unit: dict[str, Any] = {
            "workload": self.entities.workloads.index(name),
            "part": part,
            "line": self.entities.lines.index(line),
            "self_hosted": int(workload.hosting == "self_hosted"),
            "usage": workload.usage.product,
            "policy": POLICIES[responses.policy],
            "fallback_start": begin,
            "fallback_end": len(fallbacks),
            "start_factor": -1,
            "adopts": 0,
            "target": -1,
        }
        for column, field in (("spend", "daily_spend"), ("growth", "growth"), ("value", "daily_value")):
            unit[column] = self.parameters.index["workloads", name, field]
        stranded = ("response", name, str(part), "", "stranded_severity")
        unit["stranded"] = draws.add(responses.stranded_severity, SHARE, *stranded)
        if part == 2:
            unit["line"] = fallbacks[begin]["line"]
            unit["start_factor"] = fallbacks[begin]["draws"] + PLANNED.index("spend_factor")
        return unit

    def _plan_adoption(
        self,
        name: str,
        strategy: Strategy,
        selected: bool,
        unit: dict[str, Any],
        planned: Parameters,
        claims: list[int],
    ) -> None:
        adoption = self.study.portfolio.workloads[name].adoption
        if adoption is None:
            return
        unit["adopts"] = 1
        unit["target"] = self.entities.lines.index(adoption.line)
        unit["adoption_day"] = adoption.day + (strategy.adoption.delay_days if selected else 0.0)
        rows = [planned.add((name, f), getattr(adoption, f), BOUNDS[f]) for f in PLANNED]
        unit["adoption_draws"] = rows[0]
        unit["pilot_key"] = address_key(self.seed, "pilot", name)
        unit["claim_start"] = len(claims)
        for at, pair in enumerate(self.entities.pairs):
            if pair.entity == name and self.pair_rows[at]["kind"] == tables.ADOPTION:
                claims.append(at)

    def _terms(self, strategy: Strategy) -> dict[str, Any]:
        terms: dict[str, Any] = {
            "hold_driver": -1,
            "hold_outcome": -1,
            "commitment_line": -1,
            "commitment_until": -math.inf,
            "standby_lead": 1.0,
        }
        hold = strategy.adoption.hold_if
        if hold is not None and hold.driver in self.entities.drivers:
            terms["hold_driver"] = self.entities.drivers.index(hold.driver)
            if hold.outcome is not None:
                terms["hold_outcome"] = self.effects.index[hold.driver, hold.outcome]
            terms["recheck_days"] = hold.recheck_days or 0.0
        pilot = strategy.adoption.pilot
        if pilot is not None:
            terms |= {"has_pilot": 1, "pilot_cost": pilot.cost, "pilot_days": pilot.days}
            terms |= {"pilot_noise": pilot.noise, "minimum_saving": pilot.minimum_saving}
        if strategy.commitment is not None:
            terms["commitment_line"] = self.entities.lines.index(strategy.commitment.line)
            terms["daily_minimum"] = strategy.commitment.daily_minimum
            terms["commitment_until"] = days_between(self.study.run.start, strategy.commitment.until)
        if strategy.standby is not None:
            terms["standby_lead"] = strategy.standby.lead_factor
            terms["standby_share"] = strategy.standby.share_of_spend
        return terms

    def _clauses(self, strategy: Strategy) -> list[dict[str, float]]:
        rows = [
            combined([c for c in strategy.clauses if c.when is None or name in c.when])
            for name in self.entities.drivers
        ]
        return [*rows, dict(NEUTRAL)]

    def _concerned(
        self, units: list[dict[str, Any]], fallbacks: list[dict[str, Any]], strategy: Strategy
    ) -> tuple[np.ndarray, np.ndarray]:
        """The units that an occurrence on a pair can ever matter to: strike them, or bear on their plans."""
        admits = self.effects.admits_workload(), self.effects.admits_line()
        hold = strategy.adoption.hold_if
        concerns = np.zeros((len(self.entities.pairs), len(units)), np.bool_)
        for u, unit in enumerate(units):
            lines = [f["line"] for f in fallbacks[unit["fallback_start"] : unit["fallback_end"]]]
            lines += [unit["line"]] + ([unit["target"]] if unit["adopts"] else [])
            for at, pair in enumerate(self.entities.pairs):
                row = self.pair_rows[at]
                own = row["workload"] == unit["workload"]
                touched = lines if own else [k for k in lines if self.touch[at, k] != tables.NEVER]
                outcomes = self.effects.driver[row["driver"]]
                effects = range(
                    self.effects.outcome[outcomes["outcome_start"]]["effect_start"],
                    self.effects.outcome[outcomes["outcome_end"] - 1]["effect_end"],
                )
                strikes = any(
                    admits[0][e, unit["workload"]] and admits[1][e, k] for e in effects for k in touched
                )
                holds = hold is not None and unit["adopts"] and hold.driver == pair.driver and bool(touched)
                concerns[at, u] = strikes or holds
        starts = np.concatenate([[0], np.cumsum(concerns.sum(axis=1))]).astype(np.int64)
        return np.nonzero(concerns)[1].astype(np.int64), starts
