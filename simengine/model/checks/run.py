"""The paths of a run have 64-bit numbers, and what it should be precise in is something that it keeps."""

from __future__ import annotations

from collections.abc import Iterator

from simengine.model.checks.finding import Finding
from simengine.model.parts import Parts
from simengine.model.paths import Path
from simengine.model.precision import HAPPENINGS, MEAN, PROBABILITY

PATHS = 2**63


def check(study: Parts) -> Iterator[Finding]:
    yield from _path_numbers(study)
    yield from _summary(study)
    yield from _precision(study)


def _path_numbers(study: Parts) -> Iterator[Finding]:
    run = study.run
    if run.first_path + run.most_paths > PATHS:
        count, about = ("n_paths", run.n_paths) if not run.precision else ("max_paths", run.most_paths)
        yield Finding(
            ("run", "first_path"),
            f"{run.first_path}, with {about} paths from there",
            f"first_path + {count} of at most 2**63",
            "start from a lower path, or run fewer",
            (("run", count),),
        )


def _precision(study: Parts) -> Iterator[Finding]:
    run = study.run
    if run.max_paths is not None and not run.precision:
        yield Finding(
            ("run", "max_paths"),
            f"{run.max_paths} without run.precision",
            "a limit for what run.precision asks for",
            "say run.precision too, or run.n_paths for a number of paths",
            (("run", "precision"),),
        )
    if run.max_paths is not None and run.precision and run.max_paths < run.n_paths:
        yield Finding(
            ("run", "max_paths"),
            f"{run.max_paths}, which is less than run.n_paths, {run.n_paths}",
            "run.n_paths or more: precision is first checked there",
            "raise it, or lower run.n_paths",
            (("run", "n_paths"),),
        )
    if run.precision and not {"totals", "summary"} & set(run.keep):
        yield Finding(
            ("run", "keep"),
            f"{', '.join(run.keep)}, with run.precision",
            "totals or summary among them: precision is measured on them",
            "add totals, or leave run.precision out",
            (("run", "precision"),),
        )
    for position, target in enumerate(run.precision):
        # One target may stand without a list around it.
        place = ("run", "precision", position) if len(run.precision) > 1 else ("run", "precision")
        yield from _fits(place, position, target.metric, target.statistic)


def _summary(study: Parts) -> Iterator[Finding]:
    run = study.run
    if run.summarise is not None and "summary" not in run.keep:
        yield Finding(
            ("run", "summarise"),
            f"{', '.join(run.summarise)}, with run.keep: {', '.join(run.keep)}",
            "what gets a sketch in a summary",
            "say run.keep=summary, or leave it out",
            (("run", "keep"),),
        )
    if "totals" in run.keep or "summary" not in run.keep:
        return
    for position, target in enumerate(run.precision):
        if target.statistic not in (MEAN, PROBABILITY) and target.metric not in run.sketched:
            yield Finding(
                ("run", "summarise"),
                f"no {target.metric}, of which run.precision wants {target.statistic}",
                f"{target.metric} among what gets a sketch",
                f"add {target.metric}, or keep totals too",
                (("run", "precision"), ("run", "precision", position, "metric")),
            )


def _fits(place: Path, position: int, metric: str, statistic: str) -> Iterator[Finding]:
    """A probability is the statistic of what happens or does not, and of nothing else."""
    path = (*place, "statistic")
    listed = ("run", "precision", position)
    about = ((*place, "metric"), (*listed, "metric"), (*listed, "statistic"))
    if metric in HAPPENINGS and statistic != PROBABILITY:
        yield Finding(path, statistic, f"{PROBABILITY}: {metric} happens or does not", "write it", about)
    if metric not in HAPPENINGS and statistic == PROBABILITY:
        allowed = f"mean, P95, TVaR95 and the like of {metric}"
        remedy = f"write one of them; {' and '.join(HAPPENINGS)} have a probability"
        yield Finding(path, statistic, allowed, remedy, about)
