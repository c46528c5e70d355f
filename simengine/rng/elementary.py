"""exp, log, expm1, log1p and the normal distribution in plain arithmetic, the same bits on every CPU.

A libm or SIMD library rounds differently from machine to machine and between scalar and vector code. These
use only + - * / and sqrt, which IEEE 754 rounds exactly, and integer shifts on the bits of a double. A loop
over a block of lanes becomes SIMD, because choices are between values at hand. The error bounds are stated in
docs/decisions/0002-own-elementary-functions.md and held against mpmath by tests/rng/test_elementary.py.
"""

from __future__ import annotations

import math

import numpy as np

from simengine.rng.accelerate import inlined

# ln 2 = LN2_HIGH + LN2_LOW; the low 21 bits of the first are zero, so that k * LN2_HIGH is exact (fdlibm).
_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_LOG2_E = 1.4426950408889634
# Adding 1.5 * 2**52 leaves the nearest integer in the low bits of the sum.
_ROUNDER = 6755399441055744.0
_ROUNDER_BITS = 0x4338000000000000
_FRACTION_BITS = 52
_EXPONENT_BIAS = 1023
_SIGN_AND_EXPONENT = -(1 << _FRACTION_BITS)
_SQRT_HALF_BITS = 0x3FE6A09E667F3BCD
_SPLIT_MASK = -(1 << 27)

_EXP_OVERFLOW = 709.782712893384
_EXP_UNDERFLOW = -746.0
_EXPM1_IS_MINUS_ONE = -40.0
_EXPM1_IS_EXP = 40.0
_LEAST_NORMAL = 2.2250738585072014e-308
_TWO_54 = 18014398509481984.0
_GREATEST = 1.7976931348623157e308
# exp(-25), where the tail's square root of a logarithm passes 5.
_FAR_TAIL = 1.3887943864964021e-11


@inlined
def _power_of_two(k):
    """2.0**k for an int64 in -1022 .. 1023."""
    return np.int64((k + _EXPONENT_BIAS) << _FRACTION_BITS).view(np.float64)


@inlined
def _nearest(x):
    """The integer nearest to a small x, as float64 and as int64."""
    shifted = np.float64(x + _ROUNDER)
    return shifted - _ROUNDER, shifted.view(np.int64) - _ROUNDER_BITS


@inlined
def _expm1_reduced(r):
    """exp(r) - 1 for |r| <= ln(2) / 2: minimax polynomial, relative error 1e-17 before rounding."""
    # In pairs (Estrin's scheme), here and below: the chain of dependent operations is what takes time.
    square = r * r
    fourth = square * square
    low = (0.5 + 0.16666666666666644 * r) + (0.04166666666662431 + 0.008333333333356204 * r) * square
    middle = (0.0013888888917138937 + 0.00019841269784646141 * r) + (
        2.4801521395549245e-05 + 2.7557355531809227e-06 * r
    ) * square
    high = 2.762004697820664e-07 + 2.5068159687869704e-08 * r
    return r + square * (low + fourth * (middle + fourth * high))


@inlined
def exp(x):
    """e**x; 0 below -745.13, inf above 709.78."""
    inside = _EXP_OVERFLOW if x > _EXP_OVERFLOW else x
    inside = _EXP_UNDERFLOW if inside < _EXP_UNDERFLOW else inside
    count, k = _nearest(inside * _LOG2_E)
    r = (inside - count * _LN2_HIGH) - count * _LN2_LOW
    # In two steps, because 2**k alone may be no normal number where the result is one.
    half = k >> 1
    scaled = (1.0 + _expm1_reduced(r)) * _power_of_two(half) * _power_of_two(k - half)
    return np.inf if x > _EXP_OVERFLOW else scaled


@inlined
def expm1(x):
    """e**x - 1 without cancellation near 0."""
    inside = _EXPM1_IS_EXP if x > _EXPM1_IS_EXP else x
    inside = _EXPM1_IS_MINUS_ONE if inside < _EXPM1_IS_MINUS_ONE else inside
    count, k = _nearest(inside * _LOG2_E)
    r = (inside - count * _LN2_HIGH) - count * _LN2_LOW
    power = _power_of_two(k)
    near = power * _expm1_reduced(r) + (power - 1.0)
    return exp(x) if x > _EXPM1_IS_EXP else near


@inlined
def log(x):
    """Natural logarithm; -inf at 0, NaN below."""
    inside = x if (x > 0.0) & (x <= _GREATEST) else 1.0
    tiny = inside < _LEAST_NORMAL
    scaled = np.float64(inside * _TWO_54 if tiny else inside)
    bits = scaled.view(np.int64)
    above = bits - _SQRT_HALF_BITS
    mantissa = np.int64(bits - (above & _SIGN_AND_EXPONENT)).view(np.float64)
    # The exponent as a float by way of the bits: AVX2 has no conversion from int64.
    k = np.int64((above >> _FRACTION_BITS) + _ROUNDER_BITS).view(np.float64) - _ROUNDER
    k = k - 54.0 if tiny else k
    # fdlibm's e_log.c: log(1 + f) = f - s * (f - R(s)) with s = f / (2 + f).
    f = mantissa - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    odd = z * (
        6.666666666666735130e-01
        + w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01))
    )
    half_square = 0.5 * f * f
    result = k * _LN2_HIGH - ((half_square - (s * (half_square + (even + odd)) + k * _LN2_LOW)) - f)
    edge = -np.inf if x == 0.0 else (np.inf if x > 0.0 else np.nan)
    return result if (x > 0.0) & (x <= _GREATEST) else edge


