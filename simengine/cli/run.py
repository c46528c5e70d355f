"""`simengine run`: compose, simulate, write, tell."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from simengine.cli.arguments import Arguments
from simengine.cli.failures import SUCCESS
from simengine.cli.output_folder import result_folder
from simengine.cli.showing import announce, show
from simengine.cli.sweep import sweep
from simengine.config.composition import compose_tree
from simengine.config.output import THROUGH_OTHERS
from simengine.engine.profile import Profile


def work(arguments: Arguments) -> int:
    if show(arguments):
        return SUCCESS
    if arguments.multirun:
        return sweep(arguments, arguments.overrides, play)
    play(arguments, arguments.overrides)
    return SUCCESS


def play(arguments: Arguments, overrides: Sequence[str], folder: Path | None = None) -> Path:
    """Run one study into a folder (default: as `output.dir` says), print its summary, return the folder."""
    profile = Profile()
    with profile.stage("compose"):
        composition = compose_tree(overrides, arguments.config_dir, arguments.config_name)
        announce(composition)
        study, output, reports = composition.study(), composition.output, composition.reports
        asked = composition.through_others
    target = folder or result_folder(output.folder, study.scenario.name, study.strategy.name)
    # All that can be refused is refused by now: Numba and what needs it take a while to import.
    from simengine.analysis.summarise import summarise
    from simengine.analysis.without import silenced, through_others, through_rows
    from simengine.cli.progress import progress_bar
    from simengine.report.cells import sketch_error
    from simengine.report.files import check_forms, write_reports
    from simengine.report.layout import console_for
    from simengine.report.percentiles import percentiles_csv
    from simengine.report.profile import print_profile
    from simengine.report.run import print_run
    from simengine.results import store
    from simengine.results.simulation import play as simulate

    beside = list(silenced(study, None if asked is True else asked or (), THROUGH_OTHERS))
    check_forms(reports)
    with ExitStack() as writing:
        written = writing.enter_context(store.recording(target, overwrite=output.overwrite))
        with progress_bar("simulating") as progress:
            timing = profile if study.run.profile else None
            result = simulate(study, progress=progress, profile=timing, into=written)
        with profile.stage("reduce"):
            rows = summarise(result)
        # Beside the summary: a report of the stored result knows nothing of these further runs.
        others = []
        if beside:
            with progress_bar("without each driver", "runs") as progress:
                found = through_others(study, beside, progress, result)
            others = through_rows(found, study.portfolio.currency)
        with profile.stage("write"):
            sketched = sketch_error(result.attrs) is not None
            table = percentiles_csv([*rows, *others], output.tolerance, sketched=sketched)
            store.complete(result, written, {"percentiles.csv": table})
            writing.close()
    try:
        with profile.stage("write"):
            write_reports(
                result,
                target,
                reports,
                summaries={study.strategy.name: rows},
                further=others,
                tolerance=output.tolerance,
            )
    finally:
        # The result is whole by now, whatever becomes of its reports.
        print_run(console_for(), [*rows, *others], result.attrs, target, output.tolerance)
    if study.run.profile:
        print_profile(console_for(), profile)
    return target
