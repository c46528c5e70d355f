"""A configuration folder of one's own, and what composing it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from simengine.config.composition import Composition, compose_tree
from simengine.model.errors import ConfigError, Problem

Files = Mapping[str, str]


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[Files], Path]:
    """Writes files, by name without .yaml, into a folder."""

    def write(files: Files) -> Path:
        (tmp_path / "own").mkdir(exist_ok=True)
        for name, text in files.items():
            path = tmp_path / "own" / (name if "." in name.rpartition("/")[2] else f"{name}.yaml")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text), "utf-8")
        return tmp_path / "own"

    return write


@pytest.fixture
def composed(folder: Callable[[Files], Path]) -> Callable[..., Composition]:
    def compose(files: Files, *overrides: str) -> Composition:
        return compose_tree(overrides, folder(files))

    return compose


@pytest.fixture
def refused(folder: Callable[[Files], Path]) -> Callable[..., list[Problem]]:
    """The problems of a study, composed and validated."""

    def problems(files: Files, *overrides: str) -> list[Problem]:
        with pytest.raises(ConfigError) as caught:
            compose_tree(overrides, folder(files) if files else None).study()
        found = list(caught.value.problems)
        assert all(problem.arrived and problem.allowed and problem.remedy for problem in found)
        return found

    return problems
