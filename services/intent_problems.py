"""What pydantic found in the file of a service's intents, as sentences. They never quote a value: it may be a secret.

Every service has its own table of words; which of them is taken for what pydantic found is the same for all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, field
from pydantic import BaseModel

from ..inventory.files.did_you_mean import hint
from ..inventory.files.yaml_source import Document, Problem

#: Pydantic's error types that every service has, with their sentences.
COMMON = {
    "missing": "is missing",
    "string_pattern_mismatch": "has a character that it may not have",
    "too_short": "needs at least one entry",
}
KEY_IN_CLEAR = "a key is never written into the intent: use preshared_key_ref (credential:NAME)"

OfField = Callable[[tuple[str | int, ...], Mapping[str, Any]], str]
"""(location of the field, the detail of pydantic) -> the sentence that only this service has for it, "" for none."""


def _none(_location: tuple[str | int, ...], _detail: Mapping[str, Any]) -> str:
    return ""


class FieldWords(Struct, frozen=True, kw_only=True):
    """The words of one service.

    file, instance: the models of the whole file and of one record in it. records: name of a field to the model of what is below
    it, for "did you mean". refused: a key that no model has, in lower case, to its sentence. missing: a required field to its
    sentence. kinds: pydantic's error type to its sentence. of_field: comes before ``kinds``.
    """

    file: type[BaseModel]
    instance: type[BaseModel]
    records: Mapping[str, type[BaseModel]]
    refused: Mapping[str, str] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=lambda: COMMON)
    of_field: OfField = _none

    def problem(self, document: Document, detail: object) -> Problem:
        """One thing that pydantic found, with file, line and field."""
        assert isinstance(detail, dict)
        return document.problem(detail["loc"], self._sentence(detail["loc"], detail))

    def _sentence(self, location: tuple[str | int, ...], detail: Mapping[str, Any]) -> str:
        kind = detail["type"]
        key = str(location[-1]) if location else ""
        if kind == "value_error":
            return str(detail["ctx"]["error"])
        if kind == "missing" and key in self.missing:
            return self.missing[key]
        if kind == "extra_forbidden":
            return self.refused.get(key.lower()) or f"unknown key{hint(key, sorted(self._above(location).model_fields))}"
        return self.of_field(location, detail) or self.kinds.get(kind, "is not a valid value")

    def _above(self, location: tuple[str | int, ...]) -> type[BaseModel]:
        """The model of the record in which a key stands."""
        names = [part for part in location[:-1] if isinstance(part, str)]
        return self.records.get(names[-1], self.instance) if names else self.file
