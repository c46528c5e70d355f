"""The types of single fields: names, numbers, counts, dates and collections, strict but not pedantic.

YAML, JSON, CSV and Python write the same thing differently (`1e6` as text, a date as text, a list for a
tuple). These types accept exactly those spellings, and refuse with `FieldError` all that would be a guess.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from numbers import Integral, Real
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator

from simengine.model.hole import HOLE, HOLE_DATE, HOLE_NAME, HOLE_NUMBER
from simengine.model.quantity import LARGEST
from simengine.model.wording import as_number, did_you_mean, show

T = TypeVar("T")

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ISO_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[T ].+")
_LONGEST_COUNT = 30
LONGEST_NAME = 200


class FieldError(ValueError):
    """A value that a field does not take: what arrived, what is allowed, and how to mend it."""

    def __init__(self, arrived: str, allowed: str, remedy: str = "") -> None:
        self.arrived, self.allowed, self.remedy = arrived, allowed, remedy
        super().__init__(f"got {arrived}; allowed: {allowed}" + (f"; {remedy}" if remedy else ""))


class UnfitKeysError(ValueError):
    """Keys that are no names, each with what a name is."""

    def __init__(self, unfit: dict[Any, FieldError]) -> None:
        self.unfit = unfit
        super().__init__("; ".join(map(str, unfit.values())))


def _name(written: Any) -> Any:
    if written is HOLE:
        return HOLE_NAME
    if not isinstance(written, str):
        remedy = (
            f'put it in quotes: "{show(written)}"' if isinstance(written, Real | date) else "write a name"
        )
        raise FieldError(show(written), "a name (text)", remedy)
    if not written.strip():
        raise FieldError(show(written), "a name (text that is not empty)", "write a name")
    if not all(c.isprintable() for c in written):
        raise FieldError(show(written), "a name without control characters", "retype the name")
    if "${" in written:
        allowed, remedy = (
            "a name without ${...}",
            "resolve the configuration first, as simengine.compose does",
        )
        raise FieldError(show(written), allowed, remedy)
    if written != written.strip():
        allowed, remedy = "a name without spaces before or after it", f"write {written.strip()}"
        raise FieldError(show(written), allowed, remedy)
    if len(written) > LONGEST_NAME:
        arrived = f"{show(written)} of {len(written)} characters"
        raise FieldError(arrived, f"a name of at most {LONGEST_NAME} characters", "shorten it")
    return written


def _number(written: Any) -> Any:
    if written is HOLE:
        return HOLE_NUMBER
    if isinstance(written, bool) or not isinstance(written, Real):
        raise FieldError(show(written), "a number", as_number(written))
    try:
        number = float(written)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise FieldError(show(written), "a finite number", "write a number")
    if abs(number) > LARGEST:
        raise FieldError(show(written), f"a number of at most {LARGEST:g}", "check the unit and the exponent")
    return number


def _count(written: Any) -> Any:
    """A whole number; 1e6 and "1e6" (as YAML 1.1 reads it) are one million."""
    allowed = "a whole number, such as 100000 or 1e5"
    remedy = as_number(written, whole=True)
    if isinstance(written, bool) or not isinstance(written, Real | str):
        raise FieldError(show(written), allowed, remedy)
    if isinstance(written, Integral):
        return int(written)
    try:
        exact = Decimal(written if isinstance(written, str) else float(written))
    except InvalidOperation:
        raise FieldError(show(written), allowed, remedy) from None
    if not exact.is_finite() or exact.adjusted() > _LONGEST_COUNT or exact != exact.to_integral_value():
        raise FieldError(show(written), allowed, remedy)
    return int(exact)


def _date(written: Any) -> Any:
    return _read_date(written, "a date such as 2026-03-05")


def _date_or_adoption(written: Any) -> Any:
    remedy = did_you_mean(written, ["adoption"]) if isinstance(written, str) else ""
    return _read_date(written, "a date such as 2026-03-05, or adoption", remedy)


def _read_date(written: Any, allowed: str, remedy: str = "") -> date:
    if written is HOLE:
        return HOLE_DATE
    if isinstance(written, date) and not isinstance(written, datetime):
        return written
    if isinstance(written, str) and _ISO_DATE.fullmatch(written):
        try:
            return date.fromisoformat(written)
        except ValueError:
            remedy = "there is no such day in the calendar"
    if isinstance(written, datetime):
        remedy = f"leave out the time of day: {written.date()}"
    if isinstance(written, str) and (with_time := _ISO_TIME.fullmatch(written)):
        remedy = f"leave out the time of day: {with_time[1]}"
    raise FieldError(show(written), allowed, remedy or "write year-month-day, two digits for month and day")


def _list(written: Any) -> Any:
    if isinstance(written, list | tuple):
        return tuple(written)
    remedy = f"put it in brackets: [{written}]" if isinstance(written, str | Real) else "write [] for none"
    if isinstance(written, Mapping):
        remedy = "begin each entry with a dash: - key: value"
    raise FieldError(show(written), "a list", remedy)


def _list_or_one(written: Any) -> Any:
    if isinstance(written, Mapping | set | frozenset) or written is None:
        raise FieldError(show(written), "one value or a list of them", "write them in brackets")
    return tuple(written) if isinstance(written, list | tuple) else (written,)


def _not_empty(values: tuple[T, ...]) -> tuple[T, ...]:
    if not values:
        raise FieldError("an empty list", "one value or a list of at least one", "name at least one")
    return values


def _distinct(values: tuple[T, ...]) -> tuple[T, ...]:
    seen: list[T] = []
    for value in values:
        if value in seen and value != HOLE_NAME:
            raise FieldError(f"{show(value)} twice", "each only once", f"remove one {value}")
        seen.append(value)
    return values


def _mapping(written: Any) -> Any:
    if not isinstance(written, Mapping):
        remedy = "write name: {...} for each" if isinstance(written, list | tuple) else "write {} for none"
        raise FieldError(show(written), "a mapping from names", remedy)
    unfit: dict[Any, FieldError] = {}
    for key in written:
        try:
            _name(key)
        except FieldError as refused:
            unfit[key] = refused
    if unfit:
        raise UnfitKeysError(unfit)
    return dict(written)


def _by_name(values: dict[str, T]) -> dict[str, T]:
    """Sorted, so that the order in a file decides nothing."""
    return dict(sorted(values.items()))


Name = Annotated[str, BeforeValidator(_name)]
Number = Annotated[float, BeforeValidator(_number)]
Count = Annotated[int, BeforeValidator(_count)]
Date = Annotated[date, BeforeValidator(_date)]
DateBesideAdoption = Annotated[date, BeforeValidator(_date_or_adoption)]
EvidenceText = Annotated[str, BeforeValidator(lambda text: str(text) if isinstance(text, date) else text)]

Items = Annotated[tuple[T, ...], BeforeValidator(_list)]
Distinct = Annotated[tuple[T, ...], BeforeValidator(_list), AfterValidator(_distinct)]
OneOrMore = Annotated[
    tuple[T, ...],
    BeforeValidator(_list_or_one),
    AfterValidator(_not_empty),
    AfterValidator(_distinct),
]
AsWritten = Annotated[dict[Name, T], BeforeValidator(_mapping)]
ByName = Annotated[dict[Name, T], BeforeValidator(_mapping), AfterValidator(_by_name)]
