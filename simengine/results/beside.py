"""Further files beside a result: all of them or none, and nothing that exists is replaced unasked."""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from simengine.model.errors import ConfigError, Problem

FIELD = "report"


@contextmanager
def staged_beside(folder: Path, names: Sequence[str], *, overwrite: bool = False) -> Iterator[Path]:
    """A folder to write files of these names into; they move into `folder` when the block ends well.

    Raises
    ------
    ConfigError
        If one of them exists and may not be replaced, the folder cannot be written, or the disk is full.
        Then nothing has moved, and what was there is as it was.
    """
    staging = _hidden(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _refuse_occupied(folder, names, overwrite)
        staging.mkdir()
        yield staging
        for name in names:
            _force_to_disk(staging / name)
        _refuse_occupied(folder, names, overwrite)
        for name in names:
            (staging / name).replace(folder / name)
    except OSError as error:
        raise ConfigError([_problem(folder, error)]) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _refuse_occupied(folder: Path, names: Sequence[str], overwrite: bool) -> None:
    there = [name for name in names if os.path.lexists(folder / name)]
    kinds = [(name, "something that is no file") for name in there if not (folder / name).is_file()]
    if not overwrite:
        kinds += [(name, "a file that is there already") for name in there if (folder / name).is_file()]
    if not kinds:
        return
    allowed = "a name that is free, or a report that may be replaced"
    remedy = "move it away, write the reports elsewhere (--into FOLDER), or replace it (--overwrite)"
    raise ConfigError(
        [Problem(FIELD, arrived, allowed, remedy, str(folder / name)) for name, arrived in kinds]
    )


def _hidden(folder: Path) -> Path:
    """A folder of our own within, hence on the same disk: a rename there is atomic."""
    return folder / f".report.partial-{os.getpid()}-{time.time_ns()}"


def _force_to_disk(file: Path) -> None:
    with file.open("rb+") as stream:
        os.fsync(stream.fileno())


def _problem(folder: Path, error: OSError) -> Problem:
    reason = error.strerror or str(error)
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        remedy = "free some room, or write the reports elsewhere: simengine report RESULT --into FOLDER"
        return Problem(FIELD, f"no room for the reports ({reason})", "a disk with room", remedy, str(folder))
    return Problem(
        FIELD,
        f"the folder cannot be written ({reason})",
        "a folder that this user may write to",
        "mend its permissions, or write the reports elsewhere: simengine report RESULT --into FOLDER",
        str(folder),
    )
