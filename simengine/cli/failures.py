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
        with _ended_by_signals():
            status = work()
        sys.stdout.flush()
    except _Terminated:
        complain("terminated (a result is written whole, or not at all)")
        return TERMINATED
    except KeyboardInterrupt:
        # One that passed through code in a string, which libraries run while imported, makes CPython end
        # the process by the signal, whatever its exit status; running some other such code takes that back.
        exec("pass")
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


_ENDS: dict[int, type[BaseException]] = {signal.SIGINT: KeyboardInterrupt, signal.SIGTERM: _Terminated}
_asked: list[int] = []


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let SIGTERM end the work like an interrupt, so that what it was writing is removed."""

    def end(number: int, _: object) -> None:
        _asked.append(number)
        raise _ENDS[number]

    _asked.clear()
    try:
        before = {number: signal.signal(number, end) for number in _ENDS}
    except ValueError:  # not the main thread: who started it handles signals
        yield
        return
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def end_if_asked() -> None:
    """End where a signal's exception was lost: Python drops those that come while it calls a finaliser."""
    if _asked:
        raise _ENDS[_asked[-1]]


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
