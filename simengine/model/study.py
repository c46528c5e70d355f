"""A study: portfolio, scenario, strategy and run, checked against one another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import model_validator

from simengine.model.canonical import canonical
from simengine.model.parts import Parts
from simengine.model.reading import check_parts, read_parts
from simengine.model.strategy import Strategy


class Study(Parts):
    """What is run: a portfolio, what can happen to it, what is done about it, and how it is simulated.

    Mappings from names are sorted, apart from the outcomes of a driver, which are in the order written.
    """

    @classmethod
    def from_mapping(cls, tree: Mapping[str, Any]) -> Study:
        """The study that a plain tree describes, such as a composed configuration.

        Parameters
        ----------
        tree
            Keys `portfolio`, `run` and optionally `scenario` and `strategy`, as nested mappings, lists and
            scalars. Dates may be texts (2026-03-05), counts may be written 1e6.

        Raises
        ------
        ConfigError
            With every problem of the tree at once, in the order of the tree.
        """
        return cls.model_construct(**dict(read_parts(tree)))

    def with_strategy(self, strategy: Mapping[str, Any] | Strategy) -> Study:
        """The same study under another strategy, checked like the first."""
        return type(self).from_mapping({**dict(self), "strategy": strategy})

    def canonical(self) -> dict[str, Any]:
        """The study as a plain, JSON-able tree in one fixed form; see `simengine.model.canonical`."""
        return canonical(self)

    @model_validator(mode="after")
    def _check_parts_against_one_another(self) -> Self:
        check_parts(self)
        return self
