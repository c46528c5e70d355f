"""That a bad index is noticed where bounds are checked, in a kernel's helper and behind a handle too.

So with NUMBA_BOUNDSCHECK=1 every other test proves that no index is out of bounds.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

READ_BEYOND = """
from typing import NamedTuple
import numpy as np
from simengine.kernels.handles import as_handle
from simengine.rng.accelerate import inner, jit

class Bundle(NamedTuple):
    row: np.ndarray
    number: np.ndarray

@inner
def read_row(bundle, at):
    return bundle.row[at].value

@inner
def read_number(bundle, at):
    return bundle.number[at]

@jit
def read(bundle, at, of_row):
    handle = as_handle(bundle)
    return read_row(handle, at) if of_row else read_number(handle, at)

rows = np.zeros(3, np.dtype([("value", np.float64)])).view(np.recarray)
bundle = Bundle(rows, np.zeros(3))
assert read(bundle, 2, True) == read(bundle, 2, False) == 0.0
for of_row in (True, False):
    try:
        read(bundle, 3, of_row)
    except IndexError:
        print("noticed")
"""


@pytest.mark.compiled
def test_a_bad_index_is_noticed(tmp_path):
    script = tmp_path / "read_beyond.py"
    script.write_text(READ_BEYOND)
    environment = os.environ | {"NUMBA_BOUNDSCHECK": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, script], env=environment, capture_output=True, text=True)
    assert done.stdout.split() == ["noticed", "noticed"], done.stderr
