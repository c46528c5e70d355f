"""`compare` with `keep: summary`: what is told without paths agrees with what the paths tell."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import simengine
from simengine.analysis.compare import Difference, differences, summaries
from simengine.analysis.summarise import summarise
from simengine.engine.simulate import blocks_of, lower_study, spans
from simengine.estimators.sketch import RELATIVE_ERROR
from simengine.model.errors import ConfigError
from simengine.model.strategy import Strategy
from simengine.model.study import Study
from simengine.results import store
from simengine.results.changes import Baseline, Changes
from simengine.results.dataset import Result
from simengine.results.simulation import _new_summaries, compare, play
from simengine.results.variables import CHANGES, kept
from tests.engine.running import differing, with_run
from tests.reference.hand_made import made

pytestmark = pytest.mark.compiled  # thousands of paths

N_PATHS = 2500
PATHS = ("totals", "by_workload")
Key = tuple[str, str, str, str, str]


def study_of(**run: object) -> Study:
    return with_run(
        simengine.compose(["portfolio=midmarket", "scenario=quiet_exit"]),
        **{"n_paths": N_PATHS, "first_path": 700, "seed": 3, "keep": ("summary",), **run},
    )


def strategies(*names: str) -> list[Strategy]:
    chosen = [simengine.compose(["portfolio=midmarket", f"strategy={name}"]).strategy for name in names]
    # A second one that does as the first.
    return [*chosen, chosen[0].model_copy(update={"name": "again"})]


PLAYED = ("proceed", "pause", "pilot")


@pytest.fixture(scope="module")
def both() -> tuple[Result, Result]:
    """A comparison that kept a summary, and the same that kept paths."""
    played = strategies(*PLAYED)
    return play(study_of(), played), play(study_of(keep=PATHS), played)


def by_key(rows: list[Difference], strategy: str) -> dict[Key, Difference]:
    return {
        (row.metric, row.level, row.name, row.statistic, row.unit): row
        for row in rows
        if row.strategy == strategy
    }


def test_it_holds_what_the_registry_says(both: tuple[Result, Result]) -> None:
    summary, _ = both
    assert set(summary.arrays) == {variable.name for variable in kept(["summary"], compared=True)}
    assert "path" not in summary.coords
    assert summary.mismatches() == []
    assert summary["total_cost_by_workload_sum"].shape[0] == 4
    assert summary.codes["sketch_strategy"] == [*PLAYED, "again"]


def test_each_strategy_is_told_as_if_run_by_itself(both: tuple[Result, Result]) -> None:
    summary, _ = both
    for strategy in strategies(*PLAYED):
        alone = play(study_of().with_strategy(strategy))
        assert repr(summarise(summary.of_strategy(strategy.name))) == repr(summarise(alone))
    assert list(summaries(summary)) == [*PLAYED, "again"]


@pytest.mark.parametrize("strategy", ["pause", "pilot"])
def test_differences_are_those_of_the_paths(both: tuple[Result, Result], strategy: str) -> None:
    """Means and shares to rounding, with their errors; quantiles within the sketch's bound."""
    told, exact = (by_key(differences(result), strategy) for result in both)
    assert set(told) <= set(exact)
    untold = {(key[1], key[3].rstrip("0123456789")) for key in set(exact) - set(told)}
    assert {what for level, what in untold if level in ("portfolio", "workload")} <= {"sd", "RP"}
    assert sum(key[3] == "mean" for key in told) == 5 * 9
    base = {row[:6]: row.value for row in summarise(both[1].of_strategy("proceed"))}
    for key, row in told.items():
        metric, level, name, statistic, _ = key
        of_paths = exact[key]
        if statistic in ("mean", "probability"):
            spread = of_paths.standard_error * N_PATHS
            for field in ("value", "standard_error", "ci_low", "ci_high"):
                expected = getattr(of_paths, field)
                assert getattr(row, field) == pytest.approx(expected, rel=1e-9, abs=1e-9 * spread), key
        elif metric.endswith("_change"):
            assert abs(row.value - of_paths.value) <= RELATIVE_ERROR * abs(of_paths.value), key
            assert row.ci_low <= of_paths.ci_low, key
            assert row.ci_high >= of_paths.ci_high, key
        else:
            theirs = base[metric, level, name, "", "", statistic]
            within = RELATIVE_ERROR * (abs(theirs) + abs(theirs + of_paths.value))
            assert abs(row.value - of_paths.value) <= within, key
            assert row.ci_low <= of_paths.value <= row.ci_high, key


