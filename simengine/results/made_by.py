"""What made a result: the study that its attributes hold, read back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from simengine.model.study import Study


def studies_of(attrs: Mapping[str, Any]) -> tuple[Study, ...]:
    """The study of a run; of a comparison one for each strategy, in their order."""
    return _read(attrs["configuration"])


@lru_cache(maxsize=8)
def _read(configuration: str) -> tuple[Study, ...]:
    tree = json.loads(configuration)
    if "strategies" not in tree:
        return (Study.from_mapping(tree),)
    shared = {key: value for key, value in tree.items() if key != "strategies"}
    first = Study.from_mapping({**shared, "strategy": tree["strategies"][0]})
    return (first, *(first.with_strategy(strategy) for strategy in tree["strategies"][1:]))
