"""Philox4x32-10: a uniform number for each address, as a function of its key, path and index.

Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC11, 2011), with the constants
of Random123. 32-bit words travel in uint64, so that no product or sum can overflow and plain Python gives
the same bits as compiled code. One block of four words serves two paths, an even one and the next.
"""

from __future__ import annotations

import numpy as np

from simengine.rng.accelerate import inlined, jit

_WORD = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_ONE = np.uint64(1)
_DROPPED = np.uint64(11)
_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint64(0x9E3779B9)
_WEYL_1 = np.uint64(0xBB67AE85)
_SPACING = 2.0**-53
LEAST_UNIFORM = 2.0**-54


@inlined
def _round(c0, c1, c2, c3, k0, k1):
    product_0 = c0 * _MULTIPLIER_0
    product_1 = c2 * _MULTIPLIER_1
    return (
        (product_1 >> _HALF) ^ c1 ^ k0,
        product_1 & _WORD,
        (product_0 >> _HALF) ^ c3 ^ k1,
        product_0 & _WORD,
    )


@inlined
def _next_key(k0, k1):
    return (k0 + _WEYL_0) & _WORD, (k1 + _WEYL_1) & _WORD


@inlined
def philox4x32(c0, c1, c2, c3, k0, k1):
    """Four random words of the counter (c0, c1, c2, c3) under the key (k0, k1), all 32 bits in uint64."""
    # Written out: LLVM makes the loop over a block SIMD only when there is no loop inside it.
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = _next_key(k0, k1)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = _next_key(k0, k1)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = _next_key(k0, k1)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = _next_key(k0, k1)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = _next_key(k0, k1)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = _next_key(k0, k1)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = _next_key(k0, k1)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = _next_key(k0, k1)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = _next_key(k0, k1)
    return _round(c0, c1, c2, c3, k0, k1)


@inlined
def _open_unit(low, high):
    """The 53 upper bits of a 64-bit integer as a number in the open interval (0, 1)."""
    steps = ((high << _HALF) | low) >> _DROPPED
    return max(np.float64(steps) * _SPACING, LEAST_UNIFORM)


@inlined
def _pair(key, pair, index):
    """Words for the paths 2 * pair and 2 * pair + 1."""
    return philox4x32(pair & _WORD, pair >> _HALF, index & _WORD, index >> _HALF, key & _WORD, key >> _HALF)


@jit
def uniform(key, path, index):
    """The uniform number in (0, 1) at an address: 53 bits, never 0 or 1."""
    path = np.uint64(path)
    w0, w1, w2, w3 = _pair(np.uint64(key), path >> _ONE, np.uint64(index))
    if path & _ONE:
        return _open_unit(w2, w3)
    return _open_unit(w0, w1)


@jit
def uniform_block(key, first_path, index, out):
    """Fill `out[j]` with the uniform number of path `first_path + j`."""
    key = np.uint64(key)
    first_path = np.uint64(first_path)
    index = np.uint64(index)
    n_lanes = len(out)
    if n_lanes == 0:
        return
    start = int(first_path & _ONE)
    if start == 1:
        out[0] = uniform(key, first_path, index)
    first_pair = (first_path + np.uint64(start)) >> _ONE
    n_pairs = (n_lanes - start) // 2
    for lane in range(n_pairs):
        w0, w1, w2, w3 = _pair(key, first_pair + np.uint64(lane), index)
        out[start + 2 * lane] = _open_unit(w0, w1)
        out[start + 2 * lane + 1] = _open_unit(w2, w3)
    done = start + 2 * n_pairs
    if done < n_lanes:
        out[done] = uniform(key, first_path + np.uint64(done), index)


@jit
def uniform_lanes(keys, paths, indices, out):
    """Fill `out[lane]` with the uniform number at an address of each lane's own; all addresses are uint64."""
    for lane in range(len(out)):
        w0, w1, w2, w3 = _pair(keys[lane], paths[lane] >> _ONE, indices[lane])
        # The words of an odd path without a branch, which would keep the loop from becoming SIMD.
        odd = (paths[lane] & _ONE) * _WORD
        out[lane] = _open_unit(w0 ^ ((w0 ^ w2) & odd), w1 ^ ((w1 ^ w3) & odd))


@jit
def derive_key(key, other, n):
    """A key of its own for the n-th event of another address."""
    key = np.uint64(key)
    other = np.uint64(other)
    n = np.uint64(n)
    w0, w1, _, _ = philox4x32(other & _WORD, other >> _HALF, n & _WORD, n >> _HALF, key & _WORD, key >> _HALF)
    return w0 | (w1 << _HALF)
