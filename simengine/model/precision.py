"""When a run has enough paths: a statistic, and how narrow its interval has to be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BeforeValidator

from simengine.model.base import Frozen
from simengine.model.fields import FieldError
from simengine.model.hole import HOLE
from simengine.model.ranges import ShareInside
from simengine.model.wording import did_you_mean, show

# Metrics that are a value on each path, and those that are true of a path or not.
Valued = Literal[
    "total_cost",
    "total_cost_pv",
    "disruption_exposure",
    "disruption_exposure_pv",
    "disruption_days",
    "planned_cost",
    "planned_cost_pv",
    "no_event_cost",
    "no_event_cost_pv",
    "status_quo_cost",
    "status_quo_cost_pv",
    "largest_occurrence",
    "concentration",
    "saving",
    "saving_pv",
    "planned_saving",
    "planned_saving_pv",
]
Happening = Literal["saving_below_plan", "no_saving"]
VALUED: tuple[str, ...] = get_args(Valued)
HAPPENINGS: tuple[str, ...] = get_args(Happening)

MEAN, PROBABILITY, PERCENTILE, TAIL = "mean", "probability", "P", "TVaR"
_LEVELLED = re.compile(r"(P|TVaR)(\d{1,3}(?:\.\d{1,12})?)")
_ALLOWED = "mean, P95 (any percentile above 0 and below 100), TVaR95 (likewise), or probability"


def read_statistic(name: str) -> tuple[str, float]:
    """What a statistic's name says: `mean` or `probability` (level 0), `P` or `TVaR` (level within (0, 1)).

    Raises
    ------
    FieldError
        If it is none of them.
    """
    if name in (MEAN, PROBABILITY):
        return name, 0.0
    found = _LEVELLED.fullmatch(name)
    if found is None or not 0 < Fraction(found[2]) < 100:
        remedy = did_you_mean(name, (MEAN, PROBABILITY), "write P95 for the 0.95 quantile")
        if name.lower().startswith("median"):
            remedy = "the median is P50"
        raise FieldError(show(name), _ALLOWED, remedy)
    # 99.9 is 0.999, not 0.9990000000000001.
    return found[1], float(Fraction(found[2]) / 100)


def _statistic(written: Any) -> Any:
    if written is HOLE:
        return MEAN
    if not isinstance(written, str):
        raise FieldError(show(written), _ALLOWED, "write P95 for the 0.95 quantile")
    read_statistic(written)
    return written


class Precision(Frozen):
    """The interval of `statistic` of `metric` at `confidence` reaches at most `relative_error` of it."""

    metric: Literal[Valued, Happening]
    statistic: Annotated[str, BeforeValidator(_statistic)] = MEAN
    relative_error: ShareInside
    confidence: ShareInside = 0.95


def _one_or_more(written: Any) -> Any:
    if written is None or written is HOLE:
        return ()
    if isinstance(written, Mapping | Precision):
        return (written,)
    if isinstance(written, list | tuple):
        return tuple(written)
    example = "{metric: total_cost, statistic: P95, relative_error: 0.01}"
    raise FieldError(show(written), f"one target or a list of them, such as {example}")


def _distinct(targets: tuple[Precision, ...]) -> tuple[Precision, ...]:
    seen: set[tuple[str, str]] = set()
    for target in targets:
        key = target.metric, target.statistic
        if key in seen:
            twice = f"{target.statistic} of {target.metric} twice"
            raise FieldError(twice, "each statistic once", "keep the narrower of the two")
        seen.add(key)
    return targets


Precisions = Annotated[tuple[Precision, ...], BeforeValidator(_one_or_more), AfterValidator(_distinct)]
