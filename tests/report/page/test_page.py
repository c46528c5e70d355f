"""The page as a text: whole, offline, escaped, in order, and honest about what a run did not keep."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from simengine.model.errors import ConfigError
from simengine.report.contents import contents_of
from simengine.report.page import page_bytes, write_page
from simengine.results.dataset import Result
from tests.report.page.conftest import simulated
from tests.report.page.hostile import ATTACK
from tests.results.synthetic import EVERYTHING, small_comparison, small_result

VOID = {"meta", "link", "input", "br", "img"}


class Outline(HTMLParser):
    """Elements with their attributes in order, headings, texts, and whether everything is closed."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.scripts: list[str] = []
        self.opened: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.opened.append(tag)
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.opened and self.opened[-1] == "style":
            return
        if self.opened and self.opened[-1] == "script":
            self.scripts[-1] += data
        elif data.strip():
            self.texts.append(data.strip())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for found, attrs in self.elements if found == tag]


@pytest.fixture(scope="module")
def outlines(pages: dict[str, Path]) -> dict[str, Outline]:
    return {name: Outline(file.read_text("utf-8")) for name, file in pages.items()}


ALL = ("simulated", "run", "comparison", "totals", "hostile", "hostile_comparison")


@pytest.mark.parametrize("name", ALL)
def test_it_is_one_file_with_one_copy_of_the_library(
    outlines: dict[str, Outline], pages: dict[str, Path], name: str
) -> None:
    outline = outlines[name]
    assert outline.opened == []
    assert sum("plotly.js v" in script[:300] for script in outline.scripts) == 1
    assert len(outline.scripts) == 3
    assert not any("src" in script for script in outline.all("script"))
    assert [link["href"] for link in outline.all("link")] == ["data:,"]
    assert not any(
        str(value).startswith(("http", "//", "javascript:"))
        for _, attrs in outline.elements
        for key, value in attrs.items()
        if key in ("href", "src", "action", "data")
    )
    assert 4.5e6 < pages[name].stat().st_size < 6e6


