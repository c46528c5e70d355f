"""A progress bar on standard error, where that is a terminal; otherwise silence."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from simengine.cli.failures import complain

Progress = Callable[[int, int], None]
COMPILING = "compiling kernels: a quarter of a minute or so, once for each machine and version"


@contextmanager
def progress_bar(what: str, unit: str = "paths") -> Iterator[Progress | None]:
    """What to call with the number of paths (or another unit) done and of all; None where nobody watches."""
    from simengine.engine.simulate import must_compile

    if must_compile():
        complain(COMPILING)
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    columns = (
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
