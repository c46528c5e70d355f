"""The files that a result is told in: which there are, what each needs, and how they get beside a result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from simengine.report.contents import Contents, contents_of
from simengine.report.extras import check_installed
from simengine.report.numbers import TOLERANCE
from simengine.results.beside import staged_beside
from simengine.results.dataset import Result, as_result

if TYPE_CHECKING:
    import xarray as xr

    from simengine.analysis.compare import Difference
    from simengine.analysis.summarise import Row

WORKBOOK, PAGE = "report.xlsx", "report.html"
PERCENTILES, DIFFERENCES = "percentiles.parquet", "differences.parquet"


@dataclass(frozen=True)
class Form:
    """A form of report: the packages that write it (by import name), what does it, and into which files.

    `for_comparisons` are files that only a comparison has.
    """

    needs: tuple[str, ...]
    write: Callable[[Contents, Path], object]
    file: str
    for_comparisons: tuple[str, ...] = ()


# Each imports what it needs when it is called: a run without a report pays for none of it.


def _workbook(contents: Contents, folder: Path) -> None:
    from simengine.report.workbook.write import workbook

    (folder / WORKBOOK).write_bytes(workbook(contents))


def _page(contents: Contents, folder: Path) -> None:
    from simengine.report.page import write_page

    write_page(contents, folder / PAGE)


def _tables(contents: Contents, folder: Path) -> None:
    from simengine.report.parquet import write_differences, write_percentiles

    write_percentiles(contents, folder / PERCENTILES)
    if contents.compares:
        write_differences(contents, folder / DIFFERENCES)


FORMS: dict[str, Form] = {
    "xlsx": Form(("xlsxwriter",), _workbook, WORKBOOK),
    "html": Form(("plotly", "jinja2"), _page, PAGE),
    "parquet": Form(("pyarrow",), _tables, PERCENTILES, (DIFFERENCES,)),
}


def check_forms(forms: Sequence[str]) -> None:
    """Raise ConfigError if a package is missing that one of the forms needs; nothing is imported."""
    needed = [module for form in forms for module in FORMS[form].needs]
    check_installed(needed, " and ".join(FORMS[form].file for form in forms))


def files_of(forms: Sequence[str], *, comparison: bool) -> list[str]:
    """The names of the files that reports of these forms have."""
    further = [FORMS[form].for_comparisons if comparison else () for form in forms]
    return [name for form, more in zip(forms, further, strict=True) for name in (FORMS[form].file, *more)]


def write_reports(
    source: Result | xr.Dataset,
    folder: str | Path,
    forms: Sequence[str],
    *,
    overwrite: bool = False,
    summaries: Mapping[str, Sequence[Row]] | None = None,
    paired: Sequence[Difference] | None = None,
    further: Sequence[Row] = (),
    tolerance: float = TOLERANCE,
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
    summaries, paired
        What was summarised already, as `contents_of` takes it.
    further
        Rows of a run that follow its summary, such as what drivers do through others.
    tolerance
        A figure is marked if half of its interval is more than this part of it.

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
    names = files_of(forms, comparison="strategy" in result.coords)
    with staged_beside(target, names, overwrite=overwrite) as staging:
        contents = contents_of(result, summaries, paired, tolerance, further)
        for form in forms:
            FORMS[form].write(contents, staging)
    return [target / name for name in names]
