"""Each operation alone, in a loop over a block of lanes that LLVM makes SIMD: nothing can be quicker.

The functions are the engine's own: a libm would give other bits, and costs about as much.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np

from simengine.rng.accelerate import jit
from simengine.rng.elementary import exp, expm1, log, normal_ppf
from simengine.rng.log_concave import quintic
from simengine.rng.philox import uniform_block

# Both arrays stay in the second cache, and the call from Python is a hundredth of a nanosecond a lane.
LANES = 16384
N_PIECES = 64

Array = np.ndarray


@jit
def exps(x: Array, out: Array) -> None:
    for lane in range(len(out)):
        out[lane] = exp(x[lane])


@jit
def integrals(x: Array, out: Array) -> None:
    """(exp(y) - 1) / y, the mean of exp over [0, y]: all that an integral of growth takes beside products."""
    for lane in range(len(out)):
        out[lane] = expm1(x[lane]) / x[lane]


@jit
def short_integrals(x: Array, out: Array) -> None:
    """The same for a small y, which takes but a few terms of a series."""
    for lane in range(len(out)):
        y = x[lane]
        square = y * y
        low = (1.0 + y * (1.0 / 2.0)) + square * (1.0 / 6.0 + y * (1.0 / 24.0))
        out[lane] = low + square * square * ((1.0 / 120.0 + y * (1.0 / 720.0)) + square * (1.0 / 5040.0))


@jit
def logs(x: Array, out: Array) -> None:
    for lane in range(len(out)):
        out[lane] = log(x[lane])


@jit
def normal_quantiles(x: Array, out: Array) -> None:
    for lane in range(len(out)):
        out[lane] = normal_ppf(x[lane])


@jit
def square_roots(x: Array, out: Array) -> None:
    for lane in range(len(out)):
        out[lane] = math.sqrt(x[lane])


@jit
def divisions(x: Array, out: Array) -> None:
    for lane in range(len(out)):
        out[lane] = 1.0 / x[lane]


@jit
def table_look_ups(pieces: Array, x: Array, out: Array) -> None:
    """The quintics between the nodes of a quantile function, as beta and gamma variables take them."""
    for lane in range(len(out)):
        position = x[lane] * N_PIECES
        piece = min(max(int(position), 0), N_PIECES - 1)
        c = piece * 6
        out[lane] = quintic(
            pieces[c],
            pieces[c + 1],
            pieces[c + 2],
            pieces[c + 3],
            pieces[c + 4],
            pieces[c + 5],
            position - piece,
        )


def uniforms(x: Array, out: Array) -> None:
    del x
    uniform_block(np.uint64(0x9E3779B97F4A7C15), np.uint64(0), np.uint64(0), out)


def quintics(x: Array, out: Array) -> None:
    table_look_ups(_PIECES, x, out)


_PIECES = np.linspace(0.5, 1.5, 6 * N_PIECES)
OPERATIONS: dict[str, Callable[[Array, Array], None]] = {
    "uniform": uniforms,
    "log": logs,
    "exp": exps,
    "integral": integrals,
    "short integral": short_integrals,
    "normal quantile": normal_quantiles,
    "table": quintics,
    "square root": square_roots,
    "division": divisions,
}


def nanoseconds(rounds: int = 200) -> dict[str, float]:
    """What each operation takes alone, on one thread: the quickest of many rounds."""
    x = np.random.default_rng(1).uniform(0.01, 0.99, LANES)
    out = np.empty(LANES)
    found = {}
    for name, operation in OPERATIONS.items():
        operation(x, out)
        took = []
        for _ in range(rounds):
            begun = time.perf_counter_ns()
            operation(x, out)
            took.append(time.perf_counter_ns() - begun)
        found[name] = min(took) / LANES
    return found
