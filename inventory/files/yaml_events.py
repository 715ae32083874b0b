"""Plain YAML over libyaml, where PyYAML (which comes with Netmiko) was built with it: many times faster than ruamel.yaml.

Only what every reader of YAML makes the same of is read here. Anything else (an error, a tag, an alias, a number in a rare form)
is None: the caller reads the text with ruamel.yaml, which decides and says what is wrong.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import import_module
from typing import Any

from msgspec import Struct

#: A text with other characters is left to ruamel.yaml: libyaml breaks lines at more of them, and columns are counted otherwise.
_TEXT = re.compile(r"[\n\x20-\x7e\xa1-\u1fff\u2010-\u2027\u2030-\ud7ff]*")
#: Unquoted scalars that may be something else than text begin so; those of them that are known here are below.
_MAYBE = re.compile(r"[-+.0-9=<]")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,14}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
#: What has another character, or a second dot, is no number, time or mark: it is text (an address, a prefix, a name).
_NO_TEXT = re.compile(r"[-+]?0x.*|[-+.0-9_:eEtTZ \tboinfaINFA]*|=|<<")
#: Less than is allowed: where limits are near, they are ruamel.yaml's to apply.
_DEPTH, _PARTS, _KEY = 20, 100_000, 500

Location = tuple[str | int, ...]


class _Other(Exception):
    """Left to ruamel.yaml."""


@lru_cache(maxsize=1)
def _libyaml() -> Any:
    """PyYAML with libyaml's parser; None where it is not installed or was built without."""
    try:
        import_module("yaml.cyaml")
        return import_module("yaml")
    except ImportError:
        return None


class Parts(Struct, frozen=True):
    """A mapping as plain data, the line (from 1) of each key and list item in it, and whether it has dates, which stay text."""

    data: dict[str, Any]
    lines: dict[Location, int]
    dates: bool


def read_events(text: str) -> Parts | None:
    """The mapping in a text, or None where ruamel.yaml has to read it."""
    library = _libyaml() if _TEXT.fullmatch(text) else None
    if library is None:
        return None
    try:
        return _Events(library, text).parts()
    except (_Other, library.YAMLError):
        return None


class _Date(str):
    """The text of a date."""


class _Events:
    def __init__(self, library: Any, text: str) -> None:
        self.next = library.cyaml.CParser(text).get_event
        self.lines: dict[Location, int] = {}
        self.dates = False
        self.scalar, self.mapping, self.sequence = library.ScalarEvent, library.MappingStartEvent, library.SequenceStartEvent
        self.mapping_end, self.sequence_end = library.MappingEndEvent, library.SequenceEndEvent
        self.document_start, self.stream_end = library.DocumentStartEvent, library.StreamEndEvent

    def parts(self) -> Parts:
        """Raises _Other, or PyYAML's YAMLError."""
        self.next()  # the start of the stream
        start = self.next()
        if type(start) is not self.document_start or start.version or start.tags:
            raise _Other
        root = self.next()
        if type(root) is not self.mapping:
            raise _Other
        data = self._mapping(root, ())
        self.next()  # the end of the document
        if type(self.next()) is not self.stream_end or len(self.lines) > _PARTS:
            raise _Other
        return Parts(data, self.lines, self.dates)

    def _value(self, event: Any, location: Location) -> Any:
        kind = type(event)
        if kind is self.scalar:
            return self._scalar(event)
        if kind is self.mapping:
            return self._mapping(event, location)
        if kind is self.sequence:
            return self._sequence(event, location)
        raise _Other  # an alias

    def _scalar(self, event: Any) -> Any:
        if event.anchor is not None or event.tag is not None:
            raise _Other
        if not event.implicit[0]:
            return event.value
        value = _resolved(event.value)
        if type(value) is _Date:
            self.dates = True
            return event.value
        return value

    def _mapping(self, start: Any, location: Location) -> dict[str, Any]:
        self._check(start, location)
        data: dict[str, Any] = {}
        while type(event := self.next()) is not self.mapping_end:
            key = self._scalar(event) if type(event) is self.scalar else None
            if type(key) is not str or key in data or len(key) > _KEY:
                raise _Other
            here = (*location, key)
            self.lines[here] = event.start_mark.line + 1
            data[key] = self._value(self.next(), here)
        return data

    def _sequence(self, start: Any, location: Location) -> list[Any]:
        self._check(start, location)
        data: list[Any] = []
        while type(event := self.next()) is not self.sequence_end:
            here = (*location, len(data))
            self.lines[here] = event.start_mark.line + 1
            data.append(self._value(event, here))
        return data

    def _check(self, start: Any, location: Location) -> None:
        if start.anchor is not None or start.tag is not None or len(location) > _DEPTH or len(self.lines) > _PARTS:
            raise _Other


def _resolved(value: str) -> Any:
    """What an unquoted scalar is. Raises _Other where that needs more than a look."""
    if value in _WORDS:
        return _WORDS[value]
    if not _MAYBE.match(value):
        return value
    if _INTEGER.fullmatch(value):
        return int(value)
    if _DATE.fullmatch(value):
        return _Date(value)
    if value.count(".") < 2 and _NO_TEXT.fullmatch(value):
        raise _Other
    return value
