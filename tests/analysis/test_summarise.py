"""Summaries say what the arrays hold."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simengine.analysis.statistics import percentile
from simengine.analysis.summarise import Row, below_plan, no_saving, summarise
from simengine.estimators import mean, probability, tvar
from tests.results.synthetic import small_comparison, small_result

RESULT = small_result()
ROWS = summarise(RESULT)
PERIODS = (2, 5, 10, 20, 50, 100, 200, 250, 500, 1000)


def find(metric: str, statistic: str, level: str = "portfolio", name: str = "small", **where: str) -> Row:
    component, period = where.get("component", ""), where.get("period", "")
    (row,) = (row for row in ROWS if row[:6] == (metric, level, name, component, period, statistic))
    return row


@pytest.mark.parametrize(
    "metric", ["total_cost", "total_cost_pv", "disruption_exposure", "disruption_exposure_pv"]
)
def test_distributions_of_portfolio_and_workloads(metric: str) -> None:
    places = [("portfolio", "small", RESULT[metric])]
    places += [("workload", f"w{k}", RESULT[f"{metric}_by_workload"][:, k]) for k in range(3)]
    for level, name, values in places:
        for percent in (5, 10, 25, 50, 75, 80, 90, 95, 99):
            expected = np.quantile(values, percent / 100, method="inverted_cdf")
            assert find(metric, f"P{percent}", level, name).value == expected
        assert find(metric, "TVaR95", level, name)[6:10] == tuple(
            getattr(tvar(values, 0.95), part) for part in ("value", "standard_error", "low", "high")
        )
        assert find(metric, "mean", level, name).value == mean(values).value
        assert find(metric, "mean", level, name).unit == "EUR"


def test_every_row_is_an_estimate_with_a_unit_of_its_own() -> None:
    assert len(ROWS) == len({row[:6] for row in ROWS})
    for row in ROWS:
        assert row.ci_low <= row.value <= row.ci_high or math.isnan(row.standard_error), row
        assert row.currency == "EUR"
        assert row.unit in ("EUR", "1", "days", "workload-days")
    assert find("disruption_days", "mean").unit == "workload-days"
    assert find("disruption_days", "mean", "workload", "w0").unit == "days"
    assert find("concentration", "mean").unit == "1"


def test_splits_add_up_to_the_portfolio() -> None:
    components = [
        row
        for row in ROWS
        if (row.metric, row.level, row.statistic) == ("total_cost", "portfolio", "mean") and row.component
    ]
    in_all = [row for row in components if not row.period]
    assert [row.component for row in in_all] == ["inference", "upkeep", "one_off", "move", "mitigation"]
    for row, column in zip(in_all, RESULT["total_cost_by_component"].T, strict=True):
        assert row.value == pytest.approx(mean(column).value, rel=1e-12)
        assert row.standard_error == pytest.approx(mean(column).standard_error, rel=1e-9)
    by_both = find("total_cost", "mean", component="move", period="2026Q3")
    assert by_both.value == pytest.approx(RESULT["total_cost_by_component_period"][:, 3, 2].mean())
    of_workload = find("total_cost", "mean", "workload", "w2", period="2027Q1")
    assert of_workload.value == pytest.approx(RESULT["total_cost_by_workload_period"][:, 2, 4].mean())


def test_drivers() -> None:
    strikes = RESULT["strikes_by_driver"]
    for k, name in enumerate(("exit", "outage")):
        likely = find("strikes", "probability", "driver", name)
        expected = probability(strikes[:, k] > 0)
        assert (likely.value, likely.ci_low, likely.ci_high) == (expected.value, expected.low, expected.high)
        assert find("strikes", "mean", "driver", name).value == pytest.approx(strikes[:, k].mean())
        booked = find("disruption_exposure", "mean", "driver", name)
        assert booked.value == pytest.approx(RESULT["disruption_exposure_by_driver"][:, k].mean())
        assert booked.unit == "EUR"


def test_savings() -> None:
    names = ("total_cost", "planned_cost", "status_quo_cost")
    for by, place in (("", ("portfolio", "small")), ("_by_workload", ("workload", "w1"))):
        for pv in ("_pv", ""):
            total, planned, status_quo = (
                RESULT[name + pv + by][..., 1] if by else RESULT[name + pv] for name in names
            )
            assert find(f"saving{pv}", "mean", *place).value == pytest.approx((status_quo - total).mean())
            found = find(f"planned_saving{pv}", "mean", *place).value
            assert found == pytest.approx((status_quo - planned).mean())
            assert find(f"planned_cost{pv}", "mean", *place).value == pytest.approx(planned.mean())
    total, planned, status_quo = (RESULT[name] for name in names)
    assert find("saving_below_plan", "probability").value == np.mean(total > planned + 0.005)
    assert find("no_saving", "probability").value == np.mean(total >= status_quo - 0.005)
    assert find("no_saving", "probability", "workload", "w1").unit == "1"


def test_half_a_cent_is_neither_a_saving_nor_an_overrun() -> None:
    cost = np.array([100.0, 100.004, 100.006])
    assert list(below_plan(cost, np.full(3, 100.0))) == [False, False, True]
    assert list(no_saving(np.full(3, 100.0), cost)) == [True, True, False]


def test_levels_can_be_chosen() -> None:
    rows = summarise(RESULT, quantiles=(0.995,), tail=0.99)
    assert {row.statistic for row in rows} == {
        "mean", "sd", "P99.5", "TVaR99", "coTVaR99", "probability", *(f"RP{period}" for period in PERIODS)
    }  # fmt: skip
    assert [percentile(level) for level in (0.05, 0.5, 0.995)] == ["P5", "P50", "P99.5"]
    with pytest.raises(ValueError, match=r"for P99.5 write 0\.995"):
        summarise(RESULT, quantiles=(99.5,))


@pytest.mark.parametrize(
    "keep", ["totals", "by_workload", "by_component", "by_period", "by_driver", "by_year"]
)
def test_what_was_not_kept_is_left_out(keep: str) -> None:
    kept = {row[:6] for row in summarise(small_result(keep=[keep]))}
    assert kept <= {row[:6] for row in ROWS}
    assert kept


def test_a_dataset_is_summarised_like_a_result() -> None:
    assert repr(summarise(RESULT.to_dataset())) == repr(ROWS)  # NaN is not equal to itself


def test_a_comparison_is_not_one_strategy() -> None:
    with pytest.raises(ValueError, match="one strategy at a time"):
        summarise(small_comparison())
