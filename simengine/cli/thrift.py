"""What a command's own process leaves undone, since nothing is gained by it."""

from __future__ import annotations

import atexit
import gc
import os

# A search for cycles begins when so many objects more were made than let go of; by itself Python takes 700.
OBJECTS = 50_000


def be_thrifty() -> None:
    """To be called before NumPy is imported."""
    # A command makes some hundred thousand objects while it starts, keeps them to its end, and hardly leaves
    # a cycle. Python would go through all of them again and again, the last times while it ends.
    gc.set_threshold(OBJECTS)
    atexit.register(gc.freeze)
    # Threads for linear algebra, which there is none of, would wait for it at full speed for 0.1 s each.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
