"""The configuration files as Hydra's defaults list asks for them: checked before Hydra sees any of it.

Hydra reads no file here, and composes no `hydra` node. It is given the `defaults` of files that passed the
loader, and answers which files make up the configuration, in which order and at which place.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hydra import version
from hydra._internal.config_repository import ConfigRepository
from hydra.core.object_type import ObjectType
from hydra.plugins.config_source import ConfigResult, ConfigSource
from omegaconf import OmegaConf

from simengine.config import folders
from simengine.config.loader import ConfigFile, load
from simengine.model.errors import ConfigError, Problem

HYDRA_BASE = "1.3"
MOST_LOOKUPS = 2_000


class Repository(ConfigRepository):
    """The files of some folders, the first folder that has a name being the one that counts."""

    def __init__(self, roots: tuple[Path, ...]) -> None:
        self.roots = roots
        self.files: dict[str, ConfigFile] = {}
        self.shadowed: dict[str, Path] = {}
        self._lookups = 0

    def load(self, config: str) -> ConfigFile | None:
        """The file of a configuration such as `scenario/quiet_exit`, if one of the folders has it."""
        config = config.removesuffix(".yaml").lstrip("/")
        if config not in self.files:
            found = folders.find(self.roots, config) if folders.is_safe(config) else []
            if not found:
                return None
            self.files[config] = load(found[0], config.rpartition("/")[0])
            if len(found) > 1:
                self.shadowed[config] = found[0]
        return self.files[config]

    # What Hydra asks for.

    def initialize_sources(self, config_search_path: Any) -> None:
        raise NotImplementedError

    def load_config(self, config_path: str) -> ConfigResult | None:
        self._lookups += 1
        if self._lookups > MOST_LOOKUPS:
            allowed = "defaults that name few files"
            problem = Problem(
                "defaults", "files that name one another too often", allowed, "name fewer files"
            )
            raise ConfigError([problem])
        file = self.load(config_path)
        if file is None:
            return None
        defaults = self._create_defaults_list(config_path, OmegaConf.create(file.defaults))
        header = {"package": file.package}
        # The content stays here: Hydra needs none of it to say in which order the files go.
        return ConfigResult("simengine", file.file, OmegaConf.create(), header, defaults)

    def config_exists(self, config_path: str) -> bool:
        return folders.is_safe(config_path) and bool(folders.find(self.roots, config_path))

    def group_exists(self, config_path: str) -> bool:
        return folders.is_safe(config_path) and folders.is_group(self.roots, config_path)

    def get_group_options(
        self, group_name: str, results_filter: ObjectType | None = ObjectType.CONFIG
    ) -> list[str]:
        if group_name and not folders.is_safe(group_name):
            return []
        if results_filter == ObjectType.GROUP:
            return folders.groups(self.roots, group_name)
        return folders.options(self.roots, group_name)

    def get_sources(self) -> list[ConfigSource]:
        return []

    def get_schema_source(self) -> ConfigSource:
        raise NotImplementedError


@contextmanager
def hydra_behaviour():
    """Hydra as of one version, without leaving that choice behind for other users of Hydra."""
    before = version.getbase()
    version.setbase(HYDRA_BASE)
    try:
        yield
    finally:
        version.VersionBase.instance().version_base = before
