"""The layout of distributions as kernels read them: two flat arrays for any number of quantities."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

# Kinds of rows.
CONSTANT = 0
UNIFORM = 1
NORMAL = 2
LOGNORMAL = 3
TRIANGULAR = 4
PARETO = 5
BETA = 6
GAMMA = 7
POINTS = 8
MIXTURE = 9
STUDENT = 10  # no quantity: a distribution function, see `copula.t_to_uniform`

# Columns of a row of `codes`.
KIND = 0
IS_UPPER = 1  # probabilities are counted from the upper tail, where they keep more digits
HEAP = 2  # where the row's own table begins in `numbers`
COUNT = 3  # pieces, points or parts in that table
FIRST_PART = 4  # the row of a mixture's first part; the others follow
N_CODES = 5

# Columns of a row of `numbers`: a uniform u is taken to the probability base + u * span (counted from the
# upper tail: base + (1 - u) * span), and the quantile there is kept within least .. greatest.
BASE = 0
SPAN = 1
LEAST = 2
GREATEST = 3
FIRST = 4  # this and the next five: parameters of the family
N_NUMBERS = 10
# For beta and gamma: the score where the table begins, and pieces per unit of score (for Student's t: of d).
SCORE_LOW = FIRST + 4
PER_SCORE = FIRST + 5
N_COEFFICIENTS = 6


class DistTable(NamedTuple):
    """Rows of quantities, then rows of the parts of mixtures; behind the rows of `numbers` lie their tables.

    A table of beta or gamma holds six coefficients a piece; of points, count values and then count cumulative
    probabilities; of a mixture, count cumulative weights.
    """

    codes: np.ndarray  # int64
    numbers: np.ndarray  # float64
