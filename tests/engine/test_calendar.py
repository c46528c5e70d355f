"""Accounting periods: labels and borders, partial ones at both ends; releases of a schedule."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from simengine.engine.calendar import period_of_day, periods_of, release_days
from simengine.model.portfolio import ReleaseSchedule
from simengine.model.run import Run

BORDERS = [[0, 27, 57, 88, 90], [0, 27], [0, 27, 27.5], [0, 0.25], [0, 1, 2], [0, 365, 730, 1095]]


@pytest.mark.parametrize("borders", BORDERS)
def test_the_period_of_a_day(borders):
    found = period_of_day(np.array(borders, dtype=float))
    for t in np.arange(0.0, borders[-1] + 0.125, 0.125):
        p = found[int(t)]
        assert borders[p] <= t
        assert t < borders[p + 1] or p + 2 == len(borders)


def test_without_periods_no_day_has_one():
    assert len(period_of_day(np.empty(0))) == 0


@pytest.mark.parametrize(
    ("start", "horizon", "period", "fiscal", "labels", "borders"),
    [
        ("2026-03-05", 90, "month", 1, ["2026-03", "2026-04", "2026-05", "2026-06"], [0, 27, 57, 88, 90]),
        ("2026-03-05", 27, "month", 1, ["2026-03"], [0, 27]),
        ("2026-03-05", 27.5, "month", 1, ["2026-03", "2026-04"], [0, 27, 27.5]),
        ("2026-03-05", 0.25, "month", 1, ["2026-03"], [0, 0.25]),
        ("2026-03-01", 31, "month", 1, ["2026-03"], [0, 31]),
        ("2024-02-29", 2, "month", 1, ["2024-02", "2024-03"], [0, 1, 2]),
        ("2026-12-31", 32, "month", 1, ["2026-12", "2027-01"], [0, 1, 32]),
        ("2026-12-31", 32, "month", 4, ["2026-12", "2027-01"], [0, 1, 32]),
        ("2026-03-05", 120, "quarter", 1, ["2026Q1", "2026Q2", "2026Q3"], [0, 27, 118, 120]),
        ("2026-01-01", 365, "quarter", 1, [f"2026Q{q}" for q in (1, 2, 3, 4)], [0, 90, 181, 273, 365]),
        ("2026-03-05", 400, "year", 1, ["2026", "2027"], [0, 302, 400]),
        ("2026-01-01", 1095, "year", 1, ["2026", "2027", "2028"], [0, 365, 730, 1095]),
        # A fiscal year is named after the calendar year in which it ends, and its quarters after it.
        ("2026-03-05", 400, "year", 4, ["2026", "2027", "2028"], [0, 27, 392, 400]),
        ("2026-03-05", 120, "quarter", 4, ["2026Q4", "2027Q1", "2027Q2"], [0, 27, 118, 120]),
        ("2026-10-01", 100, "quarter", 10, ["2027Q1", "2027Q2"], [0, 92, 100]),
        ("2026-09-30", 100, "quarter", 10, ["2026Q4", "2027Q1", "2027Q2"], [0, 1, 93, 100]),
        ("2026-11-30", 40, "quarter", 12, ["2026Q4", "2027Q1"], [0, 1, 40]),
        # From February, quarters end in April, July, October and January.
        ("2026-01-31", 100, "quarter", 2, ["2026Q4", "2027Q1", "2027Q2"], [0, 1, 90, 100]),
        ("2026-01-31", 100, "year", 2, ["2026", "2027"], [0, 1, 100]),
    ],
)
def test_periods(start, horizon, period, fiscal, labels, borders):
    run = Run.model_validate(
        {"start": start, "horizon_days": horizon, "period": period, "fiscal_year_start": fiscal}
    )
    found = periods_of(run)
    assert list(found.labels) == labels
    assert found.borders.tolist() == borders


def test_a_century_of_months_has_no_gap():
    run = Run.model_validate({"start": "2000-02-29", "horizon_days": 36_600.0})
    found = periods_of(run)
    assert len(set(found.labels)) == len(found.labels) == len(found.borders) - 1
    lengths = found.borders[1:] - found.borders[:-1]
    assert lengths.min() == 1.0  # the first month, partial
    assert set(lengths[1:-1]) == {28.0, 29.0, 30.0, 31.0}
    assert found.borders[-1] == 36_600.0


def test_releases():
    start = date(2026, 1, 1)
    listed = (date(2026, 2, 1), date(2025, 12, 31))
    assert release_days(listed, start, 365.0) == [-1.0, 31.0]
    every = ReleaseSchedule.model_validate({"first": "2025-12-22", "every_days": 10.5})
    assert release_days(every, start, 22.0) == [-10.0, 0.5, 11.0, 21.5]
    # One on the horizon opens nothing within it.
    assert release_days(every, start, 21.5) == [-10.0, 0.5, 11.0]
    late = ReleaseSchedule.model_validate({"first": "2027-01-01", "every_days": 1})
    assert release_days(late, start, 365.0) == []
