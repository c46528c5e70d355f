"""Addresses of random numbers: (seed, quantity's name) becomes a key, and path and index the counter.

The value at an address depends on nothing else, so no draw moves when a study is edited, run in parts or
spread over machines. docs/decisions/0001-draws-by-address.md says why; any change here changes every
number that was ever published, and needs a new STREAM_VERSION.
"""

from __future__ import annotations

import hashlib
import struct
from datetime import date

STREAM_VERSION = 1
SEED_LIMIT = 2**63

# The second uniform of a mixture: the same address with this bit set in the index.
CHOICE_BIT = 1 << 63
# Occurrences before the start of a run count from here, others from 0.
HISTORY_INDEX = 1 << 32
HISTORY_PER_DAY = 8
# The second part of a diversified workload starts on its line with a draw of its own.
SECOND_PART_INDEX = 1 << 33


def address_key(seed: int, *parts: str) -> int:
    """The 64-bit key of the quantity that is named by `parts`.

    blake2b of the stream version, the seed (8 bytes, little endian) and, for each part, its length in
    bytes (4, little endian) and its UTF-8 text; lengths keep ("a", "bc") and ("ab", "c") apart.
    """
    if not 0 <= seed < SEED_LIMIT:
        raise ValueError(f"seed must lie in 0 .. 2**63 - 1, got {seed}")
    digest = hashlib.blake2b(digest_size=8, person=b"simengine")
    digest.update(bytes([STREAM_VERSION]) + struct.pack("<Q", seed))
    for part in parts:
        text = part.encode("utf-8")
        digest.update(struct.pack("<I", len(text)) + text)
    return int.from_bytes(digest.digest(), "little")


def history_index(day: date, rank: int) -> int:
    """Index of the `rank`-th entry of one driver, entity and date in a history."""
    if not 0 <= rank < HISTORY_PER_DAY:
        raise ValueError(f"at most {HISTORY_PER_DAY} entries of one driver, entity and day, got rank {rank}")
    return HISTORY_INDEX + day.toordinal() * HISTORY_PER_DAY + rank
