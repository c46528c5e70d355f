"""Random small studies over every feature of the model, as plain trees for `Study.from_mapping`.

`random_study(seed)` makes one for a loop over thousands; `studies()` is the same as a Hypothesis strategy,
so that a study that fails is shrunk. Days are mostly whole and from a few, so that things often fall on the
same moment; rates are such that a path has from none to about thirty occurrences.
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.choosing import Chooser, Drawn, Seeded, between, chance, one_of, some
from tests.study_quantities import Quantity, positive, signed, whole_days, within
from tests.study_rarities import with_rarities

Tree = dict[str, Any]

SCOPES = ["group", "lab", "line", "workload"]
LICENCES = ["open_weight", "gated", "proprietary"]
HOSTINGS = ["self_hosted", "vendor_api", "third_party"]
KINDS = ["spend", "saving", "upkeep", "one_off", "disruption", "forced_move", "forced_move", "forced_move"]
HORIZONS: list[float] = [365, 90, 30.5, 4, 200, 540, 1095]


def random_study(seed: int) -> Tree:
    """A study that depends on nothing but the seed."""
    return StudyMaker(Seeded(seed)).study()


@st.composite
def studies(draw: st.DrawFn) -> Tree:
    """Hypothesis: the same studies."""
    return StudyMaker(Drawn(draw)).study()


class StudyMaker:
    """Chooses a study part by part; later parts refer to names in earlier ones."""

    def __init__(self, choose: Chooser) -> None:
        self.choose = choose
        self.uncertain: list[str] = []  # dotted names of parameters that are distributions
        self.start = date(2026, 3, 5)
        self.horizon: float = 365
        self.days: list[int] = [0]
        self.groups: list[str] = []
        self.labs: list[str] = []
        self.lines: list[str] = []
        self.workloads: list[str] = []
        self.factors: list[str] = []
        self.drivers: dict[str, Tree] = {}
        self.adopting: list[str] = []
        self.having_fallbacks: list[str] = []

    def study(self) -> Tree:
        run = self.run()
        portfolio = self.portfolio()
        scenario = self.scenario()
        tree = {"portfolio": portfolio, "scenario": scenario, "strategy": self.strategy(), "run": run}
        return with_rarities(self.choose, tree)

    # Small decisions

    def chance(self, percent: int) -> bool:
        return chance(self.choose, percent)

    def one_of(self, options: Any) -> Any:
        return one_of(self.choose, options)

    def some(self, options: Any, least: int = 0, most: int | None = None) -> list[Any]:
        return some(self.choose, options, least, most)

    def named(self, names: list[str]) -> list[str]:
        """Names in an order that is not theirs."""
        return self.choose.shuffled(names)

    def parameter(self, name: str, quantity: Quantity) -> Quantity:
        if isinstance(quantity, dict):
            self.uncertain.append(name)
        return quantity

    def within(self, low: float, high: float) -> Quantity:
        return within(self.choose, low, high)

    def whole_days(self) -> Quantity:
        return whole_days(self.choose, self.days)

    def day(self) -> int:
        return self.one_of(self.days)

    def coming_date(self) -> str:
        days = self.one_of([self.day(), self.day(), self.day(), math.ceil(self.horizon)])
        return str(self.start + timedelta(days=days))

    def past_date(self) -> str:
        return str(self.start - timedelta(days=self.one_of([1, 5, 5, 30, 200])))

    # Run and portfolio

    def run(self) -> Tree:
        self.start = self.one_of([date(2026, 3, 5), date(2026, 1, 1), date(2027, 12, 31), date(2024, 2, 29)])
        self.horizon = self.one_of(HORIZONS)
        step = max(1, int(self.horizon) // 12)
        self.days = [0, step, 2 * step, 3 * step, 6 * step]
        return {
            "start": str(self.start),
            "horizon_days": self.horizon,
            "period": self.one_of(["month", "quarter", "year"]),
            "fiscal_year_start": self.one_of([1, 4, 10, 12]),
            "discount_rate": self.one_of([0.0, 0.08, -0.02]),
            "n_paths": 8,
            "first_path": self.one_of([0, 5, 2**40 + 1]),
            "seed": self.choose.integer(0, 2**63 - 1),
        }

    def portfolio(self) -> Tree:
        self.groups = self.named(["g_a", "g_b"])[: self.choose.integer(0, 2)]
        self.labs = self.named(["lab_a", "lab_b", "lab_c"])[: self.choose.integer(1, 3)]
        self.lines = self.named(["l.1", "l-2", "l_3", "l 4"])[: self.choose.integer(2, 4)]
        self.workloads = self.named(["w1", "w2", "w3"])[: self.one_of([1, 2, 3, 3])]
        return {
            "groups": self.groups,
            "labs": {lab: {"groups": self.some(self.groups)} for lab in self.labs},
            "lines": {line: self.line(line) for line in self.lines},
            "workloads": {workload: self.workload(workload) for workload in self.workloads},
        }

    def line(self, name: str) -> Tree:
        first = str(self.start + timedelta(days=self.choose.integer(-100, 60)))
        return {
            "lab": self.one_of(self.labs),
            "licence": self.one_of(LICENCES),
            "releases": self.one_of(
                [
                    [],
                    [first, self.past_date(), self.coming_date()],
                    {"first": first, "every_days": self.one_of([1.5, 20, 90])},
                ]
            ),
            "price_trend": self.parameter(f"lines.{name}.price_trend", signed(self.choose, 0.3)),
        }

    def workload(self, name: str) -> Tree:
        line = self.one_of(self.lines)
        tree: Tree = {
            "line": line,
            "hosting": self.one_of(HOSTINGS),
            "daily_spend": self.parameter(f"workloads.{name}.daily_spend", positive(self.choose, 1000.0)),
            "growth": self.parameter(f"workloads.{name}.growth", signed(self.choose, 0.4)),
            "daily_value": self.parameter(f"workloads.{name}.daily_value", positive(self.choose, 5000.0)),
            "usage": self.one_of([{}, {"utilisation": 0.7, "context": 0.9, "latency": 1.2}]),
            "tags": self.one_of([{}, {"team": "red"}, {"team": "blue", "tier": "1"}]),
            "responses": self.responses(),
        }
        if tree["responses"]["fallbacks"]:
            self.having_fallbacks.append(name)
        if self.chance(70):
            self.adopting.append(name)
            tree["adoption"] = {
                "line": self.one_of([other for other in self.lines if other != line]),
                "day": self.day(),
                "move_cost": positive(self.choose, 4000.0),
                "lead_days": self.whole_days(),
                "spend_factor": self.within(0.5, 1.2),
                "severity": self.within(0.0, 1.0),
            }
        return tree

    def responses(self) -> Tree:
        return {
            "policy": self.one_of(["move", "pay", "cheapest", "cheapest", "cheapest"]),
            "fallbacks": [
                self.fallback(line) for line in self.some(self.lines, least=1 if self.chance(80) else 0)
            ],
            "stranded_severity": self.within(0.0, 1.0),
        }

    def fallback(self, line: str) -> Tree:
        return {
            "line": line,
            "lead_days": self.whole_days(),
            "move_cost": positive(self.choose, 8000.0),
            "severity": self.within(0.0, 1.0),
            "spend_factor": self.within(0.5, 2.0),
        }

    # Scenario

    def scenario(self) -> Tree:
        self.factors = ["f_b", "f_a"][: self.choose.integer(0, 2)]
        factors = {f: self.parameter(f"factors.{f}", positive(self.choose, 1.0)) for f in self.factors}
        for name in self.named(["d1", "d2", "d3", "d4", "d5"])[: self.choose.integer(1, 5)]:
            self.drivers[name] = self.driver(name)
        drivers = {name: self.drivers[name] for name in self.named(list(self.drivers))}
        return {"factors": factors, "drivers": drivers, "dependence": self.dependence()}

    def entities_of(self, scope: str) -> list[str]:
        return {
            "group": self.groups,
            "lab": self.labs,
            "line": self.lines,
            "workload": self.workloads,
        }[scope]

    def driver(self, name: str) -> Tree:
        scope = self.one_of([scope for scope in SCOPES if self.entities_of(scope)])
        if self.adopting and self.chance(25):
            scope = "workload"
            hazard: Tree = {"at": "adoption", "probability": self.probability(name)}
        elif self.chance(35):
            hazard = {"at": self.coming_date(), "probability": self.probability(name)}
        else:
            hazard = self.at_a_rate(name, scope)
        known = self.entities_of(scope)
        entities = self.some(known, least=1) if self.chance(40) else None
        outcomes = self.outcomes(name, is_claim=hazard.get("at") == "adoption")
        tree: Tree = {"scope": scope, "hazard": hazard, "outcomes": outcomes}
        if entities is not None:
            tree["entities"] = entities
            hazard["rates"] = {e: rate for e, rate in hazard.get("rates", {}).items() if e in entities}
            if "rate" not in hazard:
                del hazard["rates"]
        if scope == "group":
            tree["reach"] = self.one_of([1.0, 0.5, 0.0])
        if self.chance(30):
            struck = entities or known
            tree["history"] = [
                self.past_occurrence(struck, list(outcomes)) for _ in range(self.one_of([1, 2]))
            ]
        return tree

    def past_occurrence(self, entities: list[str], outcomes: list[str]) -> Tree:
        past: Tree = {"entity": self.one_of(entities), "date": self.past_date()}
        if self.chance(50):
            past["outcome"] = self.one_of(outcomes)
        return past

    def probability(self, driver: str) -> Quantity:
        return self.parameter(f"drivers.{driver}.probability", self.one_of([1.0, self.within(0.0, 1.0)]))

    def at_a_rate(self, name: str, scope: str) -> Tree:
        """So many occurrences expected on an entity over the horizon."""
        per_year = round(365.0 / self.horizon, 6)
        expected = self.one_of([1.0, 0.3, 3.0])
        hazard: Tree = {
            "rate": self.parameter(f"drivers.{name}.rate", positive(self.choose, expected * per_year))
        }
        if self.chance(25):
            entity = self.one_of(self.entities_of(scope))
            hazard["rates"] = {entity: positive(self.choose, 2.0 * per_year)}
        if self.chance(80 if expected > 1.0 else 30):
            hazard["at_most"] = self.one_of([1, 2, 8])
        if self.chance(40):
            hazard["scaled_by"] = self.some(self.factors)
        if self.chance(40):
            hazard["windows"] = [
                self.window(f"drivers.{name}.windows.{k}") for k in range(self.one_of([1, 2]))
            ]
        exciting = [
            other
            for other, driver in self.drivers.items()
            if driver["hazard"].get("at") != "adoption"
            and SCOPES.index(driver["scope"]) <= SCOPES.index(scope)
        ]
        if exciting and self.chance(60):
            hazard["excited_by"] = [
                self.excitation(f"drivers.{name}.excited_by.{k}", exciting, scope)
                for k in range(self.one_of([1, 2]))
            ]
        if self.chance(25):
            half_life = round(self.horizon * self.one_of([0.05, 0.5]), 3)
            hazard["self_excitation"] = {
                "branching": self.one_of([0.5, 0.0, 0.7]),
                "half_life_days": half_life,
            }
        return hazard

    def window(self, name: str) -> Tree:
        factor = self.parameter(f"{name}.factor", self.within(0.0, 4.0))
        if self.chance(50):
            return {"after": "release", "days": self.one_of([30, 7.5, 1]), "factor": factor}
        begin = self.start + timedelta(days=self.choose.integer(-10, int(self.horizon)))
        until = begin + timedelta(days=self.choose.integer(1, 200))
        return {"from": str(begin), "until": str(until), "factor": factor}

    def excitation(self, name: str, exciting: list[str], scope: str) -> Tree:
        driver = self.one_of(exciting)
        tree: Tree = {
            "driver": driver,
            "factor": self.parameter(f"{name}.factor", self.within(0.0, 6.0)),
            "delay_days": self.one_of([0, 2.5, 10]),
            **self.one_of([{}, {"half_life_days": 20}, {"days": 30}]),
        }
        if self.chance(30):
            tree["outcome"] = self.one_of(list(self.drivers[driver]["outcomes"]))
        strikes_labs = self.drivers[driver]["scope"] in ("group", "lab")
        if scope != "group" and self.chance(40) and strikes_labs:
            tree["via"] = "group"
        return tree

    def outcomes(self, driver: str, is_claim: bool) -> dict[str, Tree]:
        names = self.named(["y", "x", "z"])[: self.one_of([1, 2, 3])]
        outcomes: dict[str, Tree] = {}
        for name in names:
            kinds = [self.one_of(KINDS) for _ in range(self.one_of([1, 2, 3, 0]))]
            if is_claim and self.chance(80):
                kinds.append("saving")
            outcomes[name] = {"effects": [self.effect(kind) for kind in kinds]}
        stated = self.one_of(["rest", "numbers", "drawn"])
        for k, name in enumerate(names):
            if stated == "numbers":
                outcomes[name]["probability"] = {1: [1.0], 2: [0.25, 0.75], 3: [0.25, 0.25, 0.5]}[len(names)][
                    k
                ]
            elif k > 0 or stated == "drawn":
                drawn = within(self.choose, 0.0, 0.45, certain=0)
                dotted = f"drivers.{driver}.outcomes.{name}.probability"
                outcomes[name]["probability"] = self.parameter(dotted, drawn)
        return outcomes

    def effect(self, kind: str) -> Tree:
        body = {
            "spend": lambda: {"factor": self.within(0.0, 3.0), "price": self.chance(50)},
            "saving": lambda: {"claimed": self.within(0.0, 1.0), "realised": signed(self.choose, 1.0)},
            "upkeep": lambda: self.one_of(
                [{"share_of_spend": self.within(0.0, 0.5)}, {"per_day": positive(self.choose, 200.0)}]
            ),
            "one_off": lambda: {"amount": positive(self.choose, 5000.0)},
            "disruption": lambda: {"severity": self.within(0.0, 1.0)},
            "forced_move": lambda: {"grace_days": self.whole_days()},
        }[kind]()
        if kind in ("spend", "upkeep", "disruption") and self.chance(60):
            body["days"] = self.whole_days()
        if kind == "forced_move" and self.chance(70):
            body["pay_factor"] = self.within(0.5, 4.0)
        tree: Tree = {kind: body, "each": "workload" if self.chance(30) else "occurrence"}
        if self.chance(30):
            tree["where"] = self.where()
        return tree

    def where(self) -> Tree:
        return self.one_of(
            [
                {"hosting": self.some(HOSTINGS, least=1)},
                {"licence": self.some(LICENCES, least=1)},
                {"workload": self.some(self.workloads, least=1)},
                {"tag": {"team": ["red", "blue"]}},
                {"hosting": self.one_of(HOSTINGS), "tag": {"team": "blue", "tier": "1"}},
            ]
        )

    def dependence(self) -> list[Tree]:
        tied = self.some(self.uncertain, most=3)
        if len(tied) < 2 or not self.chance(60):
            return []
        rho = between(self.choose, -0.45, 0.9)
        matrix = [[1.0 if row == column else rho for column in tied] for row in tied]
        shape: Tree = self.one_of([{"kind": "gaussian"}, {"kind": "student_t", "df": 4}])
        entry = {"quantities": tied, **shape, **self.one_of([{"common": rho}, {"matrix": matrix}])}
        if self.chance(30):
            entry["quantities"] = [full_name(name) for name in tied]
        return [entry]

    # Strategy

    def strategy(self) -> Tree:
        tree: Tree = {"name": "random", "adoption": self.adoption_change()}
        chosen = list(self.workloads)
        if self.chance(30):
            chosen = tree["workloads"] = self.some(self.workloads, least=1)
        if self.chance(60):
            tree["clauses"] = [self.clause(f"clause {k}") for k in range(self.one_of([1, 2, 3]))]
        if self.chance(30):
            tree["commitment"] = {
                "line": self.one_of(self.lines),
                "daily_minimum": self.one_of([1000.0, 300.0, 2000.0]),
                "until": str(self.start + timedelta(days=self.choose.integer(-5, 500))),
            }
        if self.chance(30):
            tree["standby"] = {"lead_factor": self.one_of([0.5, 0.0, 1.0]), "share_of_spend": 0.125}
        if self.chance(30):
            chosen = [workload for workload in chosen if workload in self.having_fallbacks]
            if chosen:
                tree |= {"workloads": chosen, "diversify": self.one_of([0.25, 0.5])}
        return tree

    def adoption_change(self) -> Tree:
        tree: Tree = {}
        if self.chance(30):
            tree["delay_days"] = self.day()
        if self.chance(40):
            driver = self.one_of(list(self.drivers))
            tree["hold_if"] = {"driver": driver}
            if self.chance(40):
                tree["hold_if"]["outcome"] = self.one_of(list(self.drivers[driver]["outcomes"]))
            if self.chance(60):
                tree["hold_if"]["recheck_days"] = self.one_of([max(1, self.days[1]), 2.5])
        if self.chance(40):
            tree["pilot"] = {
                "cost": 2500.0,
                "days": self.day(),
                "noise": self.one_of([0.2, 0.0]),
                "minimum_saving": between(self.choose, -0.6, 0.5),
            }
        return tree

    def clause(self, name: str) -> Tree:
        tree: Tree = {"name": name}
        if self.chance(60):
            tree["when"] = self.some(list(self.drivers), least=1)
        terms: Tree = {
            "notice_days": self.day(),
            "lead_factor": self.one_of([0.5, 0.0, 1.5]),
            "move_cost_factor": self.one_of([0.5, 0.0]),
            "price_cap": self.one_of([1.5, 1.0]),
            "weights_access": {"upkeep": self.one_of([0.1, 0.02])},
            "upkeep_factor": self.one_of([0.5, 0.0]),
            "termination_fee": self.one_of([3000.0, 500.0]),
            "credit": self.one_of([0.25, 0.1]),
            "annual_cost": self.one_of([6000.0, 365.0]),
        }
        return {**tree, **{term: terms[term] for term in self.some(sorted(terms), most=5)}}


def full_name(parameter: str) -> str:
    """A parameter's name with the part of the study before it."""
    return ("scenario." if parameter.startswith(("drivers.", "factors.")) else "portfolio.") + parameter
