"""`simengine report`: a stored result as a spreadsheet, a page and a table."""

from __future__ import annotations

from pathlib import Path

from simengine.cli.arguments import Arguments
from simengine.cli.failures import SUCCESS
from simengine.config.output import REPORTS, TOLERANCE, read_reports, read_tolerance
from simengine.model.errors import printable


def work(arguments: Arguments) -> int:
    written = arguments.to.split(",") if arguments.to else REPORTS
    forms = read_reports(written, "--to")
    tolerance = TOLERANCE if arguments.tolerance is None else _tolerance(arguments.tolerance)
    from simengine.report.files import check_forms, write_reports
    from simengine.report.through import through_rows_beside
    from simengine.results.store import read_result

    check_forms(forms)
    folder = Path(arguments.folder).expanduser()
    target = Path(arguments.into).expanduser() if arguments.into else folder
    result = read_result(folder)
    written_files = write_reports(
        result,
        target,
        forms,
        overwrite=arguments.overwrite,
        further=through_rows_beside(folder),
        tolerance=tolerance,
    )
    for file in written_files:
        print(printable(str(file)))
    return SUCCESS


def _tolerance(written: str) -> float:
    try:
        number: float | str = float(written)
    except ValueError:
        number = written
    return read_tolerance(number, "--tolerance")
