"""Where results go: `output.dir`, or a folder of their own that no other run has."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from simengine.model.errors import ConfigError, Problem

RUNS = "outputs"
SWEEPS = "multirun"
# To the microsecond: two runs begun within a second must not meet in one folder.
STAMP = "%Y-%m-%d_%H-%M-%S-%f"

_PATTERN = re.compile(r"\$\{\s*(now|hydra)?\s*:?\s*([^}]*)\}")


def result_folder(written: str | None, *names: str) -> Path:
    """The folder of a run: as `output.dir` says, or named by the time and the names given."""
    if written:
        return Path(expanded(written)).expanduser()
    return Path(RUNS) / "_".join([datetime.now().strftime(STAMP), *map(as_file_name, names)])


def sweep_folder(written: str | None) -> Path:
    """The folder that holds the folders of a sweep's runs."""
    if written:
        return Path(expanded(written)).expanduser()
    return Path(SWEEPS) / datetime.now().strftime(STAMP)


def expanded(written: str, number: int = 0, overrides: str = "") -> str:
    """A folder's name with what Hydra's `${now:...}` and `${hydra.job...}` stand for in it."""

    def value(found: re.Match[str]) -> str:
        resolver, argument = found[1], found[2].removeprefix(".").strip()
        if resolver == "now":
            return datetime.now().strftime(argument)
        if resolver == "hydra" and argument in ("job.num", "job.id"):
            return str(number)
        if resolver == "hydra" and argument == "job.override_dirname":
            return as_file_name(overrides)
        allowed = "${now:FORMAT}, ${hydra.job.num} or ${hydra.job.override_dirname}"
        raise ConfigError([Problem("output.dir", found[0], allowed, "write the name of a folder")])

    return _PATTERN.sub(value, written)


def as_file_name(name: str) -> str:
    """A name as part of a folder's name, whatever is in it."""
    return re.sub(r"[^\w.,=+-]+", "_", name).strip(".")[:80] or "_"
