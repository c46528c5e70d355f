"""Numbers in the cells of a printed table, marked where the paths were too few for a stated tolerance."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from simengine.report.numbers import CENTS, TOLERANCE, Estimated, is_wide, percentage, with_error

WIDE_MARK = "*"
# Statistics that a summary takes from its sketches; all others are exact sums and counts.
FROM_SKETCHES = re.compile(r"R?P\d|TVaR\d")


class Cells:
    """Writes cells, and remembers whether a mark is among them, so that the reader is told what it means."""

    def __init__(self, plus_minus: str, tolerance: float = TOLERANCE) -> None:
        self.plus_minus = plus_minus
        self.tolerance = tolerance
        self._marked = False

    def number(self, row: Estimated, most: int = CENTS) -> str:
        return with_error(row, most, self.plus_minus) + self.mark(row)

    def share(self, row: Estimated) -> str:
        return percentage(row) + self.mark(row)

    def mark(self, row: Estimated) -> str:
        """What follows the number: nothing, if it is narrow enough."""
        if not is_wide(row, self.tolerance):
            return ""
        self._marked = True
        return WIDE_MARK

    def footnote(self) -> str | None:
        """What the mark means, if there is one."""
        if not self._marked:
            return None
        return (
            f"{WIDE_MARK} the 95% interval reaches further than {100.0 * self.tolerance:.10g}% of the value "
            "(output.tolerance). More paths narrow it: run.n_paths, or run.precision."
        )


def sketch_error(attrs: Mapping[str, Any]) -> float | None:
    """The relative error of percentiles and TVaR that come from sketches; None where they do not."""
    kept = json.loads(attrs["configuration"])["run"]["keep"] if "configuration" in attrs else []
    return attrs.get("sketch_relative_error") if "totals" not in kept else None
