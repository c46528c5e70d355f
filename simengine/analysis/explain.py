"""Explaining a path: played again, checked against what is stored, as tables and as a story."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from simengine.analysis.happenings import (
    Booking,
    EffectRow,
    Entry,
    Occurrence,
    Response,
    accounts,
    bookings,
    date_of,
    effects,
    entries,
    occurrences,
    responses,
)
from simengine.analysis.replay import Replayed, opened, replayed
from simengine.analysis.telling import (
    Sentence,
    booked_cents,
    cents,
    money,
    parts_in_cents,
    sentences,
    small_ones,
    touches,
)
from simengine.model.errors import printable
from simengine.results.dataset import Result

if TYPE_CHECKING:
    import xarray as xr

NARROWEST = 60
SMALL = 0.001
GAP = "  "
WIDEST_NAME = 24


class Explanation:
    """One path of a result, played again from its addresses: the same to the last bit as what is stored.

    Tables are lists of records, which `pandas.DataFrame(...)` takes as they are. Days count from the start;
    money is nominal, in `currency`.
    """

    def __init__(self, told: Replayed) -> None:
        self.told = told

    @property
    def path(self) -> int:
        """The path's number."""
        return self.told.path

    @property
    def strategy(self) -> str:
        return self.told.study.strategy.name

    @property
    def currency(self) -> str:
        return self.told.study.portfolio.currency

    @property
    def n_checked(self) -> int:
        """How many stored numbers of the path were compared with the replayed ones; all were the same."""
        return self.told.n_checked

    @cached_property
    def dataset(self) -> xr.Dataset:
        """Every variable that a run can keep, for this path: dimensions as in docs/results.md."""
        return self.told.result.to_dataset()

    @cached_property
    def ledger(self) -> xr.Dataset:
        """Cost by workload and component, and what follows from it, for this path.

        Variables `cost` (workload, component), `total_cost`, `disruption_exposure` (workload, money) and
        `disruption_days` (workload, days): the path's own stored numbers.
        """
        path = self.dataset.isel(path=0, drop=True)
        names = {
            "cost": "total_cost_by_workload_component",
            "total_cost": "total_cost_by_workload",
            "disruption_exposure": "disruption_exposure_by_workload",
            "disruption_days": "disruption_days_by_workload",
        }
        return path[list(names.values())].rename({name: short for short, name in names.items()})

    @cached_property
    def occurrences(self) -> list[Occurrence]:
        """What struck, claims and history included, in order of time, with what is booked to it."""
        return occurrences(self.told)

    @cached_property
    def effects(self) -> list[EffectRow]:
        """What each occurrence did to each workload, and for how long."""
        return effects(self.told)

    @cached_property
    def responses(self) -> list[Response]:
        """How each workload answered, and what became of its plans."""
        return responses(self.told)

    @cached_property
    def entries(self) -> list[Entry]:
        """What each workload booked, stretch by stretch; they add up to the ledger."""
        return entries(self.told)

    @cached_property
    def bookings(self) -> list[Booking]:
        """What each occurrence changed for each workload; with the no-event cost they add up to the total."""
        return bookings(self.told)

    @cached_property
    def sentences(self) -> list[Sentence]:
        """The story, in order of time, with every occurrence that touched a workload."""
        return sentences(self.told)

    def text(self, width: int = 80, least: float = SMALL) -> str:
        """The whole of it for a terminal of `width` columns.

        Occurrences that nobody had to answer and that changed less than `least` of the total cost are told
        together; 0 tells each.
        """
        return "\n".join(_Page(self, max(width, NARROWEST), least).lines()) + "\n"

    def __repr__(self) -> str:
        return f"<simengine explanation of {self.told.choice}: {len(self.occurrences)} occurrences>"


class Story(NamedTuple):
    """A path near a quantile, in sentences."""

    quantile: float
    path: int
    value: float
    sentences: list[Sentence]


def explain(
    source: Result | xr.Dataset | str | Path,
    path: int | None = None,
    *,
    quantile: float | None = None,
    of: str | None = None,
    strategy: str | None = None,
) -> Explanation:
    """Play one path of a result again and explain it.

    Parameters
    ----------
    source
        A result: a folder, or a dataset with its attributes.
    path
        The path's number.
    quantile
        Instead of `path`: a level in (0, 1). The path whose value of `of` is that quantile (type 1: the
        least value with that share of paths at or below it) is explained, the first if several are.
    of
        A variable with one number a path; `total_cost` unless said otherwise.
    strategy
        Of a comparison: which strategy.

    Raises
    ------
    ConfigError
        If there is no such path, variable or strategy; if the result is damaged, or made by another version
        of simengine or of its draws; if the path comes out otherwise than it is stored.
    """
    return Explanation(replayed(source, path, quantile, of, strategy))


