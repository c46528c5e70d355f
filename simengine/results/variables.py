"""The registry: what every variable of a result is called, holds and means. docs/results.md prints it.

`total_cost_by_workload` and its like are made from the total that they split, so that name, unit and meaning
cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from simengine.results.groups import SHARED

# Stands for the portfolio's own currency until a result is labelled.
CURRENCY = "currency"
COMPONENTS = ("inference", "upkeep", "one_off", "move", "mitigation")
# The dimensions that a result may have, with what their labels are.
DIMENSIONS: dict[str, str] = {
    "strategy": "the strategy's name (comparisons only)",
    "path": "the path's number, counted over all runs of this seed",
    "workload": "the workload's name",
    "component": "what the money is for: inference, upkeep, one_off, move or mitigation",
    "period": "the accounting period: 2026-03, 2026Q1 or 2026",
    "driver": "the driver's name",
    "year": "the 365-day year from the start: 0, 1, ...",
    "occurrence": "occurrences in order of path, then time; no labels",
    "magnitude": "what occurrences draw: kind of effect, its ordinal among those of its kind, field",
    "lab": "the lab's name, if a workload is with it at the start (summaries only)",
    "line": "the line's name, if a workload is on it at the start (summaries only)",
    "tag": "key=value of a tag, (none) for workloads without it (summaries only)",
    "bin": "bins of sketches in order of quantity, then value; no labels",
}


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of a result.

    `dims` are those of a run; a comparison puts `strategy` before `path`, and before what a summary tells.
    `keep` is the entry of `run.keep` that retains it, `for_comparisons` whether only comparisons have it.
    """

    name: str
    dims: tuple[str, ...]
    dtype: np.dtype
    unit: str
    long_name: str
    meaning: str
    keep: str
    for_comparisons: bool = False

    def dims_among(self, dimensions: Collection[str]) -> tuple[str, ...]:
        """Its dimensions in a result that has these."""
        by_strategy = "path" in self.dims or (self.keep == "summary" and "bin" not in self.dims)
        compared = "strategy" in dimensions and by_strategy
        return ("strategy", *self.dims) if compared else self.dims

    def split(self, *dims: str, meaning: str = "") -> Variable:
        """The same quantity by further dimensions."""
        by = "_".join(dims)
        return replace(
            self,
            name=f"{self.name}_by_{by}",
            dims=(*self.dims, *dims),
            long_name=f"{self.long_name} by {' and '.join(dims)}",
            meaning=meaning or f"`{self.name}`, split by {' and '.join(dims)}",
            keep=f"by_{by}",
        )


def _total(name: str, unit: str, long_name: str, meaning: str) -> Variable:
    return Variable(name, ("path",), np.dtype(np.float64), unit, long_name, meaning, "totals")


def _discounted(total: Variable) -> Variable:
    return replace(
        total,
        name=f"{total.name}_pv",
        long_name=f"{total.long_name}, present value",
        meaning=f"{total.long_name} discounted to the start",
    )


def _of_occurrence(name: str, dtype: type, unit: str, long_name: str, meaning: str) -> Variable:
    return Variable(
        f"occurrence_{name}", ("occurrence",), np.dtype(dtype), unit, long_name, meaning, "occurrences"
    )


