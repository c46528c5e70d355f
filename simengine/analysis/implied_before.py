"""What a scenario implies, as it was found before for the same study by the same sources.

The sample behind it needs kernels, and those need Numba: half a second to import, and as much to load. Asking
twice about one study, which is what people do while they edit their portfolio's names or their output, then
takes neither. What is kept holds for exactly this study, whatever its number of paths, and for exactly these
sources of the package.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from simengine.analysis.implications import Implied, Strikes
from simengine.engine.kept_numbers import numbers_folder
from simengine.estimate import Estimate
from simengine.model.study import Study

# What a study implies does not depend on how many paths it is run with, nor on what is kept of them.
_NO_MATTER = ("n_paths", "keep")


def implied_or_remembered(study: Study) -> tuple[list[Implied], int]:
    """`implied`, without simulating anything if it was asked before."""
    folder = numbers_folder()
    if not study.scenario.drivers:
        return [], 0
    if folder is None:
        return _implied_now(study)
    file = folder / f"implied-{_key(study)}.json"
    remembered = _read(file)
    if remembered is not None:
        return remembered
    found, n_paths = _implied_now(study)
    _write(file, found, n_paths)
    return found, n_paths


def _implied_now(study: Study) -> tuple[list[Implied], int]:
    from simengine.analysis.implied import implied  # with NumPy, Numba and all

    return implied(study)


def _key(study: Study) -> str:
    tree = study.canonical()
    tree["run"] = {key: value for key, value in tree["run"].items() if key not in _NO_MATTER}
    return hashlib.sha256(json.dumps(tree).encode()).hexdigest()[:32]


def _write(file: Path, found: Sequence[Implied], n_paths: int) -> None:
    """Write beside and rename; where that fails, nothing is kept."""
    numbers = [{**asdict(one), "cost": _pairs(one.cost), "exposure": _pairs(one.exposure)} for one in found]
    body = json.dumps({"n_paths": n_paths, "found": numbers})
    content = json.dumps({"sha256": hashlib.sha256(body.encode()).hexdigest(), "body": body})
    with contextlib.suppress(OSError):
        handle, name = tempfile.mkstemp(dir=file.parent)
        with os.fdopen(handle, "w") as stream:
            stream.write(content)
        os.replace(name, file)


def _pairs(by_level: Any) -> list[list[Any]]:
    """A mapping from numbers: JSON has only names."""
    return [[level, asdict(estimate)] for level, estimate in by_level.items()]


def _read(file: Path) -> tuple[list[Implied], int] | None:
    """What was kept; None if it is not there, or not what was written."""
    try:
        kept = json.loads(file.read_text())
        if hashlib.sha256(kept["body"].encode()).hexdigest() != kept["sha256"]:
            return None
        body = json.loads(kept["body"])
        return [_implied(one) for one in body["found"]], body["n_paths"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _implied(one: dict[str, Any]) -> Implied:
    strikes: dict[str, Any] = {
        name: Estimate(**value) if isinstance(value, dict) else value
        for name, value in one.pop("strikes").items()
    }
    levels = {
        name: {level: Estimate(**estimate) for level, estimate in one.pop(name)}
        for name in ("cost", "exposure")
    }
    return Implied(strikes=Strikes(**strikes), **levels, **one)
