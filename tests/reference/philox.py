"""Random numbers by address, with plain integers.

Philox4x32-10: Salmon, Moraes, Dror and Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3",
section 3.3, with the constants of their Random123 library.
"""

from __future__ import annotations

import hashlib

STREAM_VERSION = 1
MASK = 0xFFFFFFFF
MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
KEY_STEPS = (0x9E3779B9, 0xBB67AE85)
ROUNDS = 10
CHOICE = 1 << 63


def philox4x32(counter: tuple[int, int, int, int], key: tuple[int, int]) -> tuple[int, int, int, int]:
    """Four 32-bit words for a counter of four words and a key of two."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(ROUNDS):
        product_a = MULTIPLIERS[0] * c0
        product_b = MULTIPLIERS[1] * c2
        c0, c1, c2, c3 = (
            (product_b >> 32) ^ c1 ^ k0,
            product_b & MASK,
            (product_a >> 32) ^ c3 ^ k1,
            product_a & MASK,
        )
        k0 = (k0 + KEY_STEPS[0]) & MASK
        k1 = (k1 + KEY_STEPS[1]) & MASK
    return c0, c1, c2, c3


def words(number: int) -> tuple[int, int]:
    """The low and the high half of a 64-bit number."""
    return number & MASK, number >> 32


def uniform(key: int, path: int, index: int) -> float:
    """The uniform in (0, 1) of an address; two neighbouring paths share one call of Philox."""
    output = philox4x32((*words(path >> 1), *words(index)), words(key))
    low, high = output[2:] if path % 2 else output[:2]
    k = (low | high << 32) >> 11
    return k * 2.0**-53 if k else 2.0**-54


def derive_key(key: int, other: int, n: int) -> int:
    """A key for the n-th thing of another address."""
    output = philox4x32((*words(other), *words(n)), words(key))
    return output[0] | output[1] << 32


def address_key(seed: int, *parts: str) -> int:
    """The key of a named quantity."""
    digest = hashlib.blake2b(digest_size=8, person=b"simengine")
    digest.update(bytes([STREAM_VERSION]))
    digest.update(seed.to_bytes(8, "little"))
    for part in parts:
        text = part.encode()
        digest.update(len(text).to_bytes(4, "little"))
        digest.update(text)
    return int.from_bytes(digest.digest(), "little")