@inlined
def log1p(x):
    """log(1 + x) without cancellation near 0."""
    inside = x if (x > -1.0) & (x <= _GREATEST) else 0.0
    total = 1.0 + inside
    # What the sum lost, to first order.
    near = log(total) + (inside - (total - 1.0)) / total
    edge = -np.inf if x == -1.0 else (np.inf if x > 0.0 else np.nan)
    return near if (x > -1.0) & (x <= _GREATEST) else edge


@inlined
def normal_cdf(x):
    """Standard normal distribution function, with small relative error in the lower tail too.

    P(X < -a) = exp(-a**2 / 2) * m(a), where (a + 4) * m(a) is a polynomial in (a - 4) / (a + 4).
    """
    a = np.float64(-x if x < 0.0 else x)
    a = np.float64(39.0 if a > 39.0 else a)
    t = (a - 4.0) / (a + 4.0)
    square = t * t
    even = 1.067528011692284e-08
    even = even * square - 7.169530496682833e-08
    even = even * square + 2.5987046233554114e-07
    even = even * square - 6.231835556131291e-07
    even = even * square + 7.143412691457335e-07
    even = even * square - 1.907709641105288e-06
    even = even * square + 0.00013334422819465016
    even = even * square - 0.0034796923594494853
    even = even * square + 0.060396574890529915
    even = even * square + 0.3871374007422231
    even = even * square + 0.7552851304157515
    odd = 1.5593462486573984e-09
    odd = odd * square + 9.111484750479496e-09
    odd = odd * square - 1.4559137118873405e-07
    odd = odd * square + 1.0120569878241973e-06
    odd = odd * square - 5.914622919504923e-06
    odd = odd * square + 3.514268772880813e-05
    odd = odd * square - 0.00023109448977099532
    odd = odd * square + 0.0016308183983998051
    odd = odd * square - 0.007540188962437282
    odd = odd * square - 0.18652185795979834
    odd = odd * square - 0.6078966419718907
    p = even + t * odd
    # a**2 to more digits than a double holds: the square of its upper half is exact, the rest is small.
    upper = np.int64(a.view(np.int64) & _SPLIT_MASK).view(np.float64)
    rest = 0.5 * (a - upper) * (a + upper)
    decay = exp(-0.5 * upper * upper) * (1.0 - rest * (1.0 - rest * (0.5 - rest / 6.0)))
    tail = decay * (p / (a + 4.0))
    return 1.0 - tail if x > 0.0 else tail


# Coefficients of AS 241 (PPND16): numerators and denominators, highest power first.
_CENTRE_TOP = (
    2509.0809287301227,
    33430.57558358813,
    67265.7709270087,
    45921.95393154987,
    13731.69376550946,
    1971.5909503065513,
    133.14166789178438,
    3.3871328727963665,
)
_CENTRE_BASE = (
    5226.495278852854,
    28729.085735721943,
    39307.89580009271,
    21213.794301586597,
    5394.196021424751,
    687.1870074920579,
    42.31333070160091,
    1.0,
)
_NEAR_TOP = (
    0.0007745450142783414,
    0.022723844989269184,
    0.2417807251774506,
    1.2704582524523684,
    3.6478483247632045,
    5.769497221460691,
    4.630337846156546,
    1.4234371107496835,
)
_NEAR_BASE = (
    1.0507500716444169e-09,
    0.0005475938084995345,
    0.015198666563616457,
    0.14810397642748008,
    0.6897673349851,
    1.6763848301838038,
    2.053191626637759,
    1.0,
)
_FAR_TOP = (
    2.0103343992922881e-07,
    2.7115555687434876e-05,
    0.0012426609473880784,
    0.026532189526576124,
    0.29656057182850487,
    1.7848265399172913,
    5.463784911164114,
    6.657904643501103,
)
_FAR_BASE = (
    2.0442631033899397e-15,
    1.421511758316446e-07,
    1.8463183175100548e-05,
    0.0007868691311456133,
    0.014875361290850615,
    0.1369298809227358,
    0.599832206555888,
    1.0,
)


@inlined
def _degree_7(r, c7, c6, c5, c4, c3, c2, c1, c0):
    square = r * r
    low = (c0 + c1 * r) + (c2 + c3 * r) * square
    high = (c4 + c5 * r) + (c6 + c7 * r) * square
    return low + high * (square * square)


@inlined
def normal_ppf(u):
    """Standard normal quantile of u in (0, 1).

    Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37
    (1988), PPND16. In a loop LLVM computes all three branches and blends them; alone, one is enough.
    """
    q = u - 0.5
    if -0.425 <= q <= 0.425:
        r = 0.180625 - q * q
        return q * (_degree_7(r, *_CENTRE_TOP) / _degree_7(r, *_CENTRE_BASE))
    lesser = u if q < 0.0 else 1.0 - u
    depth = math.sqrt(-log(lesser))
    if lesser < _FAR_TAIL:
        r = depth - 5.0
        ratio = _degree_7(r, *_FAR_TOP) / _degree_7(r, *_FAR_BASE)
    else:
        r = depth - 1.6
        ratio = _degree_7(r, *_NEAR_TOP) / _degree_7(r, *_NEAR_BASE)
    return -ratio if q < 0.0 else ratio
