"""What made the numbers: the rows at the page's end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from simengine.report.page.blocks import Cell, Column, Table


def provenance(attrs: Mapping[str, Any]) -> Table:
    """Paths, seed, versions and hashes, as the result's attributes have them."""
    first = int(attrs["first_path"])
    packages = json.loads(attrs["packages"])
    told = {
        "futures (paths)": f"{attrs['n_paths']:,}" + (f", from path {first:,}" if first else ""),
        "seed": str(attrs["seed"]),
        "start and horizon": f"{attrs['start']}, {attrs['horizon_days']:,.10g} days",
        "discount rate": f"{100.0 * attrs['discount_rate']:.10g}% a year",
        "simengine": str(attrs["engine_version"]),
        "schema and stream version": f"{attrs['schema_version']} and {attrs['stream_version']}",
        "packages": ", ".join(f"{name} {version}" for name, version in packages.items()),
        "configuration sha256": str(attrs["configuration_sha256"]),
        "result hash": str(attrs["result_hash"]),
    }
    rows = [(name, [Cell(value)]) for name, value in told.items()]
    return Table("What made these numbers", "", [Column("", errors=False, is_text=True)], rows)
