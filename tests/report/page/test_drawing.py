"""What the page draws, where it must not lie on something else or be cut off."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simengine.estimators import Estimate, mean
from simengine.report.charts.distribution import distribution
from simengine.report.charts.waterfall import Step, Waterfall
from simengine.report.page.blocks import Chart
from simengine.report.page.drawing import distribution as spread
from simengine.report.page.drawing import waterfall


def names_of(chart: Chart) -> dict[str, dict[str, Any]]:
    return {note["text"]: note for note in chart.spec["layout"]["annotations"]}


def certain(value: float, half: float) -> Estimate:
    return Estimate(value, half / 1.96, value - half, value + half)


def drawn(values: np.ndarray) -> dict[str, dict[str, Any]]:
    return names_of(spread.draw(distribution(values), "total cost", "USD", "id", "@cost"))


def test_quantiles_apart_have_names_of_their_own() -> None:
    values = np.random.default_rng(1).normal(1e6, 2e5, 2000)
    assert set(drawn(values)) == {"mean", "P5", "P50", "P95"}


def test_quantiles_that_would_lie_on_one_another_have_one_name() -> None:
    rng = np.random.default_rng(1)
    values = np.where(rng.random(2000) < 0.8, rng.uniform(900.0, 1000.0, 2000), rng.uniform(0.0, 1e6, 2000))
    found = drawn(values)
    assert set(found) == {"mean", "P5, P50", "P95"}
    assert found["P5, P50"]["x"] < found["mean"]["x"]


@pytest.mark.parametrize("change", [3e5, -3e5])
def test_error_bars_of_a_waterfall_and_their_labels_are_within_the_axis(change: float) -> None:
    """A step, and an error as large: its bar ends far beyond every level."""
    start, half = 1e6, 4e5
    end = Step("mean", mean(np.full(10, start + change)), is_level=True)
    steps = [
        Step("planned cost", certain(start, 1e3), is_level=True),
        Step("exit", certain(change, half)),
        end,
    ]
    chart = waterfall.draw(Waterfall(steps, [], 10), "USD", "id")
    low, high = chart.spec["layout"]["xaxis"]["range"]
    (bar,) = (trace for trace in chart.spec["data"] if trace["type"] == "bar")
    reached, error = bar["base"][0] + bar["x"][0], bar["error_x"]["array"][0]
    assert low < reached - error
    label = next(note for note in chart.spec["layout"]["annotations"] if note["y"] == 1)
    assert reached + error <= label["x"] < low + 0.85 * (high - low)
