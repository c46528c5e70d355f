"""The command line in this process: arguments in, exit status and output out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from simengine.cli import main

SMALL = ("portfolio=single_workload", "scenario=claim_fails", "run.n_paths=8")


class Said(NamedTuple):
    status: int
    out: str
    err: str


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def simengine(here: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    def run(*arguments: str) -> Said:
        status = main(arguments)
        said = capfd.readouterr()
        assert "Traceback" not in said.err or status == 1
        return Said(status, said.out, said.err)

    return run
