"""Keys are taken out of a sample before anything else is read of it: what stands in their place is a mark.

A key that is no key (a word of the documentation, asterisks, a blank) is told from one that may be real: it is stored nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from ...inventory.hiding.secret_forms import secret_spans
from .records import SampleKey

#: What stands before a key in a line of IOS or ASA, in the words that samples use. A digit is the type of the key.
_KEY = re.compile(
    r"^\s*(?:[A-Za-z][\w.-]*(?:\(config[^()]*\))?[#>]\s*)?"
    r"(?:crypto isakmp key (?:(?P<type1>[0-9]) )?(?P<key1>.+?)(?= +(?:address|hostname) |\s*$)"
    r"|pre-shared-key address \S+(?: [\d.]+)? key (?:(?P<type2>[0-9]) )?(?P<key2>.+)"
    r"|(?:ikev1 |ikev2 (?:remote|local)-authentication )?pre-shared-key (?!address )(?:local |remote )?"
    r"(?:(?P<type3>[0-9]) )?(?P<key3>.+))",
    re.IGNORECASE,
)
#: What is no key, and why. The first that is found anywhere in it.
STAND_INS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\*{3,}"), "the key is masked"),
    (re.compile(r"[<>\[\]{}]|^\$"), "a blank replaces the key"),
    (re.compile(r"^(.)\1{5,}$"), "a row of one character replaces the key"),
    (re.compile(r"(?i)pass-?_?word|secret|example|changeme|your[-_ ]?|pre-?shared|[-_]here$|^psk\d*$|placeholder|sample"),
     "the key is a word of the documentation, which everybody can read"),
)  # fmt: skip
_NAMELESS = "<hidden>"


class Sealed(Struct, frozen=True):
    """A text without its keys."""

    text: str
    keys: tuple[SampleKey, ...]


def stand_in(value: str) -> str:
    """Why a word is no real key; nothing where it may be one."""
    return next((why for pattern, why in STAND_INS if pattern.search(value)), "" if value else "there is no key")


def mark_of(number: int) -> str:
    """What stands in the place of the key of a line: a token, as every text of nr-run has it."""
    return f"<key:{number:08x}>"


def seal(text: str) -> Sealed:
    """The text with a mark in the place of each key, and with all else hidden that stands where a secret stands."""
    lines = text.split("\n")
    keys: list[SampleKey] = []
    for index, line in enumerate(lines):
        match = _KEY.match(line)
        if match is None:
            continue
        place = next(name for name in ("1", "2", "3") if match[f"key{name}"])
        value, kind = match[f"key{place}"].strip(), match[f"type{place}"] or ""
        why = stand_in(value) or (f"the key is encrypted (type {kind})" if kind not in ("", "0") else "")
        # A blank is no secret, and says what has to be filled in.
        mark = mark_of(index + 1)
        keys.append(SampleKey(mark, index + 1, why, value))
        lines[index] = f"{line[: match.start(f'key{place}')]}{mark}{line[match.end(f'key{place}') :]}"
    return Sealed(hide_values("\n".join(map(_without_others, lines)), keys), tuple(keys))


def hide_values(text: str, keys: list[SampleKey] | tuple[SampleKey, ...]) -> str:
    """Without a key that stands elsewhere too, as in a remark; a stand-in that is an everyday word is left."""
    for key in sorted(keys, key=lambda one: -len(one.value)):
        if len(key.value) >= 4 and (not key.stand_in or len(key.value) >= 8):
            text = text.replace(key.value, key.mark)
    return text


def _without_others(line: str) -> str:
    """Without the secrets that are no keys of tunnels: of a login, of SNMP."""
    return "".join(_parts(line, secret_spans(line)))


def _parts(line: str, spans: list[tuple[int, int]]) -> Iterator[str]:
    at = 0
    for start, end in spans:
        yield line[at:start]
        # An address behind a word for a secret, or a blank, is none.
        yield line[start:end] if line[start:end].startswith("<") else _NAMELESS
        at = end
    yield line[at:]
