"""A placeholder for what was refused, so that everything else is still checked.

A study is refused with all its problems at once. So a refused value is replaced by `HOLE`, which every field
takes as some harmless value of its own type, and the study is read again; what later checks say about a hole
is dropped. A study with holes is never handed out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, Final, get_args

from pydantic.fields import FieldInfo


class Hole:
    def __repr__(self) -> str:
        return "HOLE"


HOLE: Final = Hole()

# What a hole is read as where it stands for one entry of a list or mapping.
HOLE_NAME: Final = "?"
HOLE_NUMBER: Final = 0.5
HOLE_DATE: Final = date.min


def fill(field: FieldInfo, handler: Callable[[Any], Any]) -> Any:
    """A harmless value for a field whose own was refused: its default, or the first that it accepts."""
    if not field.is_required():
        return field.get_default(call_default_factory=True)
    for candidate in _candidates(field):
        try:
            return handler(candidate)
        except ValueError:
            continue
    # A record: its own fields are then missing, and become holes in their turn.
    return handler({})


def _candidates(field: FieldInfo) -> Iterator[Any]:
    yield from (HOLE_NAME, HOLE_NUMBER, 1, HOLE_DATE, (), {})
    yield from get_args(field.annotation)
