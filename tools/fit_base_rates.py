"""Fit the distributions of conf/ to the three quantiles of each row of docs/base-rates.md.

    python tools/fit_base_rates.py

prints every fit as it stands in conf/, with the quantiles that it gives and the greatest relative error.
Paste what changed; tests/conf/test_base_rates.py compares the two.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import least_squares

from simengine.model.distributions import parse

PAGE = Path(__file__).resolve().parent.parent / "docs" / "base-rates.md"
LEVELS = np.array([0.1, 0.5, 0.9])
DIGITS = 4

# The part of the year within 90 days of a release when a lab releases every 120 days, as in conf/portfolio.
LAUNCH_COVERAGE = 0.75
# The people whose departure each lab would notice.
KEY_PEOPLE = 5
# What conf/driver/key_departures.yaml says: how many departures a departure brings, and for how long an
# exit of the lead raises the hazard, first sharply, then mildly.
STAFF_BRANCHING = 0.25
SHARP_DAYS, MILD_DAYS = 30.0, 120.0
# The mean share of exits that are structural, by the outcomes of conf/driver/leadership_exit.yaml.
STRUCTURAL_SHARE = 0.445


def base_rates(page: Path = PAGE) -> dict[str, tuple[float, float, float]]:
    """P10, P50 and P90 of each parameter, as the page's table has them."""
    number = r"\s*([0-9.]+)\s*"
    row = re.compile(rf"^\| (\w+) \|[^|]*\|{number}\|{number}\|{number}\|", re.MULTILINE)
    return {name: (float(a), float(b), float(c)) for name, a, b, c in row.findall(page.read_text("utf-8"))}


def rounded(number: float) -> float:
    return float(f"{number:.{DIGITS}g}")


@dataclass(frozen=True)
class Shape:
    """A family with its free parameters, in logarithms or as they are, and how a configuration writes it."""

    start: Callable[[np.ndarray], list[float]]
    written: Callable[[np.ndarray], dict[str, Any]]


def _log_spread(target: np.ndarray) -> float:
    return float(np.log(np.log(target[2] / target[0]) / 2.563))


def _lognormal(x: np.ndarray) -> dict[str, Any]:
    return {"lognormal": {"median": rounded(math.exp(x[0])), "sigma": rounded(math.exp(x[1]))}}


def lognormal() -> Shape:
    return Shape(lambda target: [math.log(target[1]), _log_spread(target)], _lognormal)


def lognormal_from(cap: float) -> Shape:
    """A lognormal cut off below where it fits best and above at `cap`: a longer upper tail."""
    return Shape(
        lambda target: [math.log(0.85 * target[1]), _log_spread(target) + 0.2, math.log(0.8 * target[0])],
        lambda x: _lognormal(x) | {"truncate": [rounded(math.exp(x[2])), cap]},
    )


def lognormal_up_to() -> Shape:
    """A lognormal cut off above where it fits best: a shorter upper tail."""
    return Shape(
        lambda target: [math.log(1.2 * target[1]), _log_spread(target) + 0.2, math.log(1.4 * target[2])],
        lambda x: _lognormal(x) | {"truncate": [0, rounded(math.exp(x[2]))]},
    )


def lognormal_within(cap: float) -> Shape:
    """A lognormal cut off at a known greatest value."""
    return Shape(lognormal().start, lambda x: _lognormal(x) | {"truncate": [0, cap]})


def gamma() -> Shape:
    return Shape(
        lambda target: [1.0, math.log(target[1] / 3.0)],
        lambda x: {"gamma": {"shape": rounded(math.exp(x[0])), "scale": rounded(math.exp(x[1]))}},
    )


def beta() -> Shape:
    return Shape(
        lambda target: [0.5, 0.5],
        lambda x: {"beta": {"alpha": rounded(math.exp(x[0])), "beta": rounded(math.exp(x[1]))}},
    )


def pert() -> Shape:
    def written(x: np.ndarray) -> dict[str, Any]:
        low, high = x[0] - math.exp(x[1]), x[0] + math.exp(x[2])
        return {"pert": [rounded(low), rounded(x[0]), rounded(high)]}

    return Shape(lambda target: [target[1], *np.log(1.5 * np.diff(target))], written)


