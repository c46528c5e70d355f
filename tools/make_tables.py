"""Make conf/portfolio/tables/: the portfolio midmarket as CSV tables, one entity in a row.

python tools/make_tables.py            # writes the files
python tools/make_tables.py --check    # exits with 1 if a file differs
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from simengine.config.composition import compose_tree
from simengine.config.merging import is_quantity
from simengine.config.table_file import NAME
from simengine.config.tables import KINDS
from simengine.config.writing import on_one_line

SOURCE = "midmarket"
TARGET = Path(__file__).resolve().parent.parent / "conf" / "portfolio" / "tables"


def tables() -> dict[str, str]:
    """The text of each table by the name of its file."""
    portfolio = compose_tree([f"portfolio={SOURCE}"]).resolved["portfolio"]
    return {f"{kind}.csv": table(portfolio[kind]) for kind in KINDS}


def table(entities: Mapping[str, Mapping[str, Any]]) -> str:
    """Entities as CSV; the columns are the fields of all, in the order of their first use."""
    rows = [{NAME: name, **dict(cells(entity))} for name, entity in entities.items()]
    columns = list(dict.fromkeys(column for row in rows for column in row))
    # Fields of fallbacks and adoption stand together, after those of the workload itself.
    columns.sort(
        key=lambda column: ("." in column and not column.startswith(("tags", "usage")), _prefix(column))
    )
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def cells(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Column and cell of every field of an entity; a distribution is one cell."""
    if isinstance(node, Mapping) and not is_quantity(path[-1] if path else None, node):
        for key, value in node.items():
            yield from cells(value, (*path, key))
    elif isinstance(node, list) and node and isinstance(node[0], Mapping):
        for position, value in enumerate(node):
            yield from cells(value, (*path, str(position)))
    elif isinstance(node, list):
        yield ".".join(path), "; ".join(map(str, node))
    else:
        yield ".".join(path), node if isinstance(node, str) else on_one_line(node)


def _prefix(column: str) -> str:
    return column.rpartition(".")[0] if column.startswith(("adoption", "responses")) else ""


def main(arguments: Sequence[str]) -> int:
    made = tables()
    if "--check" in arguments:
        return int(any((TARGET / name).read_text("utf-8") != text for name, text in made.items()))
    TARGET.mkdir(exist_ok=True)
    for name, text in made.items():
        (TARGET / name).write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
