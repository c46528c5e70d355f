"""What a check between the parts of a study finds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from simengine.model.errors import Problem
from simengine.model.hole import HOLE_NAME
from simengine.model.paths import Path, dotted
from simengine.model.wording import did_you_mean, listed, show


@dataclass(frozen=True)
class Finding:
    """Something wrong at `path`; `about` are the other places that the judgement rests on.

    If one of them was refused already, the finding may be a mere consequence, and is dropped.
    """

    path: Path
    arrived: str
    allowed: str
    remedy: str
    about: tuple[Path, ...] = ()

    def problem(self, path: Path) -> Problem:
        """As a problem of the value at `path`, spelt as the user wrote it."""
        return Problem(dotted(path), self.arrived, self.allowed, self.remedy)


def entries(path: Path, values: Sequence[object] | None) -> tuple[Path, ...]:
    """The places of a list of names and of each name in it."""
    return path, *((*path, position) for position in range(len(values or ())))


def unknown(path: Path, name: str, what: str, known: Iterable[str], *about: Path) -> Finding:
    """`name` stands for a `what` that does not exist."""
    names = sorted(set(known) - {HOLE_NAME})
    allowed = f"{what}: {listed(names)}" if names else f"{what}, and there is none"
    otherwise = "write one of them" if names else "add it, or leave this out"
    return Finding(path, show(name), allowed, did_you_mean(name, names, otherwise), about)
