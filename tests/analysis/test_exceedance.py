"""OEP and AEP: complete years of every path, errors by path."""

from __future__ import annotations

import numpy as np
import pytest

import simengine
from simengine.analysis.exceedance import aep, aep_exceedance, complete_years, oep, oep_exceedance, yearly
from simengine.analysis.summarise import summarise
from simengine.estimators import exceedance, return_periods
from simengine.model.errors import ConfigError
from tests.analysis.grouped import N_PATHS, grouped_comparison, grouped_result

RESULT = grouped_result()


@pytest.mark.parametrize(
    ("curve", "variable"), [(oep, "largest_occurrence_by_year"), (aep, "disruption_exposure_by_year")]
)
def test_complete_years_are_the_observations(curve, variable: str) -> None:
    years = RESULT[variable]
    assert years.shape == (N_PATHS, 3)  # 1,000 days: two years and a part of a third
    found, known = curve(RESULT, [2.0, 10.0, 50.0]), return_periods(years[:, :2], [2.0, 10.0, 50.0])
    for name in ("return_period", "probability", "value", "standard_error", "ci_low", "ci_high"):
        np.testing.assert_array_equal(getattr(found, name), getattr(known, name))
    assert (found.n_paths, found.n_observations) == (N_PATHS, 2 * N_PATHS)


def test_exceedance_of_years() -> None:
    found, known = oep_exceedance(RESULT, [0.0, 50.0]), exceedance(yearly(RESULT, "oep"), [0.0, 50.0])
    np.testing.assert_array_equal(found.ci_high, known.ci_high)
    assert (aep_exceedance(RESULT, [75.0]).value == oep_exceedance(RESULT, [50.0]).value).all()


@pytest.mark.parametrize(("days", "years"), [(364, 0), (365, 1), (729, 1), (730, 2), (1095, 3)])
def test_a_part_of_a_year_does_not_count(days: int, years: int) -> None:
    result = grouped_result(horizon_days=days)
    assert complete_years(result) == years
    rows = {row.metric for row in summarise(result)}
    if years:
        assert yearly(result, "aep").shape == (N_PATHS, years)
        assert {"oep", "aep"} <= rows
    else:
        assert not {"oep", "aep"} & rows
        with pytest.raises(ConfigError, match="at least one year of 365 days"):
            oep(result)


def test_labelled_return_periods() -> None:
    found = simengine.return_periods(RESULT.to_dataset(), [10, 100])
    assert found["value"].dims == ("curve", "return_period")
    assert list(found["return_period"].values) == [10.0, 100.0]
    np.testing.assert_array_equal(found["ci_low"].sel(curve="aep").values, aep(RESULT, [10, 100]).ci_low)
    compared = simengine.return_periods(grouped_comparison().to_dataset(), [10])
    assert compared["value"].dims == ("strategy", "curve", "return_period")
    own = oep(grouped_comparison().of_strategy("pause"), [10])
    assert float(compared["value"].sel(strategy="pause", curve="oep").item()) == own.value[0]


@pytest.mark.parametrize("bad", [1, 0.5, -2, float("inf"), float("nan"), "ten"])
def test_what_is_no_return_period_is_refused(bad) -> None:
    with pytest.raises(ConfigError, match="above 1"):
        oep(RESULT, [bad])


def test_what_was_not_kept_is_said() -> None:
    for curve in (oep, aep):
        with pytest.raises(ConfigError, match=r"by_year in run\.keep"):
            curve(grouped_result(["totals"]))
