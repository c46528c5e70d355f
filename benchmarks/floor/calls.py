"""The draws and elementary functions that the engine makes, counted while it runs as plain Python.

    NUMBA_DISABLE_JIT=1 python -m benchmarks.floor.calls midmarket quiet_exit 50

Prints them as JSON, of an average path: with nothing happening, and as it is. Beside what a path needs
(benchmarks/floor/needs.py) they say what is computed more than once.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import simengine
from benchmarks.floor.quiet import without_occurrences
from simengine.engine.simulate import blocks_of, lower_study
from simengine.kernels import ledger
from simengine.model.study import Study
from simengine.rng import elementary, log_concave, philox

# Each function, what a call counts as, and which of its arguments holds a number a lane (none: it is one).
WATCHED: dict[Callable[..., Any], tuple[tuple[str, ...], int | None]] = {
    philox.uniform: (("uniform",), None),
    philox.uniform_block: (("uniform",), 3),
    philox.uniform_lanes: (("uniform",), 3),
    philox.derive_key: (("uniform",), None),
    elementary.exp: (("exp",), None),
    elementary.expm1: (("integral",), None),
    elementary.log: (("log",), None),
    elementary.log1p: (("log",), None),
    elementary.normal_ppf: (("normal quantile",), None),
    log_concave.quintic: (("table",), None),
    ledger.mean_growth: (("integral",), None),
    ledger.growth_integral: (("exp", "integral"), None),
}


@contextmanager
def counting() -> Iterator[Counter[str]]:
    """Counts calls of the watched functions in all modules that have them; calls within one are its own."""
    found: Counter[str] = Counter()
    depth = 0

    def watch(function: Callable[..., Any]) -> Callable[..., Any]:
        names, lanes = WATCHED[function]

        def watched(*arguments: Any) -> Any:
            nonlocal depth
            if depth == 0:
                for name in names:
                    found[name] += 1 if lanes is None else len(arguments[lanes])
            depth += 1
            try:
                return function(*arguments)
            finally:
                depth -= 1

        return watched

    replaced: list[tuple[ModuleType, str, Callable[..., Any]]] = []
    for module in [m for name, m in sys.modules.items() if name.startswith("simengine.")]:
        for name, value in list(vars(module).items()):
            if callable(value) and getattr(value, "__hash__", None) and value in WATCHED:
                replaced.append((module, name, value))
                setattr(module, name, watch(value))
    try:
        yield found
    finally:
        for module, name, value in replaced:
            setattr(module, name, value)


def calls_of_a_path(study: Study) -> dict[str, float]:
    """Of an average path; lowering, which a run does once, is not counted."""
    lowered = lower_study(study)
    with counting() as found:
        for _ in blocks_of(study, lowered):
            pass
    return {name: number / study.run.n_paths for name, number in sorted(found.items())}


def main() -> None:
    portfolio, scenario, n_paths = sys.argv[1:4]
    study = simengine.compose(
        [
            *(f"portfolio={portfolio}", f"scenario={scenario}", "strategy=proceed"),
            *(f"run.n_paths={n_paths}", "run.threads=1", *sys.argv[4:]),
        ]
    )
    print(json.dumps({"quiet": calls_of_a_path(without_occurrences(study)), "all": calls_of_a_path(study)}))


if __name__ == "__main__":
    main()
