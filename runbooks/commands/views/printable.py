"""What comes from a device reaches a terminal, a recap and a listing without what would steer the terminal.

Escape sequences can write to the clipboard (OSC 52), make links that lead elsewhere (OSC 8), set the title, or swallow what
follows; overrides of direction make one text look like another. Source: ECMA-48, the control sequences of xterm, Unicode TR 36.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import lru_cache
from json.encoder import encode_basestring
from typing import cast

#: C0 but tab and newline, DEL, C1, line and paragraph separators, marks and overrides of direction, lone surrogates.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def printable(text: str) -> str:
    """The text with each character that steers a terminal written out: ``\\x1b``, ``\\u202e``; line ends as line feeds."""
    return _STEERING.sub(_written_out, text.replace("\r\n", "\n"))


def _written_out(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def json_text(
    value: object,
    *,
    default: Callable[[object], object] | None = None,
    indent: int | None = None,
    change: Callable[[str], str] = str,
) -> str:
    """One JSON document in which such characters are escaped as JSON has it; other letters stay as they are.

    ``change`` is what becomes of each text in a document that is laid out with ``indent``, but for the keys.
    """
    if indent is None or default is not None:
        if change is not str:
            # Passed over in silence it would let through what it is to hide.
            raise ValueError("texts are changed in a document that is laid out, and in no other")
        text = json.dumps(value, default=default, indent=indent, ensure_ascii=False)
    else:
        text = _laid_out(value, " " * indent, "", change)
    return _STEERING.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _laid_out(value: object, step: str, margin: str, change: Callable[[str], str] = str) -> str:
    """As json.dumps() lays a value out, which does so in Python piece by piece and takes several times as long."""
    kind = type(value)
    if kind is str or isinstance(value, str):
        return encode_basestring(change(cast("str", value)))
    if kind is int:
        return str(value)
    if value is None or value is True or value is False:
        return _WORDS[value]
    inner = margin + step
    if isinstance(value, dict) and value:
        rows = [f"{inner}{_key(key)}: {_laid_out(item, step, inner, change)}" for key, item in value.items()]
        return "{\n" + ",\n".join(rows) + f"\n{margin}}}"
    if isinstance(value, list | tuple) and value:
        rows = [inner + _laid_out(item, step, inner, change) for item in value]
        return "[\n" + ",\n".join(rows) + f"\n{margin}]"
    return json.dumps(value, ensure_ascii=False)


@lru_cache(maxsize=1024)
def _text_key(key: str) -> str:
    return encode_basestring(key)


def _key(key: object) -> str:
    """A key as JSON has it: of another kind than text it is one all the same."""
    return _text_key(key) if isinstance(key, str) else json.dumps({key: 0}, ensure_ascii=False)[1:-4]


_WORDS: dict[object, str] = {None: "null", True: "true", False: "false"}
