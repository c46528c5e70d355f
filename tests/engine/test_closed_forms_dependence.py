"""What happens together: common shocks, shared frailties, copulas."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from simengine.model.distributions import parse
from simengine.model.study import Study
from tests.engine.running import chosen, first_times, paths_of, run
from tests.engine.standard_errors import LEAST_P_VALUE, assert_batches, assert_mean, assert_probability

pytestmark = pytest.mark.compiled

LABS = ("a_lab", "b_lab", "c_lab")


def driver(scope: str, effects: tuple[dict[str, Any], ...] = (), **more: Any) -> dict[str, Any]:
    return {"scope": scope, "outcomes": {"so": {"effects": list(effects)}}, **more}


def studied(
    drivers: dict[str, Any],
    scenario: dict[str, Any] | None = None,
    run: dict[str, Any] | None = None,
    **workload,
) -> Study:
    """Three labs of one group, each with a line and a workload of the same letter."""
    base = {"hosting": "vendor_api", "daily_spend": 1000.0, "daily_value": 1.0}
    return Study.from_mapping(
        {
            "portfolio": {
                "groups": ["all"],
                "labs": {lab: {"groups": ["all"]} for lab in LABS},
                "lines": {f"{lab[0]}_line": {"lab": lab, "licence": "gated"} for lab in LABS},
                "workloads": {
                    lab[0]: {**base, "line": f"{lab[0]}_line", **workload.get(lab[0], {})} for lab in LABS
                },
            },
            "scenario": {"drivers": drivers, **(scenario or {})},
            "run": {"start": "2026-01-01", "horizon_days": 365, "seed": 11, **(run or {})},
        }
    )


@pytest.mark.parametrize("reach", [1.0, 0.6])
def test_common_shocks(reach):
    """Marshall and Olkin (1967): every set of labs has a shock of its own.

    A shock to the group at rate λ reaches exactly the labs of a set S at the rate λ r^|S| (1 − r)^(3 − |S|),
    independently for each S; a lab is struck at its own rate besides.
    """
    n_paths = 240_000  # a reach that is wrong by 2% is five standard errors off
    own, shock = {"a_lab": 0.5, "b_lab": 0.9, "c_lab": 0.3}, 0.8
    rates = {lab: rate for lab, rate in own.items() if lab != "a_lab"}
    hit = ({"one_off": {"amount": 1.0}},)
    drivers = {
        "exit": driver("lab", hit, hazard={"rate": own["a_lab"], "rates": rates}),
        "shock": driver("group", hit, entities=["all"], reach=reach, hazard={"rate": shock}),
    }
    result = run(studied(drivers), n_paths, ["occurrences", "by_workload_component"])
    reached = np.full((n_paths, 3), np.inf)
    found = chosen(result, "shock")
    for k, lab in enumerate(LABS):
        at = found & ((result["occurrence_reached"] >> k) & 1 == 1)
        np.minimum.at(reached[:, k], paths_of(result)[at], result["occurrence_time"][at])
        reached[:, k] = np.minimum(reached[:, k], first_times(result, "exit", lab))
    days = (120.0, 300.0, 250.0)
    for labs in ((0,), (0, 1), (1, 2), (0, 1, 2)):
        exponent = sum(own[LABS[k]] * days[k] for k in labs)
        for subset in range(1, 8):
            members = [k for k in range(3) if subset >> k & 1]
            rate = shock * reach ** len(members) * (1.0 - reach) ** (3 - len(members))
            exponent += rate * max((days[k] for k in members if k in labs), default=0.0)
        survived = np.logical_and.reduce([reached[:, k] > days[k] for k in labs])
        assert_probability(survived, math.exp(-exponent / 365.0))
    # What the workloads paid: one for each occurrence that reached their lab.
    paid = result["total_cost_by_workload_component"][:, :, 2]
    for k, lab in enumerate(LABS):
        assert_mean(paid[:, k], own[lab] + shock * reach)
        np.testing.assert_array_equal(paid[:, k] > 0.0, reached[:, k] < np.inf)


def test_a_shared_frailty():
    """With rates scaled by one gamma factor: P(no strike) = (1 + θ Λ)^−k, jointly with the Λ's sum."""
    shape, scale = 0.8, 1.25
    rates = {"one": 0.7, "two": 1.6, "alone": 1.6}
    drivers = {
        name: driver(
            "lab",
            entities=["a_lab"],
            hazard={"rate": rate, "scaled_by": [] if name == "alone" else ["talent_war"]},
        )
        for name, rate in rates.items()
    }
    factors = {"talent_war": {"gamma": {"shape": shape, "scale": scale}}}
    result = run(studied(drivers, {"factors": factors}), 60_000, ["occurrences"])
    quiet = {name: first_times(result, name) > 365.0 for name in rates}

    def laplace(total: float) -> float:
        return (1.0 + scale * total) ** -shape

    assert_probability(quiet["one"], laplace(0.7))
    assert_probability(quiet["two"], laplace(1.6))
    assert_probability(quiet["one"] & quiet["two"], laplace(2.3))
    both = 1.0 - laplace(0.7) - laplace(1.6) + laplace(2.3)
    assert_probability(~quiet["one"] & ~quiet["two"], both)
    assert_probability(quiet["one"] & quiet["alone"], laplace(0.7) * math.exp(-1.6))


