"""The model in slow, obvious, pure Python: what the kernels are checked against.

Written from the model page, not from the kernels: it shares no code with them, makes its own random
numbers, and lays every workload's life out as a timeline before any money is counted.

    result = simulate_path(study, path)
    result["total_cost"], result["total_cost_by_workload"]["support-chat"]
"""

from tests.reference.occurrences import Occurrence, occurrences
from tests.reference.parameters import parameters
from tests.reference.paths import PathResult, simulate_path

__all__ = ["Occurrence", "PathResult", "occurrences", "parameters", "simulate_path"]
