"""`keep: summary`: what is told without paths agrees with what the paths tell, whoever counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from simengine.analysis.exceedance import aep, has_curves, oep
from simengine.analysis.grouping import groups
from simengine.analysis.summarise import DISTRIBUTIONS, QUANTILES, summarise
from simengine.engine import simulate as engine
from simengine.engine.simulate import SUMMARISED, blocks_of, computed, lower_study, spans
from simengine.estimators.sketch import RELATIVE_ERROR
from simengine.model.errors import ConfigError
from simengine.model.run import Run
from simengine.model.study import Study
from simengine.model.summarise import QUANTITIES, USUAL
from simengine.results import store
from simengine.results.dataset import Result
from simengine.results.groups import SHARED
from simengine.results.simulation import _new_summaries, play, simulate
from simengine.results.summary import CURVES, quantity_of, summed_quantities
from simengine.results.variables import VARIABLES, kept
from tests.engine.running import bits, differing, with_run
from tests.results.synthetic import EVERYTHING, small_study
from tests.studies import random_study

pytestmark = pytest.mark.compiled  # thousands of paths

N_PATHS = 2500


def study_of(tree: Any = None, **run: Any) -> Study:
    study = small_study(N_PATHS, ["totals"]) if tree is None else Study.from_mapping(tree)
    return with_run(study, **{"n_paths": N_PATHS, "keep": ("summary",), **run})


def by_group(paths: Result) -> dict[str, np.ndarray]:
    """What every lab, line and tag is on each path, added up workload by workload."""
    added: dict[str, np.ndarray] = {}
    for level in SHARED:
        members = [group.members for group in groups(paths, level)]
        for name, values in paths.arrays.items():
            if name.endswith("_by_workload"):
                by = [sum(values[:, k] for k in group) for group in members]
                empty = np.empty((len(values), 0))
                added[name.removesuffix("workload") + level] = np.stack(by, axis=1) if by else empty
    return added


@pytest.fixture(scope="module", params=["small", 3, 11], ids=str)
def studies(request: pytest.FixtureRequest) -> tuple[Result, Result]:
    """A summary, and the paths behind it."""
    tree = None if request.param == "small" else random_study(request.param)
    study = study_of(tree, n_paths=N_PATHS if request.param == "small" else 300)
    keep = tuple(word for word in EVERYTHING if word != "occurrences")
    return play(study), play(with_run(study, keep=keep))


def test_it_holds_what_the_registry_says(studies: tuple[Result, Result]) -> None:
    summary, _ = studies
    assert set(summary.arrays) == {variable.name for variable in kept(["summary"])}
    assert "path" not in summary.coords
    assert summary.attrs["sketch_relative_error"] == RELATIVE_ERROR


def test_sums_are_those_of_the_paths(studies: tuple[Result, Result]) -> None:
    summary, paths = studies
    n_paths = paths.attrs["n_paths"]
    arrays = {**paths.arrays, **by_group(paths)}
    for name in summed_quantities():
        values = quantity_of(arrays, name)
        total, deviations = (summary[f"{name}_{what}"].reshape(-1) for what in ("sum", "deviations"))
        size = np.abs(values).sum(axis=0)
        assert (np.abs(total - values.sum(axis=0)) <= 1e-13 * size).all(), name
        expected = np.square(values - values.mean(axis=0)).sum(axis=0)
        scale = expected + 1e-13 * size**2 / n_paths
        assert (np.abs(deviations - expected) <= 1e-9 * scale).all(), name


def test_what_never_varies_has_no_deviations() -> None:
    summary = play(study_of())
    assert summary["planned_cost_deviations"] == 0.0
    assert summary["herfindahl_by_lab_at_start_deviations"] == 0.0
    assert summary["disruption_exposure_deviations"] > 0.0


def test_counts_are_those_of_the_paths(studies: tuple[Result, Result]) -> None:
    summary, paths = studies
    cost, plan = paths["total_cost_by_workload"], paths["planned_cost_by_workload"]
    np.testing.assert_array_equal(
        summary["saving_below_plan_by_workload_count"], (cost > plan + 0.005).sum(axis=0)
    )
    below = paths["total_cost"] >= paths["status_quo_cost"] - 0.005
    assert summary["no_saving_count"] == below.sum()
    np.testing.assert_array_equal(
        summary["strikes_by_driver_count"], (paths["strikes_by_driver"] > 0).sum(axis=0)
    )


def test_sketches_count_every_path(studies: tuple[Result, Result]) -> None:
    summary, paths = studies
    names = summary.codes["sketch_quantity"]
    assert names[0] == "total_cost"
    for code, name in enumerate(names):
        own = summary["sketch_quantity"] == code
        low, high, count = (summary[f"sketch_{part}"][own] for part in ("low", "high", "count"))
        quantity, *labels = name.split(" ")
        values = paths[quantity]
        for dim, label in zip(VARIABLES[quantity].dims[1:], labels, strict=True):
            values = values[:, paths.labels(dim).index(label)]
        assert count.sum() == len(values)
        for k in range(len(count)):
            inside = (values >= low[k]) & (values < high[k]) if low[k] >= 0 else (values > low[k])
            inside &= (values <= high[k]) if low[k] < 0 else True
            inside = values == 0.0 if low[k] == high[k] == 0.0 else inside
            assert inside.sum() == count[k], (name, low[k])


def test_the_summary_reads_like_that_of_the_paths(studies: tuple[Result, Result]) -> None:
    """Every row of the paths' summary is there, percentiles within the bound, everything else to rounding."""
    summary, paths = studies
    found = {row[:6]: row for row in summarise(summary)}
    exact = {row[:6]: row for row in summarise(paths)}
    # What needs paths: groups of workloads, standard deviations, contributions to the tail, years.
    told = {key for key in exact if key in found}
    untold = {(key[1] if key[1] in ("lab", "line", "tag") else key[5].rstrip("0123456789")) for key in exact}
    untold -= {key[5].rstrip("0123456789") for key in told}
    assert untold <= {"lab", "line", "tag", "sd", "coTVaR", "RP"}
    means = {
        key
        for key in exact
        if key[5] in ("mean", "probability") and key[1] in SHARED and key[3:5] == ("", "")
    }
    assert means <= told
    assert {key[1] for key in means} >= {"lab", "line"}
    spread = {key[:3]: row.value for key, row in exact.items()}
    for key in told:
        row, ours = exact[key], found[key]
        assert (ours.currency, ours.unit) == (row.currency, row.unit)
        within = 2.0 * RELATIVE_ERROR if key[5][0] in "PT" else 1e-9
        size = abs(row.value) + 1e-7 * abs(spread[key[:3]]) + 1e-6
        assert abs(ours.value - row.value) <= within * size, key
        if key[5] in ("mean", "probability"):
            assert ours.ci_low == pytest.approx(row.ci_low, rel=1e-7, abs=1e-6 * size)
    by_period = [row for row in found.values() if row.period and row.statistic == "P95"]
    assert {row.metric for row in by_period} == {"total_cost", "disruption_exposure"}


