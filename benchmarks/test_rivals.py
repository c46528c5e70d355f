"""Ten compound Poisson-lognormal risks in simengine, NumPy, PAL and aggregate: alike, and how long each."""

from __future__ import annotations

import importlib
import warnings
from typing import Any

import numpy as np
import pytest

from benchmarks.conftest import hang_tables
from benchmarks.rivals import RISKS, STATISTICS, TOOLS, Answer, by_simengine, exact_mean, of_sample

# Sixteen figures are compared: the chance that any is farther off is 0.1%, and the seeds are fixed.
Z = 4.0
ANSWERS: dict[str, Answer] = {}
RAN: list[dict[str, Any]] = []


def needs(module: str | None) -> None:
    """Skip where a rival is not installed; what it warns of while it is imported is its own affair."""
    if module is None:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            importlib.import_module(module)
        except ImportError as error:
            pytest.skip(f'{error}: pip install "simengine[rivals]"')


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.benchmark(group="ten compound Poisson-lognormal risks")
def test_rivals(benchmark, size, tool: str) -> None:
    module, answer = TOOLS[tool]
    needs(module)
    n_paths = size(1_000_000, 20_000)
    answer(1000, 1)  # compiles, or reads what it needs
    found: list[Answer] = []
    benchmark.pedantic(lambda: found.append(answer(n_paths, 1)), rounds=3)
    one = min(found, key=lambda each: each.seconds)
    ANSWERS[tool] = one
    # Against ours on other draws; the mean also against what it is.
    ours = by_simengine(n_paths, seed=2)
    scores = (one.values - ours.values) / np.hypot(one.errors, ours.errors)
    assert np.all(np.abs(scores) < Z), dict(zip(STATISTICS, scores, strict=True))
    assert abs(one.values[0] - exact_mean()) < Z * one.errors[0]
    hang_tables(benchmark, [table(n_paths)], RAN)


def table(n_paths: int) -> dict[str, Any]:
    """Seconds, and each statistic with its error, in thousands."""
    rows = []
    for tool, one in ANSWERS.items():
        pairs = zip(one.values / 1e3, one.errors / 1e3, strict=True)
        cells = [f"{value:,.0f} ± {error:,.0f}" for value, error in pairs]
        rows.append([tool, "none" if tool == "aggregate" else f"{n_paths:,}", f"{one.seconds:.2f}", *cells])
    title = f"{len(RISKS)} compound Poisson-lognormal risks, thousands"
    return {"title": title, "heads": ["", "paths", "seconds", *STATISTICS], "rows": rows}


def test_statistics_of_a_sample() -> None:
    """1 .. 1000: quantiles of type 1, and the mean of exactly the worst hundredth."""
    sample = np.random.default_rng(0).permutation(np.arange(1.0, 1001.0))
    np.testing.assert_array_equal(of_sample(sample), [500.5, 950.0, 990.0, 995.5])
