"""How many draws and elementary functions a path needs, counted from the lowered study and from actual draws.

Counted is what no way of computing can leave out: each uncertain quantity drawn once, each stretch of
spend, upkeep or exposure integrated once for its amount and once for its present value. What several results
share is counted once (a workload that is never struck costs the same with and without events), and sums,
products and comparisons are not counted at all. So the floor is low, and a ratio to it flatters nobody.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from simengine.engine.lower import Lowered
from simengine.kernels import tables
from simengine.results.dataset import Result
from simengine.rng import dist_table as layout

# Numbers of operations by name, of an average path.
Count = Counter[str]

# What a draw of each family takes beside its uniform.
OF_FAMILY: dict[int, Count] = {
    layout.CONSTANT: Counter(),
    layout.UNIFORM: Counter(),
    layout.NORMAL: Counter({"normal quantile": 1}),
    layout.LOGNORMAL: Counter({"normal quantile": 1, "exp": 1}),
    layout.TRIANGULAR: Counter({"square root": 1}),
    layout.PARETO: Counter({"log": 1, "exp": 1}),
    layout.BETA: Counter({"normal quantile": 1, "table": 1, "exp": 1, "division": 1}),
    layout.GAMMA: Counter({"normal quantile": 1, "table": 1, "exp": 1}),
    layout.POINTS: Counter(),
}
# The integral of exp(k t) over [a, b] is exp(k a) (b - a) times the mean growth over it. Growth up to a is at
# hand where a stretch continues another one.
CONTINUED = Counter({"integral": 1})
ANYWHERE = Counter({"integral": 1, "exp": 1})
# Up to so many days a stretch's growth is little enough for a series, as a rule.
SHORT_DAYS = 31


def times(count: Count, factor: float) -> Count:
    return Counter({name: factor * number for name, number in count.items()})


def draw(lowered: Lowered, distribution: int) -> Count:
    """One draw of a row of the table of distributions; none for a constant (below 0)."""
    if distribution < 0:
        return Counter()
    codes = lowered.table.codes.reshape(-1, layout.N_CODES)
    kind = int(codes[distribution, layout.KIND])
    if kind != layout.MIXTURE:
        return Counter({"uniform": 1}) + OF_FAMILY[kind]
    n_parts = int(codes[distribution, layout.COUNT])
    heap = int(codes[distribution, layout.HEAP])
    weights = np.diff(lowered.table.numbers[heap : heap + n_parts], prepend=0.0)
    first = int(codes[distribution, layout.FIRST_PART])
    count = Counter({"uniform": 2})
    for part, weight in enumerate(weights):
        count += times(OF_FAMILY[int(codes[first + part, layout.KIND])], float(weight))
    return count


def drawn(lowered: Lowered, rows: Any) -> Count:
    """One draw of each row of parameters that is uncertain."""
    count: Count = Counter()
    for row in rows:
        if row["is_constant"] == 0:
            count += draw(lowered, int(row["distribution"]))
    return count


def mixtures(lowered: Lowered) -> int:
    """How many draws of a path are of a mixture."""
    codes = lowered.table.codes.reshape(-1, layout.N_CODES)
    rows = (*lowered.parameter, *lowered.plans[0].planned)
    drawn_from = [int(row["distribution"]) for row in rows if row["is_constant"] == 0]
    return int(np.count_nonzero(codes[drawn_from, layout.KIND] == layout.MIXTURE))


def moves_of(unit: Any, horizon: float) -> bool:
    """Whether a unit has a planned move that begins before the horizon."""
    return bool(unit["adopts"] == 1 and unit["adoption_day"] < horizon)


def parameters_of_a_path(lowered: Lowered) -> Count:
    if lowered.ties.copula.size:
        raise NotImplementedError("what copulas need is not counted")
    return drawn(lowered, lowered.parameter) + drawn(lowered, lowered.plans[0].planned)


def first_times(lowered: Lowered) -> Count:
    """One uniform and one logarithm a pair; a date takes the uniform only."""
    kinds = Counter(int(kind) for kind in lowered.model.pair["kind"])
    rates, dates = kinds[tables.RATE], kinds[tables.DATE]
    return Counter({"uniform": rates + dates, "log": rates})


def claims_of_a_path(lowered: Lowered, quiet: Result) -> Count:
    """What a planned move brings: does the claim strike, how it turns out, and the magnitudes of that.

    `quiet` are paths on which nothing else happens, so that the outcomes are those that were drawn.
    """
    count: Count = Counter()
    pairs, plan = lowered.model.pair, lowered.plans[0]
    n_paths = int(quiet.attrs["n_paths"])
    for unit in plan.unit:
        for claim in range(unit["claim_start"], unit["claim_end"]):
            pair = pairs[plan.claim[claim]]
            is_certain = lowered.parameter[pair["probability"]]
            if not (is_certain["is_constant"] == 1 and is_certain["value"] >= 1.0):
                count["uniform"] += 1
    for outcome, number in outcomes(lowered, quiet).items():
        row = lowered.model.outcome[outcome]
        if has_choice(lowered, int(row["driver"])):
            count += times(Counter({"uniform": 1}), number / n_paths)
        count += times(magnitudes(lowered, outcome), number / n_paths)
    return count


def outcomes(lowered: Lowered, result: Result) -> Counter[int]:
    """How often each outcome (a row of the model) occurred."""
    driver = np.array(result.codes["occurrence_driver"], dtype=object)[result["occurrence_driver"]]
    outcome = np.array(result.codes["occurrence_outcome"], dtype=object)[result["occurrence_outcome"]]
    return Counter(lowered.effects.index[pair] for pair in zip(driver, outcome, strict=True))


def has_choice(lowered: Lowered, driver: int) -> int:
    row = lowered.model.driver[driver]
    return int(row["outcome_end"] - row["outcome_start"] > 1)


def magnitudes(lowered: Lowered, outcome: int) -> Count:
    """The draws of an outcome's effects."""
    row = lowered.model.outcome[outcome]
    count: Count = Counter()
    for which in range(row["draw_start"], row["draw_end"]):
        count += draw(lowered, int(lowered.model.effect_draw[which]["distribution"]))
    return count


