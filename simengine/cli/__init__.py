"""The command line: thin verbs over configuration, simulation and report."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run `simengine` with some arguments (default: those of the process).

    Returns
    -------
    int
        The exit status: 0 for success, 1 for a fault of simengine, 2 for a mistake of the user, 130 when
        interrupted.
    """
    from simengine.cli.thrift import be_thrifty

    be_thrifty()
    from simengine.cli.arguments import parse
    from simengine.cli.failures import guarded

    def work() -> int:
        arguments = parse(sys.argv[1:] if argv is None else argv)
        return arguments.work(arguments)

    return guarded(work)
