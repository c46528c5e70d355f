"""What a driver does, through others too: the run as it is less a run in which the driver never strikes.

Attribution books to each occurrence what it adds to those before it, so an exit that makes a licence shift
likelier is booked the exit and not the shift. The difference to a run without the driver, on the same draws,
holds both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from simengine.estimators import Estimate, mean, mean_difference
from simengine.model.errors import ConfigError, Problem
from simengine.model.study import Study
from simengine.model.wording import did_you_mean, listed, show
from simengine.results.simulation import play

METRICS = ("total_cost", "disruption_exposure")

# Called with the number of runs that are done and of all.
Progress = Callable[[int, int], None]


class Through(NamedTuple):
    """The mean effect of a driver on a metric, in the portfolio's currency.

    `whole` is the run as it is less the run without the driver, and `booked` what attribution books to the
    driver's own occurrences; both hold on the same paths. `others` is `whole` less `booked`: what the driver
    sets off in other drivers, and what it changes about occurrences that follow its own. It is 0 to rounding
    where the driver excites nothing and shares no workload with another. Whole effects do not add up.
    """

    driver: str
    metric: str
    whole: Estimate
    booked: Estimate
    others: Estimate


def without(study: Study, driver: str) -> Study:
    """The study in which a driver never strikes nor has struck before; no other draw is moved.

    It stays in the scenario, because its parameters may be tied to those of others.
    """
    drivers = study.scenario.drivers
    if driver not in drivers:
        known = sorted(drivers)
        remedy = did_you_mean(driver, known, "name one of them" if known else "add drivers to the scenario")
        allowed = f"a driver of the scenario: {listed(known)}" if known else "nothing: it has no drivers"
        raise ConfigError([Problem("drivers", show(driver), allowed, remedy)])
    silent = drivers[driver].model_copy(update={"entities": (), "history": ()})
    scenario = study.scenario.model_copy(update={"drivers": {**drivers, driver: silent}})
    return study.model_copy(update={"scenario": scenario})


def through_others(
    study: Study, drivers: Sequence[str] | None = None, progress: Progress | None = None
) -> list[Through]:
    """What each driver does as a whole, by its own occurrences, and through others.

    Parameters
    ----------
    study
        What is run, under its own strategy; what `study.run.keep` says plays no part.
    drivers
        The drivers to leave out, one run each beside the run as it is; all of the scenario, unless named.
    progress
        Called as runs are done.

    Returns
    -------
    list of Through
        For each driver total cost, then disruption exposure.

    Raises
    ------
    ConfigError
        If a driver is not in the scenario.
    """
    chosen = sorted(study.scenario.drivers) if drivers is None else list(drivers)
    silenced = [without(study, driver) for driver in chosen]
    whole = play(_keeping(study, "totals", "by_driver"))
    columns = whole.labels("driver") if chosen else []
    found: list[Through] = []
    for done, (driver, silent) in enumerate(zip(chosen, silenced, strict=True), start=1):
        base = play(_keeping(silent, "totals"))
        for metric in METRICS:
            own = whole[f"{metric}_by_driver"][:, columns.index(driver)]
            difference = whole[metric] - base[metric]
            found.append(
                Through(
                    driver,
                    metric,
                    mean_difference(whole[metric], base[metric]),
                    mean(own),
                    mean_difference(difference, own),
                )
            )
        if progress is not None:
            progress(done, len(chosen))
    return found


def _keeping(study: Study, *keep: str) -> Study:
    run = study.run.model_copy(update={"keep": keep})
    return study.model_copy(update={"run": run})