@pytest.mark.parametrize("threads", [2, 5])
def test_threads_change_no_bit(threads: int) -> None:
    one, other = (play(study_of(threads=t)) for t in (1, threads))
    assert differing(one.arrays, other.arrays) == []
    assert one.attrs["result_hash"] == other.attrs["result_hash"]


def test_parts_in_any_order_change_no_bit() -> None:
    """Parts that end where blocks do, on machines of their own, merged as they come in."""
    study = study_of(first_path=700, n_paths=4000)
    whole = play(study)
    lowered = lower_study(study)
    merged = None
    blocks = spans(700, 4000)
    for part in (blocks[3:], blocks[:1], blocks[1:3]):
        ((summary,), _) = _new_summaries(study, lowered)
        numbers = range(part[0].start, part[-1].stop)
        for span, (block,) in zip(part, blocks_of(study, lowered, paths=numbers), strict=True):
            summary.update(block, span.start - 700, len(span))
        if merged is not None:
            summary.merge(merged)
        merged = summary
    assert merged is not None
    assert differing(merged.finalise(), whole.arrays) == []


def test_it_is_the_same_beside_paths() -> None:
    alone, beside = play(study_of()), play(study_of(keep=("summary", "totals", "occurrences")))
    assert {name: bits(array) for name, array in alone.arrays.items()}.items() <= {
        name: bits(array) for name, array in beside.arrays.items()
    }.items()
    assert len(beside["total_cost"]) == N_PATHS


