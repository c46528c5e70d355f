"""Labelled summaries: the estimates of the columns that they name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr

import simengine
from simengine.analysis.summarise import QUANTILES, distribution, summarise
from simengine.model.errors import ConfigError
from tests.analysis.grouped import MEMBERS, WORKLOADS, grouped_comparison, grouped_result

RESULT = grouped_result()
DATASET = RESULT.to_dataset()
NAMES = list(WORKLOADS)
NUMBERS = ("value", "standard_error", "ci_low", "ci_high")


def expect(found: xr.Dataset, values: np.ndarray, **levels: Any) -> None:
    """Every statistic of one place is that of its values."""
    for statistic, estimate in distribution(values, **levels):
        numbers = [found[name].sel(statistic=statistic).item() for name in NUMBERS]
        np.testing.assert_array_equal(
            numbers, [estimate.value, estimate.standard_error, estimate.low, estimate.high], statistic
        )


def test_the_portfolio() -> None:
    found = simengine.summarise(DATASET)
    assert found["value"].dims == ("metric", "statistic")
    assert list(found["statistic"].values)[:3] == ["mean", "sd", "P5"]
    assert len(found["statistic"]) == 3 + len(QUANTILES)
    for metric in ("total_cost", "disruption_days", "concentration"):
        expect(found.sel(metric=metric), RESULT[metric])
    units = dict(zip(found["metric"].values, found["unit"].values, strict=True))
    assert (units["total_cost"], units["disruption_days"], units["concentration"]) == (
        "EUR", "workload-days", "1",
    )  # fmt: skip
    assert found.attrs["result_hash"] == RESULT.attrs["result_hash"]


def test_by_workload_and_period() -> None:
    found = simengine.summarise(DATASET, (0.5, 0.9), by=("workload", "period"))
    assert found["value"].dims == ("metric", "statistic", "workload", "period")
    assert list(found["metric"].values) == ["total_cost", "disruption_exposure"]
    place = found.sel(metric="total_cost", workload="mail", period="2027Q1")
    values = RESULT["total_cost_by_workload_period"][:, 2, RESULT.labels("period").index("2027Q1")]
    expect(place, values, quantiles=(0.5, 0.9))
    turned = simengine.summarise(DATASET, (0.5, 0.9), by=("period", "workload"), of="total_cost")
    assert turned["value"].dims == ("statistic", "period", "workload")
    xr.testing.assert_equal(
        turned["value"].sel(workload="mail", period="2027Q1").drop_vars("metric"),
        place["value"].drop_vars("metric"),
    )
    assert turned["value"].attrs["units"] == "EUR"


@pytest.mark.parametrize("split", MEMBERS)
def test_by_groups_of_workloads(split: str) -> None:
    found = simengine.summarise(DATASET, by=split, of=["total_cost", "disruption_days"], tail=0.9)
    assert list(found[split].values) == list(MEMBERS[split])
    for label, members in MEMBERS[split].items():
        values = RESULT["total_cost_by_workload"][:, [NAMES.index(m) for m in members]].sum(axis=1)
        expect(found.sel({"metric": "total_cost", split: label}), values, tail=0.9)
    assert found["unit"].sel(metric="disruption_days").item() == "workload-days"
    alone = simengine.summarise(DATASET, by="workload", of=["disruption_days"])
    assert alone["unit"].sel(metric="disruption_days").item() == "days"


def test_a_tag_goes_by_its_key_or_with_its_prefix() -> None:
    xr.testing.assert_identical(
        simengine.summarise(DATASET, by="team"), simengine.summarise(DATASET, by="tag:team")
    )
    # The key `line` is a split already.
    assert list(simengine.summarise(DATASET, by="line")["line"].values) == ["alpha", "beta", "gamma"]
    assert "tag:line" in simengine.summarise(DATASET, by="tag:line").dims


@pytest.mark.parametrize(("by", "metrics"), [
    ("driver", ["total_cost", "disruption_exposure", "strikes"]),
    ("year", ["disruption_exposure", "largest_occurrence"]),
    ("component", ["total_cost", "total_cost_pv"]),
    (("component", "period"), ["total_cost"]),
])  # fmt: skip
def test_other_splits(by, metrics: list[str]) -> None:
    found = simengine.summarise(DATASET, by=by)
    assert list(found["metric"].values) == metrics
    if by == "driver":
        expect(found.sel(metric="strikes", driver="exit"), RESULT["strikes_by_driver"][:, 0])
    if by == "year":
        expect(found.sel(metric="largest_occurrence", year="1"), RESULT["largest_occurrence_by_year"][:, 1])


def test_strategies_come_first() -> None:
    comparison = grouped_comparison()
    found = simengine.summarise(comparison.to_dataset(), by="lab", of="total_cost")
    assert found["value"].dims == ("strategy", "statistic", "lab")
    alone = simengine.summarise(comparison.of_strategy("pause").to_dataset(), by="lab", of="total_cost")
    for name in NUMBERS:
        np.testing.assert_array_equal(found[name].sel(strategy="pause").values, alone[name].values)
    chosen = comparison.to_dataset().sel(strategy="pause")
    xr.testing.assert_equal(simengine.summarise(chosen, by="lab", of="total_cost"), alone)


def test_it_is_what_the_table_says() -> None:
    found = simengine.summarise(DATASET, by="team", of="total_cost")
    rows = [row for row in summarise(RESULT) if (row.metric, row.level) == ("total_cost", "tag")]
    rows = [row for row in rows if row.name == "team=red" and not row.component and not row.period]
    for row in rows:
        if row.statistic != "coTVaR95":
            assert found["value"].sel(team="red", statistic=row.statistic).item() == row.value
    assert {row.statistic for row in rows} == {*found["statistic"].values, "coTVaR95"}


def test_confidence_widens_intervals() -> None:
    narrow, wide = (simengine.summarise(DATASET, of="total_cost", confidence=c) for c in (0.5, 0.99))
    assert (wide["ci_high"] - wide["ci_low"] > narrow["ci_high"] - narrow["ci_low"]).all()
    assert wide.attrs["confidence"] == 0.99


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"quantiles": [99.5]}, r"write 0\.995"),
        ({"quantiles": [True]}, "between 0 and 1"),
        ({"tail": 95}, r"write 0\.95"),
        ({"confidence": 95}, "for 95% write"),
        ({"by": "labs"}, "did you mean lab"),
        ({"by": ("workload", "team")}, "leave out team"),
        ({"by": ("driver", "period")}, "what this result kept"),
        ({"of": "total"}, "total_cost"),
        ({"of": "strikes"}, "strikes by driver"),
    ],
)
def test_bad_input_is_one_clear_message(arguments: dict, expected: str) -> None:
    with pytest.raises(ConfigError, match=expected) as refused:
        simengine.summarise(DATASET, **arguments)
    assert len(refused.value.problems) == 1


def test_what_is_no_result_is_refused() -> None:
    for wrong in (3, xr.Dataset(), DATASET["total_cost"]):
        with pytest.raises(ConfigError, match="simengine run"):
            simengine.summarise(wrong)  # pyright: ignore[reportArgumentType]
    with pytest.raises(ConfigError, match=r"workload=\['a'\]"):
        simengine.summarise(DATASET.isel(workload=0))


def test_some_paths_are_summarised_as_such() -> None:
    expect(simengine.summarise(DATASET.isel(path=slice(50)), of="total_cost"), RESULT["total_cost"][:50])
