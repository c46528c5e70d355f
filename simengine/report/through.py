"""What drivers do through others, as a run wrote it beside its result: no array of the result holds it.

It takes further runs, so it is played once, by `run`, and told in percentiles.csv; that file is part of the
result, and the manifest covers it.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from pathlib import Path

from simengine.analysis.summarise import Row
from simengine.analysis.without import METRICS, OTHERS, STATISTICS
from simengine.report.percentiles import plain_text

TABLE = "percentiles.csv"


def through_rows_beside(folder: Path) -> list[Row]:
    """The rows of a stored run that tell what drivers do through others; none if it was not asked for."""
    try:
        text = (folder / TABLE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    return [
        _row(line)
        for line in csv.DictReader(text.splitlines())
        if line.get("level") == "driver" and line.get("statistic") in STATISTICS
    ]


def metrics_told(rows: Sequence[Row]) -> list[str]:
    """The metrics of which these rows tell what drivers do through others."""
    told = {row.metric for row in rows if row.level == "driver" and row.statistic == OTHERS}
    return [metric for metric in METRICS if metric in told]


def _row(line: dict[str, str]) -> Row:
    unknown = {"value": math.nan, "standard_error": math.nan, "ci_low": -math.inf, "ci_high": math.inf}
    value, error, low, high = (float(line[name]) if line[name] else unknown[name] for name in unknown)
    texts = (plain_text(line[name]) for name in Row._fields if name not in unknown)
    metric, level, name, component, period, statistic, currency, unit = texts
    numbers = (value, error, low, high)
    return Row(metric, level, name, component, period, statistic, *numbers, currency, unit)