def test_any_quantity_may_be_sketched() -> None:
    named = ("saving_by_workload", "largest_occurrence_by_year", "strikes_by_driver")
    result = play(study_of(summarise=named))
    names = result.codes["sketch_quantity"]
    assert {name.split(" ")[0] for name in names} == set(named)
    assert "saving_by_workload w1" in names
    statistics = {row.statistic for row in summarise(result) if row.metric == "total_cost"}
    assert statistics == {"mean"}, "percentiles are told of what has a sketch"


def tagged() -> Study:
    """Workloads on two lines of two labs, with tags that some lack, over three and a half years."""
    tree = small_study(N_PATHS, ["summary"], n_workloads=4).canonical()
    tree["portfolio"]["lines"]["beta"] = {"lab": "b_lab", "licence": "proprietary"}
    for k, (name, line) in enumerate([("w0", "alpha"), ("w1", "beta"), ("w2", "alpha"), ("w3", "beta")]):
        tree["portfolio"]["workloads"][name] |= {"line": line, "tags": {"team": f"t{k // 2}"} if k else {}}
    effects = [
        {"disruption": {"severity": {"uniform": [0.1, 0.9]}, "days": {"lognormal": {"p10": 1, "p90": 20}}}}
    ]
    for driver in tree["scenario"]["drivers"].values():
        driver["outcomes"] = {"down": {"probability": 1.0, "effects": effects}}
    tree["run"] |= {"horizon_days": 1277.5, "first_path": 0}
    return Study.from_mapping(tree)


NAMED = (
    "oep", "aep", *(f"{metric}_by_{level}" for metric in DISTRIBUTIONS for level in SHARED)
)  # fmt: skip


def test_groups_and_return_periods_are_told_where_they_are_named() -> None:
    """Every row by lab, line and tag, OEP and AEP, beside that of the paths."""
    study = tagged()
    summary = play(with_run(study, summarise=NAMED))
    paths = play(with_run(study, keep=("totals", "by_workload", "by_year")))
    exact = {row[:6]: row for row in summarise(paths)}
    found = {row[:6]: row for row in summarise(summary)}
    asked = [key for key in exact if key[1] in SHARED or key[0] in CURVES]
    asked = [key for key in asked if key[5] != "sd" and not key[5].startswith("co")]
    assert {key[2] for key in asked} >= {"a_lab", "beta", "team=t0", "team=t1", "team=(none)", "small"}
    assert {"RP2", "RP100", "P99", "TVaR95"} <= {key[5] for key in asked}
    for key in asked:
        row, ours = exact[key], found[key]
        assert (ours.unit, ours.currency) == (row.unit, row.currency)
        assert ours.value == pytest.approx(row.value, rel=RELATIVE_ERROR, abs=1e-6), key
        if key[5][0] in "RPT":
            # A bin further than the paths' own interval, at most.
            for end, sign in (("ci_low", -1.0), ("ci_high", 1.0)):
                theirs, own = getattr(row, end), getattr(ours, end)
                assert own == theirs or sign * (own - theirs) >= -1e-9 * abs(theirs), (key, end)
                assert own == theirs or abs(own - theirs) <= 4.5 * RELATIVE_ERROR * abs(theirs), (key, end)
    for curve, told in (("oep", oep(summary)), ("aep", aep(summary))):
        plain = (oep if curve == "oep" else aep)(paths)
        assert told.n_observations == plain.n_observations == 3 * N_PATHS
        np.testing.assert_allclose(told.value, plain.value, rtol=RELATIVE_ERROR)
    assert has_curves(summary)
    assert has_curves(paths)


def test_without_a_name_there_are_neither_sketches_of_groups_nor_return_periods() -> None:
    summary = play(tagged())
    rows = summarise(summary)
    assert {row.statistic for row in rows if row.level in SHARED} == {"mean", "probability"}
    assert not [row for row in rows if row.metric in CURVES]
    assert not has_curves(summary)
    with pytest.raises(ConfigError, match=r"(?s)oep in run\.summarise"):
        oep(summary)


def test_a_horizon_without_a_whole_year_has_no_return_periods() -> None:
    tree = tagged().canonical()
    tree["run"]["horizon_days"] = 200.0
    summary = play(with_run(Study.from_mapping(tree), summarise=("oep", "total_cost")))
    assert summary.codes["sketch_quantity"] == ["total_cost"]
    assert not [row for row in summarise(summary) if row.metric == "oep"]


