"""Native charts: their cells are their data, their colours one palette."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.chart import Chart

from simengine.model.errors import InternalError
from simengine.report.workbook.formats import AMBER, BLUE, FONT, GREY, LIGHT_BLUE, NAVY, SERIES

# What a series is called, and its categories and values, each as a list of cells.
Series = tuple[list[Any], list[Any], list[Any]]
MONEY = "#,##0"
TALLEST = 1200


def column_chart(
    workbook: Workbook,
    title: str,
    series: Sequence[Series],
    *,
    gap: int = 60,
    y_format: str = MONEY,
    labelled: int = 1,
) -> Chart:
    """Upright bars, one colour for each series, and every so many of their names."""
    chart = _bars(workbook, "column", title, series, None, gap)
    names = {"num_format": MONEY, "interval_unit": labelled, "label_position": "low", "line": {"color": GREY}}
    chart.set_x_axis({**_axis(), **names})
    chart.set_y_axis({**_axis(), "num_format": y_format, "major_gridlines": _grid()})
    return chart


def band_chart(workbook: Workbook, title: str, base: Series, above: Series, line: Series) -> Chart:
    """Stacked bars, a pale one on top of a full one, and a line over them."""
    chart = _chart(workbook, "column", "stacked")
    for (name, categories, values), colour in ((base, BLUE), (above, LIGHT_BLUE)):
        fill = {"color": colour}
        chart.add_series({"name": name, "categories": categories, "values": values, "fill": fill, "gap": 30})
    curve = _chart(workbook, "line")
    name, categories, values = line
    style = {"color": AMBER, "width": 2.25}
    curve.add_series({"name": name, "categories": categories, "values": values, "line": style})
    chart.combine(curve)
    _dress(chart, title, legend=True)
    chart.set_x_axis({**_axis(), "label_position": "low", "line": {"color": GREY}})
    chart.set_y_axis({**_axis(), "num_format": MONEY, "major_gridlines": _grid()})
    return chart


def bar_chart(
    workbook: Workbook, title: str, series: Sequence[Series], *, gap: int = 50, x_format: str = MONEY
) -> Chart:
    """Lying bars, the first category on top; for names that need room."""
    chart = _bars(workbook, "bar", title, series, None, gap)
    # The first name on top turns the axis round; the numbers would go with it, if they did not cross there.
    names = {"reverse": True, "crossing": "max", "label_position": "low", "line": {"color": GREY}}
    chart.set_y_axis({**_axis(), **names, "major_gridlines": {"visible": False}})
    chart.set_x_axis({**_axis(), "major_gridlines": _grid(), "num_format": x_format})
    return chart


def line_chart(
    workbook: Workbook,
    title: str,
    series: Sequence[Series],
    *,
    x_title: str,
    x_format: str,
    y_format: str,
    y_title: str = "",
    x_log: bool = False,
) -> Chart:
    """Curves of numbers over numbers."""
    chart = _chart(workbook, "scatter", "straight")
    for position, (name, categories, values) in enumerate(series):
        line = {"color": SERIES[position % len(SERIES)], "width": 2.0}
        chart.add_series({"name": name, "categories": categories, "values": values, "line": line})
    _dress(chart, title, legend=len(series) > 1)
    x_axis = {
        **_axis(),
        "name": x_title,
        "name_font": _font(),
        "num_format": x_format,
        "major_gridlines": _grid(),
    }
    chart.set_x_axis(x_axis | ({"log_base": 10} if x_log else {}))
    y_axis = {**_axis(), "num_format": y_format, "min": 0, "major_gridlines": _grid()}
    if y_format == "0%":
        y_axis["max"] = 1
    chart.set_y_axis(y_axis | ({"name": y_title, "name_font": _font()} if y_title else {}))
    return chart


def bar_height(n_bars: int, n_series: int) -> int:
    """Pixels for lying bars that can be read."""
    return min(TALLEST, 120 + n_bars * (10 + 12 * n_series))


def _chart(workbook: Workbook, kind: str, subtype: str | None = None) -> Chart:
    chart = workbook.add_chart({"type": kind, "subtype": subtype} if subtype else {"type": kind})
    if chart is None:
        raise InternalError(f"XlsxWriter knows no chart {kind} {subtype}")
    return chart


def _bars(
    workbook: Workbook, kind: str, title: str, series: Sequence[Series], subtype: str | None, gap: int
) -> Chart:
    chart = _chart(workbook, kind, subtype)
    for position, (name, categories, values) in enumerate(series):
        colour = SERIES[position % len(SERIES)]
        chart.add_series(
            {"name": name, "categories": categories, "values": values, "fill": {"color": colour}, "gap": gap}
        )
    _dress(chart, title, legend=len(series) > 1)
    chart.set_x_axis({**_axis(), "label_position": "low", "line": {"color": GREY}})
    chart.set_y_axis({**_axis(), "num_format": MONEY, "major_gridlines": _grid()})
    return chart


def _dress(chart: Chart, title: str, legend: bool) -> None:
    chart.set_title(
        {
            "name": title,
            "overlay": False,
            "name_font": {"name": FONT, "size": 12, "bold": True, "color": NAVY},
        }
    )
    chart.set_legend({"position": "bottom", "font": _font()} if legend else {"none": True})
    chart.set_chartarea({"border": {"color": "#D9D9D9"}})


def _font() -> dict[str, Any]:
    return {"name": FONT, "size": 9, "color": GREY, "bold": False}


def _axis() -> dict[str, Any]:
    return {"num_font": _font(), "line": {"none": True}}


def _grid() -> dict[str, Any]:
    return {"visible": True, "line": {"color": "#E3E3E3", "width": 0.75}}


def line_chart_of_periods(workbook: Workbook, title: str, series: Sequence[Series]) -> Chart:
    """Curves over named periods."""
    chart = _chart(workbook, "line")
    for position, (name, categories, values) in enumerate(series):
        line = {"color": SERIES[position % len(SERIES)], "width": 2.25}
        chart.add_series({"name": name, "categories": categories, "values": values, "line": line})
    _dress(chart, title, legend=True)
    chart.set_x_axis({**_axis(), "label_position": "low", "line": {"color": GREY}})
    chart.set_y_axis({**_axis(), "num_format": MONEY, "min": 0, "major_gridlines": _grid()})
    return chart
