"""From what a session printed to the output of one command: line ends, echo, prompt, refusals."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from ...inventory.errors import DeviceRefused, ParseError

_REFUSAL = re.compile(
    r"^[ \t]*(%[ ]*(?:Invalid input|Incomplete command|Ambiguous command|Unknown command|Unrecognized command"
    r"|Bad IP address|Authorization failed)[^\n]*"
    r"|ERROR:[^\n]*|Command authorization failed[^\n]*|Command rejected[^\n]*)",
    re.MULTILINE | re.IGNORECASE,
)
_PROMPT_LINE = re.compile(r"^[ \t]*([\w.()/@:~-]{1,64}[#>])[ \t]*(\S[^\n]*?)?[ \t]*$", re.MULTILINE)
_SIGN = re.compile(r"[#>]")
# A command at the top of a text, with or without the prompt: the echo of what was typed.
_TYPED = re.compile(
    r"^[ \t]*(?:[\w.()/@:~-]{1,64}[#>][ \t]*)?((?:do[ \t]+)?(?:sho?w?|ping|more|dir|trace\w*|packet-tracer)"
    r"[ \t]+[a-z0-9][^\n]*?)[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
ANOTHER = "this is the echo of another command"
_COMMENT = re.compile(r"^[ \t]*!---[^\n]*$", re.MULTILINE)
# What `terminal exec prompt timestamp` puts above every output.
_EXEC_STAMP = re.compile(
    r"\A(?:\s*(?:Load for five secs: [^\n]*|Time source is [^\n]*, \d\d:\d\d:\d\d[^\n]*"
    r"|[A-Z][a-z]{2} [A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d\.\d+ \S+)[ \t]*(?=\n))+"
)
# Control characters that no terminal session holds, and the sign of bytes that could not be decoded.
_ODD = re.compile(r"[\x00-\x06\x0b\x0e-\x1a\x1c-\x1f\ufffd]")
#: The characters of ASCII that it does not mean: of plain text they leave nothing, which costs less than to look for it.
_EVEN = bytes(code for code in range(128) if not _ODD.match(chr(code)))
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_HEAD = 2_000

SameCommand = Callable[[str], bool]
"""True if what was typed at a prompt is the command whose output is read."""


class Output(Struct, frozen=True):
    """The output of a command alone.

    text: begins and ends with a line break; line_offset: lines of the original that stand above it.
    strangers: (line, text, why) of lines around it that belong to no echo and no prompt.
    echo: what was typed, as the session printed it above the output, "" where it did not; echo_line: its number.
    echo_text: the line of the echo. closed: the next prompt stands below the output. ended: it
    does, or no prompt stands above it either and the last line is a whole one.
    """

    text: str
    line_offset: int
    strangers: tuple[tuple[int, str, str], ...] = ()
    echo: str = ""
    echo_line: int = 1
    echo_text: str = ""
    closed: bool = False
    ended: bool = False

    def holding(self, text: str, line_offset: int) -> Output:
        """The same around another text."""
        return replace(self, text=text, line_offset=line_offset)

    @property
    def another(self) -> str:
        """The echo of another command that stands where that of the command should; "" if there is none."""
        return next((text.strip() for _line, text, why in self.strangers if why == ANOTHER), "")


def normalise(command: str, text: str, same: SameCommand) -> Output:
    """Cut the echo and the prompt off, and the differences of line ends.

    Raises ParseError for an empty or binary text, DeviceRefused where the device did not know the command.
    """
    if not text.strip():
        raise ParseError(f"there is no output of {command!r} here: the text is empty.")
    _refuse_binary(text)
    output = _cut(same, _plain(text))
    body, offset = output.text, output.line_offset
    stamp = _EXEC_STAMP.match(body)
    if stamp is not None:
        offset += body.count("\n", 0, stamp.end())
        body = body[stamp.end() :]
    refusal = _refusal(body[:_HEAD])
    if refusal is not None:
        raise DeviceRefused(f"the device refused {command!r}: {refusal.group(1).strip()}")
    return output.holding("\n" + body + "\n", offset)


def _refusal(head: str) -> re.Match[str] | None:
    """The first line that says something, where it refuses the command: above it stands at most the sign below a wrong word."""
    said = len(head) - len(head.lstrip(" \t\n^"))
    return _REFUSAL.match(head, head.rfind("\n", 0, said) + 1)


def _refuse_binary(text: str) -> None:
    head = text[:4096]
    odd = len(head.encode().translate(None, _EVEN)) if head.isascii() else len(_ODD.findall(head))
    if "\0" in text or odd * 20 > len(head):
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


def _cut(same: SameCommand, text: str) -> Output:
    start, prompt, typed = _echo(same, text)
    strangers = []
    if start:
        above = text[:start].split("\n")
        for number, line in enumerate(above, 1):
            if number == len(above) and not same(typed):
                strangers.append((number, line, ANOTHER))
            elif line.strip() and not _is_echo(same, line) and not _PROMPT_LINE.fullmatch(line):
                strangers.append((number, line, "this line stands before the command"))
    stop = len(text.rstrip())
    again = _prompt_again(text, start, prompt) if prompt is not None else None
    closed = again is not None
    if again is not None:
        stop = again.start()
        first = text.count("\n", 0, stop) + 1
        for number, line in enumerate(text[stop:].split("\n"), first):
            if line.strip() and line.strip() != prompt:
                strangers.append((number, line, "this line stands after the end of the output"))
    else:
        # The prompt at the end may be another than at the beginning: a firewall that took over has another name.
        cut = text.rfind("\n", 0, stop) + 1
        last = _PROMPT_LINE.fullmatch(text, cut, stop) if cut >= start else None
        if last is not None and last.group(2) is None:
            stop, closed = cut, True
    echo = typed if start and same(typed) else ""
    lines = text.count("\n", 0, start)
    ended = closed or (prompt is None and text.rstrip(" \t").endswith("\n"))
    return Output(text[start:stop], lines, tuple(strangers), echo, lines + 1, text.split("\n", lines + 1)[lines], closed, ended)


def _prompt_again(text: str, start: int, prompt: str) -> re.Match[str] | None:
    return re.compile(rf"^[ \t]*{re.escape(prompt)}[ \t]*(\S[^\n]*)?$", re.MULTILINE).search(text, start)


def _echo(same: SameCommand, text: str) -> tuple[int, str | None, str]:
    """(offset behind the echoed command, the prompt before it, what was typed); (0, None, "") if there is no echo.

    Where nobody typed the command, a command that stands at the top is the echo of another one.
    """
    head = text[:_HEAD]
    for start, stop in _with_prompt_sign(head):
        found = _PROMPT_LINE.fullmatch(head, start, stop)
        if found and found.group(2) and same(found.group(2)):
            return found.end(), found.group(1), found.group(2)
    first = head.lstrip("\n ").split("\n", 1)[0]
    typed = _TYPED.fullmatch(first)
    if _is_echo(same, first) or typed:
        prompt = _PROMPT_LINE.fullmatch(first)
        return text.index(first) + len(first), prompt and prompt.group(1), typed.group(1) if typed else first.strip()
    return 0, None, ""


def _with_prompt_sign(head: str) -> Iterator[tuple[int, int]]:
    """Where the lines begin and end that hold the sign at the end of a prompt: few of an output do."""
    stop = -1
    for sign in _SIGN.finditer(head) if "#" in head or ">" in head else ():
        # Counters begin with the sign, and no prompt does.
        if sign.start() > stop and head[sign.start() - 1] not in " \t\n#":
            start, stop = head.rfind("\n", 0, sign.start()) + 1, head.find("\n", sign.start())
            stop = len(head) if stop < 0 else stop
            yield start, stop


def _is_echo(same: SameCommand, line: str) -> bool:
    found = _PROMPT_LINE.fullmatch(line)
    return same((found.group(2) or "") if found else line)
