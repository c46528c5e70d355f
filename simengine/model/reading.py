"""From a plain tree to the parts of a study, or to all that is wrong with it."""

from __future__ import annotations

from typing import Any

from simengine.model.checks import findings
from simengine.model.draft import Draft
from simengine.model.errors import ConfigError
from simengine.model.parts import Parts


def read_parts(tree: Any) -> Parts:
    """The parts that a tree describes; raises ConfigError with every problem, in the order of the tree."""
    draft = Draft(tree)
    parts = draft.read(Parts)
    for finding in findings(parts):
        if not draft.spoilt(finding.path, *finding.about):
            path = draft.as_written(finding.path)
            draft.report(path, finding.problem(path))
    if problems := draft.problems():
        raise ConfigError(problems)
    return parts


def check_parts(parts: Parts) -> None:
    """Raises ConfigError if the parts of a study do not fit together."""
    if problems := [finding.problem(finding.path) for finding in findings(parts)]:
        raise ConfigError(problems)