TOTAL_COST = _total(
    "total_cost", CURRENCY, "total cost", "inference, upkeep, one-off, move and mitigation cost, nominal"
)
TOTAL_COST_PV = _discounted(TOTAL_COST)
EXPOSURE = _total(
    "disruption_exposure",
    CURRENCY,
    "disruption exposure",
    "value at stake while disrupted: the integral of severity times daily value",
)
EXPOSURE_PV = _discounted(EXPOSURE)
DAYS = _total(
    "disruption_days",
    "workload-days",
    "disruption days",
    "the integral of severity over time; for the portfolio the sum over workloads",
)
PLANNED = _total(
    "planned_cost",
    CURRENCY,
    "planned cost",
    "the plan that was sold: nothing happens, every pilot passes and every claim comes true in full",
)
PLANNED_PV = _discounted(PLANNED)
NO_EVENT = _total(
    "no_event_cost",
    CURRENCY,
    "no-event cost",
    "total cost if nothing happened, claims and history included; planned moves take place",
)
NO_EVENT_PV = _discounted(NO_EVENT)
STATUS_QUO = _total(
    "status_quo_cost",
    CURRENCY,
    "status quo cost",
    "inference cost if nobody moved and nothing happened; `status_quo_cost` - `total_cost` is the saving",
)
STATUS_QUO_PV = _discounted(STATUS_QUO)
LARGEST = _total(
    "largest_occurrence",
    CURRENCY,
    "largest occurrence",
    "the largest disruption exposure that is booked to one occurrence",
)
CONCENTRATION = _total(
    "concentration",
    "1",
    "concentration",
    "greatest share of daily spend that was disrupted or being moved by force at one time",
)
STRIKES = Variable(
    "strikes",
    ("path",),
    np.dtype(np.int32),
    "1",
    "strikes",
    "how many occurrences of the driver struck from the start to the horizon (history does not count)",
    "by_driver",
)
_BOOKED = "of the driver's occurrences, each booked what it added to those before it; history included"


def _registered() -> Iterator[Variable]:
    per_workload = [
        TOTAL_COST, TOTAL_COST_PV, EXPOSURE, EXPOSURE_PV, DAYS,
        PLANNED, PLANNED_PV, NO_EVENT, NO_EVENT_PV, STATUS_QUO, STATUS_QUO_PV,
    ]  # fmt: skip
    yield from (*per_workload, LARGEST, CONCENTRATION)
    for entity in ("lab", "line"):
        for moment in ("start", "horizon"):
            yield _total(
                f"herfindahl_by_{entity}_at_{moment}",
                "1",
                f"Herfindahl index by {entity} at the {moment}",
                f"sum of squared shares of daily spend by {entity} at the {moment}, stranded workloads apart",
            )
    for total in per_workload:
        own = total.split("workload")
        yield replace(own, unit="days") if total is DAYS else own
    yield TOTAL_COST.split("component")
    yield TOTAL_COST_PV.split("component")
    yield TOTAL_COST.split("workload", "component")
    for dims in (("period",), ("workload", "period")):
        yield TOTAL_COST.split(*dims)
        yield EXPOSURE.split(*dims)
    yield TOTAL_COST.split("component", "period")
    yield STRIKES.split("driver", meaning=STRIKES.meaning)
    for dims in (("driver",), ("workload", "driver")):
        yield TOTAL_COST.split(*dims, meaning=f"the change in total cost {_BOOKED}")
        yield EXPOSURE.split(*dims, meaning=f"the change in disruption exposure {_BOOKED}")
    yield LARGEST.split("year", meaning="the largest exposure booked to one occurrence of the year (for OEP)")
    yield EXPOSURE.split(
        "year", meaning="exposure booked to the occurrences that struck in that year (for AEP)"
    )
    yield _of_occurrence("path", np.int64, "1", "path of the occurrence", "the path that it struck on")
    yield _of_occurrence("time", np.float64, "days", "time of the occurrence", "days from the start")
    yield _of_occurrence("driver", np.int32, "1", "driver of the occurrence", "a code: see `names`")
    yield _of_occurrence("entity", np.int32, "1", "entity that it struck", "a code: see `names`")
    yield _of_occurrence("outcome", np.int32, "1", "outcome of the occurrence", "a code: see `names`")
    yield _of_occurrence(
        "index",
        np.int64,
        "1",
        "index of the occurrence",
        "the n of its addresses: n-th of driver and entity",
    )
    yield _of_occurrence(
        "reached",
        np.int64,
        "1",
        "labs reached",
        "a bit for each lab, by name, of the struck group",
    )
    yield _of_occurrence(
        "cost",
        np.float64,
        CURRENCY,
        "cost of the occurrence",
        "what it added to total cost",
    )
    yield _of_occurrence(
        "exposure",
        np.float64,
        CURRENCY,
        "exposure of the occurrence",
        "what it added to the disruption exposure of those before it",
    )
    yield Variable(
        "occurrence_magnitude",
        ("occurrence", "magnitude"),
        np.dtype(np.float64),
        "as its field's",
        "magnitudes of the occurrence",
        "what it drew, or what is constant; NaN if its outcome has no such field, or one for each workload",
        "occurrences",
    )
    of_strategy = _of_occurrence(
        "strategy", np.int32, "1", "strategy of the occurrence", "comparisons only; a code: see `names`"
    )
    yield replace(of_strategy, for_comparisons=True)


