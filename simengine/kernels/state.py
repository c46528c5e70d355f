"""The vocabulary of a workload's state."""

from __future__ import annotations

# What it has decided about the line that it is on.
UNDECIDED, PAYING, FROZEN, TO_BE_STRANDED = range(4)

# What an effect that runs does: a factor on spend (SAVED: by a saving, which no credit covers), a share of
# s(t) or an amount a day of upkeep, or a part of the value at stake.
FACTOR, SAVED, SHARE, PER_DAY, SEVERITY = range(5)

# Which copy of a life: the real one, its projection to the horizon, the two sides of a decision.
ACTUAL, PROJECTED, TRIED = range(3)
N_LEVELS = 3

# How a life is played: as it comes, or as it was sold (pilots pass, claims hold).
AS_DRAWN, AS_SOLD = range(2)
