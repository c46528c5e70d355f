"""What goes wrong: the user's own (`ConfigError`, all problems at once) and ours (`InternalError`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class SimengineError(Exception):
    """The base of every error that simengine raises on purpose."""


@dataclass(frozen=True)
class Problem:
    """One thing to mend in a configuration.

    `path` is the field's place in the study (`scenario.drivers.exit.hazard.rate`, `run.keep[2]`), `arrived`
    what stood there, `allowed` what may stand there, `remedy` how to mend it; `file` and `line` say where it
    was written, when that is known.
    """

    path: str
    arrived: str
    allowed: str
    remedy: str
    file: str | None = None
    line: int | None = None

    @property
    def place(self) -> str:
        """The file and line, or an empty text when the value came from Python or the command line."""
        if self.file is None:
            return ""
        return self.file if self.line is None else f"{self.file}:{self.line}"

    def __str__(self) -> str:
        place = f" ({self.place})" if self.place else ""
        labelled = (("arrived", self.arrived), ("allowed", self.allowed), ("mend it", self.remedy))
        lines = [f"  {label}: {printable(text)}" for label, text in labelled if text]
        return "\n".join([printable(f"{self.path or 'study'}{place}"), *lines])


class ConfigError(SimengineError, ValueError):
    """The configuration cannot be run; `problems` lists everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        count = len(self.problems)
        what = (
            "with the result"
            if {problem.path for problem in self.problems} == {"result"}
            else "in the configuration"
        )
        head = f"{count} problem{'s' * (count != 1)} {what}"
        return "\n\n".join([head, *map(str, self.problems)])


class InternalError(SimengineError, RuntimeError):
    """A fault of simengine, not of the study; its text says what to report."""

    def __str__(self) -> str:
        fault = super().__str__()
        return (
            f"internal fault: {fault}\n"
            "This is an error in simengine, not in your study. Please report this message with the "
            "version (simengine --version), the command and the configuration (simengine run --cfg job, "
            "with the same overrides)."
        )


def printable(text: str) -> str:
    """`text` with control characters escaped: names from a file must not steer the terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
