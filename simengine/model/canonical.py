"""A study as a plain tree in one fixed form, for hashes and for the record of what made a result."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from simengine.model.effects import Where
from simengine.model.parts import Parts
from simengine.model.portfolio import Lab, Portfolio
from simengine.model.run import Run
from simengine.model.scenario import Driver, RateHazard
from simengine.model.strategy import Clause, Strategy

# Lists whose order says nothing. All others are in the order written, because it means something or because
# positions are part of the names of draws; so are the outcomes, the first of which is the plan that was sold.
UNORDERED: dict[type[BaseModel], tuple[str, ...]] = {
    Portfolio: ("groups",),
    Lab: ("groups",),
    Driver: ("entities",),
    RateHazard: ("scaled_by",),
    Where: ("hosting", "licence", "workload"),
    Strategy: ("workloads", "optional_drivers"),
    Clause: ("when",),
    Run: ("keep",),
}

NO_PART_OF_A_PATH = ("threads", "precision", "max_paths", "profile", "summarise")


def canonical(study: Parts) -> dict[str, Any]:
    """The study as a JSON-able tree: defaults filled in, order without meaning removed.

    What changes no number of a path is left out: `threads` and `profile`, and `precision` with `max_paths`,
    which only say how many paths there will be; and `summarise` where nothing is summarised.

    Mappings come sorted by name, apart from the outcomes of a driver, which come as written: hash
    `json.dumps(tree)` as it stands, without sorting its keys. `Study.from_mapping` reads the tree back.
    """
    tree = study.model_dump(mode="json", by_alias=True, exclude={"run": set(NO_PART_OF_A_PATH)})
    if study.run.sketched:
        tree["run"]["summarise"] = sorted(study.run.sketched)
    for record, node in list(_records(study, tree)):
        for field in UNORDERED.get(type(record), ()):
            if node[field] is not None:
                node[field] = sorted(node[field])
        if isinstance(record, Where) and record.tag is not None:
            node["tag"] = {tag: sorted(values) for tag, values in node["tag"].items()}
        if isinstance(record, Strategy):
            node["clauses"] = sorted(node["clauses"], key=lambda clause: clause["name"])
    return tree


def _records(value: Any, node: Any) -> Iterator[tuple[BaseModel, dict[str, Any]]]:
    """Every record within a value, with the part of the tree that it became."""
    if isinstance(value, BaseModel):
        yield value, node
        for name, field in type(value).model_fields.items():
            key = field.alias or name
            if key in node:
                yield from _records(getattr(value, name), node[key])
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from _records(entry, node[key])
    elif isinstance(value, tuple):
        for entry, part in zip(value, node, strict=True):
            yield from _records(entry, part)
