"""The generator: published vectors, a plain reference, blocks against single numbers, and golden hashes."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simengine.rng.address import CHOICE_BIT, address_key
from simengine.rng.philox import LEAST_UNIFORM, derive_key, philox4x32, uniform, uniform_block
from tests.rng.simd import is_simd, needs_wide_registers

WORD = 0xFFFFFFFF
WORDS = st.integers(0, WORD)
WIDE = st.integers(0, 2**64 - 1)


def reference(counter: tuple[int, ...], key: tuple[int, ...]) -> tuple[int, ...]:
    """Philox4x32-10 in Python's own integers, after Salmon et al. (2011)."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        first, second = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (second >> 32) ^ c1 ^ k0, second & WORD, (first >> 32) ^ c3 ^ k1, first & WORD
        k0, k1 = (k0 + 0x9E3779B9) & WORD, (k1 + 0xBB67AE85) & WORD
    return c0, c1, c2, c3


def reference_uniform(key: int, path: int, index: int) -> float:
    counter = ((path >> 1) & WORD, path >> 33, index & WORD, index >> 32)
    words = reference(counter, (key & WORD, key >> 32))
    low, high = words[2:] if path % 2 else words[:2]
    steps = (low | high << 32) >> 11
    return steps * 2.0**-53 if steps else 2.0**-54


def words_of(*arguments: int) -> tuple[int, ...]:
    return tuple(int(word) for word in philox4x32(*(np.uint64(argument) for argument in arguments)))


# Random123 1.14, tests/kat_vectors, philox4x32 10.
PUBLISHED = [
    ((0, 0, 0, 0, 0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((WORD,) * 6, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344, 0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("arguments", "expected"), PUBLISHED)
def test_published_vectors(arguments: tuple[int, ...], expected: tuple[int, ...]) -> None:
    assert words_of(*arguments) == expected
    assert reference(arguments[:4], arguments[4:]) == expected


@given(WORDS, WORDS, WORDS, WORDS, WORDS, WORDS)
def test_words_equal_the_reference(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> None:
    assert words_of(c0, c1, c2, c3, k0, k1) == reference((c0, c1, c2, c3), (k0, k1))


@given(WIDE, WIDE, WIDE)
def test_uniforms_equal_the_reference(key: int, path: int, index: int) -> None:
    assert uniform(np.uint64(key), np.uint64(path), np.uint64(index)) == reference_uniform(key, path, index)


@given(WIDE, WIDE, WIDE)
def test_derived_keys_equal_the_reference(key: int, other: int, n: int) -> None:
    words = reference((other & WORD, other >> 32, n & WORD, n >> 32), (key & WORD, key >> 32))
    assert int(derive_key(np.uint64(key), np.uint64(other), np.uint64(n))) == words[0] | words[1] << 32


@given(WIDE, st.integers(0, 2**64 - 40), WIDE, st.integers(0, 33))
def test_a_block_holds_the_numbers_of_its_paths(key: int, first_path: int, index: int, n_lanes: int) -> None:
    out = np.full(n_lanes, np.nan)
    uniform_block(np.uint64(key), np.uint64(first_path), np.uint64(index), out)
    expected = [reference_uniform(key, first_path + lane, index) for lane in range(n_lanes)]
    assert out.tolist() == expected


def test_zero_steps_become_half_a_step() -> None:
    from simengine.rng import philox

    zero, full = np.uint64(0), np.uint64(WORD)
    assert float(philox._open_unit(zero, zero)) == LEAST_UNIFORM == 2.0**-54
    assert float(philox._open_unit(np.uint64(0x7FF), zero)) == LEAST_UNIFORM
    assert float(philox._open_unit(np.uint64(0x800), zero)) == 2.0**-53
    assert float(philox._open_unit(full, full)) == 1.0 - 2.0**-53


def test_golden_uniforms_of_stream_version_1() -> None:
    digest = hashlib.sha256()
    out = np.empty(512)
    for seed in (0, 7, 2**63 - 1):
        key = np.uint64(address_key(seed, "parameter", "drivers", "leadership_exit", "rate"))
        for first_path in (0, 1_000_001):
            for index in (0, CHOICE_BIT | 3):
                uniform_block(key, np.uint64(first_path), np.uint64(index), out)
                digest.update(out.astype("<f8").tobytes())
    assert digest.hexdigest() == "dc787d122543f0bbfab5b268dc932b3e24e16643fd706ac6c3c5408bd48e88dc"


@pytest.mark.compiled
@needs_wide_registers
def test_a_block_becomes_simd() -> None:
    import numba

    @numba.njit(error_model="numpy")
    def fill(key, first_path, out):
        uniform_block(key, first_path, np.uint64(0), out)

    fill(np.uint64(1), np.uint64(0), np.empty(64))
    assert is_simd(fill), "uniform_block was compiled one path at a time"