def lives_of_a_path(lowered: Lowered) -> Count:
    """Spend from day 0 to the horizon, with its present value and, where they are kept, its periods.

    A rate of growth that is no draw makes an integral over fixed days a constant, and one of 0 needs none.
    """
    count: Count = Counter({"division": 2.0})  # concentration by lab and by line, at the start and at the end
    clock = lowered.model.clock[0]
    for unit in lowered.plans[0].unit:
        here = growth_of(lowered, unit, int(unit["line"]))
        if not moves_of(unit, float(clock["horizon"])):
            if here is None:
                count += times(CONTINUED, 2) + periods(lowered)
            continue
        # What staying would have cost, then both sides of the arrival.
        there = growth_of(lowered, unit, int(unit["target"]))
        count += times(CONTINUED, 1 if here is None else 0)
        for rate in (here, there):
            count += times(CONTINUED, (rate != 0.0) + (rate != clock["discount"]))
            count += periods(lowered) if rate is None else Counter()
        if not has_one_trend(lowered, int(unit["line"]), int(unit["target"])):
            count["exp"] += 2  # the other line's growth up to the arrival, and its present value
        if len(lowered.model.period_length):
            count["short integral"] += 2  # both parts of the period of the arrival
    return count


def growth_of(lowered: Lowered, unit: Any, line: int) -> float | None:
    """A unit's growth a day on a line; None where it is drawn."""
    rows = [lowered.parameter[int(which)] for which in (unit["growth"], lowered.model.line[line]["trend"])]
    if any(row["is_constant"] == 0 for row in rows):
        return None
    return sum(float(row["value"]) for row in rows) / 365.0


def periods(lowered: Lowered) -> Count:
    """Growth over each length of period that occurs: each period continues the one before."""
    lengths = lowered.model.period_length
    short = int(np.count_nonzero(lengths <= SHORT_DAYS))
    return Counter({"short integral": short, "integral": len(lengths) - short})


def has_one_trend(lowered: Lowered, line: int, target: int) -> bool:
    rows = [lowered.parameter[int(lowered.model.line[k]["trend"])] for k in (line, target)]
    return all(row["is_constant"] == 1 for row in rows) and rows[0]["value"] == rows[1]["value"]