@pytest.mark.parametrize("name", ALL)
def test_the_policy_allows_these_scripts_and_nothing_else(outlines: dict[str, Outline], name: str) -> None:
    outline = outlines[name]
    policy = next(meta["content"] for meta in outline.all("meta") if meta.get("http-equiv"))
    data, *run = outline.scripts
    assert json.loads(data)
    digests = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in run]
    assert policy == (
        f"default-src 'none'; script-src 'sha256-{digests[0]}' 'sha256-{digests[1]}'; "
        "style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


@pytest.mark.parametrize("name", ALL)
def test_headings_are_in_order_and_names_are_given(outlines: dict[str, Outline], name: str) -> None:
    outline = outlines[name]
    levels = [int(tag[1]) for tag, _ in outline.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
    ids = [attrs["id"] for _, attrs in outline.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    for _, attrs in outline.elements:
        if "aria-labelledby" in attrs:
            assert attrs["aria-labelledby"] in ids
    assert outline.all("html") == [{"lang": "en"}]
    assert all(attrs.get("scope") in ("col", "row") for attrs in outline.all("th"))
    targets = [str(link["href"]) for link in outline.all("a")]
    assert {target.removeprefix("#") for target in targets} <= set(map(str, ids))


@pytest.mark.parametrize("name", ALL)
def test_every_chart_has_words_and_a_table(outlines: dict[str, Outline], name: str) -> None:
    outline = outlines[name]
    charts = [attrs for attrs in outline.all("div") if attrs.get("class") == "chart"]
    assert {chart["id"] for chart in charts} == set(json.loads(outline.scripts[0]))
    assert all(chart["role"] == "img" and len(str(chart["aria-label"])) > 30 for chart in charts)
    assert len(outline.all("details")) == len(charts)
    assert len(outline.all("table")) == len(outline.all("caption"))
    tags = [tag for tag, _ in outline.elements]
    for at, tag in enumerate(tags):
        if tag == "details":
            assert "table" in tags[at : at + 5]


def test_the_numbers_are_those_of_the_result() -> None:
    result = small_result()
    outline = Outline(page_bytes(result).decode())
    mean = float(result["total_cost"].mean())
    half = 1.959964 * float(result["total_cost"].std(ddof=1)) / np.sqrt(500)
    decimals = 1 - int(np.floor(np.log10(half)))
    assert f"{round(mean, decimals):,.0f}" in outline.texts
    assert f"±\u00a0{round(half, decimals):,.0f}" in outline.texts
    assert str(result.attrs["result_hash"]) in outline.texts


def test_three_futures_are_told(outlines: dict[str, Outline]) -> None:
    result = simulated()
    outline = outlines["simulated"]
    assert len([attrs for attrs in outline.all("article") if "story" in str(attrs["class"])]) == 3
    for level in (0.5, 0.95, 0.99):
        value = np.quantile(result["total_cost"], level, method="inverted_cdf")
        at = int(np.flatnonzero(result["total_cost"] == value)[0])
        said = f"Path {at:,}, total cost {value:,.0f} USD."
        assert said in outline.texts
    assert any(re.fullmatch(r"20\d\d-\d\d-\d\d", text) for text in outline.texts)
    assert not any(re.search(r" \[\d+\]$|\s-\d", text) for text in outline.texts)


def test_what_cannot_be_played_again_is_told_without_stories(outlines: dict[str, Outline]) -> None:
    outline = outlines["run"]
    assert not outline.all("article")
    assert any(text.startswith("No story is told: ") for text in outline.texts)


def test_a_run_is_written_alike_twice() -> None:
    assert page_bytes(small_result()) == page_bytes(small_result())


@pytest.mark.parametrize("left_out", [keep for keep in EVERYTHING if keep not in ("occurrences",)])
def test_what_was_not_kept_is_left_out_and_said(left_out: str) -> None:
    keep = [each for each in EVERYTHING if each not in (left_out, "occurrences")]
    text = " ".join(Outline(page_bytes(small_result(keep=keep)).decode()).texts)
    said = {
        "totals",
        "by_workload",
        "by_component",
        "by_period",
        "by_driver",
        "by_workload_driver",
        "by_year",
    }
    assert ("this run did not keep what it needs" in text) == (left_out in said)
    if left_out in said:
        assert re.search(rf"Add (\w+ and )?{left_out} ", text)


def test_a_comparison_that_kept_almost_nothing_is_a_page_too() -> None:
    whole = small_comparison()
    names = ["total_cost_by_period"]
    small = Result({name: whole[name] for name in names}, whole.coords, whole.attrs)
    text = " ".join(Outline(page_bytes(small).decode()).texts)
    assert "Strategies side by side: this run did not keep what it needs" in text
    assert "Cumulative cost" in text


def test_wide_intervals_are_marked_by_the_tolerance() -> None:
    result = small_result()
    marked = {}
    for tolerance, told in ((0.9, "90%"), (0.02, "2%"), (1e-4, "0.01%")):
        outline = Outline(page_bytes(contents_of(result, tolerance=tolerance)).decode())
        titles = [str(attrs["title"]) for attrs in outline.all("abbr")]
        wide = [title for title in titles if title != "cannot be told from 0"]
        assert set(wide) <= {f"half of the interval is more than {told} of the number"}
        assert any(f"an error of more than {told} of itself" in text for text in outline.texts)
        marked[tolerance] = len(wide)
    errors = [text for text in outline.texts if re.match("±\u00a0[^?]", text)]
    # At next to no tolerance every error but 0 is marked; a share has an interval, and is marked likewise.
    assert marked[0.9] < marked[0.02] < marked[1e-4]
    assert len(errors) <= marked[1e-4] + errors.count("±\u00a00")


def test_one_path_makes_a_page() -> None:
    text = page_bytes(small_result(n_paths=1)).decode()
    assert "±\u00a0?" in text
    assert "nan" not in " ".join(Outline(text).texts).lower().split()


@pytest.mark.parametrize("name", ["hostile", "hostile_comparison"])
def test_no_name_is_an_element(outlines: dict[str, Outline], name: str) -> None:
    outline = outlines[name]
    assert not outline.all("img")
    assert not any(key.startswith("on") for _, attrs in outline.elements for key in attrs)
    assert not any(ATTACK in script for script in outline.scripts[1:])
    assert any(ATTACK in text for text in outline.texts)
    assert "49" not in outline.texts


def test_a_file_is_replaced(tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text("old")
    write_page(small_result(n_paths=50), file)
    assert file.read_text("utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize("missing", ["plotly", "jinja2"])
def test_what_is_not_installed_is_asked_for(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.setattr(
        "simengine.report.extras.find_spec", lambda name: None if name == missing else object()
    )
    with pytest.raises(ConfigError) as refused:
        page_bytes(small_result(n_paths=50))
    (problem,) = refused.value.problems
    assert missing in problem.arrived
    assert problem.remedy == "pip install 'simengine[report]'"


def test_importing_the_writer_is_light() -> None:
    code = "import sys, simengine.report.page; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & {"plotly", "jinja2", "matplotlib", "xarray", "pandas", "numba"}
