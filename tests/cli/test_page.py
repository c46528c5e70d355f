"""What docs/command-line.md shows works as it is written."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from simengine.config.composition import compose_tree
from simengine.config.table_file import NAME
from simengine.config.tables import KINDS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "command-line.md").read_text("utf-8")
SHOWN = re.findall(
    r"^\| `([+~]?[a-z]\S*=?[^`|]*)` \| (?:chooses|sets|names|entries|a distribution|adds|`\+`|removes)",
    PAGE,
    re.MULTILINE,
)


def test_the_page_shows_overrides() -> None:
    assert len(SHOWN) == 9


@pytest.mark.parametrize("written", SHOWN)
def test_each_override_composes(written: str) -> None:
    scenario = "scenario=price_rise" if "price_rise.hazard" in written else "scenario=quiet_exit"
    compose_tree([scenario, *shlex.split(written)]).study()


def test_the_quoting_that_the_page_shows() -> None:
    (written,) = re.findall(r"`(scenario\.name='[^`]*)`", PAGE)
    assert compose_tree(shlex.split(written)).tree["scenario"]["name"] == "a, b"


def test_the_columns_are_fields(tmp_path: Path) -> None:
    """Every column that the page names is a field of the model."""
    rows = {kind: re.search(rf"^\| {kind} \| (.*) \|$", PAGE, re.MULTILINE) for kind in KINDS}
    for row in rows.values():
        assert row is not None
        assert f"`{NAME}`" in row[1]
    named = {part for row in rows.values() if row for part in re.findall(r"`\.?([\w.]+)`", row[1])}
    used = {path.rpartition(".")[2] for path in named} | {
        "responses",
        "fallbacks",
        "adoption",
        "usage",
        "tags",
    }
    from simengine.model import portfolio

    fields = {
        field
        for record in (
            portfolio.Lab,
            portfolio.Line,
            portfolio.Workload,
            portfolio.Usage,
            portfolio.Fallback,
            portfolio.Responses,
            portfolio.Adoption,
            portfolio.ReleaseSchedule,
        )
        for field in record.model_fields
    }
    assert used - {NAME, "ANYTHING", "", "1", "0"} <= fields
    plain = fields - {"source", "kind", "reviewed", "owner"}
    assert plain <= used
