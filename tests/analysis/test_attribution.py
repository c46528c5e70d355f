"""Contributions add up to the portfolio's number, for every split, to the mean and to the tail."""

from __future__ import annotations

import numpy as np
import pytest

import simengine
from simengine.analysis.attribution import NO_EVENT, contributions
from simengine.analysis.axes import By
from simengine.estimators import mean, tail_contribution, tail_of, tvar
from simengine.model.errors import ConfigError
from simengine.results.dataset import Lazy
from tests.analysis.grouped import MEMBERS, WORKLOADS, grouped_comparison, grouped_result

RESULT = grouped_result()
NAMES = list(WORKLOADS)
SPLITS: list[By] = [
    "driver", "workload", "line", "lab", "component", "period", "team", "tier", "tag:line",
    ("workload", "driver"), ("driver", "workload"), ("team", "driver"), ("lab", "period"), ("period", "lab"),
    ("component", "tier"), ("period", "component"),
]  # fmt: skip


@pytest.mark.parametrize("of", ["total_cost", "disruption_exposure"])
@pytest.mark.parametrize("level", [None, 0.5, 0.9, 0.95])
@pytest.mark.parametrize("by", SPLITS, ids=str)
def test_parts_add_up(by: By, level: float | None, of: str) -> None:
    if of == "disruption_exposure" and "component" in by:
        with pytest.raises(ConfigError, match="disruption_exposure by"):
            contributions(RESULT, of, by, level)
        return
    found = contributions(RESULT, of, by, level)
    whole = mean(RESULT[of]) if level is None else tvar(RESULT[of], level)
    assert found.total == whole
    assert float(found.value.sum()) == pytest.approx(whole.value, rel=1e-12)
    assert float(found.share.sum()) == pytest.approx(1.0, rel=1e-12)
    assert found.value.shape == tuple(len(labels) for labels in found.labels)
    assert ((found.ci_low <= found.value) & (found.value <= found.ci_high)).all()
    assert found.unit == "EUR"


def test_the_total_has_ties_at_its_quantile() -> None:
    """Without them the sums above would not try what they are for."""
    total = RESULT["total_cost"]
    assert all((total == np.quantile(total, p, method="inverted_cdf")).sum() > 1 for p in (0.5, 0.9, 0.95))


@pytest.mark.parametrize("level", [None, 0.9])
@pytest.mark.parametrize("split", MEMBERS)
def test_groups_are_sums_of_workloads(split: str, level: float | None) -> None:
    each = dict(zip(NAMES, contributions(RESULT, by="workload", level=level).value, strict=True))
    found = contributions(RESULT, by=split, level=level)
    assert list(found.names) == list(MEMBERS[split])
    for value, members in zip(found.value, MEMBERS[split].values(), strict=True):
        assert value == pytest.approx(sum(each[name] for name in members), rel=1e-12)


@pytest.mark.parametrize("level", [None, 0.9])
def test_numbers_are_those_of_the_estimators(level: float | None) -> None:
    found = contributions(RESULT, by=("driver", "lab"), level=level)
    booked = RESULT["total_cost_by_workload_driver"]
    in_lab = booked[:, [NAMES.index(name) for name in MEMBERS["lab"]["a_lab"]]].sum(axis=1)
    rest = RESULT["no_event_cost_by_workload"][:, [NAMES.index(n) for n in MEMBERS["lab"]["b_lab"]]].sum(
        axis=1
    )
    for (row, column), part in {(1, 0): in_lab[:, 1], (2, 1): rest}.items():
        known = mean(part) if level is None else tail_contribution(part, tail_of(RESULT["total_cost"], level))
        assert found.value[row, column] == pytest.approx(known.value, rel=1e-12)
        assert found.standard_error[row, column] == pytest.approx(known.standard_error, rel=1e-9)
        assert found.ci_high[row, column] == pytest.approx(known.high, rel=1e-9)
    assert found.labels == (("exit", "outage", NO_EVENT), ("a_lab", "b_lab"))


def test_what_is_booked_to_no_driver_is_the_no_event_cost() -> None:
    found = contributions(RESULT)
    assert found.names == ("exit", "outage", NO_EVENT)
    assert found.value[2] == pytest.approx(RESULT["no_event_cost"].mean(), rel=1e-12)


def test_a_driver_may_have_the_name_of_the_rest() -> None:
    renamed = {**RESULT.coords, "driver": np.array([NO_EVENT, "outage"])}
    found = contributions(type(RESULT)(RESULT.arrays, renamed, RESULT.attrs))
    assert found.names == (NO_EVENT, "outage", f"({NO_EVENT})")


