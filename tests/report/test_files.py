"""Reports lie beside a result: all of them or none, nothing is replaced unasked, the result stays whole."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from importlib.machinery import ModuleSpec
from pathlib import Path

import numpy as np
import pytest

from simengine.config.output import REPORTS, read_reports
from simengine.model.errors import ConfigError
from simengine.report import extras, files
from simengine.report.files import FORMS, check_forms, files_of, write_reports
from simengine.results.dataset import Lazy
from simengine.results.rows import Rows
from simengine.results.store import read_result, status, write
from simengine.results.variables import VARIABLES
from tests.results.synthetic import small_comparison, small_result

RESULT = small_result(n_paths=40)


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    return write(RESULT, tmp_path / "result", files={"percentiles.csv": b"metric,value\n"})


class Sliced:
    """Rows of an array; tells when they are all asked for at once."""

    def __init__(self, array: np.ndarray, whole: Callable[[], object]) -> None:
        self.array, self.whole = array, whole
        self.shape, self.dtype = array.shape, array.dtype

    def __len__(self) -> int:
        return len(self.array)

    def __getitem__(self, rows: slice) -> np.ndarray:
        return self.array[rows]

    def __array__(self, dtype: np.dtype | None = None, copy: bool | None = None) -> np.ndarray:
        self.whole()
        return self.array


def everything(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_the_forms_are_those_of_the_configuration() -> None:
    assert tuple(FORMS) == REPORTS


def test_reports_lie_beside_and_the_result_is_as_it_was(stored: Path) -> None:
    before = everything(stored)
    written = write_reports(read_result(stored), stored, REPORTS)
    assert [file.name for file in written] == ["report.xlsx", "report.html", "percentiles.parquet"]
    after = everything(stored)
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == {file.name for file in written}
    found = status(stored)
    assert found.complete
    assert found.result_hash == RESULT.attrs["result_hash"]


def test_a_report_may_be_edited_without_hurting_the_result(stored: Path) -> None:
    write_reports(RESULT, stored, ["xlsx"])
    (stored / "report.xlsx").write_bytes(b"saved again by somebody's spreadsheet")
    assert status(stored).complete
    assert read_result(stored)["total_cost"].size == 40


def test_the_run_and_the_stored_result_are_told_alike(stored: Path, tmp_path: Path) -> None:
    write_reports(RESULT, tmp_path / "one", REPORTS)
    write_reports(read_result(stored), tmp_path / "other", REPORTS)
    assert everything(tmp_path / "one") == everything(tmp_path / "other")


@pytest.mark.parametrize("compares", [False, True], ids=["run", "comparison"])
def test_wide_arrays_are_never_loaded_whole(compares: bool, tmp_path: Path) -> None:
    """A result may be larger than memory: what has more columns than years is read a few rows at a time."""
    made = small_comparison(n_paths=40) if compares else RESULT
    stored = read_result(write(made, tmp_path / "result"))
    assert isinstance(stored.arrays, Lazy)
    loaded: set[str] = set()

    def load(name: str) -> np.ndarray:
        loaded.add(name)
        return stored[name]

    def of_strategy(name: str, position: int) -> Rows:
        return Sliced(stored[name][position], lambda: loaded.add(name))

    lazy = Lazy(stored.arrays, load, lambda name: Sliced(stored[name], lambda: loaded.add(name)), of_strategy)
    write_reports(replace(stored, arrays=lazy), tmp_path, REPORTS)
    wide = {name for name in loaded if set(VARIABLES[name].dims) - {"path", "year"}}
    assert {"total_cost"} <= loaded
    assert wide == set()


def test_a_comparison_has_a_file_of_differences(tmp_path: Path) -> None:
    written = write_reports(small_comparison(n_paths=40), tmp_path / "new" / "folder", ["parquet"])
    assert [file.name for file in written] == ["percentiles.parquet", "differences.parquet"]
    assert files_of(["parquet"], comparison=False) == ["percentiles.parquet"]


def test_no_form_writes_nothing(tmp_path: Path) -> None:
    assert write_reports(RESULT, tmp_path / "nowhere", []) == []
    assert not (tmp_path / "nowhere").exists()


def test_nothing_is_replaced_unasked(stored: Path) -> None:
    (stored / "percentiles.parquet").write_bytes(b"mine")
    before = everything(stored)
    with pytest.raises(ConfigError) as refused:
        write_reports(RESULT, stored, REPORTS)
    (problem,) = refused.value.problems
    assert problem.file == str(stored / "percentiles.parquet")
    assert "--overwrite" in problem.remedy
    assert everything(stored) == before
    write_reports(RESULT, stored, ["parquet"], overwrite=True)
    assert (stored / "percentiles.parquet").read_bytes()[:4] == b"PAR1"


def test_what_is_no_file_is_never_replaced(stored: Path) -> None:
    (stored / "report.xlsx").mkdir()
    with pytest.raises(ConfigError, match="something that is no file"):
        write_reports(RESULT, stored, ["xlsx"], overwrite=True)
    assert (stored / "report.xlsx").is_dir()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_leaves_everything_as_it_was(
    code: int, stored: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_reports(RESULT, stored, ["parquet"])
    before = everything(stored)

    def no_room(contents, folder: Path) -> None:
        (folder / "report.xlsx").write_bytes(b"half of it")
        raise OSError(code, os.strerror(code))

    monkeypatch.setitem(files.FORMS, "xlsx", replace(FORMS["xlsx"], write=no_room))
    with pytest.raises(ConfigError, match="no room for the reports") as refused:
        write_reports(RESULT, stored, ["parquet", "xlsx"], overwrite=True)
    assert len(refused.value.problems) == 1
    assert everything(stored) == before
    assert not [name for name in os.listdir(stored) if name.startswith(".")]


def test_a_report_that_fails_leaves_none(stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = everything(stored)

    def broken(contents, folder: Path) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(files.FORMS, "html", replace(FORMS["html"], write=broken))
    with pytest.raises(ZeroDivisionError):
        write_reports(RESULT, stored, ["xlsx", "html"])
    assert everything(stored) == before


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="the folder cannot be written"):
        write_reports(RESULT, tmp_path / "file", ["parquet"])


def test_missing_packages_are_named_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(name: str) -> ModuleSpec | None:
        return None if name in ("xlsxwriter", "pyarrow") else ModuleSpec(name, None)

    monkeypatch.setattr(extras, "find_spec", found)
    check_forms(["html"])
    with pytest.raises(ConfigError, match=r"pip install 'simengine\[report\]'") as refused:
        write_reports(RESULT, tmp_path / "result", REPORTS)
    (problem,) = refused.value.problems
    assert "xlsxwriter" in problem.arrived
    assert "pyarrow" in problem.arrived
    assert "plotly" not in problem.arrived
    assert not (tmp_path / "result").exists()


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (None, ()),
        ([], ()),
        ("xlsx", ("xlsx",)),
        (["parquet", "xlsx", "xlsx"], ("xlsx", "parquet")),
        (("html",), ("html",)),
    ],
)
def test_forms_are_read(given: object, read: tuple[str, ...]) -> None:
    assert read_reports(given) == read


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["xls"], "did you mean xlsx?"),
        ("pdf", "xlsx, html or parquet"),
        ([["xlsx"]], "xlsx, html or parquet"),
        (True, "a list of"),
        ({"xlsx": True}, "a list of"),
        (7, "a list of"),
        ("", "xlsx, html or parquet"),
    ],
)
def test_what_is_no_form_is_refused(given: object, words: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read_reports(given, "--to")
    assert words in str(refused.value)
    assert refused.value.problems[0].path == "--to"
