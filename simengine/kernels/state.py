"""The vocabulary of a workload's state."""

from __future__ import annotations

# What it has decided about the line that it is on.
UNDECIDED, PAYING, FROZEN, TO_BE_STRANDED = range(4)

# Which copy of a life: the real one, its projection to the horizon, the two sides of a decision.
ACTUAL, PROJECTED, TRIED = range(3)
N_LEVELS = 3

# How a life is played: as it comes, or as it was sold (pilots pass, claims hold).
AS_DRAWN, AS_SOLD = range(2)
