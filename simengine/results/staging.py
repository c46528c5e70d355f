"""A folder that appears whole or not at all: written beside, made durable, renamed last."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from simengine.model.errors import ConfigError, Problem
from simengine.results.manifest import FileRecord, is_result

FIELD = "output.dir"
SYNCING_THREADS = 8


def check_destination(folder: Path, *, overwrite: bool = False) -> None:
    """Raise ConfigError if a result could not be written there; worth asking before hours of simulation.

    Missing parents are made. An existing folder is accepted if it is empty or, with `overwrite`, if it holds
    a result: whatever else lies there is never removed.
    """
    with told_of(folder):
        _refuse_occupied(folder, overwrite)
        folder.parent.mkdir(parents=True, exist_ok=True)
        probe = _beside(folder, "probe")
        probe.mkdir()
        probe.rmdir()


@contextmanager
def staged(folder: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """A new folder beside `folder`, which takes its place when the block ends well and is removed otherwise.

    Whatever writes into it does so within `told_of(folder)`.

    Raises
    ------
    ConfigError
        If the destination is occupied or cannot be written; nothing is left behind.
    """
    with told_of(folder):
        _refuse_occupied(folder, overwrite)
    staging = _beside(folder, "partial")
    try:
        with told_of(folder):
            folder.parent.mkdir(parents=True, exist_ok=True)
            staging.mkdir()
        yield staging
        with told_of(folder):
            _sync_folders(staging)
            _take_place(staging, folder, overwrite)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


@contextmanager
def told_of(folder: Path) -> Iterator[None]:
    """Make what the disk refuses a ConfigError about the folder of the result."""
    try:
        yield
    except OSError as error:
        raise ConfigError([_problem(folder, error)]) from error


def write_file(file: Path, buffers: Iterable[Any]) -> FileRecord:
    """Write buffers one after another and force them to the disk; the file's parents are made."""
    file.parent.mkdir(parents=True, exist_ok=True)
    content, n_bytes = hashlib.sha256(), 0
    with file.open("xb", buffering=0) as stream:
        for buffer in buffers:
            rest = memoryview(buffer)
            content.update(rest)
            n_bytes += rest.nbytes
            while rest.nbytes:
                rest = rest[stream.write(rest) or 0 :]
        os.fsync(stream.fileno())
    return FileRecord(n_bytes, content.hexdigest())


def _refuse_occupied(folder: Path, overwrite: bool) -> None:
    if not os.path.lexists(folder):
        return
    if not folder.is_dir() or folder.is_symlink():
        _refuse(folder, "something that is no folder", "choose another output.dir")
    # A slip such as output.dir=. must cost nobody their files: only results are ever replaced.
    if Path.cwd().is_relative_to(folder.resolve()):
        _refuse(folder, "the folder that you are in, or one around it", "name a folder in it")
    if not any(folder.iterdir()):
        return
    if not is_result(folder):
        arrived = "an existing folder whose files are no result of simengine"
        _refuse(folder, arrived, "choose another output.dir; output.overwrite replaces results only")
    if not overwrite:
        remedy = "choose another output.dir, or allow it with output.overwrite=true"
        _refuse(folder, "an existing result", remedy)


def _refuse(folder: Path, arrived: str, remedy: str) -> NoReturn:
    allowed = "a folder that does not exist yet, or an empty one"
    raise ConfigError([Problem(FIELD, arrived, allowed, remedy, str(folder))])


def _take_place(staging: Path, folder: Path, overwrite: bool) -> None:
    """Rename; what is overwritten is moved aside first and removed last, so that one of the two is there."""
    old = _beside(folder, "replaced")
    if overwrite and folder.exists():
        folder.rename(old)
        try:
            staging.rename(folder)
        except OSError:
            old.rename(folder)
            raise
        shutil.rmtree(old, ignore_errors=True)
    else:
        if folder.exists():
            folder.rmdir()  # empty, or this fails
        staging.rename(folder)
    _sync(folder.parent)


def _beside(folder: Path, purpose: str) -> Path:
    """A name of our own in the same folder, hence on the same disk: a rename there is atomic."""
    return folder.with_name(f".{folder.name}.{purpose}-{os.getpid()}-{time.time_ns()}")


def _sync_folders(root: Path) -> None:
    """On several threads: the disk takes what waits for it in one go."""
    with ThreadPoolExecutor(SYNCING_THREADS) as pool:
        # As a list, so that what the disk refuses is raised.
        list(pool.map(_sync, [Path(folder) for folder, _, _ in os.walk(root)]))


def _sync(folder: Path) -> None:
    """Make the names in a folder durable, where the system lets folders be opened (Windows does not)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _problem(folder: Path, error: OSError) -> Problem:
    reason = error.strerror or str(error)
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return Problem(
            FIELD,
            f"no room for the result ({reason})",
            "a disk with room for all that run.keep retains",
            "free some room, choose another output.dir, or keep less",
            str(folder),
        )
    return Problem(
        FIELD,
        f"the folder cannot be written ({reason})",
        "a folder that this user may write to",
        "choose another output.dir, or mend its permissions",
        str(folder),
    )
