"""Lives compile in another process beside the rest, which is never worse than in this one."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simengine.engine import beside

RUN = """
import simengine
from simengine.engine import beside, blocks
study = simengine.compose(["run.n_paths=3", "run.threads={threads}"])
if {command}:
    beside._command = lambda: {command}
print(simengine.simulate(study).attrs["result_hash"])
for kernel in (blocks.play_block, blocks.draw_occurrences):
    print(sum(kernel.stats.cache_hits.values()))
"""


def run(tmp_path: Path, threads: int, command: list[str] | None = None) -> list[str]:
    """The result's hash, and which kernels were loaded: of lives and of occurrences."""
    script = RUN.format(threads=threads, command=command)
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.compiled
def test_lives_are_compiled_beside_the_rest(tmp_path):
    hash_beside, *loaded = run(tmp_path, threads=2)
    assert loaded == ["1", "0"], "lives come from the cache, where another process put them"
    assert run(tmp_path, threads=2) == [hash_beside, "1", "1"]


@pytest.mark.compiled
def test_a_process_that_fails_costs_nothing_but_time(tmp_path):
    _, *loaded = run(tmp_path, threads=2, command=[sys.executable, "-c", "raise SystemExit(1)"])
    assert loaded == ["0", "0"]


@pytest.fixture
def never_ends(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """What was started that would compile for ever, where nothing is kept."""
    started: list[subprocess.Popen[bytes]] = []

    class Watched(subprocess.Popen[bytes]):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Watched)
    monkeypatch.setattr(beside, "is_kept", lambda: False)
    monkeypatch.setattr(beside, "cache_folder", lambda: Path("somewhere"))
    monkeypatch.setattr(beside, "_command", lambda: [sys.executable, "-c", "import time; time.sleep(600)"])
    return started


def test_the_process_does_not_outlive_the_run(never_ends):
    begin = time.monotonic()
    with pytest.raises(KeyboardInterrupt), beside.lives_compiled_beside(2):
        raise KeyboardInterrupt
    (process,) = never_ends
    assert process.returncode is not None
    assert time.monotonic() - begin < 300


def test_patience_ends(never_ends, monkeypatch):
    monkeypatch.setattr(beside, "PATIENCE", 0.01)
    with beside.lives_compiled_beside(2) as wait:
        wait()
        assert never_ends[0].returncode is None


@pytest.mark.parametrize("why", ["one processor", "kept", "no cache", "no interpreter", "no such program"])
def test_there_are_reasons_to_compile_alone(never_ends, monkeypatch, why):
    if why == "kept":
        monkeypatch.setattr(beside, "is_kept", lambda: True)
    if why == "no cache":
        monkeypatch.setattr(beside, "cache_folder", lambda: None)
    if why == "no interpreter":
        monkeypatch.setattr(sys, "executable", "")
    if why == "no such program":
        monkeypatch.setattr(beside, "_command", lambda: ["there-is-no-such-program"])
    with beside.lives_compiled_beside(1 if why == "one processor" else 2) as wait:
        wait()
    assert not never_ends
