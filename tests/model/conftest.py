"""The study of the model page as a tree, and ways to spoil it."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from simengine.model.errors import ConfigError, Problem
from simengine.model.study import Study

Tree = dict[str, Any]
Spoil = Callable[[Tree], dict[str, Problem]]

STUDY = yaml.safe_load((Path(__file__).parent / "model_page_study.yaml").read_text("utf-8"))


def put(tree: Tree, place: str, value: Any) -> None:
    """Sets `tree` at `a/b/0/c`; the position after the last appends."""
    node: Any = tree
    heads: list[Any]
    last: Any
    *heads, last = (int(part) if part.isdecimal() else part for part in place.split("/"))
    for part in heads:
        node = node.setdefault(part, {}) if isinstance(node, dict) else node[part]
    if isinstance(node, list) and last == len(node):
        node.append(value)
    else:
        node[last] = value


@pytest.fixture
def tree() -> Tree:
    """The study of section 10 of the model page, to be changed at will."""
    return copy.deepcopy(STUDY)


@pytest.fixture
def spoil(tree: Tree) -> Spoil:
    """Makes changes, given by their places, and returns the problems by their paths."""

    def problems(changes: Tree) -> dict[str, Problem]:
        for place, value in changes.items():
            put(tree, place, value)
        with pytest.raises(ConfigError) as refused:
            Study.from_mapping(tree)
        found = refused.value.problems
        assert all(problem.arrived and problem.allowed and problem.remedy for problem in found)
        assert len({problem.path for problem in found}) == len(found), "each place once"
        return {problem.path: problem for problem in found}

    return problems


@pytest.fixture
def accept(tree: Tree) -> Callable[[Tree], Study]:
    """Makes changes, given by their places, that leave the study valid."""

    def study(changes: Tree) -> Study:
        for place, value in changes.items():
            put(tree, place, value)
        return Study.from_mapping(tree)

    return study
