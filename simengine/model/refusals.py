"""From an error of a field to problems: what arrived, what is allowed, how to mend it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from numbers import Real
from typing import Any

from pydantic_core import ErrorDetails

from simengine.model.base import Frozen, UnknownKeysError
from simengine.model.errors import Problem
from simengine.model.fields import FieldError, UnfitKeysError
from simengine.model.paths import Path, dotted
from simengine.model.quantity import QuantityError
from simengine.model.wording import did_you_mean, listed, show

OTHERWISE = "write what is allowed"
ALL_BUT_EQUAL = 0.85
_QUOTED = re.compile(r"'([^']*)'")


@dataclass(frozen=True)
class Refusal:
    """A problem with the path of the value that caused it; `within` is the place inside that value."""

    path: Path
    arrived: str
    allowed: str
    remedy: str
    within: str = ""

    def problem(self, path: Path) -> Problem:
        """As a problem of the value at `path`, spelt as the user wrote it."""
        place = f"{dotted(path)}.{self.within}" if self.within else dotted(path)
        return Problem(place.replace(".[", "["), self.arrived, self.allowed, self.remedy)


def refusals(error: ErrorDetails, path: Path) -> Iterator[Refusal]:
    """What `error`, whose value stands at `path`, means for the user."""
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, UnknownKeysError):
        yield from (_unknown_key(path, key, cause.known) for key in cause.keys)
    elif isinstance(cause, UnfitKeysError):
        for key, unfit in cause.unfit.items():
            arrived = f"the key {unfit.arrived}"
            yield Refusal((*path, key), arrived, unfit.allowed, unfit.remedy or OTHERWISE)
    elif isinstance(cause, QuantityError):
        yield Refusal(path, cause.arrived, cause.allowed, cause.remedy or OTHERWISE, cause.at)
    elif isinstance(cause, FieldError):
        yield Refusal(path, cause.arrived, cause.allowed, cause.remedy or OTHERWISE)
    else:
        allowed, remedy = _BY_TYPE.get(error["type"], _otherwise)(error)
        arrived = "nothing" if error["type"] == "missing" else show(error["input"])
        yield Refusal(path, arrived, allowed, remedy)


def _unknown_key(path: Path, key: Any, known: list[str]) -> Refusal:
    # A key that is right elsewhere is no misspelling, unless it is a near miss: `workload` for `workloads`.
    sure = did_you_mean(key, known, closeness=ALL_BUT_EQUAL)
    remedy = sure or _belongs_to(key) or did_you_mean(key, known) or f"remove {key}"
    return Refusal((*path, key), f"the key {show(key)}", f"the keys {listed(known)}", remedy)


def _belongs_to(key: Any) -> str:
    """Where a key that is right elsewhere belongs."""
    homes = [_in_words(record.__name__) for record in _records() if key in record.spellings()]
    return f"{key} is a key of {listed(homes)}: move it there" if homes else ""


def _records(base: type[Frozen] = Frozen) -> Iterator[type[Frozen]]:
    for record in base.__subclasses__():
        yield record
        yield from _records(record)


def _in_words(class_name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", class_name).lower()


def _missing(error: ErrorDetails) -> tuple[str, str]:
    name = error["loc"][-1]
    return f"{name} is required", f"add {name}"


def _choice(error: ErrorDetails) -> tuple[str, str]:
    choices = _QUOTED.findall(error.get("ctx", {}).get("expected", ""))
    return listed(choices), did_you_mean(error["input"], choices, otherwise=f"write {listed(choices)}")


def _text(error: ErrorDetails) -> tuple[str, str]:
    written = error["input"]
    is_scalar = isinstance(written, Real | date)
    return "a text", f'put it in quotes: "{show(written)}"' if is_scalar else OTHERWISE


def _yes_or_no(error: ErrorDetails) -> tuple[str, str]:
    return "true or false", "write true or false, without quotes"


def _otherwise(error: ErrorDetails) -> tuple[str, str]:
    return error["msg"], OTHERWISE


_BY_TYPE: dict[str, Callable[[ErrorDetails], tuple[str, str]]] = {
    "missing": _missing,
    "literal_error": _choice,
    "string_type": _text,
    "bool_type": _yes_or_no,
}
