"""From files and overrides to a study: composed by Hydra's rules, read by a loader that trusts nothing."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simengine.model.study import Study


def compose(overrides: Sequence[str] = (), config_dir: str | os.PathLike[str] | None = None) -> Study:
    """The study that the command line would run with these overrides.

    Parameters
    ----------
    overrides
        In Hydra's grammar: `["scenario=baseline", "run.n_paths=1e6", "~strategy.standby"]`.
    config_dir
        A folder of one's own with `portfolio/`, `scenario/` and the like, searched before the shipped one.

    Raises
    ------
    ConfigError
        With every problem, each with the file and line where that is known.
    """
    from simengine.config.composition import compose_tree

    return compose_tree(overrides, config_dir).study()


def load_strategy(name: str, config_dir: str | os.PathLike[str] | None = None) -> dict[str, Any]:
    """The strategy of that name in the group `strategy`, as a mapping that is not validated yet."""
    from simengine.config.composition import compose_option

    return compose_option("strategy", name, config_dir)
