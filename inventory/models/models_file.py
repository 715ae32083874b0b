"""Models and releases of one's own: ``platforms.yaml`` beside the host files, with the fields of the table (platforms.py).

    models:
      "2811":
        nvram_bytes: 245760
        until: 15.2(1)T
        rows:
          - {release: 12.4(1), like: 3640 12.4(1), source: "IOS 12.4 release notes; our own show version"}
          - {release: 15.1(4)M, like: 881 15.4(3)M, undo: [configure-replace, kron, reload-in], source: "..."}

A row has every field of a row of the table, or takes those that it leaves out from the row that ``like`` names. A model that the
table has gets these rows beside its own; a row of the same release takes the place of the table's.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args, get_origin, get_type_hints

from msgspec import Struct, field
from msgspec.structs import fields, replace
from pydantic import TypeAdapter, ValidationError

from ..errors import IntentError
from ..files.connection_settings import OVER_SSH, OVER_TELNET
from ..files.did_you_mean import hint
from ..files.present import is_there
from ..files.yaml_source import Document, Location, Problem, Unreadable, raise_all, read_document
from ..intents.intent_crypto import AUTHENTICATION_ALGORITHMS, ENCRYPTION_ALGORITHMS, DHGroup
from .platforms import KNOWN, Model, Models, Platform, Suite, platform_for
from .release import Release

FILE = "platforms.yaml"
_MODEL_KEYS = ("rows", "until", "nvram_bytes", "note")
#: Of a row; the name and the NVRAM belong to the model.
_ROW_KEYS = tuple(name for name in Platform.__struct_fields__ if name not in ("model", "nvram_bytes"))
_REQUIRED = tuple(item.name for item in fields(Platform) if item.required and item.name in _ROW_KEYS)
_HINTS = get_type_hints(Platform)
_VALUES: Mapping[str, tuple[Any, ...]] = {
    "encryption": ENCRYPTION_ALGORITHMS,
    "integrity": AUTHENTICATION_ALGORITHMS,
    "groups": get_args(DHGroup),
}


def load_models(folder: Path) -> Models:
    """The table with the models of the folder's ``platforms.yaml``, if it has one.

    Raises IntentError with every problem on a line of its own, as ``file:line: field: what is wrong (did you mean ...)``.
    """
    path = folder / FILE
    if not is_there(path):
        return KNOWN
    try:
        document = read_document(path)
    except Unreadable as unreadable:
        raise IntentError(str(unreadable.problem)) from None
    reader = _Reader(document)
    found = reader.models()
    raise_all(reader.problems)
    return MappingProxyType({**KNOWN, **found})


class _Reader(Struct):
    """One file. What is wrong is kept, so that all of it is told at once."""

    document: Document
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, at: Location, text: str) -> None:
        self.problems.append(self.document.problem(at, text))

    def models(self) -> dict[str, Model]:
        for key in self.document.data:
            if key != "models":
                self.wrong((key,), "unknown key" + hint(key, ("models",)))
        listed = self.mapping(("models",), self.document.data.get("models"))
        return {name: self.model(("models", name), name, value) for name, value in listed.items()}

    def mapping(self, at: Location, value: object) -> Mapping[str, Any]:
        if isinstance(value, Mapping):
            return value
        self.wrong(at, "is missing" if value is None else "has to be a mapping (key: value)")
        return {}

    def model(self, at: Location, name: str, value: object) -> Model:
        given = self.mapping(at, value)
        self.unknown(at, given, _MODEL_KEYS)
        listed = given.get("rows")
        if not isinstance(listed, list) or not listed:
            self.wrong((*at, "rows"), "has to be a list of rows, from the oldest release to the newest")
            listed = []
        was = KNOWN.get(name)
        rows = {row.release: row for row in (was.rows if was else ())}
        for index, item in enumerate(listed):
            row = self.row((*at, "rows", index), item)
            if row is not None:
                rows[row.release] = row
        until = self.release((*at, "until"), given["until"]) if given.get("until") is not None else (was.until if was else None)
        nvram = given.get("nvram_bytes", was.nvram_bytes if was else None)
        if nvram is not None and (not isinstance(nvram, int) or isinstance(nvram, bool) or nvram <= 0):
            self.wrong((*at, "nvram_bytes"), "has to be a whole number of bytes, or left out where it is no limit")
        ordered = tuple(sorted(rows.values(), key=lambda row: row.release))
        if len({row.os for row in ordered}) > 1:
            self.wrong((*at, "rows"), "has rows of more than one operating system")
        return Model(ordered, until, nvram, str(given.get("note", was.note if was else "")))

    def row(self, at: Location, value: object) -> Platform | None:
        given = self.mapping(at, value)
        self.unknown(at, given, (*_ROW_KEYS, "like"))
        base = self.like((*at, "like"), given["like"]) if "like" in given else None
        if "like" not in given or "source" not in given or "release" not in given:
            needed = _REQUIRED if "like" not in given else ("release", "source")
            missing = [name for name in needed if name not in given]
            if missing:
                self.wrong(at, f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing (or name a row with like)")
                return None
        before = len(self.problems)
        found = {name: self.value((*at, name), name, given[name]) for name in _ROW_KEYS if name in given}
        if len(self.problems) > before or ("like" in given and base is None):
            return None
        made = replace(base, **found) if base is not None else Platform(**{"model": "", "nvram_bytes": None, **found})
        self.drives(at, made)
        return replace(made, model="", nvram_bytes=None)

    def drives(self, at: Location, row: Platform) -> None:
        """A driver and a generation are of the operating system that the row says."""
        drivers = (*OVER_SSH[row.os], *OVER_TELNET[row.os])
        if row.driver not in drivers:
            self.wrong((*at, "driver"), f"{row.driver!r} drives no {row.os.upper()}{hint(row.driver, drivers)}")
        if not row.output.startswith(row.os):
            self.wrong((*at, "output"), f"{row.output!r} is no generation of {row.os.upper()}")

    def like(self, at: Location, value: object) -> Platform | None:
        model, _, release = str(value).partition(" ")
        try:
            return platform_for(model, release.strip())
        except IntentError as error:
            self.wrong(at, f"has to name a row of the table, as MODEL RELEASE (3640 12.4(1)): {error}")
            return None

    def release(self, at: Location, value: object) -> Release | None:
        try:
            return Release.parse(value if isinstance(value, str) else "")
        except IntentError as error:
            self.wrong(at, str(error) if isinstance(value, str) else "has to be text (put it in quotes)")
            return None

    def value(self, at: Location, name: str, value: object) -> Any:
        if name == "release":
            return self.release(at, value)
        if name == "suites":
            given = self.mapping(at, value)
            self.unknown(at, given, ("v1", "v2"))
            return MappingProxyType({int(key[1:]): self.suite((*at, key), given[key]) for key in ("v1", "v2") if key in given})
        try:
            return TypeAdapter(_HINTS[name]).validate_python(value, strict=not isinstance(value, list))
        except ValidationError as error:
            self.wrong(at, self.sentence(name, error))
            return None

    def sentence(self, name: str, error: ValidationError) -> str:
        detail = error.errors(include_url=False)[0]
        if detail["type"] == "literal_error":
            choices = _choices(_HINTS[name])
            return f"{detail['input']!r} is not a value it can have{hint(str(detail['input']), choices)}: {', '.join(choices)}"
        kinds = {"bool_type": "true or false", "string_type": "text (put it in quotes)", "tuple_type": "a list"}
        return f"has to be {kinds.get(detail['type'], 'a value of another kind')}"

    def suite(self, at: Location, value: object) -> Suite | None:
        given = self.mapping(at, value)
        names = Suite.__struct_fields__
        self.unknown(at, given, names)
        found = {}
        for name in names:
            known = _VALUES[name.split("_")[-1]]
            listed = given.get(name)
            if not isinstance(listed, list):
                self.wrong((*at, name), "is missing" if listed is None else "has to be a list")
                continue
            for index, item in enumerate(listed):
                if item not in known or isinstance(item, bool):
                    self.wrong((*at, name, index), f"{item!r} is not a value it can have{hint(str(item), map(str, known))}")
            found[name] = frozenset(item for item in listed if not isinstance(item, list | dict))
        return Suite(**found) if len(found) == len(names) else None

    def unknown(self, at: Location, given: Mapping[str, Any], known: tuple[str, ...]) -> None:
        for key in given:
            if key not in known:
                self.wrong((*at, key), "unknown key" + hint(key, known))


def _choices(annotation: Any) -> tuple[str, ...]:
    """The words of a Literal, wherever it stands in a type."""
    if isinstance(annotation, str):
        return (annotation,)
    inner = get_args(annotation) if get_origin(annotation) is not None else ()
    return tuple(word for item in inner if item is not Ellipsis for word in _choices(item))
