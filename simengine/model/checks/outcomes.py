"""Every occurrence has an outcome: probabilities add up."""

from __future__ import annotations

import math
from collections.abc import Iterator

from simengine.model.checks.finding import Finding
from simengine.model.parts import Parts
from simengine.model.paths import Path
from simengine.model.scenario import Driver
from simengine.model.wording import listed

SUM_TOLERANCE = 1e-9


def check(study: Parts) -> Iterator[Finding]:
    for name, driver in study.scenario.drivers.items():
        yield from _probabilities(driver, ("scenario", "drivers", name, "outcomes"))


def _probabilities(driver: Driver, path: Path) -> Iterator[Finding]:
    if not driver.outcomes:
        yield Finding(
            path,
            "no outcomes",
            "at least one outcome, because each occurrence draws one",
            "add an outcome, with effects: [] if it does nothing",
        )
        return
    given = {name: outcome.probability for name, outcome in driver.outcomes.items()}
    about = tuple((*path, name, "probability") for name in given)
    open_ones = [name for name, probability in given.items() if probability is None]
    if len(open_ones) > 1:
        yield Finding(
            path,
            f"{listed(open_ones, 'and')} without probability",
            "at most one outcome without probability, which takes the rest",
            "give each but one of them a probability",
            about,
        )
        return
    known = [p.value for p in given.values() if p is not None and p.is_constant]
    total = math.fsum(known)
    all_known = len(known) == len(given)
    if total > 1.0 + SUM_TOLERANCE if not all_known else abs(total - 1.0) > SUM_TOLERANCE:
        allowed = "a sum of 1" if all_known else "a sum of at most 1"
        remedy = "correct them, or leave out the probability of one outcome, which then takes the rest"
        yield Finding(path, f"probabilities that add up to {total:.12g}", allowed, remedy, about)
