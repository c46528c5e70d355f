"""The files that a result is told in: which there are, what each needs, and how they get beside a result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from simengine.model.errors import ConfigError, Problem
from simengine.model.wording import listed
from simengine.results.beside import staged_beside
from simengine.results.dataset import Result, as_result

if TYPE_CHECKING:
    import xarray as xr

WORKBOOK, PAGE = "report.xlsx", "report.html"
PERCENTILES, DIFFERENCES = "percentiles.parquet", "differences.parquet"
INSTALL = "pip install 'simengine[report]'"


@dataclass(frozen=True)
class Form:
    """A form of report: the packages that write it (by import name), what does it, and into which files.

    `for_comparisons` are files that only a comparison has.
    """

    needs: tuple[str, ...]
    write: Callable[[Result, Path], object]
    file: str
    for_comparisons: tuple[str, ...] = ()


# Each imports what it needs when it is called: a run without a report pays for none of it.


def _workbook(result: Result, folder: Path) -> None:
    from simengine.report.workbook.write import write_workbook

    write_workbook(result, folder / WORKBOOK)


def _page(result: Result, folder: Path) -> None:
    from simengine.report.page import write_page

    write_page(result, folder / PAGE)


def _tables(result: Result, folder: Path) -> None:
    from simengine.report.parquet import write_differences, write_percentiles

    write_percentiles(result, folder / PERCENTILES)
    if is_comparison(result):
        write_differences(result, folder / DIFFERENCES)


FORMS: dict[str, Form] = {
    "xlsx": Form(("xlsxwriter",), _workbook, WORKBOOK),
    "html": Form(("plotly", "jinja2"), _page, PAGE),
    "parquet": Form(("pyarrow",), _tables, PERCENTILES, (DIFFERENCES,)),
}


def check_forms(forms: Sequence[str]) -> None:
    """Raise ConfigError if a package is missing that one of the forms needs; nothing is imported."""
    problems = []
    for form in forms:
        missing = [name for name in FORMS[form].needs if find_spec(name) is None]
        if missing:
            arrived = f"{form}, which needs {listed(missing, 'and')}: not installed"
            allowed = "forms whose packages are installed"
            problems.append(Problem("report", arrived, allowed, f"install it with {INSTALL}"))
    if problems:
        raise ConfigError(problems)


def is_comparison(result: Result) -> bool:
    return "strategy" in result.coords


def files_of(result: Result, forms: Sequence[str]) -> list[str]:
    """The names of the files that reports of these forms have."""
    chosen = [FORMS[form] for form in forms]
    further = [form.for_comparisons if is_comparison(result) else () for form in chosen]
    return [name for form, more in zip(chosen, further, strict=True) for name in (form.file, *more)]


def write_reports(
    source: Result | xr.Dataset, folder: str | Path, forms: Sequence[str], *, overwrite: bool = False
) -> list[Path]:
    """Write reports of a result into a folder, all of them or none.

    Parameters
    ----------
    source
        A run or a comparison.
    folder
        Where to: the result's own folder, or another.
    forms
        Names of `FORMS`: xlsx (report.xlsx), html (report.html), parquet (percentiles.parquet, and
        differences.parquet of a comparison).
    overwrite
        Whether reports that lie there are replaced.

    Returns
    -------
    list of Path
        The files, in the order of `forms`. The same result gives the same bytes, whenever it is told.

    Raises
    ------
    ConfigError
        If a package is missing, a file is in the way, the folder cannot be written or the disk is full. What
        was there before stays.
    """
    if not forms:
        return []
    check_forms(forms)
    target, result = Path(folder), as_result(source)
    names = files_of(result, forms)
    with staged_beside(target, names, overwrite=overwrite) as staging:
        for form in forms:
            FORMS[form].write(result, staging)
    return [target / name for name in names]
