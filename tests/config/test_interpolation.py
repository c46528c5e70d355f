"""Interpolations: values that stand for others, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from simengine.config import interpolation
from simengine.config.interpolation import places, refused_interpolation, resolved
from simengine.model.errors import ConfigError

TREE: dict[str, Any] = {
    "a": {"b": 1, "qwen-3.5": {"c": True, "list": [10, {"d": None}]}},
    "text": "x",
}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("${a.b}", 1),
        ("${ a.b }", 1),
        ("${a.qwen-3.5.c}", True),
        ("${a.qwen-3.5.list.1.d}", None),
        ("${a.qwen-3.5}", TREE["a"]["qwen-3.5"]),
        ("n=${a.b}, ${text}, ${a.qwen-3.5.c}", "n=1, x, true"),
        ("${.sibling}", 7),
        ("${..text}", "x"),
        ("${chain}", 1),
        ("$ {a}", "$ {a}"),
    ],
)
def test_what_a_value_stands_for(written: str, value: object) -> None:
    tree = {**TREE, "at": {"it": written, "sibling": 7}, "chain": "${a.b}"}
    assert refused_interpolation(written) is None
    assert resolved(tree)["at"]["it"] == value
    assert tree["at"]["it"] == written


@pytest.mark.parametrize(
    "written", ["${oc.env:HOME}", "${now:%Y}", "${a:b}", "${a.${b}}", "${}", "${a b}", "${a", "x${!}"]
)
def test_what_is_no_reference_is_refused(written: str) -> None:
    assert refused_interpolation(written) is not None


@pytest.mark.parametrize(
    ("tree", "fault"),
    [
        ({"a": "${b}"}, "what is not there"),
        ({"a": "${b.c}", "b": 1}, "what is not there"),
        ({"a": "${b.3}", "b": [1]}, "what is not there"),
        ({"a": "${a}"}, "lead back to themselves"),
        ({"a": "${b}", "b": "x ${a}"}, "lead back to themselves"),
        ({"a": {"b": "${a}"}}, "lead back to themselves"),
        ({"a": "x ${b}", "b": {"c": 1}}, "a mapping or list in a text"),
        ({"a": "${...b}", "b": 1}, "from above the root"),
        ({f"a{k}": f"${{a{k + 1}}}" for k in range(60)} | {"a60": 1}, "a chain of more than"),
    ],
)
def test_references_that_lead_nowhere(tree: dict[str, Any], fault: str) -> None:
    with pytest.raises(ConfigError) as refused:
        resolved(tree)
    assert fault in refused.value.problems[0].arrived


@pytest.mark.parametrize("form", ["[${b}, ${b}]", "${b}${b}"])
def test_what_grows_without_bound_is_refused(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpolation, "MOST_VALUES", 10_000)
    monkeypatch.setattr(interpolation, "MOST_CHARACTERS", 10_000)
    tree: dict[str, Any] = {"a30": "x"}
    for k in range(30):
        text = "${a" + str(k + 1) + "}"
        tree[f"a{k}"] = [text, text] if form.startswith("[") else text + text
    with pytest.raises(ConfigError) as refused:
        resolved(tree)
    assert "grow without bound" in refused.value.problems[0].arrived


def test_names_with_dots_are_found() -> None:
    tree = {"a.b": {"c": 1}, "a": {"b": {"c": 2}, "b.c": 3}}
    assert sorted(value for _, value in places(tree, ["a", "b", "c"], ())) == [1, 2, 3]
