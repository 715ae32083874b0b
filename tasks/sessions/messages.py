"""Unsolicited output: log lines, debug lines, reload banners, messages of other users, security warnings.

They are known by their structure (facility, severity and mnemonic behind any head; the frame of a banner), not by a list of
stamps: sequence numbers, counters, host names, zones and uptimes are all heads. What stands between two ``^C`` of a configuration
is the text of a banner and stays, whatever it looks like.

Sources: Cisco IOS System Message Guide (format of a message, service timestamps, service sequence-numbers, logging origin-id);
Cisco ASA Series Syslog Messages (classes, device-id, RFC 5424 time stamps); Cisco trust center, "Security warnings reference"
(IOS-XE 17.18.2 and later); recorded sessions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from msgspec import Struct

_DATE = r"[A-Z][a-z]{2} {1,2}\d{1,2}(?: \d{4})? \d\d:\d\d:\d\d(?:\.\d+)?(?: [AP]M)?(?: [A-Za-z][A-Za-z0-9+:-]{0,15}(?<!:))?"
_ISO = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?"
_UPTIME = r"(?:\d+[ywdhm]){2,3}|\d{1,5}:\d\d:\d\d(?:\.\d+)?"
#: An asterisk or a dot before the time says that the clock is not synchronised.
_STAMP = rf"[*.]?(?:{_DATE}|{_ISO}|{_UPTIME})"
#: Sequence numbers and counters, and the name that ``logging origin-id`` puts before the stamp.
_NUMBERS = r"(?:<\d{1,3}>\d? ?)?(?:\d{1,10}: ){0,3}"
_NAMED = rf"{_NUMBERS}(?:(?!%)[A-Za-z][\w.-]{{0,62}}: (?={_NUMBERS}{_STAMP}|%))?{_NUMBERS}"
#: An ASA puts its name behind the stamp (``logging device-id``) and ends it with a blank and a colon, RFC 5424 with dashes for
#: what it leaves out; a line card of a distributed platform says its slot first.
_HEAD = rf"(?:SLOT \d{{1,2}}(?:/\d{{1,2}})?: ?)?{_NAMED}(?:{_STAMP}(?: [\w.-]+)?(?: -){{0,4}} ?:? )?"
#: An ASA may write the class of the message before its severity.
_FACILITY = r"%[A-Z][A-Za-z0-9_/.]*-(?:[A-Za-z0-9_/.]*-){0,4}?[0-7]-[A-Z0-9_]+ ?:"
_WARNING = r"(?:SECURITY WARNING|INSECURE DYNAMIC WARNING) - Module: "
_HEX = r"(?:0x)?[0-9A-Fa-f]{6,16}z?"
_ADDRESS = rf"(?:{_HEX}|:?[0-9A-Fa-f]+\+[0-9A-Fa-f]+)"
#: Lines that belong to the message above them: where the software was, which packet it was, which image has started. Rows of
#: addresses only below a trace: a certificate of the configuration has rows like these.
_MORE = (
    rf"(?:[ \t]*-Traceback\b.*\n(?:[ \t]*{_ADDRESS}(?:[ \t]+{_ADDRESS})*[ \t]*\n)*"
    r"|[ \t]*-Process\b.*\n"
    r"|[ \t]+(?:\(ip\) ?)?(?:(?:vrf/)?dest_?addr|src_?addr|connection id|conn_id) ?=.*\n)*"
)
_RESTART = r"(?:.*\bSystem restarted --[ \t]*\n(?:.*\n){1,6}?Compiled .*\n)"
_LOG = rf"{_HEAD}(?:{_FACILITY}(?:{_RESTART}|.*\n){_MORE}|{_WARNING}.*\n)"
#: With a date any text is one of debug; with an uptime only what begins as debug does (``ISAKMP:``, ``IPSEC(key_engine):``).
_TRACE = rf"[ \t]*-Traceback= ?{_ADDRESS}.*\n(?:[ \t]*{_ADDRESS}(?:[ \t]+{_ADDRESS})*[ \t]*\n)*"
_DEBUG = rf"{_NAMED}[*.]?(?:(?:{_DATE}|{_ISO}): \S.*\n|(?:{_UPTIME}): (?=[A-Za-z][\w -]*[:(]).*\n)"
_SHUTDOWN = (
    r"\*{3}\n\*{3} --- (?:SHUTDOWN|START GRACEFUL SHUTDOWN).* ---\n\*{3}\n"
    r"(?:\*{3} Message to all terminals:\n\*{3}\n(?:\*{3}.*\n)*)?\n*"
)
#: What another user sends to this line ends with an empty line. Where none comes soon only the frame is taken out: words too many
#: in an answer are seen, lines too few are not.
_SENT = r"(?:\*{3}\n){1,2}\*{3} Message from .* to .*\n\*{3}\n(?:(?:.*\S.*\n){1,4}\n+)?"
_CONSOLE = r"\S+ (?:con|aux|tty|vty)\d+ is now available\n\n*(?:Press RETURN to get started[.!]*\n\n*)?"
_ROLLBACK = (
    r"Rollback: ?Acquired Configuration lock\.\n"
    r"|Rollback Confirmed Change: Rollback will begin in one minute\.\nEnter \"configure confirm\" if you wish .*\n"
    r"|\n?Rollback Confirmed Change: rolling to:.*\n+(?:Total number of passes: \d+\nRollback Done"
    r"|Rollback aborted after \d+ passes|%Error opening .*)\n+"
)
#: A message between line ends. This one and the next two are compiled when a text first shows a sign of a message.
_LINES = (
    rf"^[\x07*]*(?:{_LOG}|{_DEBUG}|{_TRACE})|(?:\x07\n*|^\n*\x07?)(?:{_SHUTDOWN}|{_SENT})|^\n{{0,3}}\x07?{_CONSOLE}|{_ROLLBACK}"
)
#: A message at any place, where it is known that what stands around it is the echo of a line.
_HERE = rf"\x07*(?:{_LOG}|{_DEBUG}|{_TRACE}|{_SHUTDOWN}|{_SENT}|{_CONSOLE}|{_ROLLBACK})"
#: The same, found in the middle of a line: with its stamp, or with the number of an ASA's message, since a bare per cent sign may
#: be part of an answer. Only for telling whether an answer has finished.
_INLINE = rf"(?<=\S)(?:{_NUMBERS}{_STAMP}(?: [\w.-]+)? ?: {_FACILITY}|%ASA-(?:[a-z]+-)?[0-7]-\d{{6}}:).*\n"
#: Each message has one of these, and to look for them is far cheaper than to look for a message at each line. A time alone is
#: none: a configuration says when it was changed.
_SIGNS = (
    *("WARNING - ", "Traceback", "is now available"),
    # With its second line: an ASA shows stars in the place of each key.
    "***\n*** ",
    # Not the word alone: every look at a revert timer says it.
    *("Rollback:", "Rollback Confirmed Change: Rollback will", "Rollback Confirmed Change: rolling to:"),
)
#: The end of an uptime (``1w2d: ``): from its colon back, since SAs are full of digits and have few colons with a blank behind.
_UPTIME_ENDS = r": (?<=\d[ywdhm]: )"
_FORMS = tuple(map(re.compile, (r"%\S+-[0-7]-", r":\d\d:\d\d\S*(?: \S+){0,2}?: ", _UPTIME_ENDS)))
#: From one mark to the next, also on one line: two that were paired wrongly would leave the next banner without protection.
_LITERAL = re.compile(r"\^C[^^]*(?:\^(?!C)[^^]*)*\^C")
_BEGINS = re.compile(rf"[\x07*]*(?:{_HEAD}(?:{_FACILITY}|{_WARNING})|{_NAMED}[*.]?(?:{_DATE}|{_ISO}): )")
#: What a person has to hear of: IOS-XE 17.18.2 and later say what later releases will refuse; a router whose encryption hardware
#: cannot do a cipher says so in a log line only.
_TELLING = re.compile(rf"{_WARNING}|%SYS-4-INSECURE_\w+:|%CRYPTO-4-ENC_METHOD_NOT_SUPPORTED:")

#: Where the device has put a star in the place of a secret the command comes last, without it: all that stands behind a word for
#: a secret is hidden, and the reason has to be read.
_COMMAND = re.compile(r", Command: (.*?) \*, (Reason: .*)")
_CONTROL = re.compile(r"\x07|\x1b(?:\[[0-9;?]*[ -/]*[@-~]|[()][0-9A-Za-z]|[=>78DEHMc])")


class Cleaned(Struct, frozen=True):
    """A text without the messages in it; ``warnings`` are those of the messages that a person has to hear of."""

    text: str
    messages: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@cache
def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE if pattern is _LINES else re.NOFLAG)


def _holds(text: str, words: Sequence[str], forms: Sequence[re.Pattern[str]]) -> bool:
    """Whether one of these stands in a text. One by one: of all in one pattern each is tried at every place."""
    return any(word in text for word in words) or any(form.search(text) for form in forms)


def may_hold(text: str) -> bool:
    """A quick test: False if neither the text nor a part of it can hold a message."""
    return _holds(text, _SIGNS, _FORMS)


def cleaned(text: str) -> Cleaned:
    """Take the messages out that stand on lines of their own, and outside of banners."""
    if not may_hold(text):
        return Cleaned(text)
    found: list[str] = []
    literals = [match.span() for match in _LITERAL.finditer(text)] if "^C" in text else []

    def take(match: re.Match[str]) -> str:
        if any(start < match.start() and match.end() <= end for start, end in literals):
            return match[0]
        found.append(match[0].strip("\n\x07"))
        return ""

    rest = _form(_LINES).sub(take, text)
    told = tuple(_COMMAND.sub(r", \2, Command: \1", " ".join(words.split())) for words in found if _TELLING.search(words))
    return Cleaned(rest, tuple(found), told)


def message_at(text: str, position: int) -> int:
    """Where the text goes on behind a message that begins at ``position``; ``position`` itself if none does."""
    match = _form(_HERE).match(text, position)
    return match.end() if match else position


def without_messages(text: str) -> str:
    """A text without any message, also in the middle of a line: for telling what stands at its end, and for nothing else."""
    return _form(_INLINE).sub("", _form(_LINES).sub("", text)) if may_hold(text) else text


def standing(text: str) -> str:
    """The last line of a text if it is unfinished, as a prompt and a question are; empty if the device is in the middle of a line
    break or of a message. Messages that came behind it are taken out, and so are control sequences."""
    quiet = without_messages(text)
    if quiet != text:
        quiet = quiet.rstrip("\n")
    last = quiet.rpartition("\n")[2]
    return "" if _BEGINS.match(last) else without_control(last)


#: A prompt, a question and a pager end in one of these, with a blank or a control sequence behind it.
_ENDS = re.compile(r"[#>:?\])-][ \t]*(?:\x07|\x1b[^\n]{0,8})?[ \t]*\Z")
#: The beginning of a message.
_TRACES = ("***", "now available", "Traceback", "RETURN", "Rollback", "WARNING - ")
_TRACE_FORMS = tuple(map(re.compile, (r"%\S+-[0-7]-", r":\d\d:\d\d", _UPTIME_ENDS)))


def may_stand(text: str) -> bool:
    """False where standing() would plainly find neither prompt nor question: it is asked for each packet, and far cheaper."""
    last = text.rpartition("\n")[2]
    return _ENDS.search(last) is not None if last else _holds(text, _TRACES, _TRACE_FORMS)


def without_control(text: str) -> str:
    """The text without bells and terminal control sequences."""
    return _CONTROL.sub("", text)
