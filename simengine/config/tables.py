"""A portfolio as tables: labs.csv, lines.csv and workloads.csv in a folder, one entity in a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from simengine.config.loader import display
from simengine.config.merging import Origin
from simengine.config.table_file import read_table
from simengine.model.errors import ConfigError, Problem
from simengine.model.paths import Path
from simengine.model.wording import did_you_mean, listed

TABLES = "tables"
KINDS = ("labs", "lines", "workloads")


@dataclass
class Tables:
    """A portfolio with its tables read in, and the file and line of every value that came from them."""

    portfolio: dict[str, Any]
    origins: dict[Path, Origin] = field(default_factory=dict)


def read_tables(portfolio: Mapping[str, Any], base: FilePath) -> Tables:
    """The portfolio with the entities of its tables.

    Parameters
    ----------
    portfolio
        A portfolio with the key `tables`, the folder of the tables.
    base
        What a relative folder is relative to.

    Raises
    ------
    ConfigError
        With everything that is wrong with the tables, by file and line.
    """
    files = _files(portfolio[TABLES], base)
    tables = Tables({key: value for key, value in portfolio.items() if key != TABLES})
    problems: list[Problem] = []
    for kind in (kind for kind in KINDS if kind in files):
        if portfolio.get(kind):
            arrived = f"{kind}, and {display(files[kind])} as well"
            problems.append(
                Problem(f"portfolio.{kind}", arrived, f"{kind} in one place", "remove one of them")
            )
            continue
        table = read_table(files[kind], ("portfolio", kind))
        tables.portfolio[kind] = table.entities
        tables.origins |= table.origins
        problems += table.problems
    if problems:
        raise ConfigError(problems)
    if "groups" not in tables.portfolio:
        tables.portfolio["groups"] = _groups_of(tables.portfolio.get("labs"))
    return tables


def _files(written: Any, base: FilePath) -> dict[str, FilePath]:
    """The tables of a folder by what they hold; a table with an unknown name is refused, not ignored."""
    place = f"portfolio.{TABLES}"
    expected = listed([f"{kind}.csv" for kind in KINDS], "and")
    if not isinstance(written, str):
        raise ConfigError([Problem(place, f"{written!r}", "the name of a folder", "write its name")])
    folder = (base / FilePath(written).expanduser()).absolute()
    if not folder.is_dir():
        arrived = f"{written}, which is no folder ({display(folder)})"
        raise ConfigError([Problem(place, arrived, f"a folder with {expected}", "check the name")])
    visible = [path for path in sorted(folder.iterdir()) if not path.name.startswith((".", "~"))]
    found = {path.stem: path for path in visible if path.suffix.lower() == ".csv"}
    problems = [
        Problem(place, path.name, expected, did_you_mean(kind, KINDS, "move it away"), display(path))
        for kind, path in found.items()
        if kind not in KINDS
    ]
    if not found:
        problems = [Problem(place, f"{display(folder)}, without tables", expected, "add them")]
    if problems:
        raise ConfigError(problems)
    return found


def _groups_of(labs: Any) -> list[str]:
    """The groups that labs name: a table has no other place to list them."""
    if not isinstance(labs, Mapping):
        return []
    named = [lab.get("groups") for lab in labs.values() if isinstance(lab, Mapping)]
    return sorted({group for groups in named if isinstance(groups, list) for group in groups})
