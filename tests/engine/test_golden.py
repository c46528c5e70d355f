"""Results are those that were frozen in golden.json; see golden.py for how to make them anew."""

from __future__ import annotations

import json

import pytest

from tests.engine import golden

pytestmark = pytest.mark.compiled


@pytest.mark.parametrize("name", golden.NAMES)
def test_a_frozen_result(name):
    frozen = json.loads(golden.FILE.read_text("utf-8"))[name]
    arrived = golden.hashes(name)
    changed = [variable for variable in golden.VARIABLES if arrived[variable] != frozen[variable]]
    same = "the same" if arrived["configuration"] == frozen["configuration"] else "another"
    remedy = "if the numbers are meant to change: python -m tests.engine.golden"
    assert not changed, f"{changed} of {same} configuration; {remedy}"
