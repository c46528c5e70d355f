"""What Hydra refuses while it looks for files, in the words of the other messages."""

from __future__ import annotations

import re
from dataclasses import replace

from hydra.errors import MissingConfigException

from simengine.config.folders import PRIMARY, is_safe, options
from simengine.config.loader import ConfigFile, display, names_in
from simengine.config.repository import Repository
from simengine.model.errors import Problem
from simengine.model.wording import did_you_mean, listed


def refusal(failed: Exception, repository: Repository) -> Problem:
    """The problem that an error of Hydra's defaults list means."""
    if isinstance(failed, RecursionError):
        circle = _circle(repository)
        arrived = f"files that lead back to themselves, among {listed(circle, 'and')}"
        return Problem("defaults", arrived, "files that do not name one another in a circle", "remove one")
    said = " ".join(str(failed).split())
    where = re.match(r"In '?([\w./-]+)'?: (.*)", said)
    parent = repository.files.get(where[1]) if where else None
    if said.startswith("Config group override must be"):
        remedy = "write GROUP=NAME, or ~GROUP to leave a group out"
        return Problem("defaults", "a group without a name", "the name of one of its files", remedy)
    if isinstance(failed, MissingConfigException):
        return _missing(str(failed.missing_cfg_file), parent, repository)
    if unknown := re.search(r"Could not (?:override|delete) '([^'=]*)", said):
        return _not_among_defaults(unknown[1], "delete" in unknown[0])
    allowed, remedy = (
        "defaults and groups that Hydra can put together",
        "check the defaults and the overrides",
    )
    arrived = where[2] if where else said
    return Problem("defaults", arrived, allowed, remedy, parent.file if parent else None)


def _circle(repository: Repository) -> list[str]:
    """The files that lead back to themselves; others only lead to them, or are led to."""
    leads_to = {
        config: {
            name
            for entry in file.defaults
            for each in names_in(entry) or ()
            for name in (each, f"{config.rpartition('/')[0]}/{each}")
        }
        for config, file in repository.files.items()
    }
    circle = []
    for config in repository.files:
        reached = [config]
        for one in reached:
            reached += [other for other in leads_to[one] if other in leads_to and other not in reached]
        if any(config in leads_to[one] for one in reached):
            circle.append(config)
    named = [config for config, file in repository.files.items() if file.defaults and config != PRIMARY]
    return circle or named


def _missing(config: str, parent: ConfigFile | None, repository: Repository) -> Problem:
    """A file that an override, or the defaults of `parent`, names and that no folder has."""
    if not config.rpartition("/")[2]:
        group = config.rpartition("/")[0] or "--config-name"
        known = options(repository.roots, group) if group else []
        return Problem(group, "nothing", listed(known) or "the name of a file", "write one of them")
    group, _, name = config.rpartition("/") if is_safe(config) else config.partition("/")
    known = options(repository.roots, group) if is_safe(config) else []
    otherwise = f"write one of them, or add {config}.yaml to the folder of --config-dir"
    for root in repository.roots:
        if (root / f"{config}.yml").is_file():
            otherwise = f"rename {display(root / config)}.yml to {name}.yaml"
    allowed = listed(known) if known else f"a file of {listed([display(root) for root in repository.roots])}"
    remedy = did_you_mean(name, known, otherwise)
    found = Problem(group or "configuration", name, allowed, remedy)
    for position, entry in enumerate(parent.defaults if parent else ()):
        if parent and name in [each.rpartition("/")[2] for each in names_in(entry) or ()]:
            return replace(found, file=parent.file, line=parent.lines["defaults", position])
    return found


def _not_among_defaults(key: str, to_delete: bool) -> Problem:
    group = key.partition("@")[0]
    remedy = "remove the override" if to_delete else f"add it to the defaults with +{key}=NAME"
    if group == "driver" and not to_delete:
        remedy = "say where it goes: +driver@scenario.drivers.NAME=FILE"
    known = [folder for folder in ("portfolio", "scenario", "strategy", "run") if folder != group]
    return Problem(key, f"{group}, which is not among the defaults", listed(known), remedy)
