"""Faults that alter the output of a show command: refused, truncated, empty, garbled, or with lines missing."""

from __future__ import annotations

import secrets

from .faults import Faults
from .refusals import CARET, WORDS

#: Commands that read: these, and whatever begins with them.
READS = ("show", "more", "dir", "write terminal")
#: Noise is neither letter nor digit nor blank, so that nobody can take it for another value.
_NOISE = [chr(code) for code in (*range(0x21, 0x30), *range(0x3A, 0x40), *range(0xA1, 0xFF)) if chr(code) not in "^#>"]


def reads(command: str) -> bool:
    """True if a command, without abbreviations, only reads (see READS)."""
    return any(f"{command} ".startswith(f"{word} ") for word in READS)


def begins(command: str, texts: str) -> bool:
    """True if a command, without abbreviations, begins with one of the texts. Words in the texts may be abbreviated."""
    words = command.lower().split()
    for text in texts.lower().split("|"):
        wanted, whole = text.removesuffix("$").split(), text.endswith("$")
        long_enough = len(wanted) == len(words) if whole else len(wanted) <= len(words)
        if long_enough and all(word.startswith(begin) for word, begin in zip(words, wanted, strict=False)):
            return True
    return False


def _strikes(faults: Faults, name: str, command: str) -> bool:
    """True if a fault applies to this command."""
    text = faults.argument(name, "TEXT")
    return name in faults and reads(command) and (not text or begins(command, text))


def refusal(faults: Faults, command: str, *, asa: bool, column: int) -> list[str] | None:
    """The error text that a fault prints instead of the output, or None if no fault refuses the command."""
    if not _strikes(faults, "refuse-show", command):
        return None
    words = WORDS[faults.argument("refuse-show", "WORDS", "authorization")]
    faults.strike("refuse-show")
    return [" " * column + line if line == CARET else line for line in (words.asa if asa else words.ios)]


def altered(faults: Faults, command: str, lines: list[str]) -> list[str]:
    """The output lines after all faults have been applied."""
    if _strikes(faults, "empty-show", command):
        faults.strike("empty-show")
        return []
    if _strikes(faults, "cut-show", command):
        amount = faults.argument("cut-show", "AMOUNT")
        faults.strike("cut-show")
        if amount.endswith("b"):
            return "\n".join(lines)[: int(amount[:-1])].split("\n")
        return lines[: int(amount)]
    if _strikes(faults, "garble-show", command):
        faults.strike("garble-show")
        return _garbled(lines)
    if _strikes(faults, "lose-lines", command):
        left = _without(lines, faults.argument("lose-lines", "LOST"))
        if len(left) < len(lines):
            faults.strike("lose-lines")
        return left
    return lines


def hangs(faults: Faults, command: str) -> bool:
    """True if the session has to hang in the middle of the output of this command."""
    if not _strikes(faults, "hang-show", command):
        return False
    faults.strike("hang-show")
    return "hang-show" not in faults


def _without(lines: list[str], lost: str) -> list[str]:
    """The lines without those that contain the text, and without the indented lines below them."""
    left: list[str] = []
    margin: int | None = None
    for line in lines:
        indented = len(line) - len(line.lstrip())
        if margin is not None and line.strip() and indented > margin:
            continue
        margin = indented if lost in line else None
        if margin is None:
            left.append(line)
    return left


def _garbled(lines: list[str]) -> list[str]:
    """Replace one character in twelve by noise, at least one in every output that is not empty."""
    text = list("\n".join(lines))
    places = [index for index, character in enumerate(text) if character != "\n"]
    for index in {*places[len(places) // 2 :: 12], *places[5::24]}:
        text[index] = secrets.choice(_NOISE)
    return "".join(text).split("\n")
