"""Collecting rows: the distributions, parameters and draws that lowering meets on its way."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from simengine.kernels.tables import DRAW, PARAMETER
from simengine.model.distributions import Quantity
from simengine.rng.address import address_key
from simengine.rng.build_table import build_table
from simengine.rng.dist_table import DistTable

ANY = (-math.inf, math.inf)
AT_LEAST_0 = (0.0, math.inf)
SHARE = (0.0, 1.0)


def table_of(dtype: np.dtype, rows: Iterable[Mapping[str, Any]]) -> np.recarray:
    """A table of records from mappings; it has at least one (blank) row, so that kernels may look at it."""
    rows = list(rows)
    table = np.zeros(len(rows), dtype)
    for at, row in enumerate(rows):
        for field, value in row.items():
            table[field][at] = value
    return table.view(np.recarray)


class Distributions:
    """Every distribution of a study and its strategies, in one table."""

    def __init__(self) -> None:
        self._quantities: list[Quantity] = []

    def add(self, quantity: Quantity) -> int:
        """The row of a distribution; -1 for a constant, which draws nothing."""
        if quantity.is_constant:
            return -1
        self._quantities.append(quantity)
        return len(self._quantities) - 1

    def build(self) -> DistTable:
        return build_table(self._quantities)


class Parameters:
    """Quantities drawn once per path, each by its path in the study below what `kind` names."""

    def __init__(self, distributions: Distributions, seed: int, kind: str = "parameter") -> None:
        self._distributions = distributions
        self._seed = seed
        self._kind = kind
        self._rows: list[dict[str, Any]] = []
        self.index: dict[tuple[str, ...], int] = {}

    def add(self, path: tuple[str, ...], quantity: Quantity, bounds: tuple[float, float]) -> int:
        """The column of a parameter, made on first sight."""
        if path in self.index:
            return self.index[path]
        row = self._distributions.add(quantity)
        constant = row < 0
        self._rows.append(
            {
                "distribution": row,
                "is_constant": int(constant),
                "value": quantity.value if constant else 0.0,
                "key": address_key(self._seed, self._kind, *path),
                "low": bounds[0],
                "high": bounds[1],
            }
        )
        self.index[path] = len(self._rows) - 1
        return self.index[path]

    def build(self) -> np.recarray:
        return table_of(PARAMETER, self._rows)


class Draws:
    """Magnitudes drawn where they are needed."""

    def __init__(self, distributions: Distributions, seed: int) -> None:
        self._distributions = distributions
        self._seed = seed
        self._rows: list[dict[str, Any]] = []
        self._keys: list[int] = []

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, quantity: Quantity, bounds: tuple[float, float], *name: str) -> int:
        """A draw with one key."""
        row = self._row(quantity, bounds)
        row["key"] = address_key(self._seed, *name)
        return self._append(row)

    def add_many(
        self,
        quantity: Quantity,
        bounds: tuple[float, float],
        names: Iterable[tuple[str, ...]],
        *,
        is_shared: bool,
    ) -> int:
        """A draw with a key per struck entity."""
        row = self._row(quantity, bounds)
        row["is_shared"] = int(is_shared)
        row["keys"] = len(self._keys)
        if row["distribution"] >= 0:
            self._keys.extend(address_key(self._seed, *name) for name in names)
        return self._append(row)

    def _row(self, quantity: Quantity, bounds: tuple[float, float]) -> dict[str, Any]:
        distribution = self._distributions.add(quantity)
        value = quantity.value if distribution < 0 else 0.0
        return {"distribution": distribution, "value": value, "low": bounds[0], "high": bounds[1]}

    def _append(self, row: dict[str, Any]) -> int:
        self._rows.append(row)
        return len(self._rows) - 1

    def build(self) -> np.recarray:
        return table_of(DRAW, self._rows)

    def keys(self) -> np.ndarray:
        return np.array(self._keys or [0], dtype=np.uint64)
