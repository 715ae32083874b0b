"""What comes from a device reaches a terminal, a recap and a listing without what would steer the terminal.

Escape sequences can write to the clipboard (OSC 52), make links that lead elsewhere (OSC 8), set the title, or swallow what
follows; overrides of direction make one text look like another. Source: ECMA-48, the control sequences of xterm, Unicode TR 36.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

#: C0 but tab and newline, DEL, C1, line and paragraph separators, marks and overrides of direction, lone surrogates.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def printable(text: str) -> str:
    """The text with each character that steers a terminal written out: ``\\x1b``, ``\\u202e``; line ends as line feeds."""
    return _STEERING.sub(_written_out, text.replace("\r\n", "\n")) if steers(text) else text


def steers(text: str) -> bool:
    """Whether a character in it steers a terminal; a carriage return is one, also at the end of a line."""
    return _STEERING.search(text) is not None


def _written_out(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def json_text(value: object, *, default: Callable[[object], object] | None = None, indent: int | None = None) -> str:
    """One JSON document in which such characters are escaped as JSON has it; other letters stay as they are."""
    text = _escaped(json.dumps(value, default=default, ensure_ascii=False))
    if indent is None:
        return text
    from msgspec import DecodeError
    from msgspec.json import format as json_format

    try:
        # With indentation json.dumps() does all of it in Python, and takes ten times as long for the same text.
        return json_format(text, indent=indent)
    except DecodeError:  # what JSON does not have: NaN, and one half of a pair of surrogates
        return _escaped(json.dumps(value, default=default, indent=indent, ensure_ascii=False))


def _escaped(text: str) -> str:
    return _STEERING.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
