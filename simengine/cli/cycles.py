"""Cycles of garbage are looked for rarely, and not at all when the process ends.

A command makes some hundred thousand objects while it starts, keeps them to its end, and hardly leaves a
cycle. Python would go through all of them again and again, the last times when nothing is gained.
"""

from __future__ import annotations

import atexit
import gc

# A search begins when so many objects more were made than let go of; by itself Python takes 700.
OBJECTS = 50_000


def look_rarely() -> None:
    gc.set_threshold(OBJECTS)
    # What is frozen is not gone through when the interpreter takes itself apart.
    atexit.register(gc.freeze)