def test_a_strategy_that_changes_nothing_differs_by_exactly_nothing(both: tuple[Result, Result]) -> None:
    rows = by_key(differences(both[0]), "again")
    known = [row for row in rows.values() if not np.isnan(row.standard_error)]
    assert len(known) > 150
    for row in known:
        if row.metric == "cheaper":
            assert row.value == 0.0
        else:
            assert row[6:10] == (0.0, 0.0, 0.0, 0.0), row


def test_what_changes_on_path_0_alone_changes_nothing_behind_it() -> None:
    """Path 0 is where sums are measured from: a run that begins behind it tells nothing of it."""
    upkeep = {"upkeep": {"per_day": {"uniform": [10, 90]}, "days": 100}}
    drivers = {
        "a": {
            "scope": "line",
            "hazard": {"at": "2026-03-05", "probability": 0.02},
            "outcomes": {"o": {"effects": [upkeep]}},
        }
    }
    clause = {"name": "half", "clauses": [{"name": "cadence", "upkeep_factor": 0.37}]}
    played = [Strategy(name="plain"), Strategy.model_validate(clause)]
    study = made(drivers, run={"seed": 134, "n_paths": 60, "first_path": 1, "keep": ["totals"]})
    of_path_0 = play(with_run(study, n_paths=1, first_path=0), played)["total_cost"]
    cost = play(study, played)["total_cost"]
    assert of_path_0[0, 0] > of_path_0[1, 0]
    assert (cost[0] == cost[1]).all()
    for row in differences(play(with_run(study, keep=("summary",)), played)):
        if row.metric != "cheaper" and not np.isnan(row.standard_error):
            assert row[6:10] == (0.0, 0.0, 0.0, 0.0), row


def test_changes_of_a_path_are_told_of_paths_too(both: tuple[Result, Result]) -> None:
    """What `total_cost_change` says, by NumPy."""
    cost = both[1]["total_cost"]
    rows = by_key(differences(both[1], quantiles=(0.05, 0.5)), "pause")
    name = str(both[1].attrs["portfolio"])
    for level, statistic in ((0.05, "P5"), (0.5, "P50")):
        row = rows["total_cost_change", "portfolio", name, statistic, "USD"]
        assert row.value == np.quantile(cost[1] - cost[0], level, method="inverted_cdf")


def test_threads_change_no_bit(both: tuple[Result, Result]) -> None:
    other = play(study_of(threads=3), strategies(*PLAYED))
    assert differing(both[0].arrays, other.arrays) == []
    assert both[0].attrs["result_hash"] == other.attrs["result_hash"]


def test_parts_in_any_order_change_no_bit(both: tuple[Result, Result]) -> None:
    """Parts that end where blocks do, on machines of their own, merged as they come in."""
    study, played = study_of(), strategies(*PLAYED)
    lowered = lower_study(study, played)
    merged = None
    blocks = spans(700, N_PATHS)
    for part in (blocks[2:], blocks[:1], blocks[1:2]):
        baseline = Baseline()
        _, changes = _new_summaries(study, lowered, baseline)
        numbers = range(part[0].start, part[-1].stop)
        for span, arrays in zip(part, blocks_of(study, lowered, paths=numbers), strict=True):
            baseline.update(arrays[0], span.start - 700, len(span))
            for change, own in zip(changes, arrays, strict=True):
                change.update(own, span.start - 700, len(span))
        for change, earlier in zip(changes, merged or (), strict=False):
            change.merge(earlier)
        merged = changes
    assert merged is not None
    summary = both[0]
    for k, change in enumerate(merged):
        found = change.finalise()
        for name in found:
            if not name.startswith("sketch_"):
                np.testing.assert_array_equal(found[name], summary[name][k], err_msg=name)
        at = summary["sketch_strategy"] == k
        at &= summary["sketch_quantity"] >= summary.codes["sketch_quantity"].index("total_cost_change")
        for part in ("low", "high", "count"):
            np.testing.assert_array_equal(found[f"sketch_{part}"], summary[f"sketch_{part}"][at])


