"""What a driver does, through others too: the run as it is less a run in which the driver never strikes.

Attribution books to each occurrence what it adds to those before it, so an exit that makes a licence shift
likelier is booked the exit and not the shift. The difference to a run without the driver, on the same draws,
holds both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from simengine.analysis.summarise import Row
from simengine.estimators import Estimate, mean, mean_difference
from simengine.model.errors import ConfigError, Problem
from simengine.model.study import Study
from simengine.model.wording import did_you_mean, listed, show
from simengine.results.dataset import Result
from simengine.results.simulation import play

METRICS = ("total_cost", "disruption_exposure")
# The statistics of `Through` among the rows of a summary.
WHOLE, OTHERS = STATISTICS = ("whole", "through_others")
NEEDED = (*METRICS, *(f"{metric}_by_driver" for metric in METRICS))

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


def without(study: Study, driver: str, field: str = "drivers") -> Study:
    """The study in which a driver never strikes nor has struck before; no other draw is moved.

    It stays in the scenario, because its parameters may be tied to those of others. A driver that is not
    there is refused under the name `field`.
    """
    drivers = study.scenario.drivers
    if driver not in drivers:
        known = sorted(drivers)
        remedy = did_you_mean(driver, known, "name one of them" if known else "add drivers to the scenario")
        allowed = f"a driver of the scenario: {listed(known)}" if known else "nothing: it has no drivers"
        raise ConfigError([Problem(field, show(driver), allowed, remedy)])
    silent = drivers[driver].model_copy(update={"entities": (), "history": ()})
    scenario = study.scenario.model_copy(update={"drivers": {**drivers, driver: silent}})
    return study.model_copy(update={"scenario": scenario})


def silenced(
    study: Study, drivers: str | Sequence[str] | None = None, field: str = "drivers"
) -> dict[str, Study]:
    """By driver, all unless named, the study without it; raises ConfigError, about `field`, for others."""
    named = sorted(study.scenario.drivers) if drivers is None else drivers
    return {name: without(study, name, field) for name in ([named] if isinstance(named, str) else named)}


def through_others(
    study: Study,
    drivers: str | Sequence[str] | None = None,
    progress: Progress | None = None,
    played: Result | None = None,
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
    played
        The result of the study, if it was run before. If it kept totals and by_driver, it is not run again.

    Returns
    -------
    list of Through
        For each driver total cost, then disruption exposure.

    Raises
    ------
    ConfigError
        If a driver is not in the scenario.
    """
    silent_of = silenced(study, drivers)
    whole = played if played is not None and all(name in played for name in NEEDED) else None
    if whole is None:
        whole = play(keeping(study, "totals", "by_driver"))
    # Under `run.precision` the run itself says how many paths there are.
    run = study.run.model_copy(update={"n_paths": whole.attrs["n_paths"], "precision": ()})
    columns = whole.labels("driver")
    found: list[Through] = []
    for done, (driver, silent) in enumerate(silent_of.items(), start=1):
        base = play(keeping(silent.model_copy(update={"run": run}), "totals"))
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
            progress(done, len(silent_of))
    return found


def through_rows(found: Sequence[Through], currency: str) -> list[Row]:
    """The same as rows of a summary: level `driver`, statistics `whole` and `through_others`."""
    return [
        Row(
            one.metric, "driver", one.driver, "", "", statistic, estimate.value, estimate.standard_error,
            estimate.low, estimate.high, currency, currency,
        )
        for one in found
        for statistic, estimate in ((WHOLE, one.whole), (OTHERS, one.others))
    ]  # fmt: skip


def keeping(study: Study, *keep: str) -> Study:
    """The study with another `run.keep`."""
    run = study.run.model_copy(update={"keep": keep})
    return study.model_copy(update={"run": run})
