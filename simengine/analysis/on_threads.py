"""Telling many columns at once: NumPy sorts and adds without holding the interpreter."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Told = TypeVar("Told")

MOST_THREADS = 4
# What threads may need together, at three columns of doubles each: with very many paths there is only one.
WORKING_BYTES = 1 << 26


def each_told(columns: Iterable[tuple], tell: Callable[..., Told], n_paths: int) -> Iterator[Told]:
    """What is told of each set of columns, in their order; the numbers do not depend on threads."""
    n_threads = min(MOST_THREADS, processors(), WORKING_BYTES // (24 * max(1, n_paths)))
    if n_threads <= 1:
        for values in columns:
            yield tell(*values)
        return
    with ThreadPoolExecutor(n_threads, thread_name_prefix="simengine-tell") as pool:
        waiting: deque[Future[Told]] = deque()
        for values in columns:
            waiting.append(pool.submit(tell, *values))
            if len(waiting) > n_threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def processors() -> int:
    """Those that this process may use; asked here, so that telling a stored result needs no engine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
