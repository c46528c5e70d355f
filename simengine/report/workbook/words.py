"""Words that several sheets use, so that one thing has one name."""

from __future__ import annotations

METRICS = {
    "total_cost": "Total cost",
    "total_cost_pv": "Total cost, present value",
    "disruption_exposure": "Disruption exposure",
    "disruption_exposure_pv": "Disruption exposure, present value",
}
COMPONENTS = {
    "inference": ("Inference", "what the models themselves cost"),
    "upkeep": ("Upkeep", "own patches, stalled releases, frozen weights"),
    "one_off": ("One-off", "single amounts that occurrences cost"),
    "move": ("Moves", "leaving a line, planned or forced"),
    "mitigation": ("Mitigation", "clauses, standby, pilots, commitments"),
}
PLUS_MINUS = (
    "± is half of the 95% Monte Carlo interval: in 95 of 100 runs with other seeds, figure ± half holds "
    "the value that endlessly many paths would give. It says how exactly the model was played, not how "
    "right its assumptions are."
)
DO_NOT_SUM = (
    "Percentiles do not sum: bad futures of different workloads and periods do not all come together."
)


def statistic_words(statistic: str) -> tuple[str, str]:
    """A statistic's name, and what it says in plain words."""
    if statistic == "mean":
        return "Expected", "mean of all paths"
    if statistic == "sd":
        return "Standard deviation", "how far paths lie from the mean"
    if statistic.startswith("TVaR"):
        return statistic, f"mean of the worst {100.0 - float(statistic[4:]):.10g}% of paths"
    return statistic, at_or_below(statistic)


def at_or_below(statistic: str) -> str:
    """P90: 90% of paths at or below."""
    return f"{statistic[1:]}% of paths at or below"


def wide_note(tolerance: float) -> str:
    share = f"{100.0 * tolerance:.10g}%"
    return f"A shaded ± is more than {share} of its figure: run more paths before leaning on it."
