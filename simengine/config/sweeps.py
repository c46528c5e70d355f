"""Several runs from one command: overrides with several values, each combination of them once."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import islice, product

from hydra.core.override_parser.types import Override

from simengine.config.folders import folders
from simengine.config.overrides import parse
from simengine.config.repository import Repository, hydra_behaviour
from simengine.model.errors import ConfigError, Problem

MOST_JOBS = 10_000


def split(overrides: Sequence[str], config_dir: str | os.PathLike[str] | None = None) -> list[list[str]]:
    """The overrides of each run: `["a=1,2", "b=3"]` becomes `[["a=1", "b=3"], ["a=2", "b=3"]]`.

    Raises
    ------
    ConfigError
        If an override cannot be read, or there are too many combinations.
    """
    choices: dict[str, list[str]] = {}
    with hydra_behaviour():
        for override in parse(overrides, Repository(folders(config_dir))):
            # A later override of the same key replaces an earlier one, as in a single run.
            choices[override.get_key_element()] = _texts(override)
    jobs = list(islice(product(*choices.values()), MOST_JOBS + 1))
    if len(jobs) > MOST_JOBS:
        allowed = f"at most {MOST_JOBS} in one command"
        raise ConfigError([Problem("--multirun", f"more than {MOST_JOBS} runs", allowed, "sweep over less")])
    return [list(job) for job in jobs]


def swept_keys(overrides: Sequence[str], config_dir: str | os.PathLike[str] | None = None) -> list[str]:
    """The keys that have several values."""
    with hydra_behaviour():
        parsed = parse(overrides, Repository(folders(config_dir)))
    return [override.get_key_element() for override in parsed if override.is_sweep_override()]


def take_choices(
    overrides: Sequence[str], group: str, config_dir: str | os.PathLike[str] | None = None
) -> tuple[list[str], list[str]]:
    """The names that the overrides choose of a group, and the other overrides."""
    names: list[str] = []
    others: list[str] = []
    with hydra_behaviour():
        for override in parse(overrides, Repository(folders(config_dir))):
            if override.key_or_group == group and not override.is_delete():
                names = [text.partition("=")[2] for text in _texts(override)]
            else:
                others.append(str(override.input_line))
    return names, others


def _texts(override: Override) -> list[str]:
    """An override for each of its values."""
    text, key = str(override.input_line), override.get_key_element()
    if not override.is_sweep_override():
        return [text]
    if not override.is_discrete_sweep():
        remedy = f"list them: {key}=A,B or {key}=range(1,4)"
        raise ConfigError([Problem(key, text, "values that can be counted", remedy)])
    values = list(islice(override.sweep_string_iterator(), MOST_JOBS + 1))
    if not values:
        raise ConfigError([Problem(key, f"{text}, which is no value at all", "at least one", "write one")])
    return [f"{key}={value}" for value in values]
