"""What is valid in a study and probably not meant: parts of it that can never do anything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from simengine.model.effects import Where
from simengine.model.entities import driver_entities
from simengine.model.scenario import DateHazard, Driver, RateHazard
from simengine.model.study import Study


def oddities(study: Study) -> list[str]:
    """Sentences on drivers, effects and terms without effect, in the order of the study."""
    return [*_factors(study), *_drivers(study), *_strategy(study)]


def _factors(study: Study) -> Iterator[str]:
    hazards = [driver.hazard for driver in study.scenario.drivers.values()]
    used = {factor for hazard in hazards if isinstance(hazard, RateHazard) for factor in hazard.scaled_by}
    for factor in study.scenario.factors:
        if factor not in used:
            yield f"scenario.factors.{factor} scales no driver: name it in a hazard's scaled_by"


def _drivers(study: Study) -> Iterator[str]:
    for name, driver in study.scenario.drivers.items():
        path = f"scenario.drivers.{name}"
        if not driver_entities(study, driver):
            yield f"{path} has no entities, so it never strikes"
            continue
        yield from _never(study, driver, path)
        yield from _without_effect(study, driver, path)


def _without_effect(study: Study, driver: Driver, path: str) -> Iterator[str]:
    """Effects on tags that nobody carries; one for another hosting or licence is there for others to use."""
    workloads = study.portfolio.workloads.values()
    carried = {pair for workload in workloads for pair in workload.tags.items()}
    admitted = []
    for outcome, record in driver.outcomes.items():
        for position, effect in enumerate(record.effects):
            admitted.append(_admits_any(study, effect.where))
            carried = {
                pair for workload in study.portfolio.workloads.values() for pair in workload.tags.items()
            }
            for tag, values in (effect.where.tag or {}).items():
                for value in values:
                    if (tag, value) not in carried:
                        place = f"{path}.outcomes.{outcome}.effects[{position}].where.tag.{tag}"
                        yield f"{place}: no workload has {value}"
    if admitted and not any(admitted):
        yield f"{path} acts on no workload of the portfolio: see the where of its effects"


def _never(study: Study, driver: Driver, path: str) -> Iterator[str]:
    hazard, run = driver.hazard, study.run
    if isinstance(hazard, DateHazard):
        end = run.start + timedelta(days=run.horizon_days)
        if hazard.at >= end:
            yield f"{path} strikes on {hazard.at}, beyond the horizon ({end}), so never"
    elif not isinstance(hazard, RateHazard):
        names = driver_entities(study, driver)
        if not any(study.portfolio.workloads[name].adoption for name in names):
            yield f"{path} strikes at adoption, and no workload adopts anything"


def _admits_any(study: Study, where: Where) -> bool:
    """Whether some workload can meet a `where`; a licence may be that of any line it may come to."""
    licences = {line.licence for line in study.portfolio.lines.values()}
    if where.licence is not None and licences.isdisjoint(where.licence):
        return False
    for name, workload in study.portfolio.workloads.items():
        tags = (where.tag or {}).items()
        if (
            (where.hosting is None or workload.hosting in where.hosting)
            and (where.workload is None or name in where.workload)
            and all(workload.tags.get(tag) in values for tag, values in tags)
        ):
            return True
    return False


def _strategy(study: Study) -> Iterator[str]:
    commitment = study.strategy.commitment
    if commitment is not None and commitment.until <= study.run.start:
        yield f"strategy.commitment ends on {commitment.until}, before the start, so nothing is owed"
