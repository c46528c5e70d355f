"""The reference's own generator, quantiles, copulas and occurrence times, against other results."""

import itertools
import math

import numpy as np
import pytest
from scipy import integrate, stats

from simengine.model.distributions import parse
from simengine.rng.address import address_key as shipped_address_key
from tests.reference import occurrences, parameters
from tests.reference.draws import quantile
from tests.reference.hand_made import made, strike
from tests.reference.intensity import Excitement, Intensity, Window
from tests.reference.philox import CHOICE, address_key, derive_key, philox4x32, uniform


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [
        ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
    ],
)
def test_philox_published_vectors(counter, key, expected):
    """kat_vectors of Random123 1.14."""
    c0, c1, c2, c3 = hexadecimal(counter)
    k0, k1 = hexadecimal(key)
    assert philox4x32((c0, c1, c2, c3), (k0, k1)) == tuple(hexadecimal(expected))


def hexadecimal(text: str) -> list[int]:
    return [int(word, 16) for word in text.split()]


def test_neighbouring_paths_share_a_call():
    words = philox4x32((3, 0, 5, 1 << 31), (7, 9))
    key = 7 | 9 << 32
    assert uniform(key, 6, 5 | CHOICE) == ((words[0] | words[1] << 32) >> 11) * 2.0**-53
    assert uniform(key, 7, 5 | CHOICE) == ((words[2] | words[3] << 32) >> 11) * 2.0**-53
    assert derive_key(key, 6, 5) == (lambda w: w[0] | w[1] << 32)(philox4x32((6, 0, 5, 0), (7, 9)))


@pytest.mark.parametrize("parts", [(), ("a",), ("a", "b"), ("ab",), ("é", "")])
def test_addresses_are_those_of_the_engine(parts):
    for seed in (0, 7, 2**63 - 1):
        assert address_key(seed, *parts) == shipped_address_key(seed, *parts)


def test_a_truncated_mixture_is_conditioned_as_a_whole():
    mixture = parse(
        {
            "mixture": {"weights": [0.5, 0.5], "of": [{"uniform": [0, 1]}, {"uniform": [0, 4]}]},
            "truncate": [0.5, 2.0],
        }
    )
    # Masses 0.5 x 0.5 and 0.5 x 0.375: the first part is chosen with 4/7.
    assert quantile(mixture, 0.5, 4 / 7 - 1e-9) == pytest.approx(0.75)
    assert quantile(mixture, 0.5, 4 / 7 + 1e-9) == pytest.approx(1.25)


@pytest.mark.parametrize(
    "shape",
    [{"kind": "gaussian", "common": 0.6}, {"kind": "student_t", "df": 4, "matrix": [[1, 0.6], [0.6, 1]]}],
)
def test_copulas(shape):
    quantities = ["scenario.factors.a", "portfolio.workloads.chat.daily_spend"]
    study = made(factors={"a": {"uniform": [0, 1]}}, daily_spend={"uniform": [0, 1]})
    tied = study.from_mapping(
        {
            **dict(study),
            "scenario": {**dict(study.scenario), "dependence": [{"quantities": quantities, **shape}]},
        }
    )
    drawn = [parameters(tied, path) for path in range(4000)]
    a, b = (np.array([one[name] for one in drawn]) for name in ("factors.a", "workloads.chat.daily_spend"))
    # Kendall's tau of an elliptical copula is 2/pi asin(rho) (Lindskog, McNeil, Schmock 2003); the variance
    # of its estimate is at most 2 (1 - tau^2) / n (Kendall 1970).
    expected = 2.0 / math.pi * math.asin(0.6)
    tau = float(np.asarray(stats.kendalltau(a, b))[0])
    assert abs(tau - expected) < 3.0 * math.sqrt(2.0 * (1.0 - expected**2) / len(drawn))
    assert stats.kstest(a, "uniform").pvalue > 1e-4
    assert stats.kstest(b, "uniform").pvalue > 1e-4
    # The first of the list keeps its own draw under a Gaussian copula.
    if shape["kind"] == "gaussian":
        assert [parameters(study, path)["factors.a"] for path in range(20)] == pytest.approx(list(a[:20]))


def test_times_reach_their_share_of_the_integral():
    intensity = Intensity(
        per_year=2.0,
        windows=[Window(3.0, [(-5.0, 40.0), (30.0, 60.0)]), Window(0.0, [(100.0, 110.0)])],
        excitements=[
            Excitement(4.0, [20.0, 70.0], half_life_days=30.0, days=None),
            Excitement(0.2, [35.0], half_life_days=None, days=25.0),
            Excitement(1.5, [90.0], half_life_days=None, days=None),
        ],
        branching=0.6,
        half_life_days=15.0,
        own=[-10.0, 5.0],
    )
    previous = 5.0
    for target in (0.01, 0.3, 1.0, 2.5):
        time = intensity.next_after(previous, target, 3650.0)
        assert time is not None
        edges = [previous, *(edge for edge in intensity.breakpoints() if previous < edge < time), time]
        pieces = [
            integrate.quad(intensity.at, begin, math.nextafter(end, 0.0), epsabs=1e-13)[0] / 365.0
            for begin, end in itertools.pairwise(edges)
        ]
        assert sum(pieces) == pytest.approx(target, rel=1e-10)


