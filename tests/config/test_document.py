"""Reading YAML safely: the same tree as PyYAML where both accept it, and every refusal with its line."""

import time
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from simengine.config import document
from simengine.config.document import read_document
from simengine.config.writing import as_yaml

SOUND = """\
# a comment
defaults:
  - midmarket
  - _self_
lines: {qwen-3.5: {lab: x, releases: [2026-02-16, 2026-03-01]}}
workloads:
  chat:
    daily_spend: {lognormal: {p10: 600, p90: 1.1e3}}
    tags: {cost_centre: "4711", 'quoted': 'NO'}
    text: >-
      folded
      text
    literal: |
      two
      lines
    nothing:
    empty: {}
    list: []
"""


def test_a_sound_file_is_read_as_pyyaml_reads_it() -> None:
    read = read_document(SOUND, "a.yaml")
    assert not read.problems
    expected = yaml.safe_load(
        SOUND.replace("2026-02-16", '"2026-02-16"').replace("2026-03-01", '"2026-03-01"')
    )
    expected["workloads"]["chat"]["daily_spend"]["lognormal"]["p90"] = 1100.0
    assert read.tree == expected
    assert list(read.tree["workloads"]["chat"]) == list(expected["workloads"]["chat"])


def test_every_place_has_its_line() -> None:
    lines = read_document(SOUND, "a.yaml").lines
    assert lines[()] == 2
    assert lines["defaults", 1] == 4
    assert lines["lines", "qwen-3.5", "releases", 1] == 5
    assert lines["workloads", "chat", "daily_spend", "lognormal", "p90"] == 8
    assert lines["workloads", "chat", "list"] == 18


def test_the_slower_parser_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    fast = read_document(SOUND, "a.yaml")
    monkeypatch.setattr(document, "Loader", yaml.SafeLoader)
    slow = read_document(SOUND, "a.yaml")
    assert (slow.tree, slow.lines) == (fast.tree, fast.lines)


@pytest.mark.parametrize(
    ("text", "line", "path", "arrived", "remedy"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "a", "the key a again, after line 1", "remove or rename"),
        ("x: {b: 1, b: 2}", 1, "x.b", "the key b again", "remove or rename"),
        ("a: &here 1", 1, "a", "the anchor &here", "write the value out"),
        ("a: 1\nb: *here", 2, "b", "the alias *here", "write the value out"),
        ("a: !!python/object/apply:os.system [x]", 1, "a", "python/object/apply:os.system", "remove the tag"),
        ("a: !!str 1", 1, "a", "the tag", "remove the tag"),
        ("a: !local 1", 1, "a", "the tag !local", "remove the tag"),
        ("a:\n  b: 1:30", 2, "a.b", "1:30 without quotes", '"1:30" in quotes'),
        ("a: [x, NO]", 1, "a[1]", "NO without quotes", '"NO" in quotes'),
        ("on: 1", 1, "", "on without quotes", '"on" in quotes'),
        ("010: 1", 1, "", "010 without quotes", "quotes"),
        ("2026: x", 1, "", "the key 2026", '"2026"'),
        ("true: x", 1, "", "the key true", '"true"'),
        ("null: x", 1, "", "the key null", '"null"'),
        ("? [a, b]\n: 1\nc: 2", 1, "", "a mapping or list as a key", "write a name"),
        ("? {a: b}\n: 1", 1, "", "a mapping or list as a key", "write a name"),
        ("<<: {a: 1}", 1, "", "the merge key <<", "write the values out"),
        ("a: ${oc.env:HOME}", 1, "a", "${oc.env:HOME}", "write the value itself"),
        ('a: "x ${now:%Y} y"', 1, "a", "${now:%Y}", "write the value itself"),
        ("a: ${b${oc.env:HOME}}", 1, "a", "${b${oc.env:HOME}}", "write the value itself"),
        ("${oc.env:HOME}: 1", 1, "", "${oc.env:HOME}", "write the value itself"),
        ("a: 1\n---\nb: 2", 2, "", "a second document", "remove the ---"),
        ("a:\n\tb: 1", 2, "", "b: 1", "spaces, not tabs"),
        ("a: [1, 2\nb: 3", 2, "", "b: 3", "check the indentation"),
        ("a: x\0y", 1, "", "control characters", "check the indentation"),
    ],
)  # fmt: skip
def test_what_is_refused(text: str, line: int, path: str, arrived: str, remedy: str) -> None:
    problem = read_document(text, "a.yaml").problems[0]
    assert (problem.file, problem.line, problem.path) == ("a.yaml", line, path)
    assert arrived in problem.arrived
    assert remedy in problem.remedy


def test_all_that_is_refused_is_told_at_once_and_the_rest_is_read() -> None:
    read = read_document("a: NO\na: 1\n1: x\nb: &x [010, *x]\n? {k: v}\n: [1, {z: 2}]\nc: 3\n", "a.yaml")
    assert [problem.line for problem in read.problems] == [1, 2, 3, 4, 4, 4, 5]
    assert read.tree["c"] == 3


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "{a: " * 100_000,
        "- " * 100_000 + "x",
        "a: &a [x]\n" + "".join(f"b{k}: &b{k} [*a, *a]\n" for k in range(50)),
    ],
)
def test_what_grows_or_nests_without_bound_is_refused_at_once(text: str) -> None:
    start = time.perf_counter()
    assert read_document(text, "a.yaml").problems
    assert time.perf_counter() - start < 2.0


def test_a_file_is_capped_in_size_and_in_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MOST_VALUES", 100)
    assert "more than 100 values" in read_document("[" + "1," * 200 + "]", "a.yaml").problems[0].arrived
    monkeypatch.setattr(document, "MOST_BYTES", 2**20)
    assert "more than 1 MiB" in read_document("#" * (2**20 + 1), "a.yaml").problems[0].arrived


@pytest.mark.parametrize(("text", "tree"), [("", None), ("# nothing\n", None), ("x", "x"), ("[1]", [1])])
def test_files_without_keys(text: str, tree: Any) -> None:
    read = read_document(text, "a.yaml")
    assert (read.tree, read.problems) == (tree, ())


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\x85\u2028\u2029\ufeff")
)
LEAVES = st.none() | st.booleans() | st.integers(-(10**12), 10**12) | TEXTS | st.floats(allow_nan=False)
AMBIGUOUS = st.sampled_from(
    ["NO", "010", "1:30", "1e6", "1_0", "null", "", "2026-03-05", "=", "<<", "0x1", "."]
)
TREES = st.recursive(
    LEAVES | AMBIGUOUS,
    lambda node: st.lists(node, max_size=3) | st.dictionaries(TEXTS | AMBIGUOUS, node, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(TEXTS, TREES, max_size=4))
def test_what_is_printed_reads_back_as_the_same(tree: dict[str, Any]) -> None:
    if "${" in str(tree) or "'<<'" in str(tree):
        return
    read = read_document(as_yaml(tree), "a.yaml")
    assert read.problems == ()
    assert (read.tree or {}) == tree
