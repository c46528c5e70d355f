"""A result in memory: arrays by name, with labels, units, meaning and provenance.

`Result` is NumPy alone, so that a run can be summarised and stored without the half second that importing
xarray takes; `to_dataset` gives the xarray.Dataset that users work with, without copying an array.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from simengine.model.errors import InternalError
from simengine.model.strategy import Strategy
from simengine.model.study import Study
from simengine.results.coordinates import coordinates
from simengine.results.provenance import attributes
from simengine.results.rows import Rows
from simengine.results.variables import CODED, CURRENCY, VARIABLES, mismatches

if TYPE_CHECKING:
    import xarray as xr


class Lazy(Mapping[str, np.ndarray]):
    """Arrays that are loaded when they are asked for, each time.

    `rows`, if given, finds an array of which a few rows can be had without the rest, and `of_strategy` the
    part of one that belongs to a strategy of a comparison, by its position.
    """

    def __init__(
        self,
        names: Iterable[str],
        load: Callable[[str], np.ndarray],
        rows: Callable[[str], Rows] | None = None,
        of_strategy: Callable[[str, int], Rows] | None = None,
    ) -> None:
        self._names = dict.fromkeys(names)
        self._load = load
        self._rows = rows or load
        self._of_strategy = of_strategy or (lambda name, position: load(name)[position])

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self._names:
            raise KeyError(name)
        return self._load(name)

    def rows(self, name: str) -> Rows:
        if name not in self._names:
            raise KeyError(name)
        return self._rows(name)

    def of_strategy(self, name: str, position: int) -> Rows:
        return self._of_strategy(name, position)

    def __contains__(self, name: object) -> bool:
        return name in self._names  # without loading it

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@dataclass(frozen=True)
class Result:
    """Variables of the registry, the labels of their dimensions, and provenance.

    `codes` says for each coded variable (`occurrence_driver` and its like) what its numbers stand for.
    """

    arrays: Mapping[str, np.ndarray]
    coords: Mapping[str, np.ndarray]
    attrs: Mapping[str, Any]
    codes: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __contains__(self, name: object) -> bool:
        return name in self.arrays

    def __getitem__(self, name: str) -> np.ndarray:
        return self.arrays[name]

    @property
    def n_paths(self) -> int:
        return int(self.attrs["n_paths"])

    def rows(self, name: str) -> Rows:
        """An array to be read a few rows at a time, which need not be in memory."""
        return rows_of(self.arrays, name)

    def dims(self, name: str) -> tuple[str, ...]:
        return VARIABLES[name].dims_among(self.coords)

    def labels(self, dim: str) -> list[str]:
        """The labels of a dimension as plain texts."""
        return [str(label) for label in self.coords[dim]]

    def mismatches(self) -> list[str]:
        """What does not fit the registry."""
        described = {}
        for name in self.arrays:
            array, dims = self.rows(name), self.dims(name) if name in VARIABLES else ()
            described[name] = (dims, array.dtype, array.shape)
        return mismatches(described, {dim: len(rows_of(self.coords, dim)) for dim in self.coords})

    def of_strategy(self, strategy: str) -> Result:
        """One strategy of a comparison, as a result without that dimension; nothing is copied."""
        position = self.labels("strategy").index(strategy)
        kept = [name for name in self.arrays if "strategy" in self.dims(name) or self.dims(name) == ("bin",)]
        coords = {dim: labels for dim, labels in self.coords.items() if dim != "strategy"}

        def rows(name: str) -> Rows:
            if "strategy" not in self.dims(name):
                return self.arrays[name][self.arrays["sketch_strategy"] == position]
            if isinstance(self.arrays, Lazy):
                return self.arrays.of_strategy(name, position)
            return self.arrays[name][position]

        return replace(self, arrays=Lazy(kept, lambda name: np.asarray(rows(name)), rows), coords=coords)

    def variable_attributes(self, name: str) -> dict[str, Any]:
        """Unit, long name and meaning, with the currency put in."""
        variable = VARIABLES[name]
        unit = variable.unit.replace(CURRENCY, str(self.attrs["currency"]))
        described = {"units": unit, "long_name": variable.long_name, "description": variable.meaning}
        return described | ({"names": list(self.codes[name])} if name in self.codes else {})

    def to_dataset(self) -> xr.Dataset:
        """The same as an xarray.Dataset that shares the arrays, or reads them from the disk when used."""
        import xarray as xr

        if isinstance(self.arrays, Lazy):
            from simengine.results.lazy_variable import lazy_variable

            variables = {name: lazy_variable(self, name) for name in self.arrays}
        else:
            variables = {
                name: xr.Variable(self.dims(name), self.arrays[name], self.variable_attributes(name))
                for name in self.arrays
            }
        return xr.Dataset(variables, coords=dict(self.coords), attrs=dict(self.attrs))

    @classmethod
    def from_dataset(cls, dataset: xr.Dataset) -> Result:
        """A dataset of simengine's as a result; its arrays are read when they are asked for."""
        # Only what still is a dimension: `sel(strategy="pause")` leaves a coordinate of that name behind.
        coords = {str(dim): np.asarray(dataset[dim].values) for dim in dataset.dims if dim in dataset.coords}
        codes = {name: dataset[name].attrs["names"] for name in CODED if name in dataset}

        def variable(name: str) -> xr.DataArray:
            found = dataset[name]
            return found.transpose(*VARIABLES[name].dims_among(coords)) if name in VARIABLES else found

        def of_strategy(name: str, position: int) -> Rows:
            return variable(name).isel(strategy=position).values

        lazy = Lazy(map(str, dataset.data_vars), lambda name: variable(name).values, of_strategy=of_strategy)
        return cls(lazy, coords, dict(dataset.attrs), codes)