def flat_or_falling(flat: float) -> Shape:
    """A yearly trend that is 0 with probability `flat` and below 0 otherwise."""

    def written(x: np.ndarray) -> dict[str, Any]:
        falling = {"pert": [rounded(-math.exp(x[0])), 0, 0]}
        return {"mixture": {"weights": [flat, round(1.0 - flat, 6)], "of": [0, falling]}}

    return Shape(lambda target: [math.log(-3.0 * target[0])], written)


def fit(shape: Shape, target: np.ndarray) -> dict[str, Any]:
    """The mapping of this shape whose quantiles come nearest to the target's."""

    def error(x: np.ndarray) -> np.ndarray:
        quantiles = np.asarray(parse(shape.written(x)).ppf(LEVELS))
        if target[0] > 0.0:
            return np.log(np.maximum(quantiles, 1e-300) / target)
        return quantiles - target

    # Steps far above the rounding of the written parameters.
    return shape.written(least_squares(error, shape.start(target), diff_step=1e-3, xtol=1e-12).x)


@dataclass(frozen=True)
class Fit:
    """One distribution of conf/: the row that it rests on, what is done to it, its shape, and its places."""

    name: str
    parameter: str
    shape: Shape
    places: tuple[str, ...]
    transform: Callable[[np.ndarray], np.ndarray] = lambda quantiles: quantiles

    def target(self) -> np.ndarray:
        return np.sort(self.transform(np.array(base_rates()[self.parameter])))

    def written(self) -> dict[str, Any]:
        return fit(self.shape, self.target())


def scaled(factor: float) -> Callable[[np.ndarray], np.ndarray]:
    return lambda quantiles: factor * quantiles


def _mean(parameter: str, shape: Shape) -> float:
    return parse(fit(shape, np.array(base_rates()[parameter]))).mean()


def launch_share() -> float:
    """The base rate of exits over the rate observed: windows give back the rest over a year."""
    factor = _mean("launch_or_reorg_hazard_multiplier", lognormal_from(12))
    return 1.0 / (1.0 + LAUNCH_COVERAGE * (factor - 1.0))


def departures() -> tuple[float, float]:
    """Key departures a year and lab before any excitation, and that over the staff hazard of one person.

    Solves (rate + exits * (branching + rate * (mild - 1) * MILD_DAYS / 365)) / (1 - STAFF_BRANCHING) =
    KEY_PEOPLE * staff hazard: excitation shares the observed departures out and adds none.
    """
    exits = _mean("key_leader_exit_hazard_per_year", lognormal_from(2))
    staff = _mean("staff_exit_hazard_per_year", lognormal())
    branching = _mean("key_co_departures_branching_ratio", beta())
    mild = _mean("staff_multiplier_after_manager_exit", lognormal())
    observed = KEY_PEOPLE * staff * (1.0 - STAFF_BRANCHING)
    rate = (observed - exits * branching) / (1.0 + exits * (mild - 1.0) * MILD_DAYS / 365.0)
    return rate, rate / staff


def gating_share() -> float:
    """The base rate of gating over that observed: excitation after structural exits gives the rest."""
    exits = _mean("key_leader_exit_hazard_per_year", lognormal_from(2))
    factor = _mean("gating_multiplier_after_lead_exit", lognormal())
    return 1.0 / (1.0 + exits * STRUCTURAL_SHARE * (factor - 1.0))


