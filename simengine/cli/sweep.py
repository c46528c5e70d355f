"""`-m`: one run after another, each in a folder of its own, whatever becomes of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from simengine.cli.arguments import Arguments
from simengine.cli.failures import INTERRUPTED, OUR_FAULT, SUCCESS, USERS_MISTAKE, complain, explain, say
from simengine.cli.output_folder import expanded, sweep_folder
from simengine.config.composition import compose_tree
from simengine.config.overrides import SWEEP_DIR, SWEEP_SUBDIR
from simengine.config.sweeps import split, swept_keys
from simengine.model.errors import ConfigError


class Play(Protocol):
    def __call__(
        self, arguments: Arguments, overrides: Sequence[str], folder: Path | None = None
    ) -> Path: ...


@dataclass(frozen=True)
class Outcome:
    """What became of one run of a sweep."""

    number: int
    what: str
    status: int
    folder: Path | None

    def __str__(self) -> str:
        words = {SUCCESS: "done", USERS_MISTAKE: "refused", OUR_FAULT: "failed", INTERRUPTED: "interrupted"}
        where = f"  {self.folder}" if self.folder else ""
        return f"  {self.number:>3}  {words[self.status]:11}  {self.what}{where}"


def sweep(arguments: Arguments, overrides: Sequence[str], play: Play) -> int:
    """Run every combination of the overrides' values; the exit status is not 0 unless all of them were done.

    One that is refused or fails ends itself, and no other.
    """
    jobs = split(overrides, arguments.config_dir)
    swept = swept_keys(overrides, arguments.config_dir)
    base, pattern = _folders(arguments, jobs[0])
    own_folders = "output.dir" in swept
    outcomes: list[Outcome] = []
    for number, job in enumerate(jobs):
        what = " ".join(text for text in job if text.partition("=")[0] in swept) or "one run"
        say(f"[{number + 1} of {len(jobs)}] {what}")
        folder = None if own_folders else base / expanded(pattern, number, ",".join(what.split()))
        outcomes.append(_one(arguments, job, play, Outcome(number, what, SUCCESS, folder)))
        if outcomes[-1].status == INTERRUPTED:
            break
        say()
    return _summary(outcomes, len(jobs))


def _folders(arguments: Arguments, job: Sequence[str]) -> tuple[Path, str]:
    """The folder of the sweep, and how those of its runs are named within it."""
    try:
        composition = compose_tree(job, arguments.config_dir, arguments.config_name)
        settings, written = composition.settings, composition.output.folder
    except ConfigError:
        # The first run will say what is wrong with it; others may be sound.
        settings, written = {}, None
    return sweep_folder(written or settings.get(SWEEP_DIR)), settings.get(SWEEP_SUBDIR, "${hydra.job.num}")


def _one(arguments: Arguments, job: Sequence[str], play: Play, planned: Outcome) -> Outcome:
    try:
        folder = play(arguments, job, planned.folder)
    except KeyboardInterrupt:
        complain("interrupted")
        return Outcome(planned.number, planned.what, INTERRUPTED, None)
    except (Exception, SystemExit) as failed:
        error = failed if isinstance(failed, Exception) else RuntimeError(f"exit with {failed.code}")
        return Outcome(planned.number, planned.what, explain(error), None)
    return Outcome(planned.number, planned.what, SUCCESS, folder)


def _summary(outcomes: Sequence[Outcome], planned: int) -> int:
    statuses = {outcome.status for outcome in outcomes}
    done = sum(outcome.status == SUCCESS for outcome in outcomes)
    say(f"{done} of {planned} runs done")
    for outcome in outcomes:
        say(str(outcome))
    if done < planned:
        complain(f"{planned - done} of {planned} runs were not done")
    return next((status for status in (INTERRUPTED, OUR_FAULT, USERS_MISTAKE) if status in statuses), SUCCESS)
