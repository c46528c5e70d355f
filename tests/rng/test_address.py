"""Addresses: frozen keys, no confusion of parts, refusal of what is out of range."""

from __future__ import annotations

from datetime import date

import pytest

from simengine.rng.address import HISTORY_INDEX, address_key, history_index


def test_keys_of_stream_version_1_are_frozen() -> None:
    assert address_key(0) == 17792237481153653525
    assert address_key(7, "parameter", "factors", "talent_war") == 12696148092297023096
    assert address_key(2**63 - 1, "occurrence", "Führungswechsel", "qwen_lab", "time") == 11213152518050536303


def test_parts_are_kept_apart() -> None:
    keys = [
        address_key(1, "a", "bc"),
        address_key(1, "ab", "c"),
        address_key(1, "abc"),
        address_key(1, "abc", ""),
        address_key(1, "", "abc"),
        address_key(2, "abc"),
    ]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("seed", [-1, 2**63])
def test_seeds_out_of_range_are_refused(seed: int) -> None:
    with pytest.raises(ValueError, match="seed"):
        address_key(seed)


def test_history_has_indices_of_its_own() -> None:
    day = date(2026, 3, 3)
    assert history_index(day, 0) == HISTORY_INDEX + 8 * day.toordinal()
    assert history_index(day, 7) + 1 == history_index(date(2026, 3, 4), 0)
    with pytest.raises(ValueError, match="at most 8"):
        history_index(day, 8)
