"""The names of what occurrences draw: by kind of effect, its ordinal among those of its kind, and field."""

from __future__ import annotations

from collections.abc import Iterator

from simengine.model.distributions import Distribution
from simengine.model.effects import Outcome
from simengine.model.study import Study


def magnitude_labels(study: Study) -> tuple[str, ...]:
    """Every magnitude that some outcome of the study states and all struck workloads share, sorted.

    `disruption.0.days` is the days of an outcome's first disruption: the last parts of its address.
    """
    outcomes = (outcome for driver in study.scenario.drivers.values() for outcome in driver.outcomes.values())
    return tuple(sorted({label for outcome in outcomes for label in _labels(outcome)}))


def _labels(outcome: Outcome) -> Iterator[str]:
    counts: dict[str, int] = {}
    for effect in outcome.effects:
        (kind,) = effect.kinds
        ordinal = counts.get(kind, 0)
        counts[kind] = ordinal + 1
        if effect.each == "workload":
            continue
        body = getattr(effect, kind)
        for field in type(body).model_fields:
            if isinstance(getattr(body, field), Distribution):
                yield f"{kind}.{ordinal}.{field}"
