"""What every part of a study has in common: frozen, strict, and able to say where a figure came from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator, model_validator

from simengine.model.fields import EvidenceText, FieldError
from simengine.model.hole import HOLE, fill
from simengine.model.wording import listed, show


class UnknownKeysError(ValueError):
    """Keys that a record does not have, with those that it has."""

    def __init__(self, keys: list[Any], known: list[str]) -> None:
        self.keys, self.known = keys, known
        super().__init__(f"unknown: {listed(keys, 'and')}; allowed: {listed(known)}")


class Frozen(BaseModel):
    """A frozen record that takes no unknown field and converts nothing silently."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)

    @classmethod
    def spellings(cls) -> list[str]:
        """The fields, as a configuration spells them; the evidence last."""
        fields = sorted(cls.model_fields.items(), key=lambda field: field[0] in Sourced.model_fields)
        return [field.alias or name for name, field in fields]

    @model_validator(mode="before")
    @classmethod
    def _only_known_keys(cls, written: Any) -> Any:
        if written is HOLE:
            return {}
        if isinstance(written, BaseModel):
            return written
        known = cls.spellings()
        if not isinstance(written, Mapping):
            allowed = f"a mapping with keys among {listed(known, 'and')}"
            raise FieldError(show(written), allowed, f"write {known[0]}: ... and so on, one a line")
        unknown = [key for key in written if key not in known and key not in cls.model_fields]
        if unknown:
            raise UnknownKeysError(unknown, known)
        return dict(written)

    @field_validator("*", mode="wrap")
    @classmethod
    def _fill_holes(cls, written: Any, handler: Callable[[Any], Any], info: ValidationInfo) -> Any:
        if written is HOLE and info.field_name is not None:
            return fill(cls.model_fields[info.field_name], handler)
        return handler(written)


class Sourced(Frozen):
    """A record that may carry the evidence behind its figures, for the assumptions register."""

    source: str | None = None
    kind: Literal["data", "mixed", "judgement"] | None = None
    reviewed: EvidenceText | None = None
    owner: str | None = None
