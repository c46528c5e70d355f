"""What `--cfg` and `--info` print: the composed configuration, and where it came from."""

from __future__ import annotations

from typing import Any

from simengine.cli.arguments import Arguments
from simengine.cli.failures import complain
from simengine.config.composition import Composition, compose_tree
from simengine.config.folders import folders
from simengine.config.interpolation import places
from simengine.config.loader import display
from simengine.config.writing import as_yaml
from simengine.model.errors import ConfigError, Problem


def announce(composition: Composition) -> None:
    """Say where a file of the user's has the name of a shipped one: the user's counts."""
    for config in composition.shadowed:
        complain(f"{config}: yours is used in place of the shipped one of that name")


def show(arguments: Arguments) -> bool:
    """Print what --cfg and --info ask for; False if neither is there."""
    if not (arguments.cfg or arguments.info):
        return False
    composition = compose_tree(arguments.overrides, arguments.config_dir, arguments.config_name)
    announce(composition)
    if arguments.info:
        _print_sources(composition, arguments)
    if arguments.cfg:
        tree: Any = composition.resolved if arguments.resolve else composition.tree
        print(as_yaml(_part(tree, arguments.package)), end="")
    return True


def _part(tree: Any, package: str | None) -> Any:
    if package is None or package == "_global_":
        return tree
    found = places(tree, package.split("."), ())
    if not found:
        allowed = "a key of the composed configuration"
        raise ConfigError([Problem("--package", package, allowed, "see simengine run --cfg job")])
    return found[0][1]


def _print_sources(composition: Composition, arguments: Arguments) -> None:
    print("folders, in the order of search:")
    for folder in folders(arguments.config_dir):
        print(f"  {display(folder)}")
    print("files, the later over the earlier:")
    width = max(len(source.file) for source in composition.sources)
    for source in composition.sources:
        print(f"  {source.file:{width}}  at {source.place or 'the root'}")
