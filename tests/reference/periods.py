"""Calendar periods of a run, with their labels and their borders in days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from simengine.model.run import Run


@dataclass
class Period:
    label: str
    begin: float
    end: float


def label_of(month: date, run: Run) -> str:
    """The label of the period in which a month lies.

    A fiscal year is named after the calendar year in which it ends.
    """
    if run.period == "month":
        return f"{month.year}-{month.month:02d}"
    months_in = (month.month - run.fiscal_year_start) % 12
    begins = month.year if month.month >= run.fiscal_year_start else month.year - 1
    year = begins if run.fiscal_year_start == 1 else begins + 1
    return str(year) if run.period == "year" else f"{year}Q{months_in // 3 + 1}"


def next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def periods(run: Run) -> list[Period]:
    """The periods that the run touches; the first and the last may be partial."""
    found: list[Period] = []
    month = run.start.replace(day=1)
    while (begin := max(0.0, float((month - run.start).days))) < run.horizon_days:
        end = min(run.horizon_days, float((next_month(month) - run.start).days))
        label = label_of(month, run)
        if found and found[-1].label == label:
            found[-1].end = end
        else:
            found.append(Period(label, begin, end))
        month = next_month(month)
    return found
