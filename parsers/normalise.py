"""From what a session printed to the output of one command: line ends, echo, prompt, refusals."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ..inventory.errors import DeviceRefused, ParseError

_REFUSAL = re.compile(
    r"^[ \t]*(%[ ]*(?:Invalid input|Incomplete command|Ambiguous command|Unknown command|Unrecognized command"
    r"|Bad IP address|Authorization failed)[^\n]*"
    r"|ERROR:[^\n]*|Command authorization failed[^\n]*|Command rejected[^\n]*)",
    re.MULTILINE | re.IGNORECASE,
)
_PROMPT_LINE = re.compile(r"^[ \t]*([\w.()/@:~-]{1,64}[#>])[ \t]*(\S[^\n]*?)?[ \t]*$", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*!---[^\n]*$", re.MULTILINE)
# What `terminal exec prompt timestamp` puts above every output.
_EXEC_STAMP = re.compile(
    r"\A(?:\s*(?:Load for five secs: [^\n]*|Time source is [^\n]*, \d\d:\d\d:\d\d[^\n]*"
    r"|[A-Z][a-z]{2} [A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d\.\d+ \S+)[ \t]*(?=\n))+"
)
# Control characters that no terminal session holds, and the sign of bytes that could not be decoded.
_ODD = re.compile(r"[\x00-\x06\x0b\x0e-\x1a\x1c-\x1f\ufffd]")
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_HEAD = 2_000

SameCommand = Callable[[str], bool]
"""True if what was typed at a prompt is the command whose output is read."""


@dataclass(frozen=True, slots=True)
class Output:
    """The output of a command alone.

    text: begins and ends with a line break; line_offset: lines of the original that stand above it.
    strangers: (line, text, why) of lines around it that belong to no echo and no prompt.
    echoed: the command itself was found above the output.
    """

    text: str
    line_offset: int
    strangers: tuple[tuple[int, str, str], ...]
    echoed: bool


def normalise(command: str, text: str, same: SameCommand) -> Output:
    """Cut the echo and the prompt off, and the differences of line ends.

    Raises ParseError for an empty or binary text, DeviceRefused where the device did not know the command.
    """
    if not text.strip():
        raise ParseError(f"there is no output of {command!r} here: the text is empty.")
    _refuse_binary(text)
    text = _plain(text)
    body, offset, strangers, echoed = _cut(same, text)
    stamp = _EXEC_STAMP.match(body)
    if stamp is not None:
        offset += body.count("\n", 0, stamp.end())
        body = body[stamp.end() :]
    refusal = _REFUSAL.search(body[:_HEAD])
    if refusal is not None and not body[: refusal.start()].strip(" \t\n^"):
        raise DeviceRefused(f"the device refused {command!r}: {refusal.group(1).strip()}")
    return Output("\n" + body + "\n", offset, strangers, echoed)


def _refuse_binary(text: str) -> None:
    head = text[:4096]
    if "\0" in text or len(_ODD.findall(head)) * 20 > len(head):
        raise ParseError("this is not the output of a command: it is binary data.")


def _plain(text: str) -> str:
    if "\x1b" in text:
        text = _ANSI.sub("", text)
    if "\b" in text:
        text = re.sub(r"[ \t]*--More--[ \t]*\x08[\x08 ]*", "", text).replace("\b", "")
    if "<--- More --->" in text:
        text = re.sub(r"<--- More --->[ \t]*\r[ \t]*\r", "", text)
    if "\r" in text:
        text = re.sub(r"\r+\n", "\n", text).replace("\r", "\n" if "\n" not in text else "")
    if "\t" in text:
        text = text.replace("\t", " ")
    if "\x0c" in text or "\x07" in text:
        text = text.replace("\x0c", "").replace("\x07", "")
    if "!---" in text:
        text = _COMMENT.sub("", text)
    return text


def _cut(same: SameCommand, text: str) -> tuple[str, int, tuple[tuple[int, str, str], ...], bool]:
    start, prompt = _echo(same, text)
    strangers = []
    if start:
        for number, line in enumerate(text[:start].split("\n"), 1):
            if line.strip() and not _is_echo(same, line) and not _PROMPT_LINE.fullmatch(line):
                strangers.append((number, line, "this line stands before the command"))
    stop = len(text.rstrip())
    if prompt is not None:
        again = re.compile(rf"^[ \t]*{re.escape(prompt)}[ \t]*(\S[^\n]*)?$", re.MULTILINE).search(text, start)
        if again is not None:
            stop = again.start()
            first = text.count("\n", 0, again.start()) + 1
            for number, line in enumerate(text[again.start() :].split("\n"), first):
                if line.strip() and line.strip() != prompt:
                    strangers.append((number, line, "this line stands after the end of the output"))
    else:
        cut = text.rfind("\n", 0, stop) + 1
        last = _PROMPT_LINE.fullmatch(text, cut, stop)
        if last is not None and last.group(2) is None:
            stop = cut
    return text[start:stop], text.count("\n", 0, start), tuple(strangers), bool(start)


def _echo(same: SameCommand, text: str) -> tuple[int, str | None]:
    """(offset behind the echoed command, the prompt before it); (0, None) if there is no echo."""
    head = text[:_HEAD]
    for found in _PROMPT_LINE.finditer(head):
        if found.group(2) and same(found.group(2)):
            return found.end(), found.group(1)
    first = head.lstrip("\n ").split("\n", 1)[0]
    if _is_echo(same, first):
        return text.index(first) + len(first), None
    return 0, None


def _is_echo(same: SameCommand, line: str) -> bool:
    found = _PROMPT_LINE.fullmatch(line)
    return same((found.group(2) or "") if found else line)
