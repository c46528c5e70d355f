"""Whether a loop was compiled to work on several lanes at once."""

from __future__ import annotations

import os
import platform
from typing import Any

import llvmlite.binding
import pytest


def _has_wide_registers() -> bool:
    if platform.machine() not in ("x86_64", "AMD64") or os.environ.get("NUMBA_CPU_NAME"):
        return False
    if os.environ.get("NUMBA_BOUNDSCHECK", "0") not in ("", "0"):
        return False
    return bool(llvmlite.binding.get_host_cpu_features().get("avx2"))


needs_wide_registers = pytest.mark.skipif(
    not _has_wide_registers(), reason="looks for registers of x86-64 with AVX2, in loops without checks"
)


def is_simd(compiled: Any) -> bool:
    """Whether a compiled function with one signature computes in wide registers."""
    (assembly,) = compiled.inspect_asm().values()
    return sum(assembly.count(register) for register in ("zmm", "ymm")) > 10
