"""Exit statuses, and what is said of each kind of failure."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from simengine.cli.failures import guarded
from simengine.cli.output_folder import as_file_name, expanded
from simengine.cli.progress import progress_bar
from simengine.model.errors import ConfigError, InternalError, Problem


def failing(error: BaseException) -> int:
    def work() -> int:
        raise error

    return guarded(work)


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (ConfigError([Problem("run.seed", "-1", "0 or more", "write 0")]), 2, "run.seed"),
        (InternalError("NaN in total_cost"), 1, "Please report"),
        (ZeroDivisionError("division by zero"), 1, "ZeroDivisionError: division by zero"),
        (MemoryError(), 2, "run.keep"),
        (OSError(errno.ENOSPC, "No space left on device"), 2, "the output cannot be written: No space left"),
        (OSError(errno.EACCES, "Permission denied", "x.yaml"), 2, "x.yaml: Permission denied"),
        (FileNotFoundError(errno.ENOENT, "No such file", "kernel.py"), 1, "Please report"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_the_status_of_a_failure(
    error: BaseException, status: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert failing(error) == status
    message = capsys.readouterr().err
    assert said in message
    assert ("Traceback" in message) == isinstance(error, ZeroDivisionError | FileNotFoundError)


def test_success_and_exits_pass_through() -> None:
    assert guarded(lambda: 0) == 0
    assert failing(SystemExit(2)) == 2
    assert failing(SystemExit(None)) == 0


def test_names_of_folders() -> None:
    assert as_file_name("../a b/ü") == "_a_b_ü"
    assert as_file_name("..") == "_"
    assert as_file_name("x" * 500) == "x" * 80
    assert expanded("r/${hydra:job.num}-${hydra.job.num}", 3) == "r/3-3"
    with pytest.raises(ConfigError):
        expanded("${oc.env:HOME}")


def test_no_progress_bar_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar("simulating") as progress:
        progress(1, 2)
    assert capsys.readouterr().err == ""


def test_an_interrupt_within_code_in_a_string_has_its_exit_status(tmp_path: Path) -> None:
    """CPython would end a module that is run by the signal, though the interrupt was met."""
    code = (
        "from simengine.cli.failures import guarded\n"
        "raise SystemExit(guarded(lambda: exec('raise KeyboardInterrupt')))\n"
    )
    (tmp_path / "interrupted.py").write_text(code)
    done = subprocess.run([sys.executable, "-m", "interrupted"], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, "interrupted" in done.stderr) == (130, True)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_whose_exception_was_lost_ends_the_work_all_the_same(number: int, status: int) -> None:
    def work() -> int:
        with suppress(BaseException):
            os.kill(os.getpid(), number)
            time.sleep(10)
        with progress_bar("simulating") as progress:
            progress(1, 2)
        return 0

    assert guarded(work) == status
