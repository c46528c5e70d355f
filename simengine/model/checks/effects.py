"""Each effect is of one kind, says what it needs, and acts on workloads that exist."""

from __future__ import annotations

from collections.abc import Iterator

from simengine.model.checks.finding import Finding, unknown
from simengine.model.effects import EFFECT_KINDS, Effect
from simengine.model.parts import Parts
from simengine.model.paths import Path
from simengine.model.wording import listed


def check(study: Parts) -> Iterator[Finding]:
    for driver_name, driver in study.scenario.drivers.items():
        for outcome_name, outcome in driver.outcomes.items():
            root = ("scenario", "drivers", driver_name, "outcomes", outcome_name, "effects")
            for position, effect in enumerate(outcome.effects):
                yield from _kind(effect, (*root, position))
                yield from _upkeep(effect, (*root, position, "upkeep"))
                yield from _workloads(study, effect, (*root, position, "where", "workload"))


def _kind(effect: Effect, path: Path) -> Iterator[Finding]:
    if len(effect.kinds) != 1:
        yield Finding(
            path,
            listed(effect.kinds, "and") if effect.kinds else "none of the kinds",
            f"exactly one of {listed(EFFECT_KINDS)}",
            "write one list entry for each effect" if effect.kinds else "say what the effect does",
            tuple((*path, kind) for kind in EFFECT_KINDS),
        )


def _upkeep(effect: Effect, path: Path) -> Iterator[Finding]:
    if effect.upkeep is None:
        return
    given = [name for name in ("share_of_spend", "per_day") if getattr(effect.upkeep, name) is not None]
    if len(given) != 1:
        yield Finding(
            path,
            listed(given, "and") or "neither share_of_spend nor per_day",
            "exactly one of share_of_spend (of the daily spend) and per_day (money)",
            "write two effects" if given else "add one of the two",
            ((*path, "share_of_spend"), (*path, "per_day")),
        )


def _workloads(study: Parts, effect: Effect, path: Path) -> Iterator[Finding]:
    known = study.portfolio.workloads
    names = effect.where.workload or ()
    for position, workload in enumerate(names):
        if workload not in known:
            place = (*path, position) if len(names) > 1 else path
            yield unknown(place, workload, "a workload of the portfolio", known, ("portfolio", "workloads"))
