"""From what goes wrong to an exit status and one clear message."""

from __future__ import annotations

import errno
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from simengine.model.errors import InternalError, SimengineError

SUCCESS = 0
OUR_FAULT = 1
USERS_MISTAKE = 2
INTERRUPTED = 130
TERMINATED = 143
# What the machine refuses to any program: neither the study's fault nor ours.
SURROUNDINGS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO)


def guarded(work: Callable[[], int]) -> int:
    """The exit status of some work, whatever becomes of it."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError):
            # A terminal that cannot show a letter is no reason to stop.
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        with _ended_by_termination():
            status = work()
        sys.stdout.flush()
    except _Terminated:
        complain("terminated (a result is written whole, or not at all)")
        return TERMINATED
    except KeyboardInterrupt:
        complain("interrupted (a result is written whole, or not at all)")
        return INTERRUPTED
    except BrokenPipeError:
        _be_silent()
        return SUCCESS
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else SUCCESS if left.code is None else USERS_MISTAKE
    except Exception as failed:
        return explain(failed)
    return status


class _Terminated(BaseException):
    """The system asked the process to end, as batch systems do when its time is over."""


@contextmanager
def _ended_by_termination() -> Iterator[None]:
    """Let SIGTERM end the work like an interrupt, so that what it was writing is removed."""

    def end(*_: object) -> None:
        raise _Terminated

    try:
        before = signal.signal(signal.SIGTERM, end)
    except ValueError:  # not the main thread: who started it handles signals
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def explain(failed: Exception) -> int:
    """Say what went wrong; the exit status that goes with it."""
    if isinstance(failed, MemoryError):
        complain("not enough memory: lower run.n_paths, or keep less of each path (run.keep)")
        return USERS_MISTAKE
    if isinstance(failed, OSError) and failed.errno in SURROUNDINGS:
        where = f"{failed.filename}: " if failed.filename else "the output cannot be written: "
        complain(f"{where}{failed.strerror} (free some room, or mend the permissions)")
        return USERS_MISTAKE
    if isinstance(failed, SimengineError) and not isinstance(failed, InternalError):
        complain(str(failed))
        return USERS_MISTAKE
    if isinstance(failed, InternalError):
        complain(str(failed))
    else:
        traceback.print_exception(failed)
        complain(str(InternalError(f"{type(failed).__name__}: {failed}")))
    return OUR_FAULT


def say(message: str = "") -> None:
    """Print a line; nobody reading it is no reason to stop."""
    try:
        print(message, flush=True)
    except BrokenPipeError:
        _be_silent()


def complain(message: str) -> None:
    print(f"simengine: {message}", file=sys.stderr, flush=True)


def _be_silent() -> None:
    """Whoever reads our output has had enough. Python would complain again when it closes stdout."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