def test_quantities_are_those_of_the_registry() -> None:
    assert set(QUANTITIES) == {*summed_quantities(), *CURVES}
    assert set(USUAL) <= set(QUANTITIES)
    assert set(SUMMARISED) == set(EVERYTHING) - {"occurrences"}
    assert computed(("totals",)) == ("totals",)
    assert set(computed(("summary",))) >= engine.PERIOD_KEEPS


def test_it_opens_with_plain_xarray(tmp_path: Path) -> None:
    result = play(study_of())
    store.write(result, tmp_path / "x")
    plain = xr.open_zarr(tmp_path / "x" / "data.zarr")
    assert float(plain["total_cost_sum"]) == result["total_cost_sum"]
    assert plain["total_cost_sum"].attrs["units"] == "EUR"
    assert plain["total_cost_deviations"].attrs["units"] == "EUR²"
    assert plain["sketch_quantity"].attrs["names"] == list(result.codes["sketch_quantity"])
    again = store.read_result(tmp_path / "x")
    assert differing(dict(again.arrays), dict(result.arrays)) == []
    assert summarise(again) == summarise(result) == summarise(plain)
    assert store.status(tmp_path / "x").complete
    assert summarise(simulate(study_of())) == summarise(result)


def test_precision_is_measured_on_the_summary() -> None:
    target = {"metric": "disruption_exposure", "statistic": "TVaR90", "relative_error": 0.02}
    tree = small_study(1000, ["summary"]).canonical()
    tree["run"] |= {"precision": target, "first_path": 0, "max_paths": 20_000}
    study = Study.from_mapping(tree)
    result = play(study)
    told = json.loads(result.attrs["precision"])
    assert told["targets"][0]["met"]
    assert len(told["checked_at"]) > 1
    plain = play(with_run(study, n_paths=result.attrs["n_paths"], precision=(), max_paths=None))
    assert result.attrs["result_hash"] == plain.attrs["result_hash"]
    (row,) = (
        row
        for row in summarise(plain, tail=0.9)
        if row[:6] == ("disruption_exposure", "portfolio", "small", "", "", "TVaR90")
    )
    assert told["targets"][0]["reached"] == pytest.approx(0.5 * (row.ci_high - row.ci_low) / row.value)
    for metric, statistic in (("no_saving", "probability"), ("saving", "mean"), ("total_cost", "TVaR95")):
        tree["run"]["precision"] = {"metric": metric, "statistic": statistic, "relative_error": 0.5}
        assert json.loads(play(Study.from_mapping(tree)).attrs["precision"])["targets"][0]["met"]


@pytest.mark.parametrize(
    ("run", "place", "words"),
    [
        ({"summarise": ["total_cots"]}, "run.summarise", "did you mean total_cost"),
        ({"summarise": "occurrences"}, "run.summarise", "total_cost"),
        ({"summarise": ["total_cost"], "keep": ["totals"]}, "run.summarise", "run.keep=summary"),
        (
            {"precision": {"metric": "concentration", "statistic": "P95", "relative_error": 0.1}},
            "run.summarise",
            "add concentration",
        ),
    ],
)
def test_mistakes_are_named(run: dict[str, Any], place: str, words: str) -> None:
    tree = small_study(1000, ["summary"]).canonical()
    tree["run"].pop("summarise")
    tree["run"] |= {"first_path": 0} | run
    with pytest.raises(ConfigError) as refused:
        Study.from_mapping(tree)
    (problem,) = refused.value.problems
    assert problem.path.startswith(place)
    assert words in f"{problem.arrived} {problem.allowed} {problem.remedy}"


def test_what_is_sketched_is_part_of_the_study_only_where_it_matters() -> None:
    without = small_study(10, ["totals"]).canonical()
    assert "summarise" not in without["run"]
    study = small_study(10, ["summary"])
    assert study.canonical()["run"]["summarise"] == sorted(USUAL)
    assert Study.from_mapping(study.canonical()).canonical() == study.canonical()
    assert Run.model_validate({"start": "2026-01-01", "horizon_days": 1}).sketched == ()


def test_levels_are_those_of_every_summary() -> None:
    statistics = {row.statistic for row in summarise(play(study_of()))}
    assert {f"P{100 * level:.10g}" for level in QUANTILES} <= statistics
