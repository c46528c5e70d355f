"""The paths of a run have 64-bit numbers."""

from __future__ import annotations

from collections.abc import Iterator

from simengine.model.checks.finding import Finding
from simengine.model.parts import Parts

PATHS = 2**63


def check(study: Parts) -> Iterator[Finding]:
    run = study.run
    if run.first_path + run.n_paths > PATHS:
        yield Finding(
            ("run", "first_path"),
            f"{run.first_path}, with {run.n_paths} paths from there",
            "first_path + n_paths of at most 2**63",
            "start from a lower path, or run fewer",
            (("run", "n_paths"),),
        )