# What is told of a path beside the variables that are kept of it; only summaries hold them.
SAVING = _total("saving", CURRENCY, "saving", "`status_quo_cost` - `total_cost`")
PLANNED_SAVING = _total("planned_saving", CURRENCY, "planned saving", "`status_quo_cost` - `planned_cost`")
SAVINGS = (SAVING, _discounted(SAVING), PLANNED_SAVING, _discounted(PLANNED_SAVING))


def _sums(variable: Variable) -> Iterator[Variable]:
    """What a summary holds of a quantity of each path."""
    about = replace(variable, dims=variable.dims[1:], dtype=np.dtype(np.float64), keep="summary")
    yield replace(
        about,
        name=f"{variable.name}_sum",
        long_name=f"{variable.long_name}, sum",
        meaning=f"sum of `{variable.name}` over paths",
    )
    yield replace(
        about,
        name=f"{variable.name}_deviations",
        unit="1" if variable.unit == "1" else f"{variable.unit}²",
        long_name=f"{variable.long_name}, squared deviations",
        meaning=f"sum over paths of the squared deviations of `{variable.name}` from its mean",
    )


def _count(name: str, dims: tuple[str, ...], long_name: str, meaning: str) -> Variable:
    return Variable(name, dims, np.dtype(np.int64), "1", long_name, meaning, "summary")


def _of_sketch(name: str, dtype: type, unit: str, long_name: str, meaning: str) -> Variable:
    return Variable(f"sketch_{name}", ("bin",), np.dtype(dtype), unit, long_name, meaning, "summary")


def _summaries(variables: Iterable[Variable]) -> Iterator[Variable]:
    savings = (*SAVINGS, *(saving.split("workload") for saving in SAVINGS))
    of_paths = (*(v for v in variables if "path" in v.dims), *savings)
    for variable in of_paths:
        yield from _sums(variable)
    totals = {variable.name: variable for variable in of_paths}
    for variable in of_paths:
        if variable.dims == ("path", "workload"):
            for level in SHARED:
                yield from _sums(totals[variable.name.removesuffix("_by_workload")].split(level))
    for level in (None, "workload", *SHARED):
        dims = (level,) if level else ()
        split = f"_by_{level}" if level else ""
        by = f" by {level}" if level else ""
        below = "on how many paths less is saved than the plan that was sold promised"
        yield _count(f"saving_below_plan{split}_count", dims, f"saving below plan{by}", below)
        none = "on how many paths nothing is saved against the status quo"
        yield _count(f"no_saving{split}_count", dims, f"no saving{by}", none)
    struck = "on how many paths the driver struck at least once"
    yield _count("strikes_by_driver_count", ("driver",), "paths struck", struck)
    yield _of_sketch("quantity", np.int32, "1", "quantity of the bin", "a code: see `names`")
    ends = "of the bin; a bin from 0 to 0 holds zeros, and no other reaches beyond 0"
    yield _of_sketch("low", np.float64, "the quantity's", "low end of the bin", f"least value {ends}")
    yield _of_sketch("high", np.float64, "the quantity's", "high end of the bin", f"greatest value {ends}")
    yield _of_sketch("count", np.int64, "1", "count of the bin", "how many paths fell into it")
    of_strategy = _of_sketch(
        "strategy", np.int32, "1", "strategy of the bin", "comparisons only; a code: see `names`"
    )
    yield replace(of_strategy, for_comparisons=True)


