"""What an unquoted scalar of a configuration file means, and which ones are refused as ambiguous.

YAML 1.1 reads `NO` as false, `010` as 8, `1:30` as 90 and `1_000` as 1000; YAML 1.2 reads none of them so.
Whatever two readers of the same file may take for different things is refused here. What remains is null,
true and false, decimal numbers (`1e6` is one), and text; dates stay text, and the model reads them.
"""

from __future__ import annotations

import re

Scalar = None | bool | int | float | str

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEAN = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_SPECIAL = {".inf": "inf", "+.inf": "inf", "-.inf": "-inf", ".nan": "nan"}
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_YES_OR_NO = re.compile(r"yes|no|on|off", re.IGNORECASE)
_SEXAGESIMAL = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?")
_RADIX = re.compile(r"[-+]?0[xXoObB][0-9a-fA-F_]+")
_UNDERSCORES = re.compile(r"[-+]?[0-9][0-9.]*_[0-9_.]*([eE][-+]?[0-9]+)?")
_LONGEST_INTEGER = 40


class AmbiguousError(ValueError):
    """A scalar that readers of YAML do not agree on."""

    def __init__(self, written: str, readings: str, remedy: str) -> None:
        self.arrived = f"{written} without quotes"
        self.allowed = f"what all readers of YAML agree on ({readings})"
        self.remedy = f'{remedy}, or "{written}" in quotes for the text'
        super().__init__(f"{self.arrived}; {self.allowed}; {self.remedy}")


def plain(written: str) -> Scalar:
    """The value of an unquoted scalar.

    Raises
    ------
    AmbiguousError
        If some reader of YAML takes it for something else.
    """
    if written in _NULL:
        return None
    if written in _BOOLEAN:
        return _BOOLEAN[written]
    refuse_ambiguous(written)
    if _INTEGER.fullmatch(written) and len(written) <= _LONGEST_INTEGER:
        return int(written)
    if _DECIMAL.fullmatch(written):
        return float(written)
    if written.lower() in _SPECIAL:
        return float(_SPECIAL[written.lower()])
    return written


def refuse_ambiguous(written: str) -> None:
    """Raises AmbiguousError for an unquoted text that may also be a truth value or a number."""
    if _YES_OR_NO.fullmatch(written):
        raise AmbiguousError(written, "by YAML 1.1 this is true or false", "write true or false")
    if _SEXAGESIMAL.fullmatch(written):
        raise AmbiguousError(written, "by YAML 1.1 this is a number to base 60", "write a decimal number")
    if _LEADING_ZERO.fullmatch(written):
        without = re.sub(r"^([-+]?)0+(?=[0-9])", r"\1", written)
        raise AmbiguousError(written, "by YAML 1.1 this is a number to base 8", f"write {without}")
    if _RADIX.fullmatch(written):
        raise AmbiguousError(written, "for some this is a number", "write a decimal number")
    if _UNDERSCORES.fullmatch(written):
        without = written.replace("_", "")
        raise AmbiguousError(written, "by YAML 1.1 this is a number", f"write {without}")
