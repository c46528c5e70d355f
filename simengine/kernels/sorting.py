"""Sorting what strikes a path by time: ties stay in the order in which they came."""

from __future__ import annotations

from simengine.kernels.tables import Array
from simengine.rng.accelerate import inner

FEW = 32  # up to here insertion is the quicker


@inner
def insert_each(times: Array, ats: Array, n: int) -> None:
    """Sort by insertion."""
    for k in range(1, n):
        time = times[k]
        at = ats[k]
        slot = k
        while slot > 0 and times[slot - 1] > time:
            times[slot] = times[slot - 1]
            ats[slot] = ats[slot - 1]
            slot -= 1
        times[slot] = time
        ats[slot] = at


@inner
def run_end(times: Array, start: int, n: int) -> int:
    """Where the ascending run that begins at `start` ends."""
    end = start + 1
    while end < n and times[end - 1] <= times[end]:
        end += 1
    return end


@inner
def merge(
    times: Array, ats: Array, start: int, middle: int, end: int, to_times: Array, to_ats: Array
) -> None:
    """Merge two runs that lie side by side into the same place of other arrays."""
    a = start
    b = middle
    for slot in range(start, end):
        if b >= end or (a < middle and times[a] <= times[b]):
            to_times[slot] = times[a]
            to_ats[slot] = ats[a]
            a += 1
        else:
            to_times[slot] = times[b]
            to_ats[slot] = ats[b]
            b += 1


@inner
def sort_path(times: Array, ats: Array, spare_times: Array, spare_ats: Array, n: int) -> bool:
    """Sort n times, and with them whose they are; whether the result lies in the spare arrays.

    What comes in are some ascending runs, one after another: two and two are merged until one is left.
    """
    if n <= FEW:
        insert_each(times, ats, n)
        return False
    is_spare = False
    while True:
        start = 0
        runs = 0
        while start < n:
            middle = run_end(times, start, n)
            end = middle if middle == n else run_end(times, middle, n)
            merge(times, ats, start, middle, end, spare_times, spare_ats)
            start = end
            runs += 1
        times, spare_times = spare_times, times
        ats, spare_ats = spare_ats, ats
        is_spare = not is_spare
        if runs <= 1:
            return is_spare
