"""How total cost and exposure are spread: shares of paths by size, and the chance of more than each."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from simengine.analysis.of_summary import sketch_of
from simengine.estimators import quantile
from simengine.estimators.probability import probability_of_count
from simengine.estimators.sketch import quantile_of_bins
from simengine.report.contents import Contents
from simengine.report.workbook.book import Book, Column, Placed, Sheet, estimates
from simengine.report.workbook.charts import column_chart, line_chart
from simengine.report.workbook.words import METRICS
from simengine.results.dataset import Result

COST, ABOUT_COST = "Cost distribution", "how likely is which total cost, and how likely is more"
EXPOSURE, ABOUT_EXPOSURE = (
    "Exposure distribution",
    "how likely is which disruption exposure, and how likely is more",
)
N_BINS = 30
# Beyond this share of paths the last bin is open: a few far paths would squeeze all others together.
SHOWN = 0.995
NOTES = (
    "A row is a range of sizes: the share of paths that fall into it, and the chance of more than its end.",
    "The last row is open: it holds everything that is larger.",
)


def write_cost(book: Book, contents: Contents) -> None:
    _write(book, contents, COST, "total_cost")


def write_exposure(book: Book, contents: Contents) -> None:
    _write(book, contents, EXPOSURE, "disruption_exposure")


def _write(book: Book, contents: Contents, name: str, metric: str) -> None:
    sheet = book.sheet(name, f"{METRICS[metric]}: how likely is which size?", *NOTES)
    spreads = [_spread(told.result, metric) for told in contents.told]
    kept = [spread for spread in spreads if spread is not None]
    if len(kept) < len(spreads):
        sheet.note("Totals were not kept (run.keep without totals).")
        return
    title = METRICS[metric]
    edges = _edges_of([told.result for told in contents.told], metric, kept)
    begins: list[float | None] = [float(edge) for edge in edges[:-1]]
    columns = [
        Column("More than", "money", [None, *begins[1:], float(edges[-1])]),
        Column("Up to", "money", [float(edge) for edge in edges[1:]] + [None]),
    ]
    for told, (values, counts) in zip(contents.told, kept, strict=True):
        at = np.searchsorted(edges[1:], values, side="left")
        in_bins = np.bincount(at, counts, minlength=len(edges))
        n_paths = round(float(in_bins.sum()))
        counted = in_bins / n_paths
        beyond = n_paths - np.cumsum(in_bins)[:-1]
        above = [probability_of_count(round(count), n_paths) for count in beyond.tolist()]
        of = f", {told.strategy}" if contents.compares else ""
        columns.append(Column(f"Share of paths{of}", "share", list(map(float, counted))))
        columns += estimates(f"Chance of more{of}", "share", [*above, None], wide=False)
    top = sheet.row
    placed = sheet.table(columns, frozen=1, height=44 if contents.compares else None)
    _charts(book, sheet, contents, placed, title, top)


def _charts(book: Book, sheet: Sheet, contents: Contents, placed: Placed, title: str, top: int) -> None:
    of_strategies = [2 + 3 * k for k in range(len(contents.told))]
    at = max(2 + 3 * len(contents.told), 5)
    bins, in_money = placed.last - placed.first, f"{title}, {contents.currency}"
    shares = [
        (placed.heading(k), placed.part(1, 0, bins - 1), placed.part(k, 0, bins - 1)) for k in of_strategies
    ]
    named = f"Share of paths by {title.lower()}"
    if contents.compares:
        chart = line_chart(book.workbook, named, shares, x_title=in_money, x_format="#,##0", y_format="0.0%")
    else:
        chart = column_chart(book.workbook, named, shares, gap=8, y_format="0%", labelled=4)
    sheet.chart(chart, top, at, height=300)
    above = [
        (placed.heading(k + 1), placed.part(1, 0, bins - 1), placed.part(k + 1, 0, bins - 1))
        for k in of_strategies
    ]
    curve = line_chart(
        book.workbook,
        f"Chance of more than a {title.lower()}",
        above,
        x_title=in_money,
        x_format="#,##0",
        y_format="0%",
    )
    sheet.chart(curve, top + 16, at, height=300)


# Values, and of a sketch how many paths each stands for.
Spread = tuple[np.ndarray, np.ndarray | None]


def _spread(result: Result, metric: str) -> Spread | None:
    """The paths of a metric, or the middles of its sketch's bins; None where neither was kept."""
    if metric in result:
        return result[metric], None
    bins = sketch_of(result, metric)
    return None if bins is None else (bins.middle, bins.counts)


def _edges_of(results: Sequence[Result], metric: str, spreads: Sequence[Spread]) -> np.ndarray:
    """`bin_edges` of all strategies together; of sketches those of the one that reaches furthest."""
    if all(counts is None for _, counts in spreads):
        return bin_edges(np.concatenate([values for values, _ in spreads]))
    sketches = [sketch_of(result, metric) for result in results]
    high = max(quantile_of_bins(bins, SHOWN).value for bins in sketches if bins is not None)
    return edges_between(min(float(values.min()) for values, _ in spreads), high)


def bin_edges(values: np.ndarray) -> np.ndarray:
    """Round numbers from below the least value to where nearly all paths lie at or below."""
    return edges_between(float(values.min()), quantile(values, SHOWN).value)


def edges_between(low: float, high: float) -> np.ndarray:
    """Round numbers from below `low` to `high` at the least."""
    if high <= low:
        high = low + max(abs(low) * 0.01, 1.0)
    step = round_step((high - low) / N_BINS)
    first, last = math.floor(low / step), math.ceil(high / step)
    # A value on the lowest edge would lie in no bin, which do not hold their beginning.
    first -= first * step == low
    return step * np.arange(first, last + 1, dtype=np.float64)


def round_step(least: float) -> float:
    """The next of 1, 2, 2.5, 5 and 10 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(
        power * factor for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if power * factor >= least * (1 - 1e-9)
    )
