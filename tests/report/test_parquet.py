"""Parquet says what percentiles.csv says, typed, and where it came from."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from simengine.analysis.compare import differences, summaries
from simengine.analysis.summarise import Row, summarise
from simengine.report.contents import contents_of
from simengine.report.parquet import MEANING, NUMBERS, write_differences, write_percentiles
from simengine.report.percentiles import percentiles_csv
from simengine.results.dataset import Result
from simengine.results.store import read_result, write
from tests.results.synthetic import small_comparison, small_result

RESULT = small_result()


def written(result: Result, folder: Path, write=write_percentiles) -> pa.Table:
    write(contents_of(result), folder / "table.parquet")
    return pq.read_table(folder / "table.parquet")


@pytest.mark.parametrize("n_paths", [500, 8], ids=["many paths", "few, with open intervals"])
def test_every_number_of_the_summary(n_paths: int, tmp_path: Path) -> None:
    result = small_result(n_paths)
    rows = summarise(result)
    table = written(result, tmp_path)
    assert table.num_rows == len(rows)
    for row, cells in zip(rows, table.to_pylist(), strict=True):
        for name in Row._fields:
            value = getattr(row, name)
            expected = None if name in NUMBERS and not math.isfinite(value) else value
            assert cells[name] == expected


def test_columns_are_those_of_the_csv_and_typed(tmp_path: Path) -> None:
    table = written(RESULT, tmp_path)
    header = next(csv.reader(io.StringIO(percentiles_csv(summarise(RESULT)).decode())))
    assert table.column_names == header
    for field in table.schema:
        assert field.type == (pa.float64() if field.name in NUMBERS else pa.string())
        assert field.nullable == (field.name in NUMBERS)
        assert field.metadata[b"description"].decode() == MEANING[field.name]


def test_provenance_is_in_the_metadata(tmp_path: Path) -> None:
    found = {key.decode(): value.decode() for key, value in written(RESULT, tmp_path).schema.metadata.items()}
    assert found == {key: str(value) for key, value in RESULT.attrs.items()}


def test_names_are_as_they_are(tmp_path: Path) -> None:
    """No spreadsheet reads it: what looks like a formula needs no apostrophe."""
    row = Row("total_cost", "workload", "=1+1", "", "", "mean", -5.0, 1.0, -7.0, -3.0, "EUR", "EUR")
    contents = contents_of(RESULT, {"proceed": [row]})
    write_percentiles(contents, tmp_path / "table.parquet")
    assert pq.read_table(tmp_path / "table.parquet")["name"].to_pylist() == ["=1+1"]


def test_a_comparison_has_its_strategies_and_differences(tmp_path: Path) -> None:
    comparison = small_comparison()
    table = written(comparison, tmp_path)
    own = summaries(comparison)
    assert table.column_names[0] == "strategy"
    assert table["strategy"].to_pylist() == [name for name, rows in own.items() for _ in rows]
    paired = written(comparison, tmp_path, write_differences)
    assert paired.num_rows == len(differences(comparison))
    assert paired["value"].to_pylist() == [d.value for d in differences(comparison)]


def test_the_same_result_gives_the_same_bytes(tmp_path: Path) -> None:
    stored = read_result(write(RESULT, tmp_path / "result"))
    for result, name in ((RESULT, "one"), (stored, "other")):
        write_percentiles(contents_of(result), tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_damage_is_noticed_on_reading(tmp_path: Path) -> None:
    written(RESULT, tmp_path)
    raw = bytearray((tmp_path / "table.parquet").read_bytes())
    raw[200] ^= 1
    (tmp_path / "table.parquet").write_bytes(raw)
    with pytest.raises(OSError, match=r"CRC|[Cc]orrupt|ZSTD"):
        pq.read_table(tmp_path / "table.parquet", page_checksum_verification=True)
