"""The effects of an outcome, one by one, and the magnitudes drawn for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simengine.model.distributions import Distribution
from simengine.model.effects import Effect, Outcome
from tests.reference.draws import ANY, NOT_NEGATIVE, SHARE, Bounds, Draws

# What is drawn for each kind of effect, and the range that it must keep to.
FIELDS: dict[str, dict[str, Bounds]] = {
    "spend": {"factor": NOT_NEGATIVE, "days": NOT_NEGATIVE},
    "saving": {"claimed": SHARE, "realised": ANY},
    "upkeep": {"share_of_spend": NOT_NEGATIVE, "per_day": NOT_NEGATIVE, "days": NOT_NEGATIVE},
    "one_off": {"amount": NOT_NEGATIVE},
    "disruption": {"severity": SHARE, "days": NOT_NEGATIVE},
    "forced_move": {"grace_days": NOT_NEGATIVE, "pay_factor": NOT_NEGATIVE},
}


@dataclass(frozen=True)
class ListedEffect:
    """An effect of an outcome with its kind and its ordinal among those of the same kind."""

    kind: str
    ordinal: int
    effect: Effect

    @property
    def body(self) -> Any:
        return getattr(self.effect, self.kind)

    @property
    def is_standing(self) -> bool:
        """Without days it lasts until the workload leaves the line, and meets those that come later."""
        if self.kind in ("one_off", "forced_move"):
            return False
        return getattr(self.body, "days", None) is None


def listed_effects(outcome: Outcome) -> list[ListedEffect]:
    listed: list[ListedEffect] = []
    for effect in outcome.effects:
        (kind,) = (kind for kind in FIELDS if getattr(effect, kind) is not None)
        ordinal = sum(before.kind == kind for before in listed)
        listed.append(ListedEffect(kind, ordinal, effect))
    return listed


def magnitudes(
    draws: Draws, driver: str, entity: str, outcome: str, n: int, listed: ListedEffect, workload: str
) -> dict[str, float | None]:
    """What an occurrence drew for one effect: shared by all workloads, unless `each: workload`."""
    own = ("workload", workload) if listed.effect.each == "workload" else ()
    drawn: dict[str, float | None] = {}
    for field, bounds in FIELDS[listed.kind].items():
        quantity: Distribution | None = getattr(listed.body, field)
        name = ("effect", driver, entity, outcome, listed.kind, str(listed.ordinal), field, *own)
        drawn[field] = None if quantity is None else draws.named(quantity, *name, index=n, bounds=bounds)
    return drawn
