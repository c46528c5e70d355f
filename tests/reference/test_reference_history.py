"""What struck before `start`: what is left of it, and what it still counts for."""

import pytest

from tests.reference import occurrences
from tests.reference.hand_made import components, fallback, forced_move, made, responses, result, strike


def test_effects_with_days_run_out_and_one_offs_are_past():
    told = result(
        {
            "exit": strike(
                -20,
                {"disruption": {"severity": 0.5, "days": 30}},
                {"upkeep": {"per_day": 3.0}},
                {"one_off": {"amount": 1e6}},
                {"spend": {"factor": 5.0, "days": 20}},
                history=True,
            )
        }
    )
    assert components(told) == {"inference": 365_000.0, "upkeep": 1095.0, "exposure": 50_000.0}
    # It is booked, and counts as the largest occurrence, but neither as a strike nor to a year.
    assert told["strikes_by_driver"] == {"exit": 0}
    assert told["disruption_exposure_by_driver"] == pytest.approx({"exit": 50_000.0})
    assert told["largest_occurrence"] == pytest.approx(50_000.0)
    assert told["largest_occurrence_by_year"] == {0: 0.0}
    assert told["disruption_exposure_by_year"] == {0: 0.0}


def test_a_forced_move_is_answered_at_0_with_its_own_deadline():
    driver = strike(-20, forced_move(grace_days=30), history=True)
    told = result({"end": driver}, responses=responses("move", fallback(lead_days=25, severity=0.2)))
    # Due on day 10, there on day 25.
    assert components(told) == {"inference": 365_000.0, "exposure": 15 * 2000.0}
    driver = strike(-50, forced_move(grace_days=30), history=True)
    told = result({"end": driver}, responses=responses("move", fallback(lead_days=25, severity=0.2)))
    assert components(told) == {"inference": 365_000.0, "exposure": 25 * 2000.0}


def test_all_of_history_has_struck_before_anything_is_answered():
    told = result(
        {
            "end": strike(-50, forced_move(), history=True),
            "gone": strike(-10, forced_move(), on="spare", history=True),
        },
        responses=responses("move", fallback("spare"), fallback("new", spend_factor=2.0)),
    )
    assert components(told) == {"inference": 730_000.0}


def test_it_counts_for_at_most():
    hazard = {"rate": 1e6, "at_most": 3}
    history = [{"entity": "old", "date": "2025-01-01"}, {"entity": "old", "date": "2025-01-01"}]
    study = made({"exit": {**strike(0), "hazard": hazard, "entities": ["old", "new"], "history": history}})
    found = [one for one in occurrences(study, 0) if not one.is_past]
    assert sorted(one.entity for one in found) == ["new", "new", "new", "old"]
    assert sorted(one.index for one in found if one.entity == "new") == [0, 1, 2]


def test_it_excites_what_is_left_of_its_factor():
    quiet = made({"b": {**strike(0), "hazard": {"rate": 1.0}}}, run={"horizon_days": 36_500})
    exciting = strike(-100, scope="lab", on="old_lab", history=True)
    excited_by = [{"driver": "a", "factor": 3.0, "half_life_days": 100}]
    hazard = {"rate": 1.0, "excited_by": excited_by}
    loud = made({"a": exciting, "b": {**strike(0), "hazard": hazard}}, run={"horizon_days": 36_500})
    t = next(one.time for one in occurrences(quiet, 0))
    s = next(one.time for one in occurrences(loud, 0) if not one.is_past)
    # The same E: t = s + 2 x 0.5 x the integral of 2^(-x/100) from 0 to s.
    decay = 0.006931471805599453
    assert s < t
    assert s + (1 - 2.718281828459045 ** (-decay * s)) / decay == pytest.approx(t, rel=1e-12)


def test_two_entries_of_one_day_are_two_draws():
    effects = [{"one_off": {"amount": {"uniform": [0, 1]}}}]
    history = [{"entity": "old", "date": "2025-06-01"}] * 2
    driver = {
        **strike(0),
        "hazard": {"rate": 0.0},
        "history": history,
        "outcomes": {"x": {"effects": effects}},
    }
    told = result({"exit": driver})
    first, second = told.occurrences
    assert second.index == first.index + 1
    assert first.magnitudes != second.magnitudes
