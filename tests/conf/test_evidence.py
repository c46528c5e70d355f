"""No figure without evidence: source, kind and date of review, on itself or on a record around it."""

import datetime
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conf.shipped import GROUPS, ROOT, names, written

FILES = [(group, name) for group in GROUPS for name in names(group)]
PAGE = (ROOT / "docs/base-rates.md").read_text("utf-8")
ROWS = set(re.findall(r"^\| (\w+) \|.*\|$", PAGE, re.MULTILINE)) - {"parameter"}
EVIDENCE = ("source", "kind", "reviewed")


def bare_figures(node: Any, path: tuple[Any, ...] = (), is_covered: bool = False) -> Iterator[str]:
    """Places of numbers with no complete evidence around them."""
    if isinstance(node, dict):
        is_covered = is_covered or all(key in node for key in EVIDENCE)
        for key, value in node.items():
            yield from bare_figures(value, (*path, key), is_covered)
    elif isinstance(node, list):
        for position, value in enumerate(node):
            yield from bare_figures(value, (*path, position), is_covered)
    elif isinstance(node, int | float) and not isinstance(node, bool) and not is_covered:
        yield ".".join(map(str, path))


def evidence(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if "source" in node:
            yield node
        for value in node.values():
            yield from evidence(value)
    elif isinstance(node, list):
        for value in node:
            yield from evidence(value)


@pytest.mark.parametrize(("group", "name"), FILES)
def test_every_figure_has_evidence(group: str, name: str) -> None:
    assert list(bare_figures(written(group, name))) == []


@pytest.mark.parametrize(("group", "name"), FILES)
def test_evidence_is_complete_and_its_sources_are_on_the_page(group: str, name: str) -> None:
    for record in evidence(written(group, name)):
        if record["kind"] not in ("gaussian", "student_t"):
            assert record["kind"] in ("data", "mixed", "judgement")
        assert isinstance(record["reviewed"], datetime.date)
        for address in re.findall(r"https?://[^\s)]+", record["source"]):
            assert address.rstrip(".,;") in PAGE
        if record["kind"] in ("data", "mixed"):
            assert ROWS & set(re.findall(r"\w+", record["source"])) or "https://" in record["source"]


def test_each_row_of_the_page_has_its_section() -> None:
    sections = " ".join(re.findall(r"^## (.*)$", PAGE, re.MULTILINE))
    told_elsewhere = {"key_co_departures_branching_ratio", "market_price_decline_same_model"}
    assert len(ROWS) == 21
    assert {row for row in ROWS if row not in sections} == told_elsewhere


def test_a_bare_figure_is_found() -> None:
    assert list(bare_figures({"hazard": {"rate": 0.2}})) == ["hazard.rate"]
    covered = {"source": "s", "kind": "data", "reviewed": "r"}
    assert list(bare_figures({"a": [{"rate": 0.2, **covered}, 1]})) == ["a.1"]
