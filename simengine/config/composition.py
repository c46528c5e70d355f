"""From overrides to a study: Hydra's defaults list says which files, they are put together in its order."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from hydra._internal.defaults_list import create_defaults_list
from hydra.core.default_element import ResultDefault
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException

from simengine.config import overrides as overriding
from simengine.config.folders import PRIMARY, folders, options
from simengine.config.interpolation import resolved
from simengine.config.merging import Merged, Origin, leaves
from simengine.config.output import (
    THROUGH_OTHERS,
    Output,
    read_output,
    read_reports,
    read_through_others,
)
from simengine.config.placing import once_a_column, placed
from simengine.config.refusals import refusal
from simengine.config.repository import Repository, hydra_behaviour
from simengine.config.tables import TABLES, read_tables
from simengine.model.errors import ConfigError, Problem
from simengine.model.paths import Path, dotted
from simengine.model.wording import did_you_mean, listed

if TYPE_CHECKING:
    from simengine.model.study import Study

MISSING = "???"
DRIVERS = "driver"
TABLES_KEY = f"portfolio.{TABLES}"
BESIDE_STUDY = ("output", "report", THROUGH_OTHERS)


@dataclass(frozen=True)
class Source:
    """A file of a composition, and the key below which its content was put."""

    config: str
    place: str
    file: str


@dataclass(frozen=True)
class Composition:
    """A composed configuration, not yet validated: its tree, and where each value of it was written."""

    tree: dict[str, Any]
    origins: dict[Path, Origin]
    choices: dict[str, str]
    sources: tuple[Source, ...]
    shadowed: tuple[str, ...]
    settings: dict[str, str] = field(default_factory=dict)

    @cached_property
    def resolved(self) -> dict[str, Any]:
        """The tree with every interpolation replaced by what it stands for, and nothing missing."""
        try:
            tree = resolved(self.tree)
        except ConfigError as refused:
            raise ConfigError(placed(refused.problems, self.origins)) from None
        missing = [
            Problem(dotted(path), "nothing yet (???)", "a value", f"give it: {dotted(path)}=VALUE")
            for path, value in leaves(tree)
            if value == MISSING
        ]
        if missing:
            raise ConfigError(placed(missing, self.origins))
        return tree

    @property
    def output(self) -> Output:
        """Where the configuration says that the result goes, and whether it may replace another."""
        try:
            return read_output(self.resolved.get("output"), self.settings.get(overriding.RUN_DIR))
        except ConfigError as refused:
            raise ConfigError(placed(refused.problems, self.origins)) from None

    @property
    def reports(self) -> tuple[str, ...]:
        """The forms of report that the configuration asks for beside the result."""
        try:
            return read_reports(self.resolved.get("report"))
        except ConfigError as refused:
            raise ConfigError(placed(refused.problems, self.origins)) from None

    @property
    def through_others(self) -> bool | tuple[str, ...]:
        """Of which drivers to tell what they do through others: of all, of none, or of those named."""
        try:
            return read_through_others(self.resolved.get(THROUGH_OTHERS))
        except ConfigError as refused:
            raise ConfigError(placed(refused.problems, self.origins)) from None

    def study(self) -> Study:
        """The validated study; raises ConfigError with every problem, each with the file and line known."""
        from simengine.model.study import Study

        tree = {key: value for key, value in self.resolved.items() if key not in BESIDE_STUDY}
        merged = Merged(tree, dict(self.origins))
        _read_tables(merged)
        _refuse_stray_drivers(merged)
        try:
            return Study.from_mapping(merged.tree)
        except ConfigError as refused:
            raise ConfigError(once_a_column(placed(refused.problems, merged.origins))) from None


def compose_tree(
    overrides: Sequence[str] = (),
    config_dir: str | os.PathLike[str] | None = None,
    config_name: str = PRIMARY,
) -> Composition:
    """Compose a configuration from the shipped files and the user's.

    Parameters
    ----------
    overrides
        In Hydra's grammar: `scenario=baseline`, `run.n_paths=1e6`, `~strategy.standby`.
    config_dir
        The user's own folder, searched before the shipped one.
    config_name
        The file to begin with.

    Raises
    ------
    ConfigError
        For what is wrong with the files that are part of the composition, and with the overrides.
    """
    repository = Repository(folders(config_dir))
    with hydra_behaviour():
        parsed = overriding.parse(overrides, repository)
        return compose_parsed(parsed, repository, config_name)


def compose_parsed(
    parsed: Sequence[Override], repository: Repository, config_name: str = PRIMARY
) -> Composition:
    """Compose with overrides that were parsed already, within `hydra_behaviour`."""
    overriding.refuse_sweeps(parsed)
    of_study = overriding.of_study(parsed)
    refused: list[Problem] = []
    try:
        defaults = create_defaults_list(repository, config_name, of_study, False, False)
    except (HydraException, ValueError, AssertionError, RecursionError) as failed:
        if isinstance(failed, ConfigError):
            raise
        refused = [refusal(failed, repository)]
        defaults = None
    problems = [found for file in repository.files.values() for found in file.problems]
    if problems or defaults is None:
        # What Hydra says of files that are wrong by themselves is a consequence.
        raise ConfigError(problems or refused)
    merged = Merged()
    sources = [_add(default, merged, repository) for default in defaults.defaults]
    # Tables are read before the overrides that change them, and after the one that names them.
    tables = [override for override in defaults.config_overrides if override.key_or_group == TABLES_KEY]
    for override in tables:
        overriding.apply(override, merged)
    _read_tables(merged)
    for override in defaults.config_overrides:
        if override not in tables:
            overriding.apply(override, merged)
    return Composition(
        tree=merged.tree,
        origins=merged.origins,
        choices={group: name for group, name in defaults.overrides.known_choices.items() if name},
        sources=tuple(sources),
        shadowed=tuple(repository.shadowed),
        settings=overriding.settings(parsed),
    )


def _read_tables(merged: Merged) -> None:
    """Put a portfolio's tables in the place of its `tables`, unless the folder's name is still to come."""
    portfolio = merged.tree.get("portfolio")
    if not isinstance(portfolio, Mapping) or TABLES not in portfolio:
        return
    named = portfolio[TABLES]
    if isinstance(named, str) and ("${" in named or named == MISSING):
        return
    try:
        tables = read_tables(portfolio, _folder_of(merged.origins.get(("portfolio", TABLES))))
    except ConfigError as refused:
        raise ConfigError(placed(refused.problems, merged.origins)) from None
    merged.tree["portfolio"] = tables.portfolio
    merged.origins.update(tables.origins)


def _folder_of(origin: Origin | None) -> FilePath:
    """The folder that a file name is relative to: that of the file it stands in, or the working directory."""
    if origin is None or origin.line is None:
        return FilePath.cwd()
    return FilePath(origin.file).absolute().parent


def _refuse_stray_drivers(merged: Merged) -> None:
    """A driver's file that nobody said the place of: +driver=price_rise."""
    if DRIVERS in merged.tree:
        allowed, remedy = "a place in the scenario", "say where it goes: +driver@scenario.drivers.NAME=FILE"
        stray = [Problem(DRIVERS, "a driver beside the scenario", allowed, remedy)]
        raise ConfigError(placed(stray, merged.origins))


def _add(default: ResultDefault, merged: Merged, repository: Repository) -> Source:
    config = str(default.config_path)
    file = repository.load(config)
    assert file is not None, "the defaults list names only files that were found"
    place = tuple(part for part in (default.package or "").split(".") if part)
    origins = {
        path: Origin(file.file, line) for path, line in file.lines.items() if path[:1] != ("defaults",)
    }
    merged.add(file.content, place, origins)
    return Source(config, ".".join(place), file.file)


def compose_option(group: str, name: str, config_dir: str | os.PathLike[str] | None = None) -> dict[str, Any]:
    """One file of a group with what it is made of, resolved: `compose_option("strategy", "pilot")`."""
    roots = folders(config_dir)
    known = options(roots, group)
    if name not in known:
        otherwise = "write one of them" + (
            "" if config_dir else ", or give config_dir, the folder of your own"
        )
        remedy = did_you_mean(name, known, otherwise)
        raise ConfigError([Problem(group, name, listed(known), remedy)])
    return compose_tree([f"{group}={name}"], config_dir).resolved[group]
