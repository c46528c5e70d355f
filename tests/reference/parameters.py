"""Parameter uncertainty: what is drawn once per path, and how a copula ties it together."""

from __future__ import annotations

import math

import numpy as np
from scipy import special, stats

from simengine.model.distributions import Distribution
from simengine.model.scenario import Dependence, RateHazard
from simengine.model.study import Study
from tests.reference.draws import ANY, NOT_NEGATIVE, SHARE, Bounds, Draws, clamp, quantile
from tests.reference.philox import CHOICE

Name = tuple[str, ...]


def parameters(study: Study, path: int) -> dict[str, float]:
    """Every parameter of the path by its dotted name, constants included."""
    drawn = draw_parameters(study, Draws(study.run.seed, path))
    return {".".join(name): value for name, value in drawn.items()}


def parameter_quantities(study: Study) -> dict[Name, tuple[Distribution, Bounds]]:
    """Every quantity that is a parameter, with the range that its draws must keep to."""
    found: dict[Name, tuple[Distribution, Bounds]] = {}
    for factor, quantity in study.scenario.factors.items():
        found["factors", factor] = quantity, NOT_NEGATIVE
    for name, driver in study.scenario.drivers.items():
        hazard = driver.hazard
        if isinstance(hazard, RateHazard):
            found["drivers", name, "rate"] = hazard.rate, NOT_NEGATIVE
            for entity, rate in hazard.rates.items():
                found["drivers", name, "rates", entity] = rate, NOT_NEGATIVE
            for k, window in enumerate(hazard.windows):
                found["drivers", name, "windows", str(k), "factor"] = window.factor, NOT_NEGATIVE
            for k, excitation in enumerate(hazard.excited_by):
                found["drivers", name, "excited_by", str(k), "factor"] = excitation.factor, NOT_NEGATIVE
        else:
            found["drivers", name, "probability"] = hazard.probability, SHARE
        for outcome_name, outcome in driver.outcomes.items():
            if outcome.probability is not None:
                found["drivers", name, "outcomes", outcome_name, "probability"] = outcome.probability, SHARE
    for name, line in study.portfolio.lines.items():
        found["lines", name, "price_trend"] = line.price_trend, ANY
    for name, workload in study.portfolio.workloads.items():
        found["workloads", name, "daily_spend"] = workload.daily_spend, NOT_NEGATIVE
        found["workloads", name, "growth"] = workload.growth, ANY
        found["workloads", name, "daily_value"] = workload.daily_value, NOT_NEGATIVE
    return found


def draw_parameters(study: Study, draws: Draws) -> dict[Name, float]:
    quantities = parameter_quantities(study)
    uniforms = {name: draws.uniform("parameter", *name) for name in quantities}
    by_dotted_name = {".".join(name): name for name in quantities}
    for dependence in study.scenario.dependence:
        listed = [by_dotted_name[plain_name(dotted)] for dotted in dependence.quantities]
        tied = tie(dependence, [uniforms[name] for name in listed], draws)
        uniforms.update(zip(listed, tied, strict=True))
    return {
        name: clamp(
            quantity.value
            if quantity.is_constant
            else quantile(quantity, uniforms[name], draws.uniform("parameter", *name, index=CHOICE)),
            bounds,
        )
        for name, (quantity, bounds) in quantities.items()
    }


def plain_name(dotted: str) -> str:
    return dotted.removeprefix("scenario.").removeprefix("portfolio.")


def correlation_matrix(dependence: Dependence) -> np.ndarray:
    n = len(dependence.quantities)
    if dependence.matrix is not None:
        return np.array(dependence.matrix)
    assert dependence.common is not None
    return np.where(np.eye(n) == 1.0, 1.0, dependence.common)


def tie(dependence: Dependence, uniforms: list[float], draws: Draws) -> list[float]:
    """The uniforms after a Gaussian or Student-t copula."""
    scores = special.ndtri(np.array(uniforms))
    correlated = np.linalg.cholesky(correlation_matrix(dependence)) @ scores
    if dependence.kind_ == "gaussian":
        return [float(u) for u in special.ndtr(correlated)]
    df = float(dependence.df or math.nan)
    name = "+".join(sorted(plain_name(dotted) for dotted in dependence.quantities))
    chi2 = stats.chi2.ppf(draws.uniform("dependence", name), df)
    return [float(u) for u in stats.t.cdf(correlated / math.sqrt(chi2 / df), df)]
