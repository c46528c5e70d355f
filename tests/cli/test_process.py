"""The command as a process of its own: entry points, signals, and what is imported."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simengine.results.store import status

HEAVY = {"numba", "llvmlite", "xarray", "pandas", "zarr"}


def start(*arguments: str, cwd: Path, **variables: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "simengine", *arguments],
        cwd=cwd,
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell that starts us in the background has its children ignore interrupts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def test_a_mistake_ends_with_2_and_one_message(tmp_path: Path) -> None:
    process = start("run", "scenario=quiet_exxit", cwd=tmp_path)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert out == ""
    assert "did you mean quiet_exit?" in err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "exit_status", "said"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")],
)
@pytest.mark.parametrize("is_writing", [False, True], ids=["early", "while it writes"])
def test_an_interrupt_leaves_nothing_that_looks_whole(
    number: int, exit_status: int, said: str, is_writing: bool, tmp_path: Path
) -> None:
    process = start("run", "run.n_paths=3e7", "run.keep=totals", "output.dir=x", cwd=tmp_path)
    deadline = time.monotonic() + 200.0
    while not list(tmp_path.glob(".x.partial-*" + is_writing * "/data.zarr/total_cost/c/0")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(number)
    try:
        _, err = process.communicate(timeout=120)
    finally:
        process.kill()
    assert process.returncode == exit_status
    assert said in err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_had_enough_is_no_failure(tmp_path: Path) -> None:
    script = f"{sys.executable} -m simengine run --cfg job | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", script], cwd=tmp_path, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        (["--help"], {}),
        (["run", "--help"], {}),
        (["-sc", "query=bash"], {"COMP_LINE": "simengine run portfolio=enterprise run.s"}),
        (["run", "--cfg", "job"], {}),
        (["status", "x"], {}),
    ],
)
def test_what_must_be_quick_imports_nothing_heavy(
    arguments: list[str], variables: dict[str, str], tmp_path: Path
) -> None:
    assert not HEAVY & loaded(*arguments, cwd=tmp_path, **variables)


@pytest.mark.compiled
def test_check_asked_again_imports_nothing_heavy(tmp_path: Path) -> None:
    """What the study implies was sampled the first time, which takes kernels, and is kept."""
    asked = ("check", "portfolio=single_workload", "run.seed=20260305")
    loaded(*asked, cwd=tmp_path)
    assert not (HEAVY | {"numpy", "scipy"}) & loaded(*asked, cwd=tmp_path)


def loaded(*arguments: str, cwd: Path, **variables: str) -> set[str]:
    """The modules that a command has imported when it ends."""
    code = (
        "import sys; from simengine.cli import main; main(sys.argv[1:]);"
        "print('LOADED', *sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=cwd, env={**os.environ, **variables}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return set(done.stderr.partition("LOADED")[2].split())


def test_the_console_script(tmp_path: Path) -> None:
    script = Path(sys.executable).with_name("simengine")
    if not script.exists():
        pytest.skip("simengine is not installed beside this interpreter")
    subprocess.run(
        [script, "run", "portfolio=single_workload", "run.n_paths=5", "output.dir=x"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    assert status(tmp_path / "x").complete


def test_bash_completes(tmp_path: Path) -> None:
    command = tmp_path / "simengine"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m simengine "$@"\n')
    command.chmod(0o755)
    script = """
        PATH=$PWD:$PATH
        eval "$(simengine -sc install=bash)"
        COMP_LINE="simengine run scenario=claim_h" COMP_POINT=30 COMP_CWORD=2
        hydra_bash_completion
        echo "${COMPREPLY[@]}"
    """
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "scenario=claim_holds"


def test_the_end_goes_through_no_garbage(tmp_path: Path) -> None:
    """Else every object of every library is visited several times more, for a tenth of a second."""
    code = (
        "import atexit, gc, sys; from simengine.cli import main;"
        "atexit.register(lambda: print('LEFT', len(gc.get_objects())));"
        "main(['--help']); print('KEPT', len(gc.get_objects()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    kept, left = (int(done.stdout.partition(word)[2].split()[0]) for word in ("KEPT", "LEFT"))
    assert kept > 1000 > left


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="asks the system for threads")
def test_nothing_waits_at_full_speed(tmp_path: Path) -> None:
    """NumPy's linear algebra would have a thread for each further processor."""
    code = (
        "import os; from simengine.cli import main;"
        "main(['run', 'portfolio=single_workload', 'run.n_paths=5', 'output.dir=x']);"
        "print('THREADS', len(os.listdir('/proc/self/task')))"
    )
    variables = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=variables, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "THREADS 1"
