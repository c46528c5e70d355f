"""Where the time of a run went, on the screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from rich.console import Console
from rich.text import Text

from simengine.report.layout import Column, table

# What these stages take is the sum over threads.
OF_THREADS = ("occurrences", "responses", "ledger")


class Profiled(Protocol):
    """What a profile tells."""

    @property
    def whole(self) -> float: ...
    @property
    def n_struck(self) -> int: ...
    @property
    def n_paths(self) -> int: ...
    @property
    def simulating(self) -> float: ...
    def seconds(self) -> Mapping[str, float]: ...


def print_profile(console: Console, profile: Profiled) -> None:
    """Print the stages of a run, with paths per second and the time for each workload that was struck."""
    seconds, n_paths, n_struck = profile.seconds(), profile.n_paths, profile.n_struck
    added = sum(seconds.values())
    columns = [
        Column("seconds", [f"{took:,.3f}" for took in seconds.values()]),
        Column("share", [f"{100.0 * took / added:.1f}%" if added else "" for took in seconds.values()], 1),
        Column("us a path", [f"{1e6 * took / n_paths:,.2f}" for took in seconds.values()], 2),
    ]
    console.print()
    console.print(table("Where the time went", list(seconds), columns, console.width))
    lives = sum(seconds[stage] for stage in OF_THREADS)
    rate = f"{n_paths / profile.simulating:,.0f} paths/s" if profile.simulating else ""
    struck = f", {1e9 * lives / n_struck:,.0f} ns per struck workload ({n_struck:,})" if n_struck else ""
    console.print(Text(f"{rate}{struck}; {profile.whole:.2f} s in all", style="bold"))
    note = (
        f"{', '.join(OF_THREADS)}: seconds of a processor, all threads together. One kernel does the last "
        "two: what it takes where nothing happens is the ledger, the rest the responses; some blocks are "
        "played again without occurrences to tell."
    )
    console.print(Text(note, style="dim"))