def test_less_than_half_a_cent_is_not_cheaper() -> None:
    names = {name.removesuffix("_by_workload") for name in CHANGES} - {"saving_below_plan", "no_saving"}
    theirs: dict[str, np.ndarray] = {}
    for name in (*names, "planned_cost", "status_quo_cost"):
        theirs |= {name: np.full(3, 9.0), f"{name}_by_workload": np.full((3, 1), 9.0)}
    ours = theirs | {"total_cost": np.array([8.996, 8.994, 9.006])}
    baseline = Baseline()
    baseline.update(theirs, 0, 3)
    change = Changes((), baseline, ours, theirs, {"workload": ["w"]})
    change.update(ours, 0, 3)
    assert change.finalise()["cheaper_count"] == 1
    assert change.finalise()["saving_below_plan_change_sum"] == 1.0


def test_blocks_that_do_not_pair_are_a_fault() -> None:
    baseline = Baseline()
    baseline.update({}, 0, 1)
    with pytest.raises(ValueError, match="the block at path 5 has no baseline"):
        baseline.at(5)


def test_it_is_stored_and_opens_with_plain_xarray(both: tuple[Result, Result], tmp_path: Path) -> None:
    summary, _ = both
    store.write(summary, tmp_path / "x")
    plain = xr.open_zarr(tmp_path / "x" / "data.zarr")
    assert plain["total_cost_change_sum"].dims == ("strategy",)
    change = float(plain["total_cost_change_sum"].sel(strategy="pause")) / N_PATHS
    (row,) = (
        r
        for r in differences(summary)
        if (r.strategy, *r[2:4], r[5]) == ("pause", "total_cost", "portfolio", "mean")
    )
    assert change == row.value
    assert plain["total_cost_change_deviations"].attrs["units"] == "USD²"
    again = store.read_result(tmp_path / "x")
    assert differing(dict(again.arrays), dict(summary.arrays)) == []
    for source in (again, plain, compare(study_of(), strategies(*PLAYED))):
        assert repr(differences(source)) == repr(differences(summary))
    assert store.status(tmp_path / "x").complete


def test_it_stands_beside_paths(both: tuple[Result, Result]) -> None:
    beside = play(study_of(keep=("summary", *PATHS)), strategies(*PLAYED))
    for name in both[0].arrays:
        np.testing.assert_array_equal(both[0][name], beside[name], err_msg=name)
    assert repr(differences(beside)) == repr(differences(both[1]))
    assert repr(differences(beside, "pause")) == repr(differences(both[1], "pause"))


def test_one_strategy_has_nothing_to_differ_from() -> None:
    result = play(study_of(n_paths=50), strategies(*PLAYED)[:1])
    assert differences(result) == []
    assert result.mismatches() == []


def test_another_baseline_needs_another_comparison(both: tuple[Result, Result]) -> None:
    with pytest.raises(ConfigError, match="compare again with pause first"):
        differences(both[0], "pause")


def test_without_a_sketch_means_alone() -> None:
    result = play(
        study_of(n_paths=300, summarise=("saving", "total_cost_by_workload")), strategies("proceed")
    )
    found = {(row.metric, row.level): row.statistic for row in differences(result) if row.statistic != "mean"}
    assert ("total_cost", "portfolio") not in found
    assert ("total_cost_change", "workload") in found
    assert len(CHANGES) == 14


def test_precision_is_measured_on_every_strategy() -> None:
    target = {"metric": "total_cost", "statistic": "P90", "relative_error": 0.02}
    tree = study_of(n_paths=500).canonical()
    tree["run"] |= {"precision": target, "first_path": 0, "max_paths": 20_000}
    result = play(Study.from_mapping(tree), strategies("proceed", "pause"))
    (asked,) = json.loads(result.attrs["precision"])["targets"]
    assert asked["met"]
    reached = [
        0.5 * (row.ci_high - row.ci_low) / row.value
        for rows in summaries(result).values()
        for row in rows
        if row[:6] == ("total_cost", "portfolio", "midmarket", "", "", "P90")
    ]
    assert asked["reached"] == pytest.approx(max(reached))
