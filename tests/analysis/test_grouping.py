"""Workloads by lab, line and tag: each in one group, and sums in order."""

from __future__ import annotations

import numpy as np
import pytest

from simengine.analysis.grouping import columns, free_name, groups, tag_keys
from simengine.analysis.summarise import by_level
from tests.analysis.grouped import MEMBERS, WORKLOADS, grouped_result

RESULT = grouped_result()
NAMES = list(WORKLOADS)


@pytest.mark.parametrize("split", MEMBERS)
def test_every_workload_is_in_one_group(split: str) -> None:
    tag = split.removeprefix("tag:") if split not in ("lab", "line") else None
    found = groups(RESULT, "tag" if tag else split, tag)
    assert {g.label: [NAMES[k] for k in g.members] for g in found} == MEMBERS[split]
    assert sorted(k for group in found for k in group.members) == list(range(len(NAMES)))
    for group in found:
        assert group.name == (f"{tag}={group.label}" if tag else group.label)


def test_all_tags_come_one_after_the_other() -> None:
    assert tag_keys(RESULT) == ["line", "team", "tier"]
    assert [g.name for g in groups(RESULT, "tag")] == [
        "line=front", "line=(none)", "team=blue", "team=red", "team=(none)", "tier=1", "tier=2",
        "tier=(none)",
    ]  # fmt: skip


def test_workloads_that_were_selected_are_grouped_by_name() -> None:
    chosen = RESULT.to_dataset().sel(workload=["voice", "chat"])
    result = type(RESULT).from_dataset(chosen)
    assert [(g.name, g.members) for g in groups(result, "lab")] == [("a_lab", (1,)), ("b_lab", (0,))]


def test_a_name_that_is_taken_gets_brackets() -> None:
    assert free_name("(none)", ["red"]) == "(none)"
    assert free_name("(none)", ["(none)", "((none))"]) == "(((none)))"


@pytest.mark.parametrize("n_columns", [1, 7, 8, 9, 20])
def test_columns_are_sums_of_members_and_lie_in_one_piece(n_columns: int) -> None:
    values = np.random.default_rng(61).lognormal(size=(10_001, n_columns))
    members = [(k,) for k in range(n_columns)] + [tuple(range(n_columns)), (0, n_columns - 1)]
    for positions, column in zip(members, columns(values, members), strict=True):
        expected = sum(values[:, k] for k in positions)
        assert column.flags.c_contiguous
        np.testing.assert_array_equal(column, expected)


def test_by_level_holds_every_group() -> None:
    found = {(level, name): values for level, name, values in by_level(RESULT, "total_cost")}
    by_workload = RESULT["total_cost_by_workload"]
    np.testing.assert_array_equal(found["portfolio", "small"], RESULT["total_cost"])
    np.testing.assert_array_equal(found["workload", "mail"], by_workload[:, NAMES.index("mail")])
    for split, labels in MEMBERS.items():
        for label, members in labels.items():
            key = split.removeprefix("tag:")
            name = (split, label) if split in ("lab", "line") else ("tag", f"{key}={label}")
            expected = by_workload[:, [NAMES.index(m) for m in members]].sum(axis=1)
            np.testing.assert_allclose(found[name], expected, rtol=1e-14)
