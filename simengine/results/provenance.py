"""Where a result came from: its attributes, and the hash of its numbers and of what made them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import Any

import numpy as np

from simengine.model.strategy import Strategy
from simengine.model.study import Study
from simengine.results.rows import Rows, StoredRows
from simengine.rng.address import STREAM_VERSION

SCHEMA_VERSION = 1
HASHING_THREADS = 4
# What had a part in making the numbers, beside simengine.
PACKAGES = ("numba", "numpy", "scipy")


def configuration(study: Study, strategies: Sequence[Strategy] | None = None) -> str:
    """The canonical study as JSON, `strategies` in place of `strategy` for a comparison.

    Order within the text is that of the canonical tree, in which it means something.
    """
    tree = study.canonical()
    if strategies is not None:
        own = [study.model_copy(update={"strategy": each}).canonical()["strategy"] for each in strategies]
        tree = {key: value for key, value in tree.items() if key != "strategy"} | {"strategies": own}
    return json.dumps(tree, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def attributes(
    study: Study,
    arrays: Mapping[str, Rows],
    dims: Mapping[str, Sequence[str]],
    strategies: Sequence[Strategy] | None = None,
) -> dict[str, Any]:
    """The attributes of a result; only `packages` depends on the machine, and nothing on the time."""
    configured = configuration(study, strategies)
    played = [study.strategy] if strategies is None else strategies
    return {
        "title": f"simengine: {study.portfolio.name} under {study.scenario.name}",
        "engine_version": version("simengine"),
        "schema_version": SCHEMA_VERSION,
        "stream_version": STREAM_VERSION,
        "portfolio": study.portfolio.name,
        "scenario": study.scenario.name,
        "strategy": ", ".join(strategy.name for strategy in played),
        "currency": study.portfolio.currency,
        "start": study.run.start.isoformat(),
        "horizon_days": study.run.horizon_days,
        "discount_rate": study.run.discount_rate,
        "seed": study.run.seed,
        "n_paths": study.run.n_paths,
        "first_path": study.run.first_path,
        "configuration": configured,
        "configuration_sha256": hashlib.sha256(configured.encode()).hexdigest(),
        "packages": json.dumps({name: version(name) for name in PACKAGES}),
        "result_hash": result_hash(configured, arrays, dims),
    }


def result_hash(configured: str, arrays: Mapping[str, Rows], dims: Mapping[str, Sequence[str]]) -> str:
    """64 hex digits: sha256 over the versions of schema and stream, the configuration and every variable.

    A variable enters, in order of name, as a line of JSON (name, dimensions, type, shape, and the sha256 of
    its little-endian bytes in C order), so that it can be computed on several threads and again by anybody.
    It is the same for any number of threads, block size, host and time.
    """
    names = sorted(arrays)
    with ThreadPoolExecutor(HASHING_THREADS) as pool:
        digests = list(pool.map(lambda name: _digest(arrays[name]), names))
    total = hashlib.sha256()
    made_by = hashlib.sha256(configured.encode()).hexdigest()
    head = ["simengine result", SCHEMA_VERSION, STREAM_VERSION, made_by]
    lines = [
        [name, list(dims[name]), arrays[name].dtype.newbyteorder("<").str, list(arrays[name].shape), digest]
        for name, digest in zip(names, digests, strict=True)
    ]
    for line in [head, *lines]:
        total.update(json.dumps(line).encode() + b"\n")
    return total.hexdigest()


def little_endian(array: np.ndarray) -> np.ndarray:
    """The array in C order and little-endian, itself if it is so already."""
    return np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))


def _digest(array: Rows) -> str:
    if isinstance(array, StoredRows) and array.sha256:
        return array.sha256  # taken on the way to the disk
    return hashlib.sha256(bytes_of(np.asarray(array))).hexdigest()


def bytes_of(array: np.ndarray) -> memoryview:
    """The array's bytes, little-endian and in C order, without a copy if it is so already."""
    return little_endian(array).reshape(-1).view(np.uint8).data
