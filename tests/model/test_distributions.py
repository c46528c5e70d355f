"""Quantities: what may be written, what is said about what may not, and what each distribution answers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from pydantic import ValidationError
from scipy import integrate, stats

from simengine.model.base import Frozen
from simengine.model.distributions import (
    FORMS,
    Constant,
    Distribution,
    Evidence,
    Mixture,
    Normal,
    Quantity,
    QuantityError,
    Truncated,
    constant,
    parse,
)
from tests.rng.quantities import CONTINUOUS, MIXED, NAMED, TRUNCATED

ALL = {**NAMED, **{f"truncated {name}": written for name, written in TRUNCATED.items()}, **MIXED}


class Holder(Frozen):
    """A model with a quantity, as the parts of a study are."""

    amount: Quantity = constant(0.0)


@pytest.mark.parametrize("written", [3, 3.0, {"value": 3}, {"value": 3.0, "source": "a page"}])
def test_a_number_is_a_constant(written: Any) -> None:
    quantity = parse(written)
    assert isinstance(quantity, Constant)
    assert quantity.is_constant
    assert quantity.value == 3.0
    assert quantity.support() == (3.0, 3.0)


def test_every_form_that_messages_name_can_be_read() -> None:
    seen = {
        next(key for key in written if key in FORMS) for written in ALL.values() if isinstance(written, dict)
    }
    assert seen | {"value"} == set(FORMS)


@pytest.mark.parametrize("name", ALL)
def test_what_is_written_comes_back(name: str) -> None:
    quantity = parse(ALL[name])
    again = parse(quantity.to_mapping())
    assert again == quantity
    assert again.to_mapping() == quantity.to_mapping()


def test_models_hold_and_dump_quantities() -> None:
    written = {"pert": [0, 1, 5], "truncate": [0.5, None], "source": "survey", "kind": "data", "owner": "ops"}
    held = Holder.model_validate({"amount": written})
    assert held.amount.evidence == Evidence("survey", "data", None, "ops")
    assert Holder.model_validate(held.model_dump(mode="json")) == held
    assert Holder().model_dump() == {"amount": 0.0}
    assert Holder(amount=Normal(0.0, 1.0)).amount == Normal(0.0, 1.0)
    assert "amount" in Holder.model_json_schema()["properties"]


def test_evidence_does_not_tell_distributions_apart() -> None:
    assert parse({"uniform": [0, 1], "source": "a"}) == parse({"uniform": [0, 1], "source": "b"})
    assert parse({"value": 1, "reviewed": "2026-03-05"}).evidence == Evidence(reviewed="2026-03-05")


# What is written, where the message points, and words that it holds.
REFUSED: list[tuple[Any, str, str]] = [
    ("3", "", "without quotes"),
    ("much", "", "a number or one of"),
    (True, "", "got true"),
    (None, "", "a number or one of"),
    ([1, 2], "", "a number or one of"),
    (math.nan, "", "finite"),
    (math.inf, "", "finite"),
    (10**400, "", "finite"),
    ({}, "", "exactly one of"),
    ({"normal": {"mean": 0, "sd": 1}, "uniform": [0, 1]}, "", "normal and uniform"),
    ({"norml": {"mean": 0, "sd": 1}}, "", "did you mean normal?"),
    ({"uniform": [0, 1], "truncat": [0, 1]}, "", "did you mean truncate?"),
    ({"normal": {"mean": 0, "sd": 0}}, "normal.sd", "above 0"),
    ({"normal": {"mean": 0, "sd": True}}, "normal.sd", "a number"),
    ({"normal": {"mean": 0, "std": 1}}, "normal", "{mean, sd}"),
    ({"normal": [0, 1]}, "normal", "{mean, sd}"),
    ({"lognormal": {"p10": 7, "sigma": 1}}, "lognormal", "{p10, p90} or {median, sigma}"),
    ({"lognormal": {"p10": 7, "p90": 7}}, "lognormal", "p10 below p90"),
    ({"lognormal": {"p10": -7, "p90": 7}}, "lognormal.p10", "above 0"),
    ({"pert": [0, 1]}, "pert", "[low, mode, high]"),
    ({"pert": [0, 3, 1]}, "pert", "low <= mode <= high"),
    ({"pert": [1, 1, 1]}, "pert", "write the number itself"),
    ({"triangular": [0, "1", 2]}, "triangular.[1]", "without quotes"),
    ({"uniform": [1, 0]}, "uniform", "low below high"),
    ({"uniform": [-1e308, 1e308]}, "uniform.[0]", "at most 1e+15"),
    ({"beta": {"alpha": 0, "beta": 1}}, "beta.alpha", "0.01 to 1e+06"),
    ({"gamma": {"shape": 2, "scale": -1}}, "gamma.scale", "above 0"),
    ({"gamma": {"shape": 1e9, "scale": 1}}, "gamma.shape", "0.01 to 1e+06"),
    ({"pareto": {"minimum": 1, "alpha": 2}}, "", "infinite variance"),
    ({"pareto": {"minimum": 1, "alpha": 2}, "truncate": [0, None]}, "", "infinite variance"),
    ({"mixture": {"weights": [1], "of": [{"pareto": {"minimum": 1, "alpha": 1}}]}}, "", "infinite variance"),
    ({"lognormal": {"median": 1, "sigma": 30}}, "", "infinite variance"),
    ({"discrete": {"values": [1, 2], "probabilities": [0.5]}}, "discrete", "2 values and 1 probabilities"),
    ({"discrete": {"values": [], "probabilities": []}}, "discrete", "at least one"),
    ({"discrete": {"values": [1, 2], "probabilities": [0.5, 0.6]}}, "discrete.probabilities", "sum of 1.1"),
    (
        {"discrete": {"values": [1, 2], "probabilities": [-0.5, 1.5]}},
        "discrete.probabilities[0]",
        "0 or more",
    ),
    ({"empirical": []}, "empirical", "at least one"),
    ({"empirical": [1, math.nan]}, "empirical.[1]", "finite"),
    ({"empirical": 3}, "empirical", "a list of numbers"),
    ({"mixture": {"weights": [0.5, 0.5], "of": [1]}}, "mixture", "2 weights and 1 distributions"),
    ({"mixture": {"weights": [2, 1], "of": [1, 2]}}, "mixture.weights", "divide each by their sum"),
    (
        {"mixture": {"weights": [1], "of": [{"beta": {"alpha": 1, "beta": -1}}]}},
        "mixture.of[0].beta.beta",
        "got -1",
    ),
    ({"mixture": {"weights": [1], "of": 3}}, "mixture.of", "a list of numbers and distributions"),
    ({"normal": {"mean": 0, "sd": 1}, "truncate": [1, 0]}, "truncate", "low below high"),
    ({"normal": {"mean": 0, "sd": 1}, "truncate": [0]}, "truncate", "[low, high]"),
    ({"normal": {"mean": 0, "sd": 1}, "truncate": [50, 51]}, "truncate", "a mass of"),
    ({"discrete": {"values": [1], "probabilities": [1]}, "truncate": [2, 3]}, "truncate", "a mass of 0"),
    ({"value": 3, "truncate": [0, 5]}, "truncate", "around a number"),
    ({"value": 3, "kind": "guess"}, "kind", "data, mixed or judgement"),
    ({"value": 3, "source": 7}, "source", "a text"),
]


@pytest.mark.parametrize(("written", "at", "words"), REFUSED, ids=[str(row[0])[:60] for row in REFUSED])
def test_what_cannot_be_accepted_is_explained(written: Any, at: str, words: str) -> None:
    with pytest.raises(QuantityError) as caught:
        parse(written)
    assert caught.value.at == at
    assert words in str(caught.value)
    assert caught.value.arrived
    assert caught.value.allowed
    with pytest.raises(ValidationError):
        Holder(amount=written)


@pytest.mark.parametrize("name", ALL)
def test_quantiles_invert_the_distribution_function(name: str) -> None:
    quantity = parse(ALL[name])
    u = np.array([1e-6, 0.01, 0.2, 0.5, 0.7, 0.99, 1.0 - 1e-6])
    x = np.asarray(quantity.ppf(u))
    # x is the least number whose distribution function reaches u.
    assert np.all(quantity.cdf(x) >= u * (1.0 - 1e-9) - 1e-12)
    assert np.all(quantity.below(x) <= u * (1.0 + 1e-9) + 1e-12)
    np.testing.assert_allclose(quantity.cdf(x) + quantity.sf(x), 1.0, atol=1e-12)
    assert float(quantity.ppf(0.5)) == x[3]
    low, high = quantity.support()
    assert np.all((x >= low) & (x <= high))


@pytest.mark.parametrize("name", [name for name in ALL if name not in ("mixture", "nested")])
def test_the_mean_is_the_integral_of_the_quantile_function(name: str) -> None:
    quantity = parse(ALL[name])
    # By the trapezoid rule in the normal score, where both tails end; jumps are blurred by one step.
    z = np.linspace(-8.2, 8.2, 1641)
    integral = 0.01 * float(np.sum(stats.norm.pdf(z) * quantity.ppf(stats.norm.cdf(z))))
    blurred = any(word in name for word in ("pareto", "discrete", "empirical", "truncated"))
    assert quantity.mean() == pytest.approx(integral, rel=5e-3 if blurred else 1e-7)


def test_the_mean_of_a_mixture_weighs_its_parts() -> None:
    assert parse(MIXED["mixture"]).mean() == pytest.approx(0.75 * 5.0)
    assert parse(MIXED["nested"]).mean() == pytest.approx(0.4 * (0.5 * 1 + 0.5 * 1.5) + 0.6 * 1.9)


@given(CONTINUOUS)
def test_means_equal_numerical_integrals_after_truncation(written: Any) -> None:
    whole = parse(written)
    low, high = float(whole.ppf(0.1)), float(whole.ppf(0.8))
    if not high - low > 1e-6 * max(abs(low), abs(high)):
        return
    quantity = parse({**written, "truncate": [low, high]})
    integral, _ = integrate.quad(lambda u: float(quantity.ppf(u)), 0.0, 1.0, epsrel=1e-9, limit=200)
    assert quantity.mean() == pytest.approx(integral, rel=1e-6, abs=1e-7 * (high - low))


def test_pert_is_voses() -> None:
    quantity = parse({"pert": [2, 3, 10]})
    assert quantity.mean() == pytest.approx((2 + 4 * 3 + 10) / 6)
    assert float(quantity.cdf(4.0)) == pytest.approx(stats.beta(1.5, 4.5, 2, 8).cdf(4.0))


def test_a_lognormal_meets_its_percentiles() -> None:
    quantity = parse({"lognormal": {"p10": 7, "p90": 119}})
    assert quantity.ppf(0.1) == pytest.approx(7.0, rel=1e-12)
    assert quantity.ppf(0.9) == pytest.approx(119.0, rel=1e-12)


@pytest.mark.parametrize(
    ("written", "low", "high", "expected"),
    [
        ({"normal": {"mean": 0, "sd": 1}}, -1.0, 1.0, 2 * stats.norm.cdf(-1.0)),
        ({"normal": {"mean": 0, "sd": 1}, "truncate": [0, None]}, 0.0, 1.0, 2 * stats.norm.sf(1.0)),
        ({"beta": {"alpha": 2, "beta": 2}}, 0.0, 1.0, 0.0),
        (0.5, 0.0, 1.0, 0.0),
        (1.5, 0.0, 1.0, 1.0),
        ({"discrete": {"values": [0, 1, 2], "probabilities": [0.2, 0.3, 0.5]}}, 1.0, 2.0, 0.2),
        ({"mixture": {"weights": [0.1, 0.9], "of": [-1, 0.5]}}, 0.0, 1.0, 0.1),
        ({"lognormal": {"median": 1, "sigma": 1}}, 0.0, math.inf, 0.0),
    ],
)
def test_mass_outside_counts_both_sides_and_no_edge(
    written: Any, low: float, high: float, expected: float
) -> None:
    assert parse(written).mass_outside(low, high) == pytest.approx(expected, abs=1e-15)


def test_truncation_around_a_mixture_conditions_it() -> None:
    inner = {"weights": [0.5, 0.5], "of": [{"normal": {"mean": 0, "sd": 1}}, 7]}
    quantity = parse({"mixture": inner, "truncate": [0, 10]})
    assert float(quantity.cdf(0.0)) == pytest.approx(0.0, abs=1e-12)
    # A quarter of the mass is the normal's upper half, a half the seven.
    assert float(quantity.below(7.0)) == pytest.approx(1.0 / 3.0, rel=1e-9)
    resolved = quantity.resolved()
    assert isinstance(resolved, Mixture)
    assert resolved.weights == pytest.approx((1.0 / 3.0, 2.0 / 3.0))


def test_a_constant_has_a_value_and_a_distribution_has_none() -> None:
    assert constant(2).value == 2.0
    with pytest.raises(TypeError, match="no single value"):
        _ = parse({"uniform": [0, 1]}).value


def test_truncations_of_truncations_come_together() -> None:
    quantity = Truncated(Truncated(Normal(0.0, 1.0), -1.0, 2.0), 0.0, 5.0)
    assert quantity.support() == (0.0, 2.0)
    assert quantity.to_mapping() == {"normal": {"mean": 0.0, "sd": 1.0}, "truncate": [0.0, 2.0]}


def test_distributions_are_hashable_and_frozen() -> None:
    for written in ALL.values():
        quantity = parse(written)
        assert isinstance(quantity, Distribution)
        assert hash(quantity) == hash(parse(written))
        with pytest.raises(AttributeError):
            quantity.evidence = None  # pyright: ignore[reportAttributeAccessIssue]
