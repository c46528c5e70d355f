"""A result that is written while it is made has the bytes of one that is written at the end."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import simengine
from simengine.analysis.summarise import summarise
from simengine.engine import simulate as engine
from simengine.model.errors import ConfigError, InternalError
from simengine.model.study import Study
from simengine.report.percentiles import percentiles_csv
from simengine.results import recording, simulation, staging, store, zarr_format
from simengine.results.recording import GrowingArray
from simengine.results.rows import StoredRows, rows_at
from simengine.results.simulation import play
from tests.results.synthetic import EVERYTHING

pytestmark = pytest.mark.compiled  # hundreds of paths, again and again

ROOT = Path(__file__).resolve().parents[2]


def study_of(n_paths: int = 300, **run: object) -> Study:
    """One workload under everything that can happen, from a path within a block."""
    study = simengine.compose(["portfolio=single_workload", "scenario=quiet_exit", "run.period=quarter"])
    changed = {"n_paths": n_paths, "first_path": 7, "threads": 1, "keep": EVERYTHING, **run}
    return study.model_copy(update={"run": study.run.model_copy(update=changed)})


def files_in(folder: Path) -> dict[str, bytes]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def streamed(study: Study, folder: Path, overwrite: bool = False) -> Path:
    """As `simengine run` does it."""
    with store.recording(folder, overwrite=overwrite) as written:
        result = play(study, into=written)
        store.complete(result, written, {"percentiles.csv": percentiles_csv(summarise(result))})
    return folder


def written(study: Study, folder: Path) -> Path:
    """The same from memory."""
    result = play(study)
    return store.write(result, folder, files={"percentiles.csv": percentiles_csv(summarise(result))})


@pytest.mark.parametrize("keep", [("totals",), ("by_driver", "by_year"), EVERYTHING, ("summary",)])
@pytest.mark.parametrize("chunk_bytes", [2**25, 2**10], ids=["whole", "in chunks"])
def test_every_file_is_the_same(
    keep: tuple[str, ...], chunk_bytes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zarr_format, "CHUNK_BYTES", chunk_bytes)
    monkeypatch.setattr(zarr_format, "LEAST_ROWS", 16)
    study = study_of(keep=keep)
    found = files_in(streamed(study, tmp_path / "streamed"))
    assert found == files_in(written(study, tmp_path / "written"))
    assert chunk_bytes == 2**25 or keep == ("summary",) or any("/c/1" in name for name in found)
    assert store.status(tmp_path / "streamed").complete


def test_a_run_that_goes_on_is_streamed_too(tmp_path: Path) -> None:
    precise = ({"metric": "total_cost", "statistic": "mean", "relative_error": 1e-9},)
    study = simengine.compose(["portfolio=single_workload", "scenario=quiet_exit", "run.n_paths=40"])
    tree = study.canonical()
    tree["run"] |= {"precision": list(precise), "max_paths": 1100, "threads": 1}
    study = Study.from_mapping(tree)
    found = files_in(streamed(study, tmp_path / "streamed"))
    assert found == files_in(written(study, tmp_path / "written"))
    assert store.status(tmp_path / "streamed").facts["n_paths"] == 1100


@pytest.mark.parametrize("row_shape", [(), (3,), (2, 5), (0,)])
@pytest.mark.parametrize("dtype", [np.float64, np.int32])
@pytest.mark.parametrize("n_rows", [0, 1, 15, 16, 17, 127, 128, 129, 500])
def test_an_array_is_cut_where_the_format_says(
    n_rows: int,
    row_shape: tuple[int, ...],
    dtype: type,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(zarr_format, "CHUNK_BYTES", 1024)
    monkeypatch.setattr(zarr_format, "LEAST_ROWS", 4)
    monkeypatch.setattr(recording, "BUFFER_BYTES", 100)
    monkeypatch.setattr(recording, "BYTES_UNSYNCED", 300)
    array = np.arange(n_rows * int(np.prod(row_shape)), dtype=dtype).reshape(n_rows, *row_shape)
    with ThreadPoolExecutor(2) as pool:
        growing = GrowingArray(lambda: tmp_path, row_shape, np.dtype(dtype), pool)
        at = 0
        for size in (1, 7, 90, 3, 400, 500):
            growing.append(array[at : at + size])
            at = min(n_rows, at + size)
            np.testing.assert_array_equal(growing.rows()[:], array[:at])
        growing.finish()
    dims = ("path", "a", "b")[: array.ndim]
    metadata = zarr_format.array_metadata(array, dims, {})
    wanted = {key: b"".join(parts) for key, parts in zarr_format.chunks_of(array, metadata)}
    assert files_in(tmp_path) == wanted
    rows = growing.rows()
    np.testing.assert_array_equal(np.asarray(rows), array)
    np.testing.assert_array_equal(rows[n_rows // 3 : n_rows - 1], array[n_rows // 3 : n_rows - 1])
    some = np.arange(n_rows)[::3]
    np.testing.assert_array_equal(rows_at(rows, some), array[some])


def test_python_streams_to_a_folder_and_opens_it(tmp_path: Path) -> None:
    study = study_of(keep=("totals", "by_workload"))
    dataset = simengine.simulate(study, folder=tmp_path / "result")
    xr.testing.assert_identical(dataset.load(), simengine.simulate(study))
    assert store.status(tmp_path / "result").complete
    with pytest.raises(ConfigError, match="an existing result"):
        simengine.simulate(study, folder=tmp_path / "result")
    other = study.model_copy(update={"run": study.run.model_copy(update={"seed": 3})})
    again = simengine.simulate(other, folder=tmp_path / "result", overwrite=True)
    assert again.attrs["seed"] == 3
    assert [path.name for path in tmp_path.iterdir()] == ["result"]


def test_a_recorded_result_reads_like_one_in_memory(tmp_path: Path) -> None:
    study = study_of()
    result = play(study)
    with store.recording(tmp_path / "result") as into:
        recorded = play(study, into=into)
        store.complete(recorded, into)
    for name, array in result.arrays.items():
        assert isinstance(recorded.rows(name), StoredRows)
        assert recorded[name].tobytes() == array.tobytes()
    assert recorded.labels("path") == result.labels("path")
    assert dict(recorded.attrs) == dict(result.attrs)


def test_rows_are_read_again_from_a_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zarr_format, "CHUNK_BYTES", 2**10)
    monkeypatch.setattr(zarr_format, "LEAST_ROWS", 16)
    study = study_of()
    result = store.read_result(streamed(study, tmp_path / "result"))
    for name, array in play(study).arrays.items():
        rows = result.rows(name)
        np.testing.assert_array_equal(rows[20:90], array[20:90])
    assert percentiles_csv(summarise(result)) == percentiles_csv(summarise(play(study)))


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _no_room(*_: object) -> int:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _poisoned(*_: object, **__: object) -> None:
    raise InternalError("a kernel ended without a status")


@pytest.mark.parametrize(
    ("where", "name", "what", "raised"),
    [
        (engine, "run_block", _interrupt, KeyboardInterrupt),
        (engine, "run_block", _poisoned, InternalError),
        (recording.os, "fsync", _no_room, ConfigError),
        (recording.Recording, "append", _interrupt, KeyboardInterrupt),
        (recording._File, "write", _no_room, ConfigError),
        (store, "write_file", _no_room, ConfigError),
        (staging, "_take_place", _no_room, ConfigError),
        (simulation, "collect", _poisoned, InternalError),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_whatever_fails_leaves_nothing(
    where: object,
    name: str,
    what: Callable[..., object],
    raised: type[BaseException],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(where, name, what)
    with pytest.raises(raised, match="no room" if raised is ConfigError else None):
        simengine.simulate(study_of(keep=("totals",)), folder=tmp_path / "result")
    monkeypatch.undo()
    assert list(tmp_path.iterdir()) == []


def test_what_was_there_stays_when_a_run_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = files_in(streamed(study_of(keep=("totals",)), tmp_path / "result"))
    monkeypatch.setattr(recording._File, "write", _no_room)
    with pytest.raises(ConfigError, match="no room"):
        streamed(study_of(n_paths=301, keep=("totals",)), tmp_path / "result", overwrite=True)
    assert files_in(tmp_path / "result") == before
    assert [path.name for path in tmp_path.iterdir()] == ["result"]


def test_a_result_that_is_not_completed_does_not_appear(tmp_path: Path) -> None:
    with (
        pytest.raises(InternalError, match="before it was complete"),
        store.recording(tmp_path / "result") as into,
    ):
        play(study_of(keep=("totals",)), into=into)
    assert list(tmp_path.iterdir()) == []


def test_more_than_the_disk_holds_is_refused_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulation, "room", lambda folder: 300 * 17 * 8.0 - 1)
    monkeypatch.setattr(engine, "run_block", _poisoned)
    with pytest.raises(ConfigError, match="room for") as refused:
        simengine.simulate(study_of(keep=("totals",)), folder=tmp_path / "result")
    (problem,) = refused.value.problems
    assert problem.path == "run.keep"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_a_killed_run_leaves_nothing_that_looks_whole(tmp_path: Path) -> None:
    program = textwrap.dedent(f"""
        import os, signal
        from simengine.results import recording
        import simengine
        append, appended = recording.Recording.append, []
        def killed(self, name, rows):
            appended.append(name)
            if len(appended) > 20:
                self._growing[name]._flush()
                os.kill(os.getpid(), signal.SIGKILL)
            append(self, name, rows)
        recording.Recording.append = killed
        study = simengine.compose(["portfolio=single_workload", "run.n_paths=2000", "run.keep=totals"])
        simengine.simulate(study, folder={str(tmp_path / "result")!r})
    """)
    killed = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert not (tmp_path / "result").exists()
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".result.partial-")
    assert not store.status(left).complete


def test_a_truncated_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "c").write_bytes(b"\0" * 20)
    rows = StoredRows((3,), np.dtype(np.float64), 3, lambda k: tmp_path / "c")
    assert rows[0:2].tolist() == [0.0, 0.0]
    with pytest.raises(ConfigError, match="truncated"):
        rows[:]
    with pytest.raises(ValueError, match="steps of 2"):
        rows[::2]
