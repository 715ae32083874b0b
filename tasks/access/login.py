"""The dialogue of a login, up to the first prompt: which words ask for what, and when a prompt is one.

A question counts only as the last, unfinished line, and only when nothing more comes behind it: the same words stand in banners.
What is asked and not known here is answered by nobody, and is in the message.

Sources: Cisco IOS security command reference (aaa authentication username-prompt and password-prompt); recorded sessions of
TACACS+, RADIUS and one-time password servers, and of console servers.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from msgspec import Struct, field

from ...inventory.errors import Unreachable
from ...inventory.files.connection_settings import ConnectionSettings
from ..sessions.messages import standing, without_control

_LEAD = r"\W*(?:(?:please|enter|your|the|radius|tacacs\+?|ldap|kerberos|local|domain)\b\W*|\S+@\S+\s+|\S+'s\s+)*"
#: What asks for the user name, and for a password: the whole line, with no more than a few words behind the one that says it.
USER = rf"{_LEAD}(?:user ?name|login(?: name| id)?|user(?: id)?)\b[^:\n]{{0,40}}: ?"
PASSWORD = rf"{_LEAD}(?:password|passwd|passcode|passphrase|pin|token ?code)\b[^:\n]{{0,40}}: ?"
#: A change of the password is a dialogue of its own; what is typed into it would be the new one.
CHANGES = re.compile(r"\b(?:new|old|current|re-?enter|re-?type|confirm|change|again|verify)\b", re.IGNORECASE)
_OF_A_PASSWORD = re.compile(r".*\b(?:password|passwd|passcode|pin)\b[^:\n]*: ?", re.IGNORECASE)
#: What says that a name, a password or an enable secret was not taken.
REFUSED = re.compile(
    r"% ?(?:Login invalid|Authentication failed|Bad passwords|Access denied|Bad secrets)|^Login incorrect\b",
    re.IGNORECASE | re.MULTILINE,
)
_RETURN = re.compile(r"press (?:the )?<?(?:return|enter)>?(?: key)?\b.*", re.IGNORECASE)
#: A prompt that needs no second look; any other line that ends like one is verified by pressing RETURN.
_PLAIN = re.compile(r"[A-Za-z0-9][\w.-]*(?:\([\w-]+\))?[>#] ?")
_LIKE_A_PROMPT = re.compile(r"\S.*[>#] ?")
#: A line that asks is left alone for so long, in case that it goes on.
SETTLE_SECONDS = 0.06
#: A line on which nothing is said at all waits for RETURN, as a console does; so often it is pressed, and no more.
SILENT_SECONDS = 3.0
PRESSES = 3


class Words(Struct, frozen=True):
    """How this device asks."""

    user: re.Pattern[str]
    password: re.Pattern[str]

    @classmethod
    def of(cls, settings: ConnectionSettings) -> Words:
        """The known forms, and those that the inventory has."""
        return cls(_asking(USER, settings.username_prompt), _asking(PASSWORD, settings.password_prompt))

    def asks_user(self, line: str) -> bool:
        """True if this unfinished line asks for the user name."""
        return self.user.fullmatch(line) is not None

    def asks_password(self, line: str) -> bool:
        """True if it asks for a password, and not for a new one."""
        return self.password.fullmatch(line) is not None and not CHANGES.search(line)


def _asking(known: str, own: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{known})|(?:(?s:.*)(?:{own})\s*)" if own else known, re.IGNORECASE)


def last_words(text: str) -> str:
    """What a device said last, on one line, for a sentence."""
    lines = [without_control(line).strip() for line in text.splitlines()]
    return " / ".join([line for line in lines if line][-2:])[-160:]


class Dialogue(Struct):
    """One login. ``read`` gives what has arrived, ``write`` types a line, ``wait`` sleeps until something arrives."""

    words: Words
    answers: list[str]
    read: Callable[[], str]
    write: Callable[[str], None]
    wait: Callable[[float], None]
    seconds: float
    seen: str = ""
    _asked: list[str] = field(default_factory=list)
    _presses: int = 0
    _candidate: str = ""

    def run(self) -> str:
        """Answer the questions as they come, user name and password once each; the first prompt. Raises Unreachable.

        ``answers`` are user name and password, or nothing where the transport has logged in already. The clock begins again with
        each answer: a server that is asked for each question may take its time for each.
        """
        started = arrived = time.monotonic()
        while time.monotonic() - started < self.seconds:
            more = self._more()
            self.seen += more
            now = time.monotonic()
            arrived = now if more else arrived
            self._refuse_refusal()
            step = self._step(standing(self.seen), now - arrived)
            if step == "prompt":
                return standing(self.seen).strip()
            if step == "typed":
                started = arrived = time.monotonic()
            elif not more:
                self.wait(min(SETTLE_SECONDS / 2, max(0.01, self.seconds - (now - started))))
        raise Unreachable(f"no login prompt within {self.seconds:.0f} seconds{self._said()}")

    def _more(self) -> str:
        try:
            return self.read()
        except (EOFError, OSError):
            self._refuse_refusal()
            raise Unreachable(f"the device closed the connection before a prompt{self._said()}") from None

    def _said(self) -> str:
        words = last_words(self.seen)
        return f"; the last that it printed is {words!r}" if words else "; it printed nothing"

    def _step(self, line: str, quiet: float) -> str:
        if not line.strip():
            return self._wake(quiet)
        if self.words.asks_user(line) or self.words.asks_password(line):
            # A RETURN may have answered the first question already: then the second is the one that stands.
            return self._answer(line) if quiet >= SETTLE_SECONDS * (5 if self._presses else 1) else ""
        if CHANGES.search(line) and _OF_A_PASSWORD.fullmatch(line) and quiet >= SETTLE_SECONDS:
            raise Unreachable(f"the device asks {line.strip()!r}, which a person has to answer")
        return self._prompt(line, quiet)

    def _prompt(self, line: str, quiet: float) -> str:
        if not _LIKE_A_PROMPT.fullmatch(line):
            return self._wake(quiet)
        if line == self._candidate or (_PLAIN.fullmatch(line) and self._known()):
            return "prompt" if quiet >= SETTLE_SECONDS / 2 else ""
        if quiet < SETTLE_SECONDS * 3 or self._presses == 2 * PRESSES:
            return ""
        # The end of a banner, a banner without a line end and a prompt with blanks look alike: only the prompt comes again.
        self._candidate = line
        return self._press()

    def _known(self) -> bool:
        """Somebody has logged in here: a line that ends like a prompt is one."""
        return bool(self._asked) or not self.answers

    def _wake(self, quiet: float) -> str:
        """Press RETURN where the device says that it waits for it, or says nothing at all."""
        if self._asked or self._presses >= PRESSES:
            return ""
        invited = _RETURN.search(self.seen[-400:]) is not None
        silent = not self.seen.strip() and quiet >= min(SILENT_SECONDS, self.seconds / 4)
        if (invited and quiet >= SETTLE_SECONDS) or silent:
            return self._press()
        return ""

    def _press(self) -> str:
        self._presses += 1
        self.seen += "\n"
        return self._type("")

    def _answer(self, line: str) -> str:
        kind = "user" if self.words.asks_user(line) else "password"
        if "required, but none set" in self.seen:
            return ""
        if kind in self._asked or (kind == "user" and "password" in self._asked):
            raise Unreachable("the device refuses the user name or the password")
        if not self.answers:
            raise Unreachable(f"the device asks {line.strip()!r} after the login")
        self._asked.append(kind)
        self.seen = ""
        return self._type(self.answers[0 if kind == "user" else 1])

    def _type(self, line: str) -> str:
        try:
            self.write(line)
        except (EOFError, OSError):
            raise Unreachable(f"the device closed the connection before a prompt{self._said()}") from None
        return "typed"

    def _refuse_refusal(self) -> None:
        if "assword required, but none set" in self.seen:
            raise Unreachable("the vty lines ask for a password and none is set: this device cannot be managed over the network")
        if REFUSED.search(self.seen):
            raise Unreachable("the device refuses the user name or the password")