# Of what a summary of a comparison tells how much it changes on each path, against the first strategy.
CHANGES = tuple(
    name + by
    for name in (
        "total_cost", "total_cost_pv", "disruption_exposure", "disruption_exposure_pv", "disruption_days",
        "saving_below_plan", "no_saving",
    )
    for by in ("", "_by_workload")
)  # fmt: skip


def change_of(name: str) -> str:
    """What the difference of a quantity from that of the first strategy on the same path is called."""
    return f"{name}_change"


def _changes(variables: Iterable[Variable]) -> Iterator[Variable]:
    """What a summary of a comparison holds of these differences."""
    below = _total("saving_below_plan", "1", "saving below plan", "1 where it is so, else 0")
    none = _total("no_saving", "1", "no saving", "1 where it is so, else 0")
    marks = (below, none, below.split("workload"), none.split("workload"))
    known = {variable.name: variable for variable in (*variables, *marks)}
    for name in CHANGES:
        changed = replace(known[name], name=change_of(name), long_name=f"change of {known[name].long_name}")
        for variable in _sums(changed):
            what = f"`{name}` less that of the first strategy on the same path"
            meaning = variable.meaning.replace(f"`{changed.name}`", what)
            yield replace(variable, meaning=meaning, for_comparisons=True)
    for by, dims in (("", ()), ("_by_workload", ("workload",))):
        meaning = "on how many paths total cost is less than under the first strategy"
        counted = _count(f"cheaper{by}_count", dims, f"cheaper{by.replace('_', ' ')}", meaning)
        yield replace(counted, for_comparisons=True)


_BY_PATH = tuple(_registered())
VARIABLES: dict[str, Variable] = {v.name: v for v in (*_BY_PATH, *_summaries(_BY_PATH), *_changes(_BY_PATH))}
# Variables whose numbers stand for names, which are kept in the attribute `names`.
CODED = (
    "occurrence_driver", "occurrence_entity", "occurrence_outcome", "occurrence_strategy", "sketch_quantity",
    "sketch_strategy",
)  # fmt: skip


def kept(keep: Collection[str], *, compared: bool = False) -> list[Variable]:
    """The variables that a run with this `keep` retains, in the registry's order."""
    return [
        variable
        for variable in VARIABLES.values()
        if variable.keep in keep and (compared or not variable.for_comparisons)
    ]


Shape = tuple[tuple[str, ...], np.dtype, tuple[int, ...]]


def mismatches(described: Mapping[str, Shape], lengths: Mapping[str, int]) -> list[str]:
    """Everything about some variables that the registry does not allow.

    Parameters
    ----------
    described
        Dimensions, type and shape of each variable.
    lengths
        How many labels each dimension has.
    """
    sizes = dict(lengths)
    if "occurrence_path" in described:
        sizes["occurrence"] = described["occurrence_path"][2][0]
    if "sketch_count" in described:
        sizes["bin"] = described["sketch_count"][2][0]
    found = (_mismatch(name, *shape, sizes) for name, shape in described.items())
    return [problem for problem in found if problem is not None]


def _mismatch(
    name: str, dims: tuple[str, ...], dtype: np.dtype, shape: tuple[int, ...], sizes: Mapping[str, int]
) -> str | None:
    variable = VARIABLES.get(name)
    if variable is None:
        return f"{name} is no variable of this version"
    expected = variable.dims_among(sizes)
    if dims != expected:
        return f"{name} has dimensions {dims} instead of {expected}"
    if np.dtype(dtype) != variable.dtype:
        return f"{name} holds {np.dtype(dtype)} instead of {variable.dtype}"
    unknown = [dim for dim in dims if dim not in sizes]
    if unknown:
        return f"{name} has the dimension {unknown[0]}, whose labels are missing"
    lengths = tuple(sizes[dim] for dim in dims)
    if shape != lengths:
        return f"{name} has shape {shape} instead of {lengths} for {expected}"
    return None
