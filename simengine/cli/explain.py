"""`simengine explain`: one path of a result, played again and told."""

from __future__ import annotations

import shutil
import sys
from typing import Any

from simengine.cli.arguments import Arguments
from simengine.cli.failures import SUCCESS

# Longer lines are hard to read, shorter ones hold no table.
WIDEST = 100


def work(arguments: Arguments) -> int:
    from simengine.analysis.explain import SMALL, explain
    from simengine.cli.progress import progress_bar

    with progress_bar("playing the path again"):
        explained = explain(
            arguments.folder,
            _number(arguments.path),
            quantile=_number(arguments.quantile),
            of=arguments.of,
            strategy=arguments.strategy,
        )
    width = min(shutil.get_terminal_size((80, 24)).columns, WIDEST)
    sys.stdout.write(explained.text(width, least=0.0 if arguments.all else SMALL))
    return SUCCESS


def _number(written: str | None) -> Any:
    """A number as it was written, or the text itself, which is then refused with what is allowed."""
    if written is None:
        return None
    for kind in (int, float):
        try:
            return kind(written)
        except ValueError:
            continue
    return written
