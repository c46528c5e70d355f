"""Lowering of copulas: which parameters are tied, and the lower triangle that ties them."""

from __future__ import annotations

from typing import Any

from simengine.engine.rows import ANY, Distributions, Parameters
from simengine.model.parameters import parameters as parameters_of
from simengine.model.parameters import without_prefix
from simengine.model.scenario import Dependence
from simengine.model.study import Study
from simengine.rng.address import address_key
from simengine.rng.copula import StudentT, lower_factor


def correlation_matrix(dependence: Dependence) -> list[list[float]]:
    """The stated matrix, or the one with a common off-diagonal."""
    n = len(dependence.quantities)
    if dependence.matrix is not None:
        return [list(row) for row in dependence.matrix]
    assert dependence.common is not None
    return [[1.0 if a == b else dependence.common for b in range(n)] for a in range(n)]


class Copulas:
    """The rows of copulas; see `simengine.kernels.tables`."""

    def __init__(self, study: Study, parameters: Parameters, distributions: Distributions) -> None:
        by_name = {".".join(path): (path, quantity) for path, quantity in parameters_of(study).items()}
        self.rows: list[dict[str, Any]] = []
        self.members: list[int] = []
        self.matrix: list[float] = []
        for dependence in study.scenario.dependence:
            is_student = dependence.kind_ == "student_t"
            lower = lower_factor(correlation_matrix(dependence))
            names = "+".join(sorted(without_prefix(name) for name in dependence.quantities))
            row: dict[str, Any] = {
                "start": len(self.members),
                "matrix": len(self.matrix),
                "student": -1,
                "key": address_key(study.run.seed, "dependence", names),
            }
            for name in dependence.quantities:
                # A member that nothing in this study reads is drawn all the same: the others depend on it.
                path, quantity = by_name[without_prefix(name)]
                self.members.append(parameters.add(path, quantity, ANY))
            row["end"] = len(self.members)
            self.matrix.extend(lower.ravel().tolist())
            if is_student:
                assert dependence.df is not None
                row["df"] = dependence.df
                student = StudentT(dependence.df)
                row["student"] = distributions.add(student)
                row["chi2"] = distributions.add(student.chi_squared)
            self.rows.append(row)