def test_overlapping_intervals_of_a_window_count_once_and_windows_multiply():
    window = Window(3.0, [(0.0, 40.0), (30.0, 60.0)])
    other = Window(2.0, [(50.0, 70.0)])
    intensity = Intensity(1.0, [window, other])
    assert [intensity.at(t) for t in (0.0, 35.0, 50.0, 60.0, 70.0)] == pytest.approx([3, 3, 6, 2, 1])


def test_an_excitation_fades_stops_or_stays():
    def at(t, half_life_days=None, days=None):
        excitement = Excitement(3.0, [10.0, 20.0], half_life_days, days)
        return Intensity(1.0, excitements=[excitement]).at(t)

    assert [at(t, half_life_days=5.0) for t in (9, 10, 15, 20, 30)] == pytest.approx([1, 3, 2, 3, 1.5])
    assert [at(t, days=5.0) for t in (9, 10, 15, 20, 25)] == pytest.approx([1, 3, 1, 3, 1])
    assert [at(t) for t in (9, 10, 99)] == pytest.approx([1, 3, 3])


def test_a_factor_of_1_changes_nothing():
    plain = made({"a": {**strike(0), "hazard": {"rate": 5.0}}}, factors={"f": 1.0})
    windows = [{"after": "release", "days": 9, "factor": 1.0}]
    hazard = {"rate": 5.0, "windows": windows, "scaled_by": ["f"]}
    line = {"lab": "old_lab", "licence": "gated", "releases": {"first": "2025-01-03", "every_days": 20}}
    scaled = made({"a": {**strike(0), "hazard": hazard}}, factors={"f": 1.0}, lines={"old": line})
    for path in range(20):
        assert [one.time for one in occurrences(scaled, path)] == pytest.approx(
            [one.time for one in occurrences(plain, path)], rel=1e-13
        )


@pytest.mark.parametrize(
    ("scope", "entity", "exciter", "on", "via", "excited"),
    [
        ("line", "old", "line", "old", None, True),
        ("line", "old", "lab", "old_lab", None, True),
        ("line", "old", "lab", "new_lab", None, False),
        ("line", "old", "lab", "new_lab", "group", True),
        ("line", "old", "lab", "spare_lab", "group", False),
        ("line", "old", "group", "here", None, True),
        ("line", "spare", "group", "here", "group", False),
        ("workload", "chat", "line", "old", None, True),
        ("workload", "chat", "workload", "chat", None, True),
        ("group", "here", "group", "here", None, True),
        ("lab", "spare_lab", "group", "here", None, False),
    ],
)
def test_what_qualifies_to_excite(scope, entity, exciter, on, via, excited):
    entry = {"driver": "a", "factor": 0.0, **({"via": via} if via else {})}
    driver = strike(0, scope=scope, on=entity)
    study = made(
        {
            "a": strike(0, scope=exciter, on=on),
            "b": {**driver, "hazard": {"rate": 500.0, "excited_by": [entry]}},
        }
    )
    assert any(one.driver == "b" for one in occurrences(study, 0)) != excited


def test_a_group_reaches_some_labs():
    hazard = {"rate": 400.0}
    study = made({"a": {**strike(0, scope="group", on="here"), "hazard": hazard, "reach": 0.25}})
    found = occurrences(study, 3)
    n = len(found)
    reached = sum("old_lab" in one.reached for one in found)
    assert abs(reached - 0.25 * n) < 4.0 * math.sqrt(n * 0.25 * 0.75)
    both = sum(len(one.reached) == 2 for one in found)
    assert abs(both - n / 16.0) < 4.0 * math.sqrt(n / 16.0 * 15.0 / 16.0)


def test_drawn_probabilities_are_rescaled_and_one_may_take_the_rest():
    def shares(**probabilities):
        outcomes = {name: {} if p is None else {"probability": p} for name, p in probabilities.items()}
        driver = {**strike(0), "hazard": {"rate": 1000.0}, "outcomes": outcomes}
        found = occurrences(made({"a": driver}), 0)
        return {name: sum(one.outcome == name for one in found) / len(found) for name in probabilities}

    surely = {"discrete": {"values": [0.6], "probabilities": [1.0]}}
    twice = {"discrete": {"values": [1.0], "probabilities": [1.0]}}
    tolerance = 4.0 * math.sqrt(0.25 / 900)
    assert shares(z=surely, a=twice) == pytest.approx({"z": 0.375, "a": 0.625}, abs=tolerance)
    assert shares(z=surely, a=None) == pytest.approx({"z": 0.6, "a": 0.4}, abs=tolerance)
    assert shares(z=surely, a=None, m=twice) == pytest.approx(
        {"z": 0.375, "a": 0.0, "m": 0.625}, abs=tolerance
    )


def test_a_date_at_the_horizon_is_too_late():
    study = made({"a": strike(100), "b": strike(99)}, run={"horizon_days": 100})
    assert [one.driver for one in occurrences(study, 0)] == ["b"]