def fits() -> tuple[Fit, ...]:
    rate, per_person = departures()
    after_exit = ("excited_by.0.factor", "excited_by.1.factor")
    return (
        Fit(
            "rate of leadership exits",
            "key_leader_exit_hazard_per_year",
            lognormal_from(rounded(2 * launch_share())),
            ("driver/leadership_exit:hazard.rate",),
            scaled(launch_share()),
        ),
        Fit(
            "factor after a release",
            "launch_or_reorg_hazard_multiplier",
            lognormal_from(12),
            ("driver/leadership_exit:hazard.windows.0.factor",),
        ),
        Fit(
            "rate of key departures",
            "staff_exit_hazard_per_year",
            lognormal(),
            ("driver/key_departures:hazard.rate",),
            scaled(per_person),
        ),
        Fit(
            "factor on departures for a month after an exit",
            "key_co_departures_branching_ratio",
            pert(),
            (
                "scenario/quiet_exit:drivers.key_departures.hazard.excited_by.0.factor",
                "scenario/talent_drain:drivers.key_departures.hazard.excited_by.0.factor",
            ),
            lambda branching: 1.0 + branching * 365.0 / (SHARP_DAYS * rate),
        ),
        Fit(
            "factor on departures in the months that follow",
            "staff_multiplier_after_manager_exit",
            lognormal(),
            (
                "scenario/quiet_exit:drivers.key_departures.hazard.excited_by.1.factor",
                "scenario/talent_drain:drivers.key_departures.hazard.excited_by.1.factor",
            ),
        ),
        Fit(
            "rate of restrictive relicensing",
            "oss_restrictive_relicense_hazard",
            lognormal(),
            ("driver/restrictive_relicence:hazard.rate",),
        ),
        Fit(
            "rate of gating",
            "open_weight_flagship_gating_hazard",
            gamma(),
            ("driver/licensing_shift:hazard.rate",),
        ),
        Fit(
            "rate of gating beside excitation",
            "open_weight_flagship_gating_hazard",
            gamma(),
            ("scenario/quiet_exit:drivers.licensing_shift.hazard.rate",),
            scaled(gating_share()),
        ),
        Fit(
            "factor on gating after a structural exit",
            "gating_multiplier_after_lead_exit",
            lognormal(),
            tuple(f"scenario/quiet_exit:drivers.licensing_shift.hazard.{place}" for place in after_exit),
        ),
        Fit(
            "rate of retirement",
            "forced_migration_by_model_retirement",
            gamma(),
            ("driver/model_retirement:hazard.rate",),
        ),
        Fit(
            "days that a move takes",
            "migration_time_per_workload",
            lognormal_up_to(),
            (
                "portfolio/single_workload:workloads.support-chat.responses.fallbacks.0.lead_days",
                "portfolio/midmarket:workloads.support-chat.responses.fallbacks.0.lead_days",
                "portfolio/enterprise:workloads.support-chat.responses.fallbacks.0.lead_days",
            ),
            scaled(7.0),
        ),
        Fit(
            "cost of a move",
            "migration_cost_per_workload",
            lognormal_from(500_000),
            (
                "portfolio/single_workload:workloads.support-chat.responses.fallbacks.0.move_cost",
                "portfolio/midmarket:workloads.support-chat.responses.fallbacks.0.move_cost",
                "portfolio/enterprise:workloads.support-chat.responses.fallbacks.0.move_cost",
            ),
        ),
        Fit(
            "chance that the claim holds",
            "claim_holds_in_full",
            beta(),
            ("driver/cost_claim:outcomes.holds.probability",),
        ),
        Fit(
            "what is realised when it does not",
            "realised_fraction_if_not_held",
            beta(),
            (
                "driver/cost_claim:outcomes.fails.effects.0.saving.realised",
                "driver/claim_fails:outcomes.fails.effects.0.saving.realised",
            ),
        ),
        Fit(
            "price trend of a line",
            "market_price_decline_same_model",
            flat_or_falling(0.25),
            ("portfolio/midmarket:lines.incumbent.price_trend",),
            lambda decline: -np.log(decline),
        ),
        Fit(
            "rate of API incidents",
            "api_incident_rate",
            gamma(),
            ("driver/api_incident:hazard.rate",),
        ),
        Fit(
            "days that an incident lasts",
            "api_incident_duration",
            lognormal_within(rounded(187 / 24)),
            tuple(
                f"driver/api_incident:outcomes.{outcome}.effects.0.disruption.days"
                for outcome in ("major", "minor", "partial")
            ),
            scaled(1.0 / 24.0),
        ),
    )


def main() -> None:
    print(f"base rate of exits over the observed rate: {launch_share():.4f}")
    print(f"key departures a year: {departures()[0]:.4f}, per person's hazard: {departures()[1]:.4f}")
    print(f"base rate of gating over the observed rate: {gating_share():.4f}")
    for entry in fits():
        written, target = entry.written(), entry.target()
        quantiles = np.asarray(parse(written).ppf(LEVELS))
        error = float(np.max(np.abs(quantiles - target) / np.maximum(np.abs(target), 0.01)))
        print(f"\n# {entry.name} ({entry.parameter}), greatest relative error {error:.2%}")
        print("#   wanted", *(f"{x:.4g}" for x in target), " got", *(f"{x:.4g}" for x in quantiles))
        print(written)


if __name__ == "__main__":
    main()
