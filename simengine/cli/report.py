"""`simengine report`: a stored result as a spreadsheet, a page and a table."""

from __future__ import annotations

from pathlib import Path

from simengine.cli.arguments import Arguments
from simengine.cli.failures import SUCCESS
from simengine.config.output import REPORTS, read_reports
from simengine.model.errors import printable


def work(arguments: Arguments) -> int:
    written = arguments.to.split(",") if arguments.to else REPORTS
    forms = read_reports(written, "--to")
    from simengine.report.files import check_forms, write_reports
    from simengine.results.store import read_result

    check_forms(forms)
    folder = Path(arguments.folder).expanduser()
    target = Path(arguments.into).expanduser() if arguments.into else folder
    result = read_result(folder)
    for file in write_reports(result, target, forms, overwrite=arguments.overwrite):
        print(printable(str(file)))
    return SUCCESS
