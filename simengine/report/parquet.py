"""The summary for programs: Parquet, typed, with where it came from in its metadata."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from simengine.analysis.compare import Difference
from simengine.analysis.summarise import Row
from simengine.report.cells import sketch_error
from simengine.report.contents import Contents
from simengine.report.percentiles import FLAG, flag_of

NUMBERS = ("value", "standard_error", "ci_low", "ci_high")
MEANING = {
    "strategy": "the strategy's name",
    "baseline": "the strategy that was subtracted",
    "metric": "what is told: a variable of the result, or what follows from several",
    "level": "portfolio, lab, line, workload, tag or driver",
    "name": "which one of the level",
    "component": "what the money is for; empty where it is not split",
    "period": "the accounting period; empty for the whole horizon",
    "statistic": "mean, sd, P5 ... P99 (type 1: the share of paths at or below), TVaR95 or probability",
    "value": "the estimate, in `unit`",
    "standard_error": "its Monte Carlo standard error, in `unit`; null where the paths do not tell it",
    "ci_low": "where its 95% interval begins, in `unit`; null where the paths do not bound it",
    "ci_high": "where its 95% interval ends, in `unit`; null where the paths do not bound it",
    "currency": "the portfolio's currency",
    "unit": "unit of the numbers",
    FLAG: "`wide`: the interval is wider than the tolerance; `sketch`: the number comes from a sketch",
}


def write_percentiles(contents: Contents, file: Path) -> None:
    """Write the summary of a run, or of every strategy of a comparison, one row a number.

    Columns are those of percentiles.csv; a number that the paths do not tell is null. The attributes of the
    result (title, seed, configuration, versions, result_hash ...) are metadata of the schema, as texts.
    """
    sketched = sketch_error(contents.attrs) is not None

    def flagged(row: Row) -> tuple[Any, ...]:
        return (*row, flag_of(row, contents.tolerance, sketched=sketched))

    if not contents.compares:
        _write((*Row._fields, FLAG), map(flagged, contents.told[0].rows), contents, file)
        return
    rows = [(told.strategy, *flagged(row)) for told in contents.told for row in told.rows]
    _write(("strategy", *Row._fields, FLAG), rows, contents, file)


def write_differences(contents: Contents, file: Path) -> None:
    """Write the paired differences of a comparison likewise, with the columns of differences.csv."""
    sketched = sketch_error(contents.attrs) is not None
    rows = ((*row, flag_of(row, contents.tolerance, sketched=sketched)) for row in contents.differences)
    _write((*Difference._fields, FLAG), rows, contents, file)


def _write(names: Sequence[str], rows: Iterable[tuple[Any, ...]], contents: Contents, file: Path) -> None:
    metadata = {str(key): str(value) for key, value in contents.attrs.items()}
    fields = [_field(name) for name in names]
    columns = list(zip(*rows, strict=True)) or [()] * len(fields)
    arrays = [
        pa.array(map(_finite, column) if field.name in NUMBERS else column, field.type)
        for field, column in zip(fields, columns, strict=True)
    ]
    table = pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata=metadata))
    pq.write_table(table, file, compression="zstd", write_page_checksum=True)


def _field(name: str) -> pa.Field:
    is_number = name in NUMBERS
    kind = pa.float64() if is_number else pa.string()
    return pa.field(name, kind, nullable=is_number, metadata={"description": MEANING[name]})


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
