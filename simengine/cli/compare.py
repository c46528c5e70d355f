"""`simengine compare`: several strategies on the same futures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from simengine.cli.arguments import Arguments
from simengine.cli.failures import SUCCESS
from simengine.cli.output_folder import result_folder
from simengine.cli.showing import announce, show
from simengine.cli.sweep import sweep
from simengine.config.composition import Composition, compose_tree
from simengine.config.output import THROUGH_OTHERS
from simengine.config.sweeps import take_choices
from simengine.model.errors import ConfigError, Problem
from simengine.model.strategy import Strategy
from simengine.model.study import Study

# The question that the project began with.
USUAL = ("proceed", "pause", "pilot", "clauses")


def work(arguments: Arguments) -> int:
    if show(arguments):
        return SUCCESS
    names, others = take_choices(arguments.overrides, "strategy", arguments.config_dir)
    chosen = names or list(USUAL)
    if len(chosen) < 2:
        arrived, allowed = f"strategy={chosen[0]}, which is one", "two or more"
        other = next(name for name in USUAL if name != chosen[0])
        problem = Problem("strategy", arrived, allowed, f"write strategy={other},{chosen[0]}")
        raise ConfigError([problem])

    def compare(arguments: Arguments, overrides: Sequence[str], folder: Path | None = None) -> Path:
        return play(arguments, overrides, chosen, folder)

    if arguments.multirun:
        return sweep(arguments, others, compare)
    compare(arguments, others)
    return SUCCESS


def play(
    arguments: Arguments, overrides: Sequence[str], names: Sequence[str], folder: Path | None = None
) -> Path:
    """Compare strategies in one study, print what they do, and return the folder of the result."""
    composition, study, strategies = _composed(arguments, overrides, names)
    announce(composition)
    output, reports = composition.output, composition.reports
    if composition.through_others:
        arrived, remedy = "asked for, of a comparison", f"run it by itself: simengine run strategy={names[0]}"
        raise ConfigError([Problem(THROUGH_OTHERS, arrived, "false: one strategy at a time is told", remedy)])
    target = folder or result_folder(output.folder, study.scenario.name, "compare")
    from simengine.analysis.compare import differences, summaries
    from simengine.cli.progress import progress_bar
    from simengine.report.cells import sketch_error
    from simengine.report.comparison import print_comparison
    from simengine.report.files import check_forms, write_reports
    from simengine.report.layout import console_for
    from simengine.report.percentiles import differences_csv, strategies_csv
    from simengine.results import store
    from simengine.results.simulation import play as simulate

    check_forms(reports)
    store.check_destination(target, overwrite=output.overwrite)
    with progress_bar("comparing") as progress:
        result = simulate(study, strategies, progress)
    own, paired = summaries(result), differences(result)
    sketched = sketch_error(result.attrs) is not None
    files = {
        "percentiles.csv": strategies_csv(own, output.tolerance, sketched=sketched),
        "differences.csv": differences_csv(paired, output.tolerance, sketched=sketched),
    }
    store.write(result, target, files=files, overwrite=output.overwrite)
    try:
        write_reports(result, target, reports, summaries=own, paired=paired, tolerance=output.tolerance)
    finally:
        # The result is whole by now, whatever becomes of its reports.
        print_comparison(console_for(), own, paired, result.attrs, target, output.tolerance)
    return target


def _composed(
    arguments: Arguments, overrides: Sequence[str], names: Sequence[str]
) -> tuple[Composition, Study, list[Strategy]]:
    """The study with the first strategy, and all of them; raises ConfigError with every problem of any."""
    compositions: list[Composition] = []
    studies: list[Study] = []
    problems: list[Problem] = []
    for name in names:
        try:
            chosen = [*overrides, f"strategy={name}"]
            compositions.append(compose_tree(chosen, arguments.config_dir, arguments.config_name))
            studies.append(compositions[-1].study())
        except ConfigError as refused:
            problems += [problem for problem in refused.problems if problem not in problems]
    if problems:
        raise ConfigError(problems)
    return compositions[0], studies[0], [study.strategy for study in studies]