def rows_of(arrays: Mapping[str, np.ndarray], name: str) -> Rows:
    return arrays.rows(name) if isinstance(arrays, Lazy) else arrays[name]


def as_result(source: Result | xr.Dataset) -> Result:
    """A result, whichever of the two forms it has."""
    return source if isinstance(source, Result) else Result.from_dataset(source)


def collect(
    arrays: Mapping[str, np.ndarray],
    *,
    study: Study,
    strategies: Sequence[Strategy] | None = None,
    codes: Mapping[str, Sequence[str]] | None = None,
    paths: Rows | None = None,
) -> Result:
    """Label the arrays of a run, checked against the registry.

    Parameters
    ----------
    arrays
        By the registry's names; `path` first, or `strategy` and then `path` for a comparison.
    study
        What made them.
    strategies
        The strategies of a comparison, in the order of the arrays.
    codes
        What the numbers of coded variables stand for.
    paths
        The labels of `path`, if they are on the disk already.

    Raises
    ------
    InternalError
        If an array does not fit the registry.
    """
    compared = None if strategies is None else [strategy.name for strategy in strategies]
    dims = {dim for name in arrays if name in VARIABLES for dim in VARIABLES[name].dims}
    dims |= {"strategy"} if compared else set()
    coords: Mapping[str, np.ndarray]
    if paths is None or "path" not in dims:
        coords = coordinates(study, dims, compared)
    else:
        few: dict[str, Rows] = {**coordinates(study, dims - {"path"}, compared), "path": paths}
        coords = Lazy(few, lambda dim: few[dim][:], few.__getitem__)
    result = Result(arrays if isinstance(arrays, Lazy) else dict(arrays), coords, {}, dict(codes or {}))
    wrong = result.mismatches()
    if wrong:
        raise InternalError("; ".join(wrong))
    described = {name: result.rows(name) for name in arrays}
    attrs = attributes(study, described, {name: result.dims(name) for name in arrays}, strategies)
    return replace(result, attrs=attrs)


def label(
    arrays: Mapping[str, np.ndarray],
    *,
    study: Study,
    strategies: Sequence[Strategy] | None = None,
    codes: Mapping[str, Sequence[str]] | None = None,
) -> xr.Dataset:
    """`collect`, as an xarray.Dataset."""
    return collect(arrays, study=study, strategies=strategies, codes=codes).to_dataset()
