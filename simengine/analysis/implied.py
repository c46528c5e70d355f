"""What a scenario implies before it is run: how often its drivers strike, and what one occurrence does.

How often is a closed form where there is one. What an occurrence costs, and how often an excited driver
strikes, comes from a small sample of the study's own futures: as many as hold some hundred thousand
occurrences, never the whole run.
"""

from __future__ import annotations

import math

import numpy as np

from simengine.analysis.hazards import closed_form, strikes
from simengine.analysis.implications import LEVELS, Implied, Strikes
from simengine.estimators import Estimate, mean
from simengine.estimators.estimate import normal_score
from simengine.estimators.order_statistics import enclosing_ranks, rank
from simengine.model.entities import driver_entities
from simengine.model.scenario import AdoptionHazard
from simengine.model.study import Study
from simengine.results.dataset import Result
from simengine.results.simulation import play

FIRST_PATHS = 64
MOST_PATHS = 4096
ENOUGH_OCCURRENCES = 150_000
# The numbers of occurrences before the start begin here.
HISTORY = 2**32


def implied(study: Study) -> tuple[list[Implied], int]:
    """What each driver of a study implies, by name, and how many futures were looked at."""
    if not study.scenario.drivers:
        return [], 0
    sample = _sample(study)
    paths = sample["occurrence_path"] - study.run.first_path
    drivers, after_start = sample["occurrence_driver"], sample["occurrence_index"] < HISTORY
    n_paths = int(sample.attrs["n_paths"])
    found = []
    for code, name in enumerate(sample.codes["occurrence_driver"]):
        own = (drivers == code) & after_start
        known = closed_form(study, name)
        struck = known or _counted(study, name, paths[own], sample["occurrence_entity"][own], n_paths)
        quantiles = [
            {level: clustered_quantile(values[own], paths[own], level) for level in LEVELS}
            if own.any()
            else {}
            for values in (sample["occurrence_cost"], sample["occurrence_exposure"])
        ]
        scope = study.scenario.drivers[name].scope
        found.append(Implied(name, scope, struck, known is None, int(own.sum()), *quantiles))
    return found, n_paths


def clustered_quantile(values: np.ndarray, paths: np.ndarray, level: float) -> Estimate:
    """The quantile (type 1) of values of which one path has several.

    The interval is Woodruff's (1952) with the error of a ratio of path totals: occurrences of one future
    share its parameters, and count for less than as many independent ones. It is never shorter than that of
    independent values, and infinite on a side where so few values, or a single path, bound nothing.
    """
    ordered = np.sort(values)
    value = float(ordered[rank(ordered.size, level)])
    below = values <= value
    share = float(below.mean())
    excess = np.bincount(paths, weights=below - share)
    n_values, n_paths = values.size, np.unique(paths).size
    below_it, above_it = enclosing_ranks(n_values, level)
    if n_paths > 1:
        spread = float(np.sum(excess * excess)) * n_paths / (n_paths - 1)
        reach = normal_score() * math.sqrt(spread) / n_values
        below_it = min(below_it, math.ceil((level - reach) * n_values) - 1)
        above_it = max(above_it, math.ceil((level + reach) * n_values) - 1)
    else:
        below_it, above_it = -1, n_values
    low = float(ordered[below_it]) if below_it >= 0 else -math.inf
    high = float(ordered[above_it]) if above_it < n_values else math.inf
    error = (high - low) / (2.0 * normal_score())
    return Estimate(value, error if math.isfinite(error) else math.nan, low, high)


def _sample(study: Study) -> Result:
    """Some futures with their occurrences: enough, and not too many."""
    first = play(_small(study, FIRST_PATHS))
    seen = len(first["occurrence_path"])
    n_paths = MOST_PATHS if not seen else min(MOST_PATHS, FIRST_PATHS * ENOUGH_OCCURRENCES // seen)
    return first if n_paths <= FIRST_PATHS else play(_small(study, n_paths))


def _small(study: Study, n_paths: int) -> Study:
    run = study.run.model_copy(update={"n_paths": n_paths, "keep": ("totals", "occurrences")})
    return study.model_copy(update={"run": run})


def _open_to(study: Study, name: str) -> list[str]:
    """The entities that a driver can strike: those at adoption only workloads that plan a move."""
    driver, workloads = study.scenario.drivers[name], study.portfolio.workloads
    entities = driver_entities(study, driver)
    planned = isinstance(driver.hazard, AdoptionHazard)
    return [entity for entity in entities if not planned or workloads[entity].adoption is not None]


def _counted(study: Study, name: str, paths: np.ndarray, entities: np.ndarray, n_paths: int) -> Strikes:
    """How often a driver struck in the sample."""
    n_entities = len(_open_to(study, name))
    counts = np.bincount(paths, minlength=n_paths).astype(float)
    once = np.unique(np.stack([paths, entities]), axis=1)[0] if paths.size else paths
    struck = np.bincount(once, minlength=n_paths) / max(n_entities, 1)
    return strikes(study, n_entities, mean(struck), mean(counts / max(n_entities, 1)), mean(counts))
