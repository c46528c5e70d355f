"""A quantity of a study: a number or a distribution, as it is written in a configuration.

from simengine.model.distributions import Quantity, constant

class Fallback(Frozen):
    move_cost: Quantity = constant(0.0)
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import date
from numbers import Real
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from simengine.model.compounds import Constant, Discrete, Empirical, Mixture
from simengine.model.families import Lognormal, Normal, Pareto, Triangular, Uniform
from simengine.model.gamma_and_beta import Beta, Gamma, Pert
from simengine.model.quantity import (
    LARGEST,
    MASS_BEYOND_LARGEST,
    Distribution,
    Evidence,
    QuantityError,
    Truncated,
)
from simengine.model.wording import as_number, listed

__all__ = [
    "FORMS",
    "Beta",
    "Constant",
    "Discrete",
    "Distribution",
    "Empirical",
    "Evidence",
    "Gamma",
    "Lognormal",
    "Mixture",
    "Normal",
    "Pareto",
    "Pert",
    "Quantity",
    "QuantityError",
    "Triangular",
    "Truncated",
    "Uniform",
    "constant",
    "parse",
]

# How each form is written, for messages and for the documentation.
FORMS: dict[str, str] = {
    "value": "{value: number}",
    "pert": "{pert: [low, mode, high]}",
    "lognormal": "{lognormal: {p10: , p90: }} or {lognormal: {median: , sigma: }}",
    "normal": "{normal: {mean: , sd: }}",
    "triangular": "{triangular: [low, mode, high]}",
    "uniform": "{uniform: [low, high]}",
    "beta": "{beta: {alpha: , beta: }}",
    "gamma": "{gamma: {shape: , scale: }}",
    "pareto": "{pareto: {minimum: , alpha: }}",
    "discrete": "{discrete: {values: [...], probabilities: [...]}}",
    "empirical": "{empirical: [observations]}",
    "mixture": "{mixture: {weights: [...], of: [...]}}",
}
DISTRIBUTIONS = tuple(form for form in FORMS if form != "value")
_EVIDENCE = tuple(entry.name for entry in fields(Evidence))
_KINDS = ("data", "mixed", "judgement")
_BESIDE = ("truncate", *_EVIDENCE)


def constant(value: float) -> Distribution:
    """The quantity that is known to be `value`."""
    return Constant(float(value))


def parse(written: Any) -> Distribution:
    """The quantity that a configuration writes as a number or as a mapping.

    Raises
    ------
    QuantityError
        A ValueError that says what arrived, what is allowed, and how to mend it.
    """
    quantity = _parse(written)
    if not quantity.has_finite_variance:
        raise QuantityError(
            f"a {quantity.family} distribution of infinite variance",
            "a finite variance" + (" (alpha above 2)" if quantity.family == "pareto" else ""),
            "add truncate: [low, high] with finite ends",
        )
    if not quantity.is_constant:
        mass = quantity.mass_outside(-LARGEST, LARGEST)
        if mass > MASS_BEYOND_LARGEST:
            arrived = f"a {quantity.family} distribution with a probability of {mass:.2g} beyond {LARGEST:g}"
            remedy = "check the unit, or add truncate: [low, high]"
            raise QuantityError(arrived, f"numbers of at most {LARGEST:g}", remedy)
    return quantity


Quantity = Annotated[
    Distribution,
    PlainValidator(parse),
    PlainSerializer(lambda quantity: quantity.to_mapping()),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "object"}]}),
]


def _parse(written: Any) -> Distribution:
    if isinstance(written, Distribution):
        return written
    if _is_number(written):
        return constant(_number("", written))
    if not isinstance(written, Mapping):
        allowed = f"a number or one of the distributions {listed(DISTRIBUTIONS)}"
        raise QuantityError(_show(written), allowed, as_number(written))
    family = _family(written)
    try:
        quantity = _READERS[family](written[family])
    except QuantityError as problem:
        raise problem.under(family) from None
    if written.get("truncate") is not None:
        low, high = _ends(written["truncate"])
        quantity = Truncated(quantity, low, high)
    evidence = _evidence(written)
    return quantity if evidence is None else replace(quantity, evidence=evidence)


def _family(written: Mapping[Any, Any]) -> str:
    named = [key for key in written if key in FORMS]
    unknown = [key for key in written if key not in FORMS and key not in _BESIDE]
    if unknown:
        near = difflib.get_close_matches(str(unknown[0]), [*FORMS, *_BESIDE], n=1)
        remedy = f"did you mean {near[0]}?" if near else f"remove {unknown[0]}, or write one of these"
        raise QuantityError(f"the key {unknown[0]}", ", ".join([*FORMS, *_BESIDE]), remedy)
    if len(named) != 1:
        arrived = " and ".join(named) or "no distribution"
        remedy = "remove all but one" if named else "add one, such as pert: [low, mode, high]"
        raise QuantityError(arrived, "exactly one of " + ", ".join(FORMS), remedy)
    return named[0]


def _evidence(written: Mapping[Any, Any]) -> Evidence | None:
    given = {key: written[key] for key in _EVIDENCE if written.get(key) is not None}
    for key, text in given.items():
        if isinstance(text, date):
            given[key] = text.isoformat()
        elif not isinstance(text, str):
            raise QuantityError(_show(text), "a text", "put it in quotes", key)
    if "kind" in given and given["kind"] not in _KINDS:
        remedy = f"write {listed(_KINDS)}"
        raise QuantityError(_show(given["kind"]), listed(_KINDS), remedy, "kind")
    return Evidence(**given) if given else None


def _is_number(written: Any) -> bool:
    return isinstance(written, Real) and not isinstance(written, bool)


def _show(written: Any) -> str:
    if isinstance(written, bool):
        return "true" if written else "false"
    if written is None:
        return "nothing (null)"
    text = f"the text {written!r}" if isinstance(written, str) else repr(written)
    return text if len(text) <= 60 else text[:57] + "..."


def _number(at: str, written: Any, largest: float = LARGEST) -> float:
    if not _is_number(written):
        raise QuantityError(_show(written), "a number", as_number(written), at)
    try:
        number = float(written)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise QuantityError(_show(written), "a finite number", "write a number", at)
    if abs(number) > largest:
        remedy = "check the unit and the exponent"
        raise QuantityError(_show(written), f"a number of at most {largest:g}", remedy, at)
    return number


def _ends(written: Any) -> tuple[float, float]:
    """The ends of a truncation; an absent or infinite one leaves that side open."""
    if not isinstance(written, list | tuple) or len(written) != 2:
        raise QuantityError(_show(written), "[low, high]", "null leaves a side open", "truncate")
    open_ends = (-math.inf, math.inf)
    low, high = (
        side if end is None or end == side else _number(f"truncate[{position}]", end, math.inf)
        for position, (end, side) in enumerate(zip(written, open_ends, strict=True))
    )
    return low, high


def _listed(at: str, written: Any, names: tuple[str, ...] = ()) -> tuple[float, ...]:
    """A list of numbers, as many as `names` if there are any."""
    shape = f"[{', '.join(names)}]" if names else "a list of numbers"
    if not isinstance(written, list | tuple) or (names and len(written) != len(names)):
        remedy = f"write {len(names)} numbers in brackets" if names else "write numbers in brackets"
        raise QuantityError(_show(written), shape, remedy, at)
    return tuple(_number(f"{at}[{position}]", entry) for position, entry in enumerate(written))


def _keyed(written: Any, *choices: tuple[str, ...]) -> Mapping[str, Any]:
    """A mapping with exactly the keys of one of the choices."""
    shapes = " or ".join("{" + ", ".join(names) + "}" for names in choices)
    if not isinstance(written, Mapping):
        raise QuantityError(_show(written), shapes, "write name: number for each")
    if set(written) not in [set(names) for names in choices]:
        arrived = "{" + ", ".join(str(key) for key in written) + "}"
        known = sorted({name for names in choices for name in names})
        strange = [str(key) for key in written if key not in known]
        absent = [key for key in choices[0] if key not in written]
        near = difflib.get_close_matches(strange[0], absent, n=1) if strange else []
        remedy = f"did you mean {near[0]}?" if near else f"write {shapes}"
        raise QuantityError(arrived, shapes, remedy)
    return written


def _from_list(make: Callable[..., Distribution], *names: str) -> Callable[[Any], Distribution]:
    return lambda written: make(*_listed("", written, names))


def _from_keys(make: Callable[..., Distribution], *names: str) -> Callable[[Any], Distribution]:
    return lambda written: make(*(_number(name, _keyed(written, names)[name]) for name in names))


def _lognormal(written: Any) -> Distribution:
    given = _keyed(written, ("p10", "p90"), ("median", "sigma"))
    numbers = {name: _number(name, given[name]) for name in given}
    return Lognormal(numbers.get("p10"), numbers.get("p90"), numbers.get("median"), numbers.get("sigma"))


def _discrete(written: Any) -> Distribution:
    given = _keyed(written, ("values", "probabilities"))
    return Discrete(*(_listed(name, given[name]) for name in ("values", "probabilities")))


def _mixture(written: Any) -> Distribution:
    given = _keyed(written, ("weights", "of"))
    if not isinstance(given["of"], list | tuple):
        remedy = "write them in brackets, separated by commas"
        raise QuantityError(_show(given["of"]), "a list of numbers and distributions", remedy, "of")
    parts = []
    for position, part in enumerate(given["of"]):
        try:
            parts.append(_parse(part))
        except QuantityError as problem:
            raise problem.under(f"of[{position}]") from None
    return Mixture(_listed("weights", given["weights"]), tuple(parts))


_READERS: dict[str, Callable[[Any], Distribution]] = {
    "value": lambda written: Constant(_number("", written)),
    "pert": _from_list(Pert, "low", "mode", "high"),
    "lognormal": _lognormal,
    "normal": _from_keys(Normal, "mean", "sd"),
    "triangular": _from_list(Triangular, "low", "mode", "high"),
    "uniform": _from_list(Uniform, "low", "high"),
    "beta": _from_keys(Beta, "alpha", "beta"),
    "gamma": _from_keys(Gamma, "shape", "scale"),
    "pareto": _from_keys(Pareto, "minimum", "alpha"),
    "discrete": _discrete,
    "empirical": lambda written: Empirical(_listed("", written)),
    "mixture": _mixture,
}