def stories(
    source: Result | xr.Dataset | str | Path,
    of: str = "total_cost",
    quantiles: Sequence[float] = (0.50, 0.95, 0.99),
    strategy: str | None = None,
    least: float = SMALL,
) -> list[Story]:
    """The paths at some quantiles of a variable, each as its number, value and dated sentences.

    `least` as in `Explanation.text`: what is smaller is summed up in the last sentence.

    Raises
    ------
    ConfigError
        As `explain`.
    """
    dataset = opened(source)
    found = []
    for level in quantiles:
        told = replayed(dataset, quantile=level, of=of, strategy=strategy)
        page = _Page(Explanation(told), NARROWEST, least)
        run = told.study.run
        last = [
            Sentence(run.horizon_days, date_of(run.start, run.horizon_days), text) for text in page.besides()
        ]
        found.append(Story(level, told.path, told.value(of), [*sentences(told, least), *last]))
    return found


class _Page:
    """An explanation on a page of fixed width."""

    def __init__(self, explanation: Explanation, width: int, least: float) -> None:
        self.of = explanation
        self.told = explanation.told
        self.width = width
        self.least = least
        self.small = small_ones(self.told, least)
        in_cents = booked_cents(self.told, explanation.occurrences)
        self.booked = {o.number: both for o, both in zip(explanation.occurrences, in_cents, strict=True)}

    def lines(self) -> list[str]:
        parts = (
            self.heading(), self.totals(), self.story(), self.added(), self.ledger(), self.accounts(),
            self.checked(),
        )  # fmt: skip
        found: list[str] = []
        for part in parts:
            lines = list(part)
            if lines:
                found += [*lines, ""]
        return [printable(line).rstrip() for line in found[:-1]]

    def wrapped(self, text: str, first: str = "", then: str | None = None) -> list[str]:
        return textwrap.wrap(
            text,
            self.width,
            initial_indent=first,
            subsequent_indent=first if then is None else then,
            break_on_hyphens=False,
        )

    def heading(self) -> Iterator[str]:
        study, run = self.told.study, self.told.study.run
        yield from self.wrapped(
            f"Path {self.told.path:,} of {study.portfolio.name} under {study.scenario.name}, "
            f"strategy {study.strategy.name}"
        )
        chosen = "" if self.told.choice.startswith("path") else f"{self.told.choice}; "
        yield from self.wrapped(
            f"{chosen}seed {run.seed}; {run.horizon_days:,.10g} days from {run.start}; money in "
            f"{self.of.currency}, nominal."
        )

    def totals(self) -> Iterator[str]:
        told = self.told
        rows = [
            ("total cost", "total_cost"),
            ("  if nothing had happened", "no_event_cost"),
            ("  as planned", "planned_cost"),
            ("  status quo", "status_quo_cost"),
            ("disruption exposure", "disruption_exposure"),
        ]
        shown = [(label, money(cents(told.value(name)))) for label, name in rows]
        room = max(len(amount) for _, amount in shown)
        for label, amount in shown:
            yield f"{label:26}{amount:>{room}}"
        yield f"{'disruption, workload-days':26}{told.value('disruption_days'):>{room},.2f}"

    def story(self) -> Iterator[str]:
        yield "What happened"
        margin = " " * 12
        for sentence in sentences(self.told, self.least):
            yield from self.wrapped(sentence.head, f"{sentence.date}{GAP}", margin)
            for detail in sentence.details:
                yield from self.wrapped(detail, f"{margin}{GAP}", f"{margin}{GAP * 2}")
        if not self.of.sentences:
            yield "Nothing that touched a workload."
        for text in self.besides():
            yield from self.wrapped(text)

    def besides(self) -> Iterator[str]:
        """What was too small to be told, with what is booked to it, and what touched nothing."""
        small = [o for o in self.of.occurrences if o.number in self.small]
        if small:
            amounts = zip(("cost", "exposure"), self.booked_to_small(), strict=True)
            booked = ", ".join(f"{what} {'+' if n > 0 else ''}{money(n)}" for what, n in amounts if n)
            yield f"Smaller ones: {_counted(small)}. Booked to them together: {booked or 'nothing'}."
        if quiet := [o for o in self.of.occurrences if not touches(o)]:
            yield f"Besides, touching no workload: {_counted(quiet)}."

    def booked_to_small(self) -> tuple[int, int]:
        cost, exposure = (sum(self.booked[number][k] for number in self.small) for k in (0, 1))
        return cost, exposure

    def added(self) -> Iterator[str]:
        """From the no-event cost to the total, occurrence by occurrence."""
        told = self.told
        rows = [("", "if nothing had happened", cents(told.value("no_event_cost")), 0)]
        for o in self.of.occurrences:
            cost, exposure = self.booked[o.number]
            if o.number not in self.small and (cost or exposure):
                rows.append((o.date, f"[{o.number}] {o.driver}, {o.entity}: {o.outcome}", cost, exposure))
        if self.small:
            rows.append(("", f"{len(self.small)} smaller ones, together", *self.booked_to_small()))
        rows.append(("", "total", cents(told.value("total_cost")), cents(told.value("disruption_exposure"))))
        yield from self.table("What each occurrence added", rows)

    def ledger(self) -> Iterator[str]:
        """Components by workload, as many workloads side by side as fit."""
        yield "By workload and component"
        result = self.told.result
        names, components = result.labels("workload"), result.labels("component")
        columns: list[list[str]] = []
        for at, name in enumerate(names):
            amounts = [*result["total_cost_by_workload_component"][0, at]]
            amounts += [result["total_cost_by_workload"][0, at]]
            amounts += [result["disruption_exposure_by_workload"][0, at]]
            columns.append([_short(name), *(money(cents(float(amount))) for amount in amounts)])
        if len(names) > 1:
            amounts = [*result["total_cost_by_component"][0], self.told.value("total_cost")]
            amounts += [self.told.value("disruption_exposure")]
            columns.append(["all", *(money(cents(float(amount))) for amount in amounts)])
        labels = ["", *components, "total cost", "exposure"]
        side = max(map(len, labels))
        while columns:
            shown, room = [], self.width - side
            while columns and (not shown or room >= _wide(columns[0])):
                room -= _wide(columns[0])
                shown.append(columns.pop(0))
            for at, label in enumerate(labels):
                cells = [f"{GAP}{column[at]:>{_wide(column) - len(GAP)}}" for column in shown]
                yield f"{label:{side}}{''.join(cells)}"
            if columns:
                yield ""

    def accounts(self) -> Iterator[str]:
        """The dated entries of each workload, equal stretches joined, adding up to its total."""
        result, joined = self.told.result, accounts(self.told)
        for at, name in enumerate(result.labels("workload")):
            own = [entry for entry in joined if entry.workload == name]
            if at:
                yield ""
            total = float(result["total_cost_by_workload"][0, at])
            exposure = float(result["disruption_exposure_by_workload"][0, at])
            at_once = [e.until == e.day for e in own]
            costs = parts_in_cents([e.cost for e in own], total, exact=at_once)
            exposures = parts_in_cents([e.exposure for e in own], exposure)
            several = any(entry.part == 2 for entry in own)
            rows = []
            for entry, cost, lost in zip(own, costs, exposures, strict=True):
                part = f"part {entry.part}: " if several else ""
                rows.append((entry.date, f"{part}{entry.what}", cost, lost))
            end = date_of(self.told.study.run.start, self.told.study.run.horizon_days)
            rows.append((end, "total", cents(total), cents(exposure)))
            yield from self.table(f"{_short(name)}, dated", rows)

    def checked(self) -> Iterator[str]:
        yield from self.wrapped(
            f"Played again from its addresses; its {self.of.n_checked:,} stored numbers came out the same to "
            "the last bit. In tables with dates amounts are rounded so that each column adds up to its "
            "total; by workload and component each is rounded by itself."
        )

    def table(self, title: str, rows: Sequence[tuple[str, str, int, int]]) -> Iterator[str]:
        """Date, what, cost and exposure; the last row is the total."""
        shown = [(date, what, money(cost), money(lost) if lost else "") for date, what, cost, lost in rows]
        # A line that is about exposure alone costs nothing; a total of 0 is shown as what it is.
        for at, (date, what, cost, lost) in enumerate(rows[:-1]):
            if lost and not cost:
                shown[at] = (date, what, "", money(lost))
        cost_room = max(len("cost"), *(len(row[2]) for row in shown))
        exposure_room = max(len("exposure"), *(len(row[3]) for row in shown))
        room = self.width - 10 - cost_room - exposure_room - 3 * len(GAP)
        yield f"{title:{room + 12}}{GAP}{'cost':>{cost_room}}{GAP}{'exposure':>{exposure_room}}"
        for at, (date, what, cost, lost) in enumerate(shown):
            if at == len(shown) - 1:
                yield f"{' ' * (room + 12)}{GAP}{'-' * cost_room}{GAP}{'-' * exposure_room}"
            lines = textwrap.wrap(what, room, subsequent_indent=GAP) or [""]
            yield f"{date:10}{GAP}{lines[0]:{room}}{GAP}{cost:>{cost_room}}{GAP}{lost:>{exposure_room}}"
            for line in lines[1:]:
                yield f"{'':10}{GAP}{line}"


def _short(name: str) -> str:
    return name if len(name) <= WIDEST_NAME else f"{name[: WIDEST_NAME - 3]}..."


def _counted(of: Sequence[Occurrence]) -> str:
    """Which drivers struck which entities, how often."""
    counts: dict[str, int] = {}
    for o in of:
        what = f"{o.driver} on {o.entity}"
        counts[what] = counts.get(what, 0) + 1
    return ", ".join(what if n == 1 else f"{what} ({n} times)" for what, n in counts.items())


def _wide(column: Sequence[str]) -> int:
    return len(GAP) + max(map(len, column))
