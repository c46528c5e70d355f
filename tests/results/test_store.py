"""The store: what goes in comes out, whole or not at all, and damage is found."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from simengine.model.errors import ConfigError, InternalError
from simengine.results import staging, zarr_format
from simengine.results.dataset import Result
from simengine.results.manifest import own_hash
from simengine.results.store import check_destination, read, read_result, status, write
from tests.results.synthetic import small_comparison, small_result


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    return write(small_result(), tmp_path / "result", files={"percentiles.csv": b"metric,value\n"})


def same(one: Result, other: Result) -> None:
    assert dict(one.attrs) == dict(other.attrs)
    assert {name: list(codes) for name, codes in one.codes.items()} == other.codes
    assert set(one.coords) == set(other.coords)
    for dim in one.coords:
        np.testing.assert_array_equal(one.coords[dim], other.coords[dim])
    assert list(one.arrays) == list(other.arrays)
    for name in one.arrays:
        assert one[name].dtype == other[name].dtype
        assert one[name].tobytes() == other[name].tobytes()


@pytest.mark.parametrize("make", [small_result, small_comparison], ids=["run", "comparison"])
@pytest.mark.parametrize("chunk_bytes", [2**25, 2**9], ids=["whole", "in chunks"])
def test_what_is_written_is_read(
    make, chunk_bytes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zarr_format, "CHUNK_BYTES", chunk_bytes)
    monkeypatch.setattr(zarr_format, "LEAST_ROWS", 64)
    result = make()
    folder = write(result, tmp_path / "result")
    if chunk_bytes < 2**25:
        assert (folder / "data.zarr/total_cost_by_workload/c").exists()
        assert len(list((folder / "data.zarr/total_cost_by_workload/c").rglob("*"))) > 5
    same(result, read_result(folder))
    same(result, Result.from_dataset(read(folder)))
    xr.testing.assert_identical(read(folder).load(), result.to_dataset())
    assert read(folder)["total_cost_by_workload"].sel(workload="w1", path=117).size in (1, 3)


def test_a_dataset_is_stored_like_a_result(tmp_path: Path, stored: Path) -> None:
    again = write(read(stored), tmp_path / "again", files={"percentiles.csv": b"metric,value\n"})
    for file in sorted(path for path in stored.rglob("*") if path.is_file()):
        assert (again / file.relative_to(stored)).read_bytes() == file.read_bytes()


def test_it_opens_without_simengine(stored: Path) -> None:
    program = textwrap.dedent(f"""
        import sys, warnings
        warnings.simplefilter("error")
        import xarray
        dataset = xarray.open_zarr({str(stored / "data.zarr")!r})
        assert dataset["total_cost"].attrs["units"] == "EUR" and dataset.attrs["seed"] == 7
        print(float(dataset["total_cost_by_workload"].sel(workload="w2").mean()))
        assert "simengine" not in sys.modules
    """)
    printed = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    ).stdout
    assert float(printed) == pytest.approx(small_result()["total_cost_by_workload"][:, 2].mean())


def test_without_paths_of_a_kind_there_are_no_chunks(tmp_path: Path) -> None:
    result = small_result()
    none = {n: a[:0] if n.startswith("occurrence") else a for n, a in result.arrays.items()}
    folder = write(Result(none, result.coords, result.attrs, result.codes), tmp_path / "result")
    assert read(folder)["occurrence_time"].shape == (0,)
    assert read_result(folder)["occurrence_path"].dtype == np.int64


def test_status_tells_what_it_is(stored: Path) -> None:
    known = status(stored)
    assert known.complete
    assert known.result_hash == small_result().attrs["result_hash"]
    assert (known.facts["seed"], known.facts["n_paths"], known.facts["strategy"]) == (7, 500, "proceed")


@pytest.mark.parametrize("how", ["flip", "truncate", "lengthen", "remove", "empty"])
def test_damage_anywhere_is_found_and_named(how: str, stored: Path) -> None:
    pristine = stored.with_name("pristine")
    shutil.copytree(stored, pristine)
    files = sorted(path.relative_to(stored) for path in stored.rglob("*") if path.is_file())
    assert len(files) > 100
    for file in [*files[:: 7 if how == "flip" else 23], Path("manifest.json")]:
        raw = bytearray((pristine / file).read_bytes())
        if how == "flip":
            raw[len(raw) // 2] ^= 1
        changed = {"truncate": raw[:-1], "lengthen": raw + b"\0", "empty": raw[:0]}.get(how, raw)
        (stored / file).unlink() if how == "remove" else (stored / file).write_bytes(changed)
        for attempt in (read, read_result):
            with pytest.raises(ConfigError) as refused:
                attempt(stored)
            (problem,) = refused.value.problems
            named = stored if how == "remove" and file.name == "manifest.json" else stored / file
            assert problem.file == str(named)
        assert not status(stored).complete
        (stored / file).write_bytes((pristine / file).read_bytes())
    assert status(stored).complete


def test_a_strange_file_among_the_data_is_refused_but_a_report_beside_is_not(stored: Path) -> None:
    (stored / "report.html").write_text("later")
    assert status(stored).complete
    (stored / "data.zarr" / "total_cost" / "c" / "1").write_bytes(b"00000000")
    with pytest.raises(ConfigError, match="does not know"):
        read(stored)


@pytest.mark.parametrize(
    ("version", "expected"), [(2, "(?s)newer.*update simengine"), (0, "(?s)other.*that wrote it")]
)
def test_a_result_of_another_schema_is_refused(version: int, expected: str, stored: Path) -> None:
    file = stored / "manifest.json"
    body = json.loads(file.read_bytes())
    del body["sha256"]
    body["schema_version"] = version
    file.write_text(json.dumps(body | {"sha256": own_hash(body)}))
    for attempt in (read, read_result):
        with pytest.raises(ConfigError, match=f"schema version {version}") as refused:
            attempt(stored)
        assert refused.match(expected)
        assert str(file) in str(refused.value)
    assert not status(stored).complete


def test_what_is_no_result_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for folder, what in (
        (tmp_path, "without manifest"),
        (tmp_path / "none", "nothing"),
        (tmp_path / "file", "file"),
    ):
        for attempt in (read, read_result, status):
            with pytest.raises(ConfigError, match=what):
                attempt(folder)


def test_an_existing_folder_is_left_alone_unless_asked(stored: Path) -> None:
    before = status(stored).result_hash
    for attempt in (lambda: write(small_result(seed=2), stored), lambda: check_destination(stored)):
        with pytest.raises(ConfigError, match="an existing result"):
            attempt()
    assert status(stored).result_hash == before
    check_destination(stored, overwrite=True)
    write(small_result(seed=2), stored, overwrite=True)
    assert status(stored).result_hash not in (None, before)
    assert [path.name for path in stored.parent.iterdir()] == [stored.name]


def test_only_results_are_ever_replaced(
    stored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    (tmp_path / "thesis" / "manifest.json").write_text("{}")
    monkeypatch.chdir(stored)
    for folder, what in (
        (tmp_path / "thesis", "no result"),
        (stored, "that you are in"),
        (stored.parent, "around it"),
        (Path(), "that you are in"),
        (Path(".."), "around it"),
    ):
        for attempt in (lambda at: write(small_result(), at, overwrite=True), check_destination):
            with pytest.raises(ConfigError, match=what):
                attempt(folder)
    assert (tmp_path / "thesis" / "chapter.txt").read_text() == "years of work"
    assert status(stored).complete


def test_an_empty_folder_and_missing_parents_will_do(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "a" / "b" / "c"):
        check_destination(folder)
        assert status(write(small_result(keep=["totals"]), folder)).complete


def test_a_folder_that_cannot_be_made_is_one_clear_message(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for folder in (tmp_path / "file" / "result", tmp_path / "file"):
        for attempt in (lambda at: write(small_result(keep=["totals"]), at), check_destination):
            with pytest.raises(ConfigError) as refused:
                attempt(folder)
            (problem,) = refused.value.problems
            assert problem.path == "output.dir"
            assert problem.file == str(folder)


@pytest.mark.parametrize("after", [0, 1, 30])
def test_a_full_disk_leaves_nothing(after: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def no_room(handle: int) -> None:
        calls.append(handle)
        if len(calls) > after:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(staging.os, "fsync", no_room)
    with pytest.raises(ConfigError, match="no room"):
        write(small_result(), tmp_path / "result")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_overwrite_keeps_the_old_result(stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = status(stored).result_hash
    rename = Path.rename

    def fail(self: Path, target: Path) -> Path:
        if ".partial-" in self.name:
            raise OSError(errno.EIO, "input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(ConfigError, match="cannot be written"):
        write(small_result(seed=2), stored, overwrite=True)
    monkeypatch.undo()
    assert status(stored).result_hash == before
    assert [path.name for path in stored.parent.iterdir()] == [stored.name]


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
@pytest.mark.parametrize("files", [0, 5, 60])
def test_a_killed_writer_leaves_nothing_that_looks_whole(files: int, tmp_path: Path) -> None:
    program = textwrap.dedent(f"""
        import os, signal
        from simengine.results import store
        from tests.results.synthetic import small_result
        written, write_file = [], store.write_file
        def killed(*arguments):
            written.append(write_file(*arguments))
            if len(written) > {files}:
                os.kill(os.getpid(), signal.SIGKILL)
            return written[-1]
        store.write_file = killed
        store.write(small_result(), {str(tmp_path / "result")!r})
    """)
    root = Path(__file__).resolve().parents[2]
    killed = subprocess.run([sys.executable, "-c", program], cwd=root, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert not (tmp_path / "result").exists()
    (left,) = tmp_path.iterdir()
    assert not status(left).complete
    with pytest.raises(ConfigError, match="incomplete"):
        read(left)


def test_a_result_that_does_not_fit_is_not_written(tmp_path: Path) -> None:
    result = small_result(keep=["totals"])
    short = dict(result.arrays) | {"total_cost": result["total_cost"][1:]}
    with pytest.raises(InternalError, match="total_cost has shape"):
        write(Result(short, result.coords, result.attrs), tmp_path / "result")
    assert list(tmp_path.iterdir()) == []
