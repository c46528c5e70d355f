"""The registry is complete, and docs/results.md says the same."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from simengine.model.run import Keep
from simengine.results.variables import CURRENCY, DIMENSIONS, VARIABLES, Variable, kept

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "results.md"


def row(variable: Variable) -> str:
    unit = "portfolio's currency" if variable.unit == CURRENCY else variable.unit
    dims = ", ".join(variable.dims)
    return f"| `{variable.name}` | {dims} | {variable.dtype} | {unit} | {variable.meaning} |"


@pytest.mark.parametrize("variable", VARIABLES.values(), ids=list(VARIABLES))
def test_every_variable_is_documented_as_it_is(variable: Variable) -> None:
    assert row(variable) in DOCUMENT.read_text("utf-8")


@pytest.mark.parametrize("variable", VARIABLES.values(), ids=list(VARIABLES))
def test_entries_are_sound(variable: Variable) -> None:
    assert variable.keep in get_args(Keep)
    assert set(variable.dims) <= set(DIMENSIONS)
    assert variable.long_name
    assert variable.meaning
    assert variable.dtype in (np.float64, np.int64, np.int32)


def test_every_keep_retains_something() -> None:
    for keep in get_args(Keep):
        assert kept([keep]), keep
    assert "occurrence_strategy" not in [variable.name for variable in kept(["occurrences"])]
    assert "occurrence_strategy" in [variable.name for variable in kept(["occurrences"], compared=True)]
