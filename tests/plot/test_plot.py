"""`simengine.plot`: axes with the numbers of the result on them, and refusals that say what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import matplotlib
import numpy as np
import pytest

import simengine.plot
from simengine.model.errors import ConfigError
from simengine.results.dataset import Result
from tests.report.page.hostile import hostile_comparison, hostile_result
from tests.results.synthetic import small_comparison, small_result

OF_A_RUN: list[Callable[..., Any]] = [
    simengine.plot.concentration, simengine.plot.distribution, simengine.plot.exceedance, simengine.plot.fan,
    simengine.plot.heatmap, simengine.plot.waterfall, simengine.plot.years,
]  # fmt: skip


@pytest.fixture(autouse=True)
def no_window() -> Iterator[None]:
    from matplotlib import pyplot

    before = matplotlib.get_backend()
    pyplot.switch_backend("agg")
    yield
    pyplot.close("all")
    pyplot.switch_backend(before)


def drawn(axes: Any) -> None:
    """Texts are laid out when they are drawn, and a wrong one is found then."""
    axes.figure.draw_without_rendering()


@pytest.fixture(scope="module")
def result() -> Result:
    return small_result()


@pytest.mark.parametrize("draw", OF_A_RUN, ids=lambda draw: draw.__name__)
def test_it_draws_a_dataset_or_a_result_on_axes(draw: Callable[..., Any], result: Result) -> None:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    made = draw(result.to_dataset())
    assert isinstance(made, Axes)
    drawn(made)
    own = Figure().subplots()
    assert draw(result, ax=own) is own
    named = own.get_xlabel() + own.get_ylabel() + own.get_title(loc="left")
    assert named
    assert len(own.lines) + len(own.patches) + len(own.collections) + len(own.images) > 0


@pytest.mark.parametrize("draw", OF_A_RUN, ids=lambda draw: draw.__name__)
def test_one_strategy_of_a_comparison_is_named(draw: Callable[..., Any]) -> None:
    compared = small_comparison()
    draw(compared, strategy="pause")
    if draw is not simengine.plot.exceedance:
        with pytest.raises(ConfigError, match="proceed, pause, idle"):
            draw(compared)
    with pytest.raises(ConfigError, match="panic"):
        draw(compared, strategy="panic")


@pytest.mark.parametrize("draw", OF_A_RUN, ids=lambda draw: draw.__name__)
def test_what_was_not_kept_is_named(draw: Callable[..., Any]) -> None:
    nothing = small_result(keep=["by_component"])
    with pytest.raises(ConfigError) as refused:
        draw(nothing)
    assert "run.keep" in str(refused.value)


def test_a_metric_that_is_none_is_refused(result: Result) -> None:
    with pytest.raises(ConfigError, match="total_cost_pv"):
        simengine.plot.distribution(result, "total_costs")


@pytest.mark.parametrize("draw", OF_A_RUN, ids=lambda draw: draw.__name__)
def test_names_are_texts(draw: Callable[..., Any]) -> None:
    """A dollar in a name begins no formula, and nothing else in it means anything."""
    drawn(draw(hostile_result()))


def test_strategies_have_ranges_and_differences() -> None:
    compared = small_comparison()
    axes = simengine.plot.strategies(compared)
    assert [text.get_text() for text in axes.get_yticklabels()] == ["proceed", "pause", "idle"]
    axes = simengine.plot.strategies(compared, baseline="pause", difference=True)
    assert [text.get_text() for text in axes.get_yticklabels()] == ["proceed", "idle"]
    assert "less that of pause" in axes.get_xlabel()
    drawn(simengine.plot.strategies(hostile_comparison()))
    with pytest.raises(ConfigError, match="panic"):
        simengine.plot.strategies(compared, baseline="panic")
    with pytest.raises(ConfigError, match="a comparison"):
        simengine.plot.strategies(small_result())


def test_a_comparison_has_a_curve_for_each_strategy() -> None:
    compared = small_comparison()
    axes = simengine.plot.exceedance(compared, log=False)
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["proceed", "pause", "idle"]
    assert axes.get_yscale() == "linear"


def divisor(label: str) -> float:
    """What an axis' numbers are in, from its label."""
    return next(factor for word, factor in (("million", 1e6), ("thousand", 1e3)) if word in label)


def test_an_exceedance_curve_has_the_shares_of_the_paths(result: Result) -> None:
    axes = simengine.plot.exceedance(result)
    factor = divisor(axes.get_xlabel())
    x, y = (np.asarray(data, dtype=float) for data in axes.lines[0].get_data())
    assert len(x) > 50
    for at, percent in list(zip(x, y, strict=True))[::20]:
        # A value of a path may have lost its last digit on the way to the axis: one path more or less.
        assert percent == pytest.approx(100.0 * np.mean(result["total_cost"] > at * factor), abs=0.21)


def test_a_fan_ends_at_the_quantiles_of_the_total(result: Result) -> None:
    axes = simengine.plot.fan(result)
    ends = np.quantile(result["total_cost_by_period"].sum(axis=1), [0.5], method="inverted_cdf")
    median = next(line for line in axes.lines if line.get_label() == "median")
    last = float(np.asarray(median.get_ydata())[-1])
    assert last * divisor(axes.get_ylabel()) == pytest.approx(ends[0])


def test_a_waterfall_is_told_to_a_quantile(result: Result) -> None:
    axes = simengine.plot.waterfall(result, 0.95)
    assert axes.get_yticklabels()[-1].get_text() == "P95"
    with pytest.raises(ConfigError, match=r"0\.95"):
        simengine.plot.waterfall(result, 95)


def test_matplotlib_is_asked_for(monkeypatch: pytest.MonkeyPatch, result: Result) -> None:
    monkeypatch.setattr("simengine.report.extras.find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=r"simengine\[report\]"):
        simengine.plot.distribution(result)
