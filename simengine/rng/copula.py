"""What ties uniforms together: normal scores, a Cholesky factor, and Student's t by a common divisor.

    gaussian:   u' = Phi(L z)                              z = Phi^-1(u)
    student_t:  u' = T_df(L z / sqrt(W / df))              W from chi-squared with df degrees of freedom

T_df is the distribution of a symmetric beta variable: with d = 2 asinh(t / sqrt(df)) the logit of a
beta(df/2, df/2), T_df(t) = F(d). So its table is made as those of quantiles are, seen the other way, and is a
row among them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simengine.model.distributions import Distribution, Gamma
from simengine.rng.accelerate import inlined, jit
from simengine.rng.dist_table import (
    COUNT,
    FIRST,
    HEAP,
    N_CODES,
    N_COEFFICIENTS,
    N_NUMBERS,
    PER_SCORE,
    SCORE_LOW,
)
from simengine.rng.elementary import log1p, normal_cdf
from simengine.rng.log_concave import quintic
from simengine.rng.philox import LEAST_UNIFORM

LEAST_DF = 0.1
GREATEST_UNIFORM = 1.0 - 2.0**-53


@dataclass(frozen=True)
class StudentT(Distribution):
    """The t distribution as a row of a DistTable, to be read by `t_to_uniform` only."""

    family: ClassVar[str] = "student_t"
    df: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.df) and self.df >= LEAST_DF):
            raise ValueError(f"df must be at least {LEAST_DF}, got {self.df}")

    @property
    def chi_squared(self) -> Distribution:
        """The divisor W."""
        return Gamma(0.5 * self.df, 2.0)


def lower_factor(matrix: Sequence[Sequence[float]]) -> np.ndarray:
    """The lower Cholesky factor of a correlation matrix, in plain arithmetic: LAPACK's bits vary.

    Raises
    ------
    ValueError
        If the matrix is not positive definite.
    """
    size = len(matrix)
    factor = np.zeros((size, size))
    for row in range(size):
        for column in range(row + 1):
            rest = float(matrix[row][column])
            for before in range(column):
                rest -= float(factor[row, before]) * float(factor[column, before])
            if row != column:
                factor[row, column] = rest / float(factor[column, column])
            elif rest <= 0.0:
                raise ValueError(f"the matrix is not positive definite (its leading {row + 1} rows are not)")
            else:
                factor[row, row] = math.sqrt(rest)
    return factor


@inlined
def score_to_uniform(z):
    """Phi(z), kept in the open interval (0, 1) of uniforms."""
    u = normal_cdf(z)
    u = LEAST_UNIFORM if u < LEAST_UNIFORM else u
    return GREATEST_UNIFORM if u > GREATEST_UNIFORM else u


@jit
def t_to_uniform(table, i, t):
    """T_df(t), kept in the open interval (0, 1) of uniforms; row i of the table is a `StudentT`."""
    codes = table.codes
    numbers = table.numbers
    heap = codes[i * N_CODES + HEAP]
    count = codes[i * N_CODES + COUNT]
    row = i * N_NUMBERS
    # asinh without cancellation near 0; where its square would overflow, only the clamp counts.
    size = min(abs(t) / numbers[row + FIRST], 1e150)
    distance = -2.0 * log1p(size + size * size / (1.0 + math.sqrt(1.0 + size * size)))
    position = max((distance - numbers[row + SCORE_LOW]) * numbers[row + PER_SCORE], 0.0)
    piece = min(int(position), count - 1)
    along = position - piece
    c = heap + piece * N_COEFFICIENTS
    z = quintic(
        numbers[c], numbers[c + 1], numbers[c + 2], numbers[c + 3], numbers[c + 4], numbers[c + 5], along
    )
    return score_to_uniform(-z if t > 0.0 else z)
