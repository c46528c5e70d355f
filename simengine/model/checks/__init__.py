"""The checks between the parts of a study, by subject; each field by itself is checked by its type."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from simengine.model.checks import (
    dates,
    dependence,
    drivers,
    effects,
    excitation,
    outcomes,
    portfolio,
    run,
    sizes,
    strategy,
)
from simengine.model.checks.finding import Finding
from simengine.model.parts import Parts

Check = Callable[[Parts], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    portfolio.check,
    drivers.check,
    excitation.check,
    outcomes.check,
    effects.check,
    dates.check,
    dependence.check,
    strategy.check,
    run.check,
    sizes.check,
)


def findings(study: Parts) -> Iterator[Finding]:
    for check in CHECKS:
        yield from check(study)
