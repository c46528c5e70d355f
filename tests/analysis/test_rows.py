"""The tidy rows of labs, lines, tags, periods and drivers."""

from __future__ import annotations

import numpy as np
import pytest

from simengine.analysis.attribution import NO_EVENT, contributions
from simengine.analysis.compare import differences
from simengine.analysis.diversification import diversification
from simengine.analysis.exceedance import oep
from simengine.analysis.summarise import QUANTILES, Row, distribution, summarise
from simengine.estimators import quantile, return_period_difference, standard_deviation_difference
from simengine.model.errors import ConfigError
from tests.analysis.grouped import MEMBERS, WORKLOADS, grouped_comparison, grouped_result

RESULT = grouped_result()
ROWS = {row[:6]: row for row in summarise(RESULT)}
NAMES = list(WORKLOADS)
PLACES = [
    (split, label, members) if split in ("lab", "line") else ("tag", f"{split}={label}", members)
    for split, of in MEMBERS.items()
    if split != "tag:line"
    for label, members in of.items()
]


def find(metric: str, level: str, name: str, statistic: str, component: str = "", period: str = "") -> Row:
    return ROWS[metric, level, name, component, period, statistic]


@pytest.mark.parametrize(("level", "name", "members"), PLACES, ids=lambda p: str(p))
def test_groups_have_what_workloads_have(level: str, name: str, members: list[str]) -> None:
    positions = [NAMES.index(member) for member in members]
    for metric in ("total_cost", "disruption_exposure_pv"):
        values = RESULT[f"{metric}_by_workload"][:, positions].sum(axis=1)
        for statistic, estimate in distribution(values):
            row = find(metric, level, name, statistic)
            assert row.value == pytest.approx(estimate.value, rel=1e-12)
            assert row.ci_high == pytest.approx(estimate.high, rel=1e-9)
    for metric in ("saving", "saving_pv", "planned_saving_pv", "disruption_days", "no_event_cost_pv"):
        assert find(metric, level, name, "mean").standard_error > 0.0
    assert find("disruption_days", level, name, "mean").unit == "workload-days"
    assert 0.0 <= find("no_saving", level, name, "probability").value <= 1.0
    by_period = RESULT["total_cost_by_workload_period"][:, positions, 2].sum(axis=1)
    assert find("total_cost", level, name, "mean", period="2026Q3").value == pytest.approx(by_period.mean())
    by_component = RESULT["total_cost_by_workload_component"][:, positions, 3].sum(axis=1)
    row = find("total_cost", level, name, "mean", component="move")
    assert row.standard_error == pytest.approx(by_component.std(ddof=1) / np.sqrt(len(by_component)))


def test_every_part_has_its_share_of_the_tail() -> None:
    for metric in ("total_cost", "disruption_exposure"):
        whole = find(metric, "portfolio", "small", "TVaR95").value
        for level, names in (
            ("driver", ["exit", "outage", NO_EVENT]),
            ("workload", NAMES),
            *((level, [n for one, n, _ in PLACES if one == level]) for level in ("lab", "line")),
            *(("tag", [n for _, n, _ in PLACES if n.startswith(key)]) for key in ("team=", "tier=")),
        ):
            parts = [find(metric, level, name, "coTVaR95").value for name in names]
            assert sum(parts) == pytest.approx(whole, rel=1e-12)
        periods = RESULT.labels("period")
        parts = [find(metric, "portfolio", "small", "coTVaR95", period=period).value for period in periods]
        assert sum(parts) == pytest.approx(whole, rel=1e-12)
    known = contributions(RESULT, by="team", level=0.95)
    row = find("total_cost", "tag", "team=red", "coTVaR95")
    assert row[6:10] == (
        known.value[1], known.standard_error[1], known.ci_low[1], known.ci_high[1],
    )  # fmt: skip


def test_drivers_and_the_rest_add_up_to_the_mean() -> None:
    parts = [find("total_cost", "driver", name, "mean").value for name in ("exit", "outage", NO_EVENT)]
    assert sum(parts) == pytest.approx(find("total_cost", "portfolio", "small", "mean").value, rel=1e-12)


def test_periods_of_the_portfolio_have_percentiles() -> None:
    for position, period in enumerate(RESULT.labels("period")):
        for level in QUANTILES:
            row = find("total_cost", "portfolio", "small", f"P{100 * level:.10g}", period=period)
            assert row.value == quantile(RESULT["total_cost_by_period"][:, position], level).value


def test_years_by_return_period() -> None:
    curve = oep(RESULT)
    for k, period in enumerate(curve.return_period):
        row = find("oep", "portfolio", "small", f"RP{period:g}")
        np.testing.assert_array_equal(
            row[6:10], (curve.value[k], curve.standard_error[k], curve.ci_low[k], curve.ci_high[k])
        )
        assert row.unit == "EUR"
    largest, whole = (find(metric, "portfolio", "small", "RP10").value for metric in ("oep", "aep"))
    assert whole == 1.5 * largest


def test_differences_of_groups_and_curves() -> None:
    comparison = grouped_comparison()
    found = {(d.metric, d.level, d.name, d.statistic): d for d in differences(comparison)}
    own, base = comparison.of_strategy("pause"), comparison.of_strategy("proceed")
    red = [NAMES.index(name) for name in MEMBERS["team"]["red"]]
    ours, theirs = (r["total_cost_by_workload"][:, red].sum(axis=1) for r in (own, base))
    expected = standard_deviation_difference(ours, theirs)
    row = found["total_cost", "tag", "team=red", "sd"]
    assert (row.value, row.standard_error) == (expected.value, expected.standard_error)
    curve = return_period_difference(
        own["largest_occurrence_by_year"][:, :2], base["largest_occurrence_by_year"][:, :2], [10.0]
    )
    row = found["oep", "portfolio", "small", "RP10"]
    assert (row.value, row.ci_low) == (curve.value[0], curve.ci_low[0])
    assert row.unit == "EUR"


@pytest.mark.parametrize("by", ["period", "workload", "team"])
def test_percentiles_of_parts_come_to_more(by: str) -> None:
    compared = diversification(RESULT, by, 0.9)
    assert compared is not None
    found = compared.difference
    columns = {
        "period": RESULT["total_cost_by_period"],
        "workload": RESULT["total_cost_by_workload"],
        "team": np.stack(
            [RESULT["total_cost_by_workload"][:, [NAMES.index(m) for m in members]].sum(axis=1)
             for members in MEMBERS["team"].values()], axis=1,
        ),
    }[by]  # fmt: skip
    parts = sum(quantile(column, 0.9).value for column in columns.T)
    assert found.value == pytest.approx(parts - quantile(RESULT["total_cost"], 0.9).value, rel=1e-9)
    with pytest.raises(ConfigError, match=r"write 0\.9"):
        diversification(RESULT, by, 90)
