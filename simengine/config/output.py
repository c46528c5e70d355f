"""Where a result goes (`output`), in which forms it is told (`report`), and what is told beside it
(`through_others`): no part of the study.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simengine.model.errors import ConfigError, Problem
from simengine.model.wording import did_you_mean, listed

KEYS = ("dir", "overwrite", "tolerance")
TOLERANCE = 0.05
# What a result can be told in besides its arrays and percentiles.csv, in the order in which it is written.
REPORTS = ("xlsx", "html", "parquet")
THROUGH_OTHERS = "through_others"


@dataclass(frozen=True)
class Output:
    """The folder of the result (None: one of its own), and whether to replace what is there.

    `tolerance`: a statistic is flagged if half of its interval is more than this part of it.
    """

    folder: str | None
    overwrite: bool
    tolerance: float = TOLERANCE


def read_output(written: Any, otherwise: str | None = None) -> Output:
    """What `output` says, with a folder for where it names none; raises ConfigError with every problem."""
    if not isinstance(written or {}, Mapping):
        found = Problem(
            "output", f"{written!r}", f"the keys {listed(KEYS, 'and')}", "write output.dir=FOLDER"
        )
        raise ConfigError([found])
    given: Mapping[str, Any] = written or {}
    problems = [
        Problem(f"output.{key}", f"the key {key}", listed(KEYS), did_you_mean(key, KEYS, f"remove {key}"))
        for key in given
        if key not in KEYS
    ]
    folder, overwrite = given.get("dir"), given.get("overwrite", False)
    if folder is not None and (not isinstance(folder, str) or not folder.strip()):
        problems.append(Problem("output.dir", f"{folder!r}", "the name of a folder", "put it in quotes"))
    if not isinstance(overwrite, bool):
        remedy = "write true or false, without quotes"
        problems.append(Problem("output.overwrite", f"{overwrite!r}", "true or false", remedy))
    tolerance = TOLERANCE
    try:
        tolerance = read_tolerance(given.get("tolerance", TOLERANCE))
    except ConfigError as refused:
        problems += refused.problems
    if problems:
        raise ConfigError(problems)
    return Output(folder or otherwise, overwrite, tolerance)


def read_tolerance(written: Any, field: str = "output.tolerance") -> float:
    """A part of a value; raises ConfigError for what is none."""
    number = written if isinstance(written, int | float) and not isinstance(written, bool) else math.nan
    if 0.0 < number < 1.0:
        return float(number)
    remedy = "write 0.05 for 5%"
    if 1.0 <= number < 100.0:
        remedy = f"for {number:.10g}% write {number / 100.0:.10g}"
    allowed = "a number above 0 and below 1, a part of the value"
    raise ConfigError([Problem(field, f"{written!r}", allowed, remedy)])


def read_reports(written: Any, field: str = "report") -> tuple[str, ...]:
    """The forms of report that `field` names, each once; raises ConfigError with every problem."""
    if written is None:
        return ()
    given = [written] if isinstance(written, str) else written
    if isinstance(given, Mapping) or not isinstance(given, Iterable):
        remedy = f"write {field}=[{','.join(REPORTS)}]"
        raise ConfigError([Problem(field, f"{written!r}", f"a list of {listed(REPORTS)}", remedy)])
    named = list(given)
    problems = [
        Problem(field, f"{name!r}", listed(REPORTS), did_you_mean(name, REPORTS, "leave it out"))
        for name in named
        if name not in REPORTS
    ]
    if problems:
        raise ConfigError(problems)
    return tuple(name for name in REPORTS if name in named)


def read_through_others(written: Any) -> bool | tuple[str, ...]:
    """Of which drivers to tell what they do through others: of all, of none, or of those named."""
    if written is None or isinstance(written, bool):
        return bool(written)
    given = [written] if isinstance(written, str) else written
    if not isinstance(given, Sequence) or not all(isinstance(name, str) and name for name in given):
        allowed = "true, false or a list of drivers"
        remedy = f"write {THROUGH_OTHERS}=true, or {THROUGH_OTHERS}=[DRIVER,...]"
        raise ConfigError([Problem(THROUGH_OTHERS, f"{written!r}", allowed, remedy)])
    return tuple(dict.fromkeys(given))
