"""A session at the privileged prompt of one device: whole blocks in one write, replies attributed line by line.

A round trip costs more than anything else here, so lines that may go together are written at once, followed by a comment
line that marks the end: the reply is complete when that comment has been echoed and the prompt stands again. The text
between is split at ``prompt + echo`` of each line. Asynchronous messages (syslog, SHUTDOWN banners) are taken out first,
since they can stand in the middle of an echo.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from ..changes.configuration import counts
from ..changes.fence_lines import without_fence
from ..inventory.errors import DeviceRefused, SessionLost, Unreachable
from ..inventory.secrets import Secrets
from .dialects import IOS, Dialect

if TYPE_CHECKING:
    from .drivers import Driver

logger = logging.getLogger("nr_run.session")

_STAMP = r"(?:[A-Z][a-z]{2} +\d+ (?:\d{4} )?[\d:.]+(?: [A-Z]{3,4})?|\d+w\d+d|\d+d\d+h|\d+:\d\d:\d\d)"
#: An ASA may put its name behind the time stamp (``logging device-id``), and ends it with a blank and a colon.
_STAMPED = rf"[*.]?{_STAMP}(?: \S+ )?: "
#: Messages that a device prints whenever it likes: syslog with any of its time stamps, the banner of a scheduled reload, below
#: which an ASA prints the reason that was given, and the words of a revert timer.
ASYNCHRONOUS = re.compile(
    rf"^(?:\x07|\*)*(?:{_STAMPED})?"
    r"%[A-Z][A-Z0-9_]*-(?:[A-Z0-9_]+-)?[0-7]-[A-Z0-9_]+: .*\n"
    r"|(?:\x07\n*|^)\*{3}\n\*{3} --- (?:SHUTDOWN|START GRACEFUL SHUTDOWN).* ---\n\*{3}\n"
    r"(?:\*{3} Message to all terminals:\n\*{3}\n(?:\*{3}.*\n)*)?\n*"
    r"|Rollback Confirmed Change: Rollback will begin in one minute\.\nEnter \"configure confirm\" if you wish .*\n"
    r"|\n?Rollback Confirmed Change: rolling to:.*\n+(?:Total number of passes: \d+\nRollback Done"
    r"|Rollback aborted after \d+ passes|%Error opening .*)\n+",
    re.MULTILINE,
)
#: The same in the middle of a line: with its time stamp, or with the number of an ASA's message, since a bare per cent sign may
#: be part of an answer.
_INLINE = re.compile(rf"(?<=\S)(?:{_STAMPED}%[A-Z][A-Z0-9_]*-(?:[A-Z0-9_]+-)?[0-7]-[A-Z0-9_]+|%ASA-[0-7]-\d{{6}}): .*\n")
#: What a device draws again while a line that is typed outgrows a terminal of 80 columns, which an ASA has until somebody changes
#: its configuration: it steps back, puts a dollar sign for what has moved out on the left, and wipes the rest of the line.
_SCROLLED = re.compile(r"\x08+\$[^\x08\n]*\x08+")

RUNNING = "show running-config"
#: No answer takes so long, at 9600 baud either: a device that goes on printing (debug on a console) must not hold a run for ever.
LONGEST_SECONDS = 600.0

#: Line breaks that a message may leave where it was taken out of the middle of an echo.
BREAKS = 4


@dataclass(frozen=True, slots=True)
class Reply:
    """What a device answered to one line; ``line`` and ``text`` hold tokens instead of secrets.

    Of a configuration: ``counted`` says whether its size is the one that the device printed (None: it printed none), and
    ``fenced`` that lines of the run's fence stood in it, which are left out of ``text``.
    """

    line: str
    text: str
    counted: bool | None = None
    fenced: bool = False

    @property
    def words(self) -> str:
        """The answer on one line, for a sentence."""
        return " ".join(part.strip() for part in self.text.splitlines() if part.strip(" ^\t"))


class Session:
    """One logged-in device. Not for several threads at once."""

    def __init__(
        self, name: str, driver: Driver, secrets: Secrets, timeout_seconds: float, dialect: Dialect = IOS, tag: str = ""
    ) -> None:
        """``timeout_seconds`` is how long the device may say nothing before the session counts as lost.

        The lines of the fence of the run with this ``tag`` are left out of every running configuration.
        """
        self.name = name
        self.dialect = dialect
        self._tag = tag
        self._driver = driver
        self._secrets = secrets
        self._timeout = timeout_seconds
        self._marks = 0
        self._prompt = ""
        self._last = ""
        self._familiar: set[str] = set()
        #: Lines that go along with the first exchange, so that they cost no round trip of their own.
        self._preparation: list[str] = []
        #: What this session has read of its device already, and what will not change while it lasts.
        self.remembered: dict[str, str] = {}
        self.open = True

    def prepare(self, enable_ref: str | None) -> None:
        """Become privileged, switch paging off. Raises Unreachable."""
        prompt = self._driver.login_prompt
        self._prompt = rf"^{re.escape(prompt[:-1].strip()[:16])}[^\s#>]*[>#] ?"
        if prompt.endswith(">"):
            self._enable(enable_ref)
        self._preparation = list(self.dialect.preparation)

    def _enable(self, enable_ref: str | None) -> None:
        if enable_ref is None:
            raise Unreachable(f"{self.name}: the login is not privileged and the inventory names no enable_ref")
        secret = self._secrets.resolve(enable_ref)
        self._write(["enable"])
        seen = self._read_until(rf"assword: ?\Z|{self._prompt}\Z")
        if "assword:" in seen:
            self._write([secret])
            seen = self._read_until(rf"assword: ?\Z|{self._prompt}\Z")
        if not seen.rstrip().endswith("#"):
            raise Unreachable(f"{self.name}: the login works, but enable does not: the device refuses the enable secret")

    def exchange(
        self, lines: Sequence[str], *, answer: str | None = None, patience_seconds: float | None = None
    ) -> tuple[Reply, ...]:
        """Write all lines at once; one Reply a line. Lines hold tokens, the device gets the secrets.

        ``answer`` is typed first, to a question that stands (see converse()).

        Raises SessionLost when the session ends or the device is silent for longer than it may be, DeviceRefused when a
        line's echo is missing, so that it is not certain what the device took.
        """
        self._marks += 1
        mark = f"!nr-{self._marks}"
        before, self._preparation = self._preparation, []
        lines = [*before, *lines]
        typed = [self._secrets.reveal(line.strip()) for line in lines]
        self._write([*([] if answer is None else [answer]), *typed, mark])
        end = rf"{self._prompt}\n*{_broken(mark)}[ \t]*\n(?:.*\n)*?{self._prompt}\Z"
        seen = _SCROLLED.sub("", _without_messages(self._read_until(end, patience_seconds)))
        replies = self._split(lines, typed, seen, mark)
        for reply in replies:
            logger.debug("%s: %s -> %s", self.name, reply.line, reply.text)
        return replies[len(before) :]

    def configure(self, lines: Sequence[str] = ()) -> tuple[Reply, ...]:
        """Enter configuration mode and write the lines there; a Reply for ``configure terminal`` and one a line.

        Raises DeviceRefused where the device asks something first, and ends the session, in which the question stands.
        """
        if not self.dialect.entering:
            return self.exchange(["configure terminal", *lines])
        self._write(["configure terminal"])
        questions = "|".join(f"(?:{question})" for question in self.dialect.entering)
        seen = self._read_until(rf"(?:{questions})\Z|{self._prompt}\Z")
        for question, sentence in self.dialect.entering.items():
            if re.search(rf"(?:{question})\Z", seen):
                self.close()
                raise DeviceRefused(f"{self.name}: {sentence}")
        text = self._words(_without_messages(seen), "configure terminal")
        return (Reply("configure terminal", text), *(self.exchange(lines) if lines else ()))

    def ask(self, line: str, *, patience_seconds: float | None = None) -> str:
        """The answer to one line."""
        return self.exchange([line], patience_seconds=patience_seconds)[0].text

    def dialogue(self, opening: str, question: str, answers: Sequence[str], *, patience_seconds: float | None = None) -> str:
        """Type ``opening``; if the device asks ``question`` (a pattern), type all answers at once. Returns all that came.

        Raises DeviceRefused when something else than the question came: then no answer was typed.
        """
        if opening in self._familiar:
            # The device has asked all of this before in this session, so the answers can go along.
            self._write([opening, *answers])
            text = self._secrets.hide(_without_messages(self._read_until(rf"{self._prompt}\Z", patience_seconds)))
            logger.debug("%s: %s -> %s", self.name, opening, text)
            return text
        self._write([opening])
        first = self._read_until(rf"(?:{question})\Z|{self._prompt}\Z")
        if not re.search(rf"(?:{question})\Z", first):
            text = _without_messages(first)
            raise DeviceRefused(
                f"{self.name}: {opening!r} was answered with {self._words(text, opening)!r}, not with its question"
            )
        self._write(list(answers))
        rest = self._read_until(rf"{self._prompt}\Z", patience_seconds)
        self._familiar.add(opening)
        text = self._secrets.hide(_without_messages(first + rest))
        logger.debug("%s: %s -> %s", self.name, opening, text)
        return text

    def converse(
        self, line: str, questions: Mapping[str, str], *, leave: str | None = None, patience_seconds: float | None = None
    ) -> str:
        """The answer to a line that may ask some of ``questions`` (pattern to answer) before it does its work.

        The question ``leave`` is left standing, to be answered along with an exchange(). Raises SessionLost when the device
        asks something else: no answer is guessed.
        """
        self._write([line])
        patterns = "|".join(f"(?:{question})" for question in (*questions, *([leave] if leave else [])))
        seen = ""
        for _ in range(2 * len(questions) + 1):
            arrived = self._read_until(rf"(?:{patterns})\Z|{self._prompt}\Z", patience_seconds)
            seen += arrived
            answer = next((words for question, words in questions.items() if re.search(rf"(?:{question})\Z", arrived)), None)
            if answer is None:
                break
            self._write([answer])
        text = self._secrets.hide(_without_messages(seen))
        logger.debug("%s: %s -> %s", self.name, line, text)
        return text

    @property
    def configuring(self) -> bool:
        """True if the prompt that came last was one of configuration mode."""
        return self._last.endswith(")#")

    def close(self) -> None:
        """Close the transport; the device ends the vty and, with it, configuration mode."""
        self.open = False
        self._driver.disconnect()

    def _words(self, text: str, opening: str) -> str:
        lines = [line.strip() for line in text.splitlines() if line.strip(" ^") and opening not in line]
        return self._secrets.hide(" ".join(line for line in lines if not re.match(self._prompt, line)))

    def _write(self, lines: list[str]) -> None:
        try:
            self._driver.write_channel("".join(f"{line}{self._driver.line_end}" for line in lines))
        except (OSError, EOFError):
            raise self._lost("ended") from None

    def _read_until(self, pattern: str, patience_seconds: float | None = None) -> str:
        """Everything up to a match at the end. The clock runs from the last byte that arrived, and in all for LONGEST_SECONDS."""
        wanted = re.compile(pattern, re.MULTILINE)
        patience = patience_seconds or self._timeout
        parts: list[str] = []
        tail = ""
        deadline = time.monotonic() + patience
        end = time.monotonic() + max(LONGEST_SECONDS, patience)
        while time.monotonic() < deadline:
            try:
                arrived = self._driver.read_channel()
            except (OSError, EOFError):
                raise self._lost("ended") from None
            if not arrived:
                self._driver.wait(deadline - time.monotonic())
                continue
            parts.append(arrived)
            tail = (tail + arrived)[-4096:]
            deadline = min(time.monotonic() + patience, end)
            # A banner behind the prompt must not hide it: nothing more would come.
            quiet = _without_messages(tail)
            if quiet != tail:
                quiet = quiet.rstrip("\n")
            if wanted.search(quiet):
                self._last = quiet.rstrip().rpartition("\n")[2]
                return "".join(parts)
        if time.monotonic() >= end:
            raise self._lost("did not come to the end of an answer")
        raise self._lost(f"gave no answer for {patience:.0f} seconds")

    def _lost(self, how: str) -> SessionLost:
        self.open = False
        return SessionLost(f"{self.name}: the session {how} in the middle of the work")

    def _split(self, lines: Sequence[str], typed: Sequence[str], seen: str, mark: str) -> tuple[Reply, ...]:
        """Cut the text at ``prompt + echo`` of each line, in order."""
        starts: list[tuple[int, int]] = []
        prompt = re.compile(self._prompt, re.MULTILINE)
        for line, text in zip([*lines, mark], [*typed, mark], strict=True):
            echo = _echo(prompt, seen, text, starts[-1][1] if starts else None)
            if echo is None:
                raise DeviceRefused(f"{self.name}: the echo of {line!r} did not come back, so it is not certain what was taken")
            starts.append(echo)
        ends = [start for start, _ in starts[1:]]
        return tuple(
            self._reply(line, seen[start:end].rstrip("\n")) for line, (_, start), end in zip(lines, starts, ends, strict=False)
        )

    def _reply(self, line: str, seen: str) -> Reply:
        text = self._secrets.hide(seen)
        commands = self.dialect.commands
        if line not in (RUNNING, commands.running, commands.startup):
            return Reply(line, text)
        whole = text if line == commands.startup else without_fence(text, self._tag)
        # The size is that of the text as it arrived, before anything is hidden or left out.
        return Reply(line, whole, counted=counts(seen), fenced=whole != text)


def _echo(prompt: re.Pattern[str], seen: str, text: str, position: int | None) -> tuple[int, int] | None:
    """Where the next prompt with the echo of a line stands, from ``position`` on, and where what follows it begins.

    The first prompt (``position`` None) was read with the exchange before, so the first echo may stand without one. Not one
    pattern for all of it: there is one for each line, and to compile it costs more than to look.
    """
    spans = [match.span() for match in (prompt.match(seen),) if match] or [(0, 0)] if position is None else []
    found = chain(spans, (match.span() for match in prompt.finditer(seen, position or 0)))
    return next(((start, after) for start, end in found if (after := _behind(seen, end, text)) is not None), None)


def _behind(seen: str, at: int, text: str) -> int | None:
    """Where the line after the echo of ``text`` begins; None if no such echo stands at this place.

    A message that was taken out of the middle of an echo leaves line breaks there, as it does before it.
    """
    while seen.startswith("\n", at):
        at += 1
    for number, character in enumerate(text):
        gap = at
        while number and at - gap < BREAKS and seen.startswith("\n", at):
            at += 1
        if not seen.startswith(character, at):
            return None
        at += 1
    while seen.startswith((" ", "\t"), at):
        at += 1
    if at == len(seen):
        return at
    return at + 1 if seen[at] == "\n" else None


def _broken(text: str) -> str:
    """Pattern of an echo: a message that was taken out of the middle of it leaves line breaks there."""
    return rf"\n{{0,{BREAKS}}}".join(re.escape(character) for character in text)


def _without_messages(text: str) -> str:
    return _INLINE.sub("", ASYNCHRONOUS.sub("", text))
