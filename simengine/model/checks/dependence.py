"""Copulas tie parameters that exist, are uncertain, and are tied only once, by a matrix that can be one."""

from __future__ import annotations

from collections.abc import Iterator

from simengine.model import parameters
from simengine.model.checks.finding import Finding, unknown
from simengine.model.parts import Parts
from simengine.model.paths import Path
from simengine.model.scenario import Dependence
from simengine.model.wording import listed, show

ROOT: Path = ("scenario", "dependence")

# A smallest eigenvalue below this leaves no digits for the Cholesky factor.
LEAST_EIGENVALUE = 1e-10
ROUNDING = 1e-12


def check(study: Parts) -> Iterator[Finding]:
    yield from _quantities(study)
    for position, dependence in enumerate(study.scenario.dependence):
        path = (*ROOT, position)
        if len(dependence.quantities) < 2:
            count = len(dependence.quantities)
            yield Finding(
                (*path, "quantities"), f"{count} quantities", "two or more", "name what moves together"
            )
        yield from _degrees_of_freedom(dependence, path)
        yield from _correlation(dependence, path)


def _quantities(study: Parts) -> Iterator[Finding]:
    known = parameters.named(study)
    quantities = parameters.parameters(study)
    uncertain = [name for name, found in known.items() if not all(quantities[p].is_constant for p in found)]
    tied: dict[str, Path] = {}
    for position, dependence in enumerate(study.scenario.dependence):
        for order, written in enumerate(dependence.quantities):
            path = (*ROOT, position, "quantities", order)
            name = parameters.without_prefix(written)
            meant = known.get(name, [])
            if not meant:
                what = "a quantity that is drawn once per path"
                yield unknown(path, written, what, uncertain, *_holders(study, name))
            elif len(meant) > 1:
                yield Finding(
                    path,
                    f"{show(written)}, which means {len(meant)} quantities",
                    "a name that means one",
                    "rename the driver, factor, line or workload that has dots in its name",
                )
            elif quantities[meant[0]].is_constant:
                yield Finding(
                    path,
                    f"{show(written)}, which is a number",
                    f"a quantity with a distribution: {listed(uncertain)}",
                    "give the quantity a distribution, or leave it out here",
                    tuple(_places(meant[0])),
                )
            elif name in tied:
                yield Finding(
                    path,
                    f"{show(written)} for the second time",
                    "each quantity in one dependence, once",
                    "join the two entries into one with a matrix",
                )
            tied.setdefault(name, path)


def _holders(study: Parts, name: str) -> Iterator[Path]:
    """What a quantity of that name would stand in, if only it were there."""
    yield from (("scenario", "factors"), ("scenario", "drivers"))
    yield from (("portfolio", "workloads"), ("portfolio", "lines"))
    for driver in study.scenario.drivers:
        if name.startswith(f"drivers.{driver}."):
            yield "scenario", "drivers", driver, "hazard"
            yield "scenario", "drivers", driver, "outcomes"


def _places(parameter: parameters.Parameter) -> Iterator[Path]:
    """Where the figure of a parameter, or what holds it, stands in the study."""
    if parameter[0] in ("workloads", "lines"):
        yield "portfolio", *parameter
        return
    yield "scenario", *parameter
    if parameter[0] == "drivers":
        head, rest = parameter[:2], parameter[2:]
        yield "scenario", *head, "hazard", *(int(part) if part.isdecimal() else part for part in rest)


def _degrees_of_freedom(dependence: Dependence, path: Path) -> Iterator[Finding]:
    kind = dependence.kind_
    if (dependence.df is not None) == (kind == "student_t"):
        return
    given = "no df" if dependence.df is None else f"df: {dependence.df:g}"
    yield Finding(
        (*path, "df"),
        f"{given} with kind: {kind}",
        "df with kind: student_t, and only there",
        "add df" if kind == "student_t" else "remove df",
        ((*path, "kind"),),
    )


def _correlation(dependence: Dependence, path: Path) -> Iterator[Finding]:
    given = [name for name in ("matrix", "common") if getattr(dependence, name) is not None]
    if len(given) != 1:
        yield Finding(
            path,
            listed(given, "and") or "neither matrix nor common",
            "exactly one of matrix (a correlation for each pair) and common (one for all)",
            "remove one of the two" if given else "add one of the two",
            ((*path, "matrix"), (*path, "common")),
        )
    about = ((*path, "quantities"),)
    count = len(dependence.quantities)
    if dependence.common is not None and count > 1 and not -1.0 / (count - 1) < dependence.common < 1.0:
        yield Finding(
            (*path, "common"),
            f"{dependence.common:g}",
            f"a correlation above {-1.0 / (count - 1):.6g} and below 1, for {count} quantities",
            "choose one within, or give a matrix",
            about,
        )
    if dependence.matrix is not None and (fault := _fault(dependence.matrix, count)) is not None:
        arrived, allowed, remedy = fault
        yield Finding((*path, "matrix"), arrived, allowed, remedy, about)


def _fault(matrix: tuple[tuple[float, ...], ...], count: int) -> tuple[str, str, str] | None:
    """What keeps a matrix from being a correlation matrix, what is allowed, and the remedy."""
    import numpy as np

    if [len(row) for row in matrix] != [count] * count:
        shape = f"{len(matrix)} rows of {listed(sorted({len(row) for row in matrix}), 'and')} numbers"
        return shape, f"{count} rows of {count} numbers", "one row and one column for each quantity"
    values = np.array(matrix)
    if np.any(np.abs(np.diag(values) - 1.0) > ROUNDING):
        wrong = int(np.argmax(np.abs(np.diag(values) - 1.0)))
        return (
            f"{values[wrong, wrong]:g} in row {wrong} on the diagonal",
            "1 on the diagonal",
            "write 1 there",
        )
    if np.any(np.abs(values - values.T) > ROUNDING):
        row, column = (int(n) for n in np.unravel_index(np.argmax(np.abs(values - values.T)), values.shape))
        pair = (
            f"{values[row, column]:g} at [{row}][{column}] and {values[column, row]:g} at [{column}][{row}]"
        )
        return pair, "a symmetric matrix", "write the same correlation in both places"
    least = float(np.linalg.eigvalsh(values)[0])
    if least < LEAST_EIGENVALUE:
        return (
            f"a matrix whose smallest eigenvalue is {least:.3g}",
            "a positive definite matrix: correlations that can hold together",
            "bring the correlations nearer to 0",
        )
    return None
