"""The numbers behind the charts, against obvious ones."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from simengine.report.charts.concentration import concentration
from simengine.report.charts.distribution import distribution
from simengine.report.charts.exceedance import exceedance
from simengine.report.charts.fan import LEVELS, fan
from simengine.report.charts.heatmap import heatmap
from simengine.report.charts.scale import scale_for
from simengine.report.charts.strategies import strategies
from simengine.report.charts.waterfall import REST, SHORTFALL, waterfall
from simengine.report.charts.years import years
from simengine.results.dataset import Result
from tests.results.synthetic import small_comparison, small_result


def type_1(values: np.ndarray, level: float) -> float:
    return float(np.quantile(values, level, method="inverted_cdf"))


@pytest.fixture(scope="module")
def result() -> Result:
    return small_result()


@pytest.fixture(scope="module")
def additive() -> Result:
    """A result whose total cost is its no-event cost and what is booked to drivers, one of them a claim."""
    made = small_result(2000)
    rng = np.random.default_rng(3)
    booked = rng.normal(0.0, 2e5, made["total_cost_by_driver"].shape)
    no_event = made["no_event_cost"]
    arrays = {**made.arrays, "total_cost_by_driver": booked, "total_cost": no_event + booked.sum(axis=1)}
    tree = json.loads(made.attrs["configuration"])
    tree["scenario"]["drivers"]["exit"]["hazard"] = {"at": "adoption", "probability": 1.0}
    return replace(made, arrays=arrays, attrs={**made.attrs, "configuration": json.dumps(tree)})


@pytest.mark.parametrize("seed", range(6))
def test_a_distribution_is_whole(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = [
        rng.normal(5e6, 1e6, 3000), rng.lognormal(10.0, 2.0, 3000), rng.pareto(1.5, 3000),
        np.where(rng.random(3000) < 0.4, 0.0, rng.lognormal(9.0, 1.0, 3000)), np.full(3000, 7.5),
        np.where(rng.random(3000) < 0.5, 1.0, 2.0),
    ][seed]  # fmt: skip
    found = distribution(values)
    atom = found.atom[1].value if found.atom else 0.0
    assert sum(share.value for share in found.shares) + atom + found.beyond.value == pytest.approx(1.0)
    assert found.beyond.value < 0.08
    widths = np.diff(found.edges)
    assert np.allclose(widths, widths[0], rtol=1e-9)
    assert len(found.shares) <= 60
    inside = values > values.min() if found.atom else np.full(values.size, True)
    for low, high, share in zip(found.edges[:-2], found.edges[1:-1], found.shares[:-1], strict=True):
        counted = np.count_nonzero(inside & (values >= low) & (values < high))
        assert share.value == counted / values.size
    assert found.marks[0.5].value == type_1(values, 0.5)


def test_an_atom_is_told_apart() -> None:
    rng = np.random.default_rng(1)
    found = distribution(np.where(np.arange(1000) < 400, 0.0, rng.lognormal(9.0, 1.0, 1000)))
    assert found.atom is not None
    assert found.atom[0] == 0.0
    assert found.atom[1].value == 0.4


def test_an_exceedance_curve_counts() -> None:
    values = np.random.default_rng(2).lognormal(12.0, 0.8, 4000)
    found = exceedance(values)
    for at, p in zip(found.curve.threshold, found.curve.value, strict=True):
        assert p == np.count_nonzero(values > at) / values.size
    assert found.curve.value.min() >= 20 / 4000
    assert found.told[0.05].value == type_1(values, 0.95)
    assert 0.001 not in found.told  # four futures in 4,000 lie above
    assert found.told[0.05].low < found.told[0.05].value < found.told[0.05].high


def test_a_fan_is_of_sums_up_to_each_period(result: Result) -> None:
    found = fan(result)
    spent = np.cumsum(result["total_cost_by_period"], axis=1)
    assert found.periods == result.labels("period")
    for k in range(spent.shape[1]):
        assert found.average[k].value == pytest.approx(spent[:, k].mean())
        for level in LEVELS:
            assert found.quantiles[level][k].value == pytest.approx(type_1(spent[:, k], level))


def test_a_heat_map_adds_up_whatever_is_grouped(result: Result) -> None:
    booked = result["total_cost_by_workload_driver"]
    whole = heatmap(result)
    assert sorted(whole.workloads) == result.labels("workload")
    by_name = dict(zip(whole.workloads, whole.cells, strict=True))
    at = whole.drivers.index("outage")
    position = result.labels("driver").index("outage")
    for k, name in enumerate(result.labels("workload")):
        own = booked[:, k, position]
        assert by_name[name][at].value == pytest.approx(own.mean())
        assert by_name[name][at].standard_error == pytest.approx(own.std(ddof=1) / np.sqrt(own.size))
    grouped = heatmap(result, most_workloads=2)
    assert grouped.workloads[1] == "2 other workloads"
    for found in (whole, grouped):
        assert sum(e.value for row in found.cells for e in row) == pytest.approx(found.whole.value)
        assert sum(e.value for e in found.rows) == pytest.approx(found.whole.value)
        assert sum(e.value for e in found.columns) == pytest.approx(found.whole.value)
        sums = booked.sum(axis=(1, 2))
        assert found.whole.standard_error == pytest.approx(sums.std(ddof=1) / np.sqrt(sums.size))
    assert grouped.rows[0].value >= grouped.rows[1].value / 2.0


@pytest.mark.parametrize("level", [None, 0.95, 0.5])
def test_a_waterfall_adds_up(additive: Result, level: float | None) -> None:
    found = waterfall(additive, level)
    first, *changes, last = found.steps
    assert first.is_level
    assert last.is_level
    assert first.estimate.value + sum(c.estimate.value for c in changes) == pytest.approx(last.estimate.value)
    total = additive["total_cost"]
    assert last.estimate.value == pytest.approx(total.mean() if level is None else type_1(total, level))
    names = [change.name for change in changes]
    assert names[0] == SHORTFALL
    assert "exit" not in names  # the claim is part of the shortfall
    assert "outage" in names
    shortfall = changes[0].estimate.value
    assert sum(part.estimate.value for part in found.parts) == pytest.approx(shortfall)
    assert (REST in names) == (level is not None)


def test_a_tail_waterfall_averages_the_futures_around_the_quantile(additive: Result) -> None:
    total = additive["total_cost"]
    order = np.argsort(total, kind="stable")
    around = order[1899 - 25 : 1899 + 26]  # the 1,900th of 2,000, and 25 on each side: FEWEST_IN_WINDOW
    found = waterfall(additive, 0.95)
    assert found.n_futures == 51
    assert found.steps[0].estimate.value == pytest.approx(additive["planned_cost"][around].mean())
    rest = next(step for step in found.steps if step.name == REST)
    assert rest.estimate.value == pytest.approx(total[order[1899]] - total[around].mean())


def test_shares_of_the_portfolio_add_up(result: Result) -> None:
    found = concentration(result)
    assert found is not None
    assert sum(part.share_of_mean for part in found.parts) == pytest.approx(1.0)
    assert sum(part.share_of_tail for part in found.parts) == pytest.approx(1.0)
    worst = np.sort(result["total_cost"])[-25:]  # 5% of 500
    assert sum(part.of_tail.value for part in found.parts) == pytest.approx(worst.mean())
    assert sum(part.of_mean.value for part in found.parts) == pytest.approx(result["total_cost"].mean())
    assert [p.share_of_mean for p in found.parts] == sorted(
        (p.share_of_mean for p in found.parts), reverse=True
    )
    nothing = np.zeros_like(result["total_cost"])
    emptied = {**result.arrays, "total_cost": nothing}
    emptied["total_cost_by_workload"] = np.zeros_like(result["total_cost_by_workload"])
    assert concentration(replace(result, arrays=emptied)) is None


def test_strategies_are_paired() -> None:
    made = small_comparison()
    found = strategies(made)
    assert found.baseline == "proceed"
    assert found.difference["idle"].value == 0.0
    assert found.difference["idle"].standard_error == 0.0
    differences = made["total_cost"][1] - made["total_cost"][0]
    assert found.difference["pause"].value == pytest.approx(differences.mean())
    assert found.difference["pause"].standard_error == pytest.approx(differences.std(ddof=1) / np.sqrt(500))
    assert strategies(made, baseline="pause").difference["proceed"].value == pytest.approx(
        -differences.mean()
    )
    with pytest.raises(ValueError, match="no strategy 'panic'"):
        strategies(made, baseline="panic")


def test_years_are_complete_ones(result: Result) -> None:
    found = years(result)  # 500 days: one complete year
    assert found is not None
    observed = result["disruption_exposure_by_year"][:, 0]
    at = found.periods.index(5.0)
    assert found.aggregate[at].value == type_1(observed, 0.8)
    assert found.periods[-1] == 20.0  # 500 paths of a year: 25 above


@pytest.mark.parametrize(
    ("largest", "unit", "text"),
    [
        (3.4e9, "EUR billion", "3.40"),
        (3.4e6, "EUR million", "3.40"),
        (340_000.0, "EUR thousand", "340"),
        (340.0, "EUR", "340"),
    ],
)
def test_a_scale_suits_the_largest(largest: float, unit: str, text: str) -> None:
    scale = scale_for([1.0, -largest, float("inf")], "EUR")
    assert scale.unit == unit
    assert scale.text(largest) == text
    assert scale.text(-largest, signed=True) == f"-{text}"
    assert scale.text(largest, signed=True) == f"+{text}"
