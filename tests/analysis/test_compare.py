"""Differences of strategies are paired, and none where nothing differs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simengine.analysis.compare import Difference, differences, summaries
from simengine.analysis.summarise import summarise
from simengine.estimators import mean_difference, quantile_difference, tvar_difference
from tests.results.synthetic import small_comparison

COMPARISON = small_comparison()
FOUND = differences(COMPARISON)


def find(
    strategy: str, metric: str, statistic: str, level: str = "portfolio", name: str = "small"
) -> Difference:
    (row,) = (row for row in FOUND if (row.strategy, *row[2:6]) == (strategy, metric, level, name, statistic))
    return row


def test_a_strategy_that_changes_nothing_differs_by_exactly_nothing() -> None:
    idle = [row for row in FOUND if row.strategy == "idle" and row.metric != "cheaper"]
    assert len(idle) > 100
    told = [row for row in idle if not math.isnan(row.standard_error)]
    for row in told:
        assert row[6:10] == (0.0, 0.0, 0.0, 0.0), row
    # 500 paths do not tell what is exceeded once in 200 years.
    assert {row.statistic for row in idle if row not in told} == {"RP200", "RP250", "RP500", "RP1000"}
    assert find("idle", "cheaper", "probability").value == 0.0


def test_differences_are_this_strategy_less_the_baseline() -> None:
    base, own = (COMPARISON["total_cost"][k] for k in (0, 1))
    assert find("pause", "total_cost", "mean").value == mean_difference(own, base).value
    assert find("pause", "total_cost", "P90")[6:10] == (
        *(
            getattr(quantile_difference(own, base, 0.9), part)
            for part in ("value", "standard_error", "low", "high")
        ),
    )
    assert find("pause", "total_cost", "TVaR95").value == tvar_difference(own, base, 0.95).value
    by_workload = COMPARISON["disruption_exposure_by_workload"][:, :, 2]
    expected = mean_difference(by_workload[1], by_workload[0])
    assert find("pause", "disruption_exposure", "mean", "workload", "w2").value == expected.value
    assert find("pause", "cheaper", "probability").value == np.mean(own < base - 0.005)
    below = COMPARISON["total_cost"] > COMPARISON["planned_cost"] + 0.005
    share = find("pause", "saving_below_plan", "probability")
    assert share.value == pytest.approx(below[1].mean() - below[0].mean())


def test_rows_are_told_apart_and_have_units() -> None:
    assert len(FOUND) == len({row[:6] for row in FOUND})
    assert {row.strategy for row in FOUND} == {"pause", "idle"}
    assert {row.baseline for row in FOUND} == {"proceed"}
    assert find("pause", "total_cost", "P5").unit == "EUR"
    assert find("pause", "disruption_days", "mean").unit == "workload-days"
    assert find("pause", "no_saving", "probability").unit == "1"


def test_another_baseline_turns_signs() -> None:
    turned = {row[:1] + row[2:6]: row.value for row in differences(COMPARISON, "pause")}
    for row in FOUND:
        # The least change becomes the greatest: its quantiles turn too.
        if row.strategy == "pause" and row.metric != "cheaper" and not row.metric.endswith("_change"):
            assert turned["proceed", *row[2:6]] == pytest.approx(-row.value, abs=1e-9)


def test_an_unknown_baseline_is_named() -> None:
    with pytest.raises(ValueError, match=r"(?s)'hold'.*proceed, pause or idle"):
        differences(COMPARISON, "hold")


def test_each_strategy_is_summarised() -> None:
    found = summaries(COMPARISON.to_dataset())
    assert list(found) == ["proceed", "pause", "idle"]
    # As texts, since NaN is not equal to itself.
    assert repr(found["pause"]) == repr(summarise(COMPARISON.of_strategy("pause")))
