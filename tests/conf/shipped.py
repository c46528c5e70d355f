"""The shipped configuration: its files, and each choice composed once."""

from __future__ import annotations

from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import yaml

import simengine
from simengine.model.study import Study

ROOT = Path(__file__).resolve().parents[2]
CONF = ROOT / "conf"
GROUPS = ("driver", "portfolio", "scenario", "strategy")


def names(group: str) -> list[str]:
    return sorted(path.stem for path in (CONF / group).glob("*.yaml"))


@cache
def written(group: str, name: str) -> dict[str, Any]:
    """A file as it is written, before anything is composed."""
    return yaml.safe_load((CONF / group / f"{name}.yaml").read_text("utf-8"))


@cache
def composed(*choices: str) -> Study:
    return simengine.compose(list(choices))


def combined(portfolio: str, scenario: str, strategy: str, **run: Any) -> Study:
    """A study put together from choices that were each composed once: no choice changes another."""
    own = composed(f"portfolio={portfolio}")
    return Study.from_mapping(
        {
            "portfolio": own.portfolio,
            "scenario": composed(f"scenario={scenario}").scenario,
            "strategy": composed(f"strategy={strategy}").strategy,
            "run": {**dict(own.run), **run},
        }
    )


COMBINATIONS = list(product(names("portfolio"), names("scenario")))
