"""`simengine check`: is the study valid, what is it built on, and what does its scenario imply?

Nothing of the study's run is simulated. What needs no sample is printed at once; the sample comes last.
"""

from __future__ import annotations

import sys

from simengine.cli.arguments import Arguments
from simengine.cli.failures import SUCCESS
from simengine.cli.showing import announce, show
from simengine.config.composition import compose_tree


def work(arguments: Arguments) -> int:
    if show(arguments):
        return SUCCESS
    composition = compose_tree(arguments.overrides, arguments.config_dir, arguments.config_name)
    announce(composition)
    study = composition.study()
    # Asked for their own sake: output and report are checked like the rest.
    _ = composition.output, composition.reports, composition.through_others
    from simengine.analysis.assumptions import assumptions
    from simengine.analysis.oddities import oddities
    from simengine.report.assumptions import print_assumptions, print_oddities
    from simengine.report.layout import console_for

    console = console_for()
    print_assumptions(console, study, assumptions(study))
    print_oddities(console, oddities(study))
    sys.stdout.flush()
    from simengine.analysis.implied_before import implied_or_remembered
    from simengine.report.implied import print_implied

    found, n_paths = implied_or_remembered(study)
    print_implied(console, study, found, n_paths)
    return SUCCESS
