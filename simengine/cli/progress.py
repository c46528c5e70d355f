"""A progress bar on standard error, where that is a terminal; otherwise silence."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from simengine.cli.failures import complain, end_if_asked

Progress = Callable[[int, int], None]
COMPILING = "compiling kernels: up to half a minute, once for each machine and version"


@contextmanager
def progress_bar(what: str, unit: str = "paths") -> Iterator[Progress]:
    """What to call with the number of paths (or another unit) done and of all; draws on a terminal."""
    from simengine.engine.simulate import must_compile

    if must_compile():
        complain(COMPILING)
    if not sys.stderr.isatty():
        yield lambda done, total: end_if_asked()
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

        def update(done: int, total: int) -> None:
            end_if_asked()
            bar.update(task, completed=done, total=total)

        yield update
