"""Periods with their percentiles, and what they add up to: against plain NumPy."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest

from simengine.analysis.budget import budget
from simengine.analysis.diversification import diversification
from simengine.analysis.summarise import summarise
from tests.results.synthetic import small_result

RESULT = small_result(n_paths=400)


def type_1(values: np.ndarray, level: float) -> float:
    return float(np.quantile(values, level, method="inverted_cdf"))


@pytest.mark.parametrize("metric", ["total_cost", "disruption_exposure"])
def test_every_period_and_what_is_due_by_then(metric: str) -> None:
    found = budget(RESULT, metric)
    values = RESULT[f"{metric}_by_period"]
    assert [period.period for period in found] == RESULT.labels("period")
    for k, period in enumerate(found):
        own, so_far = values[:, k], values[:, : k + 1].sum(axis=1)
        for figures, of in ((period.own, own), (period.cumulative, so_far)):
            assert figures["mean"].value == pytest.approx(of.mean(), rel=1e-12)
            for level in (0.1, 0.5, 0.8, 0.9, 0.95):
                at = figures[f"P{100 * level:g}"]
                assert at.value == pytest.approx(type_1(of, level), rel=1e-12)
                assert at.low <= at.value <= at.high
        assert period.contingency.value == pytest.approx(type_1(own, 0.9) - type_1(own, 0.5), rel=1e-9)


def test_periods_are_days_without_gaps() -> None:
    found = budget(RESULT)
    assert found[0].first == date(2026, 3, 5)
    assert found[-1].last == date(2026, 3, 5) + timedelta(days=499)
    for before, after in pairwise(found):
        assert after.first == before.last + timedelta(days=1)
    assert found[1].first == date(2026, 4, 1)


def test_means_agree_with_the_summary() -> None:
    rows = [row for row in summarise(RESULT) if (row.metric, row.level) == ("total_cost", "portfolio")]
    means = {r.period: r.value for r in rows if r.period and not r.component and r.statistic == "mean"}
    for period in budget(RESULT):
        assert period.own["mean"].value == pytest.approx(means[period.period], rel=1e-12)


@pytest.mark.parametrize("by", ["workload", "period"])
@pytest.mark.parametrize("tail", [False, True])
def test_parts_less_the_portfolio(by: str, tail: bool) -> None:
    found = diversification(RESULT, by, 0.9, tail=tail)
    assert found is not None

    def statistic(values: np.ndarray) -> float:
        q = type_1(values, 0.9)
        return q + float(np.maximum(values - q, 0.0).mean()) / 0.1 if tail else q

    parts = sum(statistic(column) for column in RESULT[f"total_cost_by_{by}"].T)
    whole = statistic(RESULT["total_cost"])
    assert found.parts.value == pytest.approx(parts, rel=1e-12)
    assert found.portfolio.value == pytest.approx(whole, rel=1e-12)
    assert found.difference.value == pytest.approx(parts - whole, abs=1e-6 * whole)
    assert found.difference.low < found.difference.value < found.difference.high


def test_one_part_is_the_portfolio() -> None:
    study = small_result(n_paths=200)
    alone = {**study.arrays, "total_cost_by_workload": study["total_cost"][:, None]}
    coords = {**study.coords, "workload": study.coords["workload"][:1]}
    found = diversification(type(study)(alone, coords, study.attrs), "workload", 0.9)
    assert found is not None
    assert (found.difference.value, found.difference.standard_error) == (0.0, 0.0)


def test_what_was_not_kept() -> None:
    result = small_result(n_paths=20, keep=["totals"])
    assert budget(result) == []
    assert diversification(result) is None
