"""Accounting periods: calendar months, quarters and years, cut by the start and the horizon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from simengine.model.portfolio import ReleaseSchedule
from simengine.model.run import Run


@dataclass(frozen=True)
class Periods:
    """Borders in days from the start, one more than there are labels."""

    borders: np.ndarray
    labels: tuple[str, ...]


def _month_after(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _label(month: date, period: str, fiscal_year_start: int) -> str:
    if period == "month":
        return f"{month.year}-{month.month:02d}"
    into_year = (month.month - fiscal_year_start) % 12
    # A fiscal year is named after the calendar year in which it ends.
    ends = month.year + (month.month + 11 - into_year - 1) // 12
    return f"{ends}" if period == "year" else f"{ends}Q{into_year // 3 + 1}"


def periods_of(run: Run) -> Periods:
    """The periods between `start` and the horizon; the first and the last may be partial."""
    borders = [0.0]
    labels: list[str] = []
    month = date(run.start.year, run.start.month, 1)
    while True:
        label = _label(month, run.period, run.fiscal_year_start)
        following = _month_after(month)
        end = float((following - run.start).days)
        if labels and labels[-1] == label:
            borders[-1] = end
        else:
            labels.append(label)
            borders.append(end)
        if end >= run.horizon_days:
            borders[-1] = run.horizon_days
            return Periods(np.array(borders), tuple(labels))
        month = following


def period_of_day(borders: np.ndarray) -> np.ndarray:
    """(day,): the period of each day from the start to the horizon; all but the last end with a day."""
    if len(borders) == 0:
        return np.zeros(0, np.int32)
    days = np.arange(np.ceil(borders[-1]) + 1.0)
    return (np.searchsorted(borders[:-1], days, side="right") - 1).astype(np.int32)


def days_between(start: date, day: date) -> float:
    return float((day - start).days)


def release_days(releases: tuple[date, ...] | ReleaseSchedule, start: date, horizon: float) -> list[float]:
    """The releases of a line, in days from the start, up to the horizon."""
    if not isinstance(releases, ReleaseSchedule):
        return sorted(days_between(start, day) for day in releases)
    begin = days_between(start, releases.first)
    count = max(0, int(np.ceil((horizon - begin) / releases.every_days)))
    return [begin + k * releases.every_days for k in range(count)]
