"""Lowering of outcomes and effects: what an occurrence does, and to whom it applies."""

from __future__ import annotations

from typing import Any

import numpy as np

from simengine.engine.entities import Entities
from simengine.engine.rows import ANY, AT_LEAST_0, SHARE, Draws, Parameters
from simengine.kernels import tables
from simengine.model.effects import Effect
from simengine.model.magnitudes import magnitude_labels
from simengine.model.study import Study

KINDS = {
    "spend": tables.SPEND,
    "saving": tables.SAVING,
    "upkeep": tables.UPKEEP,
    "one_off": tables.ONE_OFF,
    "disruption": tables.DISRUPTION,
    "forced_move": tables.FORCED_MOVE,
}
# The magnitudes of each kind, in the order of an EFFECT row's first, second and days.
FIELDS: dict[str, tuple[tuple[str, tuple[float, float]], ...]] = {
    "spend": (("factor", AT_LEAST_0),),
    "saving": (("claimed", SHARE), ("realised", ANY)),
    "upkeep": (("share_of_spend", AT_LEAST_0), ("per_day", AT_LEAST_0)),
    "one_off": (("amount", ANY),),
    "disruption": (("severity", SHARE),),
    "forced_move": (("grace_days", AT_LEAST_0), ("pay_factor", AT_LEAST_0)),
}


def kind_of(effect: Effect) -> str:
    return next(kind for kind in KINDS if getattr(effect, kind) is not None)


class Effects:
    """The rows of drivers, outcomes and effects, and which workload and line each effect admits."""

    def __init__(self, study: Study, entities: Entities, parameters: Parameters, draws: Draws) -> None:
        self.study = study
        self.entities = entities
        self.draws = draws
        self.driver: list[dict[str, Any]] = []
        self.outcome: list[dict[str, Any]] = []
        self.effect: list[dict[str, Any]] = []
        self.index: dict[tuple[str, str], int] = {}
        self.most_draws = 0  # magnitudes of one outcome
        self.magnitudes = magnitude_labels(study)
        self.magnitude_of: dict[int, int] = {}  # by draw, where all struck workloads share it
        self._effects: list[Effect] = []
        for number, name in enumerate(entities.drivers):
            written = list(study.scenario.drivers[name].outcomes)
            begin = len(self.outcome)
            for key in sorted(written):
                outcome = study.scenario.drivers[name].outcomes[key]
                path = ("drivers", name, "outcomes", key, "probability")
                stated = outcome.probability
                row: dict[str, Any] = {
                    "driver": number,
                    "probability": -1 if stated is None else parameters.add(path, stated, SHARE),
                    "written": written.index(key),
                    "effect_start": len(self.effect),
                    "draw_start": len(draws),
                }
                self.index[name, key] = len(self.outcome)
                self._add_effects(name, key, outcome.effects)
                row["effect_end"] = len(self.effect)
                row["draw_end"] = len(draws)
                self.most_draws = max(self.most_draws, len(draws) - row["draw_start"])
                added = self.effect[row["effect_start"] :]
                row["forces"] = int(any(e["kind"] == tables.FORCED_MOVE for e in added))
                row["lasting"] = int(
                    any(
                        e["has_days"] == 0 and e["kind"] not in (tables.ONE_OFF, tables.FORCED_MOVE)
                        for e in added
                    )
                )
                bends = (tables.SPEND, tables.SAVING, tables.FORCED_MOVE)
                row["additive"] = int(all(e["kind"] not in bends for e in added))
                self.outcome.append(row)
            self.driver.append({"outcome_start": begin, "outcome_end": len(self.outcome)})

    def _add_effects(self, driver: str, outcome: str, effects: tuple[Effect, ...]) -> None:
        counts: dict[str, int] = {}
        for effect in effects:
            kind = kind_of(effect)
            ordinal = counts.get(kind, 0)
            counts[kind] = ordinal + 1
            body = getattr(effect, kind)
            row: dict[str, Any] = {
                "kind": KINDS[kind],
                "per_workload": int(effect.each == "workload"),
                "price": int(kind == "spend" and body.price),
            }

            def magnitude(field: str, bounds: tuple[float, float], quantity: Any) -> int:
                name = ("effect", driver, "?", outcome, kind, str(ordinal), field)  # noqa: B023
                return self._add_draw(name, bounds, quantity, effect)  # noqa: B023

            stated = [(f, bounds) for f, bounds in FIELDS[kind] if getattr(body, f) is not None]
            row["is_share"] = int(kind == "upkeep" and stated[0][0] == "share_of_spend")
            for slot, (field, bounds) in zip(("first", "second"), stated, strict=False):
                row[slot] = magnitude(field, bounds, getattr(body, field))
            row["has_second"] = int(len(stated) > 1)
            days = getattr(body, "days", None)
            row["has_days"] = int(days is not None)
            if days is not None:
                row["days"] = magnitude("days", AT_LEAST_0, days)
            self.effect.append(row)
            self._effects.append(effect)

    def _add_draw(
        self, name: tuple[str, ...], bounds: tuple[float, float], quantity: Any, effect: Effect
    ) -> int:
        """A magnitude has a key per entity, and per workload where each has its own."""
        names = []
        for pair in self.entities.pairs:
            if pair.driver != name[1]:
                continue
            own = (*name[:2], pair.entity, *name[3:])
            if effect.each == "workload":
                names.extend((*own, "workload", workload) for workload in self.entities.workloads)
            else:
                names.append(own)
        draw = self.draws.add_many(quantity, bounds, names, is_shared=effect.each != "workload")
        if effect.each != "workload":
            self.magnitude_of[draw] = self.magnitudes.index(".".join(name[4:]))
        return draw

    def admits_workload(self) -> np.ndarray:
        """(effect, workload): hosting, name and tags."""
        workloads = self.study.portfolio.workloads
        table = np.zeros((len(self._effects), len(workloads)), np.uint8)
        for row, effect in enumerate(self._effects):
            where = effect.where
            for column, name in enumerate(self.entities.workloads):
                workload = workloads[name]
                table[row, column] = (
                    (where.hosting is None or workload.hosting in where.hosting)
                    and (where.workload is None or name in where.workload)
                    and all(workload.tags.get(tag) in values for tag, values in (where.tag or {}).items())
                )
        return table

    def admits_line(self) -> np.ndarray:
        """(effect, line): the licence of the line that the workload is on."""
        lines = self.study.portfolio.lines
        table = np.zeros((len(self._effects), len(lines)), np.uint8)
        for row, effect in enumerate(self._effects):
            licences = effect.where.licence
            for column, name in enumerate(self.entities.lines):
                table[row, column] = licences is None or lines[name].licence in licences
        return table
