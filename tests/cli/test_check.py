"""`simengine check`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Said

Run = Callable[..., Said]


@pytest.mark.compiled
def test_it_tells_what_a_scenario_implies_and_writes_nothing(simengine: Run, here: Path) -> None:
    said = simengine("check", "portfolio=single_workload", "scenario=licensing_shift")
    assert said.status == 0, said.err
    assert "valid" in said.out
    for word in (
        "licensing_shift",
        "chance",
        "expected number",
        "Cost of one occurrence",
        "Disruption exposure",
        "P95",
    ):
        assert word in said.out
    assert "hazard.rate" in said.out
    assert "mixed" in said.out
    assert "open_weight_flagship_gating_hazard: https://" in said.out
    assert list(here.iterdir()) == []


def test_a_scenario_without_drivers(simengine: Run) -> None:
    said = simengine("check", "portfolio=single_workload", "scenario=baseline")
    assert said.status == 0
    assert "nothing happens" in said.out


def test_an_invalid_study(simengine: Run) -> None:
    said = simengine("check", "run.n_paths=0", "output.overwrite=maybe")
    assert said.status == 2
    assert "run.n_paths" in said.err


def test_the_output_is_checked_too(simengine: Run) -> None:
    assert "output.overwrite" in simengine("check", "output.overwrite=maybe").err
