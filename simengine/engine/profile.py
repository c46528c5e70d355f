"""Where the time of a run goes: `run.profile=true`, and what docs/performance.md says of it."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# In the order of a run. `responses` and `ledger` share a kernel: see `Clock.quiet`.
STAGES = (
    "compose", "lower", "compile", "occurrences", "responses", "ledger", "reduce", "write",
)  # fmt: skip
# One block of so many is played a second time with nothing happening, to tell ledger and responses apart.
BLOCKS_PER_QUIET_ONE = 16


class Clock:
    """One thread's time in the kernels, in seconds of its processor, and what it did in that time."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        # What was played, what of that was also played quietly, and how long both took.
        self.blocks = 0
        self.struck = 0
        self.played_again = 0.0
        self.quiet = 0.0
        self.is_on = False
        self._since = 0.0

    def start(self) -> None:
        self._since = time.thread_time()

    def lap(self, stage: str) -> float:
        """Book the time since the last lap, or the start."""
        now = time.thread_time()
        took = now - self._since
        self.seconds[stage] += took
        self._since = now
        return took


class Profile:
    """The stages of a run. Those of kernels are the sums of all threads, in seconds of a processor."""

    def __init__(self) -> None:
        self._begun = time.perf_counter()
        self._adding = threading.Lock()
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._clocks: list[Clock] = []
        self.n_paths = 0
        self.simulating = 0.0

    @contextmanager
    def stage(self, name: str, clock: Callable[[], float] = time.perf_counter) -> Iterator[None]:
        """Time a stage of the main thread; beside others, by `time.thread_time`."""
        begun = clock()
        try:
            yield
        finally:
            self._seconds[name] += clock() - begun

    def add(self, clock: Clock) -> None:
        """Include a thread's clock."""
        clock.is_on = True
        with self._adding:
            self._clocks.append(clock)

    @property
    def whole(self) -> float:
        """Seconds since the profile began."""
        return time.perf_counter() - self._begun

    @property
    def n_struck(self) -> int:
        """How many workloads were struck, under all strategies: an occurrence counts for each that it struck.

        Claims and history included. A diversified workload counts for each of its parts.
        """
        return sum(clock.struck for clock in self._clocks)

    def seconds(self) -> dict[str, float]:
        """Seconds by stage.

        The kernel that lets workloads live does responses and ledger together. What it takes where nothing
        happens is the ledger; a sample of the blocks is played once more without their occurrences to tell
        how much that is. What it takes beyond is the responses: strikes, moves, and booking what each
        occurrence changed.
        """
        found = {stage: self._seconds[stage] for stage in STAGES}
        lives = sum(clock.seconds["lives"] for clock in self._clocks)
        again = sum(clock.played_again for clock in self._clocks)
        quiet = sum(clock.quiet for clock in self._clocks)
        found["occurrences"] += sum(clock.seconds["occurrences"] for clock in self._clocks)
        found["ledger"] += lives * min(1.0, quiet / again) if again else 0.0
        found["responses"] += lives - found["ledger"]
        found["reduce"] += sum(clock.seconds["reduce"] for clock in self._clocks)
        return found
