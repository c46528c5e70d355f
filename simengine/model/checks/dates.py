"""History lies before the start, and what is still to come does not."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date

from simengine.model.checks.finding import Finding
from simengine.model.parts import Parts
from simengine.model.paths import Path
from simengine.model.scenario import DateHazard, DateWindow, RateHazard

START: Path = ("run", "start")
HORIZON: Path = ("run", "horizon_days")


def check(study: Parts) -> Iterator[Finding]:
    start = study.run.start
    yield from _calendar(study)
    for name, driver in study.scenario.drivers.items():
        path = ("scenario", "drivers", name)
        if isinstance(driver.hazard, DateHazard) and driver.hazard.at < start:
            yield Finding(
                (*path, "hazard", "at"),
                f"{driver.hazard.at}, before the start",
                f"a date on or after run.start ({start})",
                "put what has happened already into history",
                (START,),
            )
        for position, past in enumerate(driver.history):
            if past.date >= start:
                yield Finding(
                    (*path, "history", position, "date"),
                    f"{past.date}, not before the start",
                    f"a date before run.start ({start})",
                    "start later, or let it strike on its date with hazard: {at: date}",
                    (START,),
                )
        if isinstance(driver.hazard, RateHazard):
            yield from _windows(driver.hazard, (*path, "hazard", "windows"))


def _windows(hazard: RateHazard, path: Path) -> Iterator[Finding]:
    for position, window in enumerate(hazard.windows):
        if isinstance(window, DateWindow) and window.until <= window.start:
            yield Finding(
                (*path, position, "until"),
                f"{window.until}, not after from ({window.start})",
                "a date after from; the window ends at the beginning of that day",
                "correct one of the two dates",
                ((*path, position, "from"),),
            )


def ends_beyond_the_calendar(study: Parts) -> bool:
    return study.run.start.toordinal() + math.ceil(study.run.horizon_days) > date.max.toordinal()


def _calendar(study: Parts) -> Iterator[Finding]:
    if ends_beyond_the_calendar(study):
        yield Finding(
            HORIZON,
            f"{study.run.horizon_days:g} days from {study.run.start}",
            f"a horizon that ends by {date.max}, the end of the calendar",
            "shorten the horizon",
            (START,),
        )