def test_shares_of_nothing_are_not_told() -> None:
    zeros = {name: np.zeros_like(array) for name, array in RESULT.arrays.items()}
    found = contributions(type(RESULT)(zeros, RESULT.coords, RESULT.attrs))
    assert np.isnan(found.share).all()
    assert (found.value == 0.0).all()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"by": "drivers"}, "did you mean driver"),
        ({"by": "teem"}, "did you mean team"),
        ({"by": 3}, "driver, workload"),
        ({"by": ()}, "add up to the total"),
        ({"by": "year", "of": "disruption_exposure"}, "add up to the total"),
        ({"by": ("lab", "line")}, "leave out line"),
        ({"by": ("period", "driver")}, "total_cost by"),
        ({"of": "total_cots"}, "did you mean total_cost"),
        ({"of": "largest_occurrence", "by": "driver"}, "largest_occurrence by"),
        ({"level": 99.5}, r"write 0\.995"),
        ({"level": 0.0}, "between 0 and 1"),
        ({"level": "0.95"}, "between 0 and 1"),
    ],
)
def test_bad_input_is_one_clear_message(arguments: dict, expected: str) -> None:
    with pytest.raises(ConfigError, match=expected) as refused:
        contributions(RESULT, **arguments)
    assert len(refused.value.problems) == 1


def test_what_was_not_kept_is_said_with_what_to_keep() -> None:
    for keep, by, needed in (
        (["by_driver"], "driver", "by_driver,totals"),
        (["totals"], "driver", "totals,by_driver"),
        (["totals"], "team", "totals,by_workload"),
        (["totals", "by_workload"], ("workload", "driver"), "totals,by_workload,by_driver"),
        (
            ["totals", "by_workload", "by_driver"],
            ("lab", "driver"),
            "by_workload,by_driver,by_workload_driver",
        ),
    ):
        with pytest.raises(ConfigError, match=rf"run\.keep=\[.*{needed}"):
            contributions(grouped_result(keep), by=by)


def test_a_comparison_is_not_one_strategy() -> None:
    with pytest.raises(ValueError, match="one strategy at a time"):
        contributions(grouped_comparison())


def test_the_labelled_attribution_has_the_same_numbers() -> None:
    dataset = RESULT.to_dataset()
    found = simengine.attribution(dataset, "total_cost", "tvar", 0.9, by=("team", "driver"))
    known = contributions(RESULT, by=("team", "driver"), level=0.9)
    assert found["value"].dims == ("team", "driver")
    assert list(found["driver"].values) == ["exit", "outage", NO_EVENT]
    for name in ("value", "standard_error", "ci_low", "ci_high", "share"):
        np.testing.assert_array_equal(found[name].values, getattr(known, name))
    assert float(found["total"]) == known.total.value
    assert float(found["total_standard_error"]) == known.total.standard_error
    assert found["value"].attrs["units"] == "EUR"
    assert found["share"].attrs["units"] == "1"
    assert found.attrs["statistic"] == "TVaR90"
    assert found.attrs["result_hash"] == RESULT.attrs["result_hash"]


def test_strategies_are_attributed_one_by_one() -> None:
    comparison = grouped_comparison()
    found = simengine.attribution(comparison.to_dataset(), by="lab")
    assert found["value"].dims == ("strategy", "lab")
    known = contributions(comparison.of_strategy("pause"), by="lab")
    np.testing.assert_array_equal(found["value"].sel(strategy="pause").values, known.value)
    assert float(found["total"].sel(strategy="pause")) == known.total.value


def test_an_unknown_statistic_is_refused() -> None:
    with pytest.raises(ConfigError, match="did you mean tvar"):
        simengine.attribution(RESULT.to_dataset(), statistic="TVar")  # pyright: ignore[reportArgumentType]


def test_only_what_is_needed_is_loaded() -> None:
    """A stored result reads an array whenever it is asked for; asking whether it is there reads nothing."""
    loaded: list[str] = []

    def load(name: str) -> np.ndarray:
        loaded.append(name)
        return RESULT.arrays[name]

    stored = type(RESULT)(Lazy(RESULT.arrays, load), RESULT.coords, RESULT.attrs)
    assert contributions(stored, by="lab").total == contributions(RESULT, by="lab").total
    assert set(loaded) == {"total_cost", "total_cost_by_workload"}
