"""Where configuration lies: the shipped `conf/`, and the user's own folder before it."""

from __future__ import annotations

import os
from pathlib import Path

from simengine.model.errors import ConfigError, InternalError, Problem

PRIMARY = "config"
_PACKAGE = Path(__file__).resolve().parent.parent


def shipped_folder() -> Path:
    """`conf/`: inside the package once installed, beside it in a checkout."""
    for folder in (_PACKAGE / "conf", _PACKAGE.parent / "conf"):
        if (folder / f"{PRIMARY}.yaml").is_file():
            return folder
    raise InternalError(f"the shipped configuration is missing beside {_PACKAGE}")


def folders(config_dir: str | os.PathLike[str] | None = None) -> tuple[Path, ...]:
    """The folders to search, in this order: the user's, if there is one, then the shipped one."""
    if config_dir is None:
        return (shipped_folder(),)
    own = Path(config_dir).expanduser().absolute()
    if not str(config_dir):
        remedy = "give the folder that holds portfolio/, scenario/ and the like, or leave the option out"
        raise ConfigError([Problem("--config-dir", "nothing", "an existing folder", remedy)])
    if not own.is_dir():
        arrived = f"{config_dir}" + (", a file" if own.exists() else ", which does not exist")
        remedy = "give the folder that holds portfolio/, scenario/ and the like"
        raise ConfigError([Problem("--config-dir", arrived, "an existing folder", remedy)])
    return (own, shipped_folder())


def find(roots: tuple[Path, ...], config: str) -> list[Path]:
    """The files of a configuration such as `scenario/quiet_exit`, in the order of the folders."""
    return [root / f"{config}.yaml" for root in roots if (root / f"{config}.yaml").is_file()]


def options(roots: tuple[Path, ...], group: str) -> list[str]:
    """The names that a group offers, sorted."""
    return sorted({path.stem for root in roots for path in _visible(root / group) if path.suffix == ".yaml"})


def groups(roots: tuple[Path, ...], parent: str = "") -> list[str]:
    """The groups directly within a group, sorted: folders that have configurations in them."""
    found = {path.name: path for root in roots for path in _visible(root / parent) if path.is_dir()}
    return sorted(name for name, path in found.items() if any(path.rglob("*.yaml")))


def is_group(roots: tuple[Path, ...], name: str) -> bool:
    return any((root / name).is_dir() for root in roots)


def is_safe(config: str) -> bool:
    """Whether a name stays within the folders, and out of Hydra's own groups."""
    parts = config.split("/")
    return not {"", ".", ".."} & set(parts) and parts[0] != "hydra"


def _visible(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if not path.name.startswith((".", "_"))]
