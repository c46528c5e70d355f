"""Parameter uncertainty: one draw of each uncertain quantity per path."""

from __future__ import annotations

import numpy as np

from simengine.kernels.tables import Array, Ties
from simengine.rng.accelerate import inner, jit
from simengine.rng.copula import score_to_uniform, t_to_uniform
from simengine.rng.dist_table import DistTable
from simengine.rng.elementary import normal_ppf
from simengine.rng.philox import uniform, uniform_block
from simengine.rng.variates import needs_choice, quantile, quantile_block

LANES = 256
CHOICE = 1 << 63


@inner
def couple(ties: Ties, table: DistTable, first_path: int, count: int, uniforms: np.ndarray) -> None:
    """Tie the uniforms of each copula's members together, path by path."""
    score = np.empty(ties.member.shape[0])
    for c in range(ties.copula.shape[0]):
        row = ties.copula[c]
        n = row.end - row.start
        for lane in range(count):
            for a in range(n):
                score[a] = normal_ppf(uniforms[ties.member[row.start + a], lane])
            scale = 1.0
            if row.student >= 0:
                u = uniform(row.key, np.uint64(first_path + lane), np.uint64(0))
                scale = np.sqrt(row.df / quantile(table, row.chi2, u, 0.5))
            for a in range(n):
                tied = 0.0
                for b in range(a + 1):
                    tied += ties.matrix[row.matrix + a * n + b] * score[b]
                if row.student >= 0:
                    uniforms[ties.member[row.start + a], lane] = t_to_uniform(
                        table, row.student, tied * scale
                    )
                else:
                    uniforms[ties.member[row.start + a], lane] = score_to_uniform(tied)


@jit
def draw_parameters(
    parameter: Array, ties: Ties, table: DistTable, first_path: int, parameters: np.ndarray
) -> None:
    """Fill `parameters` (path, parameter) for the paths from `first_path` on."""
    n_paths, n_parameters = parameters.shape
    uniforms = np.empty((n_parameters, LANES))
    choices = np.empty(LANES)
    values = np.empty(LANES)
    for strip in range(0, n_paths, LANES):
        count = min(LANES, n_paths - strip)
        first = first_path + strip
        for p in range(n_parameters):
            if parameter[p].is_constant == 0:
                uniform_block(parameter[p].key, np.uint64(first), np.uint64(0), uniforms[p, :count])
        couple(ties, table, first, count, uniforms)
        for p in range(n_parameters):
            row = parameter[p]
            if row.is_constant == 1:
                for lane in range(count):
                    parameters[strip + lane, p] = row.value
                continue
            if needs_choice(table, row.distribution):
                uniform_block(row.key, np.uint64(first), np.uint64(CHOICE), choices[:count])
            quantile_block(table, row.distribution, uniforms[p, :count], choices[:count], values[:count])
            for lane in range(count):
                parameters[strip + lane, p] = min(max(values[lane], row.low), row.high)