def test_two_factors_multiply():
    """A rate scaled by two lognormal factors is scaled by a lognormal one."""
    factors = {
        "f": {"lognormal": {"median": 1.0, "sigma": 0.6}},
        "g": {"lognormal": {"median": 2.0, "sigma": 0.3}},
    }
    hazard = {"rate": 0.4, "scaled_by": ["g", "f"]}
    study = studied({"exit": driver("lab", entities=["a_lab"], hazard=hazard)}, {"factors": factors})
    quiet = first_times(run(study, 60_000, ["occurrences"]), "exit") > 365.0
    law = stats.norm(math.log(2.0), math.hypot(0.6, 0.3))
    assert_probability(quiet, float(law.expect(lambda x: np.exp(-0.4 * np.exp(x)))))


MARGINS: dict[str, Any] = {
    "a": {"lognormal": {"median": 900.0, "sigma": 1.0}},
    "b": {"gamma": {"shape": 0.7, "scale": 1000.0}},
    "c": {"pert": [100.0, 400.0, 3000.0]},
}
MATRIX = np.array([[1.0, 0.7, -0.3], [0.7, 1.0, 0.2], [-0.3, 0.2, 1.0]])


def tied(**copula: Any) -> np.ndarray:
    """Draws of three tied spends: what each workload costs on the only day of a run."""
    quantities = [f"workloads.{name}.daily_spend" for name in MARGINS]
    spends: Any = {name: {"daily_spend": margin} for name, margin in MARGINS.items()}
    dependence = [{"quantities": quantities, **copula}]
    study = studied({}, {"dependence": dependence}, run={"horizon_days": 1}, **spends)
    return run(study, 100_000, ["by_workload"])["status_quo_cost_by_workload"]


def joint_t_tail(level: float, rho: float, df: float) -> float:
    """P(both above their quantile): given the one, the other is a scaled t with a degree of freedom more."""

    def above(t: float) -> float:
        scale = math.sqrt((df + t * t) / (df + 1.0) * (1.0 - rho * rho))
        return float(stats.t.pdf(t, df) * stats.t.sf((x - rho * t) / scale, df + 1.0))

    x = float(stats.t.ppf(level, df))
    return integrate.quad(above, x, np.inf)[0]


def joint_normal_tail(level: float, rho: float) -> float:
    x = float(stats.norm.ppf(level))
    scale = math.sqrt(1.0 - rho * rho)
    return integrate.quad(lambda z: stats.norm.pdf(z) * stats.norm.sf((x - rho * z) / scale), x, np.inf)[0]


def kendall(x: np.ndarray, y: np.ndarray) -> float:
    return float(np.asarray(stats.kendalltau(x, y))[0])


def spearman(x: np.ndarray, y: np.ndarray) -> float:
    return float(np.asarray(stats.spearmanr(x, y))[0])


COPULAS = [
    pytest.param({"kind": "gaussian"}, joint_normal_tail, id="gaussian"),
    pytest.param({"kind": "student_t", "df": 3}, lambda p, r: joint_t_tail(p, r, 3.0), id="student_t"),
]


@pytest.mark.parametrize(("kind", "joint_tail"), COPULAS)
def test_ranks_of_a_copula(kind, joint_tail):
    """Kendall's tau is 2/π arcsin ρ for every elliptical copula; the joint tail tells them apart."""
    drawn = tied(matrix=MATRIX.tolist(), **kind)
    for i, j in ((0, 1), (0, 2), (1, 2)):
        rho = float(MATRIX[i, j])
        pair = (drawn[:, i], drawn[:, j])
        tau = 2.0 / math.pi * math.asin(rho)
        assert_batches(pair, kendall, tau)
        if kind["kind"] == "gaussian":
            rank_correlation = 6.0 / math.pi * math.asin(0.5 * rho)
            assert_batches(pair, spearman, rank_correlation)
    high = [drawn[:, k] > float(parse(margin).ppf(0.98)) for k, margin in enumerate(MARGINS.values())]
    assert_probability(high[0] & high[1], joint_tail(0.98, 0.7))


@pytest.mark.parametrize(("kind", "joint_tail"), COPULAS)
def test_a_copula_leaves_each_law_as_it_was(kind, joint_tail):
    drawn = tied(common=0.5, **kind)
    for k, margin in enumerate(MARGINS.values()):
        tested = stats.kstest(drawn[:, k], parse(margin).cdf)
        assert tested.pvalue > LEAST_P_VALUE
    both = (drawn[:, 0] > np.quantile(drawn[:, 0], 0.95)) & (drawn[:, 2] > np.quantile(drawn[:, 2], 0.95))
    assert_probability(both, joint_tail(0.95, 0.5))
