"""A study whose every name tries to be something else: mark-up, a script, a formula, a template, a date."""

from __future__ import annotations

from typing import Any

import numpy as np

from simengine.model.strategy import Strategy
from simengine.model.study import Study
from simengine.results.dataset import Result, collect
from tests.results.synthetic import CODES, EVERYTHING, small_arrays, small_study

ATTACK = "window.attacked = true"
SCRIPT = f"<script>{ATTACK}</script>"
IMAGE = f'"><img src=x onerror="{ATTACK}">'
CLOSING = f"</script><script>{ATTACK}</script>"
TEMPLATE = "{{ 7 * 7 }} {% raw %}"
FORMULA = '=HYPERLINK("http://example.invalid")'
LINK = f"<a href='javascript:{ATTACK}'>here</a>"
COMMENT = "<!-- & &amp; '\" %{x} $x$"
MATHS = r"from $\frac$ to $\none{$"
NAMES = (MATHS, SCRIPT, IMAGE, CLOSING, TEMPLATE, FORMULA, LINK, COMMENT)

STRATEGIES = (SCRIPT, CLOSING, COMMENT)


def hostile_study() -> Study:
    tree: dict[str, Any] = small_study(400, EVERYTHING).canonical()
    portfolio, scenario = tree["portfolio"], tree["scenario"]
    portfolio["name"], scenario["name"] = SCRIPT, IMAGE
    workload = next(iter(portfolio["workloads"].values()))
    portfolio["workloads"] = dict.fromkeys((*NAMES, "2026-03", "7"), workload)
    driver = next(iter(scenario["drivers"].values()))
    scenario["drivers"] = dict.fromkeys(NAMES, driver)
    tree["strategy"]["name"] = LINK
    return Study.from_mapping(tree)


def hostile_result() -> Result:
    study = hostile_study()
    return collect(small_arrays(study), study=study, codes=CODES)


def hostile_comparison() -> Result:
    study = hostile_study()
    run = study.run.model_copy(update={"keep": tuple(keep for keep in EVERYTHING if keep != "occurrences")})
    study = study.model_copy(update={"run": run})
    played = [small_arrays(study, seed) for seed in (1, 2, 3)]
    stacked = {name: np.stack([arrays[name] for arrays in played]) for name in played[0]}
    return collect(stacked, study=study, strategies=[Strategy(name=name) for name in STRATEGIES])