def every_path(lowered: Lowered, quiet: Result) -> dict[str, Count]:
    """By part, what a path needs on which nothing happens."""
    return {
        "parameters and planned moves": parameters_of_a_path(lowered),
        "first times": first_times(lowered),
        "claims": claims_of_a_path(lowered, quiet),
        "lives": lives_of_a_path(lowered),
    }


@dataclass
class Happened:
    """What occurrences need beside, of an average path, and how many workloads they struck."""

    count: Count
    struck: float  # on a struck line at the start
    affected: float  # of those, with an effect that admits them


def occurrences_of_a_path(lowered: Lowered, result: Result) -> Happened:
    """What occurrences need, at least: next time, outcome, reach, magnitudes, and each strike's stretches.

    The steps of an inversion within excitations that wear off and the draws and stretches of forced moves are
    left out, so this is less than is needed. Workloads are those on the struck lines at the start.
    """
    model, found = lowered.model, Happened(Counter(), 0.0, 0.0)
    n_paths = int(result.attrs["n_paths"])
    number = {(pair.driver, pair.entity): position for position, pair in enumerate(lowered.entities.pairs)}
    labels = [result.codes[f"occurrence_{name}"] for name in ("driver", "entity", "outcome")]
    codes = [result[f"occurrence_{name}"] for name in ("driver", "entity", "outcome")]
    happened: Counter[tuple[str, str, str, bool]] = Counter(
        (str(labels[0][d]), str(labels[1][e]), str(labels[2][o]), bool(time < 0.0))
        for d, e, o, time in zip(*codes, result["occurrence_time"], strict=True)
    )
    for (driver, entity, outcome_name, is_past), often in happened.items():
        position = number[driver, entity]
        pair, outcome = model.pair[position], lowered.effects.index[driver, outcome_name]
        if pair["kind"] == tables.ADOPTION:
            continue  # every path needs them
        one = Counter({"uniform": has_choice(lowered, int(pair["driver"]))})
        if pair["kind"] == tables.RATE and not is_past and pair["at_most"] < 0:
            one += Counter({"uniform": 1, "log": 1})
        if pair["reach"] < 1.0:
            one["uniform"] += int(pair["reach_end"] - pair["reach_start"])
        effects, struck, affected = of_strike(lowered, position, outcome)
        found.count += times(one + effects, often / n_paths)
        found.struck += struck * often / n_paths
        found.affected += affected * often / n_paths
    return found


def of_strike(lowered: Lowered, position: int, outcome: int) -> tuple[Count, int, int]:
    """Magnitudes and stretches of an occurrence, how many units it meets, and how many an effect admits."""
    model, row = lowered.model, lowered.model.outcome[outcome]
    units = lowered.plans[0].unit
    own = units["workload"] == model.pair[position]["workload"]
    on_a_line = model.touch[position, units["line"]] != tables.NEVER
    bound = own if model.pair[position]["workload"] >= 0 else on_a_line
    count: Count = Counter()
    affected = np.zeros(len(units), dtype=bool)
    for number in range(row["effect_start"], row["effect_end"]):
        effect = model.effect[number]
        admitted = bound & (model.admits_workload[number, units["workload"]] != 0)
        admitted &= model.admits_line[number, units["line"]] != 0
        affected |= admitted
        n = int(admitted.sum())
        if n == 0:
            continue
        drawn_by = {"first": True, "second": effect["has_second"], "days": effect["has_days"]}
        for name in (name for name, is_there in drawn_by.items() if is_there):
            one = model.effect_draw[effect[name]]
            count += times(draw(lowered, int(one["distribution"])), 1 if one["is_shared"] == 1 else n)
        count += times(of_effect(effect), n)
    return count, int(bound.sum()), int(affected.sum())


def of_effect(effect: Any) -> Count:
    """The amount and the present value of what an effect changes; one that ends leaves another stretch."""
    kind = int(effect["kind"])
    if kind in (tables.SPEND, tables.SAVING):
        return times(CONTINUED, 4 if effect["has_days"] else 2)
    if kind == tables.UPKEEP:
        return times(ANYWHERE, 2 if effect["is_share"] else 1)
    if kind == tables.DISRUPTION:
        return times(ANYWHERE, 2)
    return Counter({"exp": 1}) if kind == tables.ONE_OFF else Counter()
