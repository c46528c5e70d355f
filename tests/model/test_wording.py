"""How messages show amounts of memory."""

from __future__ import annotations

import pytest

from simengine.model.wording import size


@pytest.mark.parametrize(
    ("n_bytes", "shown"),
    [
        (568_000, "0.57 MB"),
        (9_400_000, "9.4 MB"),
        (151_400_000, "151 MB"),
        (6_440_000_000, "6.4 GB"),
        (1.36e17, "136,000,000.0 GB"),
    ],
)
def test_a_size_has_the_unit_that_suits_it(n_bytes: float, shown: str) -> None:
    assert size(n_bytes) == shown
