"""The words with which a device refuses to show something, or cannot, as a table; in a configuration none of them is a line."""

from __future__ import annotations

import re
from itertools import islice

from msgspec import Struct


class Refusal(Struct, frozen=True):
    """A form of refusal: the line, what it means, whether it passes by itself, and where it was seen."""

    line: re.Pattern[str]
    meaning: str
    passes: bool
    source: str


def _refusal(pattern: str, meaning: str, source: str, *, passes: bool = False) -> Refusal:
    return Refusal(re.compile(pattern, re.IGNORECASE), meaning, passes, source)


#: Each is a whole line at the margin, but for the mark below a word that was not understood.
REFUSALS: tuple[Refusal, ...] = (
    _refusal(
        r"(?:ERROR: |% ?)?(?:Command )?authorization failed\.?",
        "the user may not use this command",
        "IOS 12 to 17 and ASA; the words differ by release (rancid, CHANGES of 3.11)",
    ),
    _refusal(r"Command rejected.*", "the command is not allowed in this view", "IOS role-based CLI"),
    _refusal(r"Line has invalid autocommand.*", "the user has a command of his own", "rancid, lib/ios.pm"),
    _refusal(
        r"(?:% ?)?Unable to (?:get|read) configuration.*",
        "the configuration is locked or being built",
        "sessions of IOS 12.4 to 15.2, for show running-config and copy",
        passes=True,
    ),
    _refusal(r"(?:% ?)?Non-Volatile memory is in use.*", "another session uses the NVRAM", "rancid, lib/ios.pm", passes=True),
    _refusal(r"% ?Configuration buffer full.*", "the output is cut", "rancid, lib/ios.pm", passes=True),
    _refusal(
        # One that is full stays so.
        r"startup-config file open failed(?! \(Not enough space\)).*"
        r"|% ?Error (?:opening|reading|writing) \S+ \(Device or resource busy\)"
        r"|.*: device being squeezed|.*ATA_Status time out.*",
        "the file system is busy",
        "Netspoc-Approve, IOS part, and rancid, lib/ios.pm",
        passes=True,
    ),
    _refusal(r"% ?Low on memory.*", "there is no memory for the answer", "from memory", passes=True),
    _refusal(
        r"(?:Open device|Error opening|%Error opening|%Error calling|%Error reading|%Error:) ?.*",
        "the file cannot be read",
        "rancid, lib/ios.pm",
    ),
    _refusal(r"ERROR: .*", "an ASA refuses the command", "ASA command reference"),
    _refusal(r"[ \t]*\^", "the word above the mark was not understood", "IOS and ASA"),
    # Whatever else begins so is an answer, or a message that nobody took out: no line of a configuration does.
    _refusal(r"%.*", "the device says something", "IOS and ASA"),
)


def _first(text: str) -> tuple[str, Refusal] | None:
    lines = [line.rstrip() for line in text.splitlines()]
    if not _may_hold_one("\n".join(lines)):
        return None
    for number, line in enumerate(lines):
        # Nearly every line of a configuration begins with a letter, a blank or an exclamation mark: a match costs more.
        refusal = next((item for item in REFUSALS if item.line.fullmatch(line)), None) if _may_be(line) else None
        if refusal is not None:
            below = next((other.strip() for other in lines[number + 1 :] if other.strip()), "")
            return (below if line.strip() == "^" and below else line.strip()), refusal
    return None


_SIGNS = (
    "%",
    "error",
    "command ",
    "authorization",
    "line has",
    "unable to",
    "non-volatile",
    "startup-config file",
    "open device",
)


#: The mark below a word, alone on its line; a banner has other ones.
_MARK = re.compile(r"^\s*\^$", re.MULTILINE)


def _may_hold_one(text: str) -> bool:
    """False where _may_be() is for each line. Sign by sign: a pattern of all is tried at each place of a configuration."""
    low = f"\n{text.lower()}"
    if any(f"\n{sign}" in low for sign in _SIGNS) or "squeezed" in text or "time out" in text:
        return True
    return "^" in text and _MARK.search(text) is not None


def _may_be(line: str) -> bool:
    return line[:20].lower().startswith(_SIGNS) or line.strip() == "^" or line.endswith(("squeezed", "time out"))


def refusal_in(text: str) -> str:
    """The first line of a text with which a device refuses to answer; nothing if there is none."""
    found = _first(text)
    return found[0] if found else ""


def passes(text: str) -> bool:
    """True if what the device says is a reason that passes by itself within seconds, so that it is worth to ask again."""
    return any(item.passes and item.line.fullmatch(line.strip()) for line in text.splitlines() for item in REFUSALS)


#: Answers that begin as a refusal does and say that there is nothing (ASA and IOS, show bgp: no router, no such neighbour).
_NOTHING = re.compile(r"% ?(?:BGP not active|No such neighbor(?: or address family)?)\.?")
#: A refusal has no more lines than these.
_MOST_LINES = 4


def is_refused(text: str) -> str:
    """The device's words if its answer is nothing but a refusal; nothing for any other answer."""
    # A whole configuration is asked about as well: the first lines say that it is no refusal.
    lines = [*islice(filter(None, map(str.strip, text.splitlines())), _MOST_LINES + 1)]
    if lines and all(_NOTHING.fullmatch(line) for line in lines):
        return ""
    return refusal_in(text) if 0 < len(lines) <= _MOST_LINES else ""


def words_of(text: str, most: int = 160) -> str:
    """An answer on one line, for a sentence."""
    words = " ".join(part.strip() for part in text.splitlines() if part.strip(" ^\t"))
    return words if len(words) <= most else f"{words[:most]}..."
