"""A question that other tools can be asked too: a year of ten independent compound Poisson-lognormal risks.

The total loss, its mean, P95, P99 and TVaR99, by

- `simengine`: ten workloads, a driver each, whose occurrences are one-off amounts. Every occurrence has its
  day, its address and what it cost.
- `numpy`: a Poisson count and as many lognormal amounts a path and risk, by hand with SFC64. No days.
- PAL (`proteusllp-actuarial-library`): the same by its FrequencySeverityModel, which keeps every amount.
- `aggregate`: no paths at all. It puts severities on a grid, and convolves by FFT: exact up to the grid, and
  the tool to take where totals of independent risks are all that is asked.

pyfair is not here: a FAIR model multiplies a frequency by one magnitude, which has the mean of a compound sum
and not its spread. The two rivals are an optional extra: pip install "simengine[rivals]".
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from simengine.model.study import Study
from simengine.results.simulation import play

LEVELS = (0.95, 0.99)
STATISTICS = ("mean", "P95", "P99", "TVaR99")
# Of aggregate: totals up to 200 million in steps of 3,052, which is 0.7% of the least of the medians.
LOG2_STEPS = 16
MOST = 2e8


@dataclass(frozen=True)
class Risk:
    rate: float  # a year
    median: float
    sigma: float


# From a few large losses to many lesser ones.
RISKS = tuple(Risk(0.2 * 1.5**k, 1e6 / 1.1**k, 0.8 + 0.1 * (k % 5)) for k in range(10))


@dataclass(frozen=True)
class Answer:
    """Statistics in the order of `STATISTICS`, and how long they took."""

    values: np.ndarray
    errors: np.ndarray  # standard errors; of a grid half a step
    seconds: float


def exact_mean() -> float:
    return sum(risk.rate * risk.median * math.exp(0.5 * risk.sigma**2) for risk in RISKS)


def study(n_paths: int, seed: int = 0) -> Study:
    names = [f"risk{k}" for k in range(len(RISKS))]
    workload = {"line": "line", "hosting": "vendor_api", "daily_spend": 0, "daily_value": 0}
    drivers = {
        name: {
            "scope": "workload",
            "entities": [name],
            "hazard": {"rate": risk.rate},
            "outcomes": {
                "loss": {
                    "effects": [
                        {"one_off": {"amount": {"lognormal": {"median": risk.median, "sigma": risk.sigma}}}}
                    ]
                }
            },
        }
        for name, risk in zip(names, RISKS, strict=True)
    }
    return Study.from_mapping(
        {
            "portfolio": {
                "labs": {"lab": {}},
                "lines": {"line": {"lab": "lab", "licence": "proprietary"}},
                "workloads": dict.fromkeys(names, workload),
            },
            "scenario": {"drivers": drivers},
            "run": {
                "start": "2026-01-01", "horizon_days": 365, "n_paths": n_paths, "seed": seed, "threads": 1,
                "keep": ["totals"],
            },
        }
    )  # fmt: skip


def of_sample(total: np.ndarray) -> np.ndarray:
    """The statistics of simulated totals, quantiles of type 1."""
    ordered = np.sort(total)
    n = len(ordered)
    quantiles = [ordered[math.ceil(level * n) - 1] for level in LEVELS]
    tail = ordered[math.ceil(LEVELS[1] * n) :]
    whole = (1.0 - LEVELS[1]) * n
    tvar = (tail.sum() + (whole - len(tail)) * quantiles[1]) / whole
    return np.array([ordered.mean(), *quantiles, tvar])


def errors_of(total: np.ndarray, parts: int = 50) -> np.ndarray:
    """Standard errors by parts of the sample: the same for every tool, and outside the time that is taken."""
    pieces = np.array([of_sample(piece) for piece in np.array_split(total, parts)])
    return pieces.std(axis=0, ddof=1) / math.sqrt(parts)


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    begun = time.perf_counter()
    done = work()
    return done, time.perf_counter() - begun


def by_simengine(n_paths: int, seed: int) -> Answer:
    asked = study(n_paths, seed)

    def work() -> tuple[np.ndarray, np.ndarray]:
        total = play(asked)["total_cost"]
        return total, of_sample(total)

    (total, values), seconds = timed(work)
    return Answer(values, errors_of(total), seconds)


def by_numpy(n_paths: int, seed: int) -> Answer:
    rng = np.random.Generator(np.random.SFC64(seed))

    def work() -> tuple[np.ndarray, np.ndarray]:
        total = np.zeros(n_paths)
        for risk in RISKS:
            counts = rng.poisson(risk.rate, n_paths)
            amounts = rng.lognormal(math.log(risk.median), risk.sigma, int(counts.sum()))
            total += np.bincount(np.repeat(np.arange(n_paths), counts), amounts, minlength=n_paths)
        return total, of_sample(total)

    (total, values), seconds = timed(work)
    return Answer(values, errors_of(total), seconds)


def by_pal(n_paths: int, seed: int) -> Answer:
    pal, models = import_module("pal"), import_module("pal.frequency_severity")
    pal.set_random_seed(seed)
    known = pal.distributions

    def work() -> tuple[Any, np.ndarray]:
        losses: list[Any] = [
            models.FrequencySeverityModel(
                known.Poisson(risk.rate), known.LogNormal(math.log(risk.median), risk.sigma)
            )
            .generate(n_paths)
            .aggregate()
            for risk in RISKS
        ]
        total: Any = sum(losses[1:], start=losses[0])
        quantiles = [float(value) for value in total.percentile([100.0 * level for level in LEVELS])]
        return total, np.array([float(total.mean()), *quantiles, float(total.tvar(100.0 * LEVELS[1]))])

    (total, values), seconds = timed(work)
    return Answer(values, errors_of(np.asarray(total.values)), seconds)


def by_aggregate(n_paths: int, seed: int) -> Answer:
    del n_paths, seed  # it has neither
    build = import_module("aggregate").build
    lines = [
        f"\tagg Risk{k} {risk.rate:.12f} claims sev {risk.median:.6f} * lognorm {risk.sigma:.6f} poisson"
        for k, risk in enumerate(RISKS)
    ]
    step = MOST / 2**LOG2_STEPS

    def work() -> np.ndarray:
        port = build("port Risks\n" + "\n".join(lines), update=False)
        port.update(log2=LOG2_STEPS, bs=step, add_exa=False)  # no allocation, which is not asked
        return np.array([port.est_m, *(port.q(level) for level in LEVELS), port.tvar(LEVELS[1])], dtype=float)

    values, seconds = timed(work)
    return Answer(values, np.full(len(STATISTICS), 0.5 * step), seconds)


# What each needs to be installed, and how it answers.
TOOLS: dict[str, tuple[str | None, Callable[[int, int], Answer]]] = {
    "simengine": (None, by_simengine),
    "numpy": (None, by_numpy),
    "pal": ("pal", by_pal),
    "aggregate": ("aggregate", by_aggregate),
}
