"""The terminal of a session: a remote line, or a script of commands given in advance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

HELP = "\x1f"  # at the end of what read_line returns: a question mark was typed there
COMPLETE = "\x1d"  # at the end of what read_line returns: Tab was typed there


Half = Callable[[], str]  # what comes in the middle of an echo; it may raise Hangup, which cuts the line there


CTRL_C, CTRL_Z = "\x03", "\x1a"
PATIENCE = 50  # questions in a row to which a script has no answer left


class Hangup(Exception):
    """The connection was lost."""


class Interrupted(Exception):
    """Ctrl-C was typed at a question: the command that asked ends there, and the prompt comes back."""


class Terminal(Protocol):
    """The interface of a terminal."""

    def write(self, text: str) -> None:
        """Send text; line feeds become line ends of the transport."""

    def raw(self, data: bytes) -> None:
        """Send bytes as they are."""

    async def read_line(self, *, echo: bool = True, half: Half | None = None, room: int = 0, begun: str = "") -> str:
        """Read a line with echo; a control character that ends it is returned as it is; Hangup at the end.

        `begun` is what stands on the line already. `room` is how many columns a command line has before its echo scrolls;
        0 for an answer to a question, which neither scrolls nor knows help. `half` is asked in the middle of the echo.
        """

    async def read_key(self) -> str:
        """Read one character without echo."""

    def interrupted(self) -> bool:
        """Whether the escape sequence was typed."""

    def close(self) -> None:
        """Cut the line."""


class Script:
    """A terminal whose input is given beforehand and whose output is kept."""

    def __init__(self, answers: list[str]) -> None:
        self.answers = answers
        self.output: list[str] = []
        self._unanswered = 0

    def write(self, text: str) -> None:
        """Keep the text."""
        self.output.append(text)

    def raw(self, data: bytes) -> None:
        """Keep the bytes as text."""
        self.output.append(data.decode("latin-1"))

    async def read_line(self, *, echo: bool = True, half: Half | None = None, room: int = 0, begun: str = "") -> str:  # noqa: ARG002 - no columns
        """Give the next answer, or an empty line when there is none left; Hangup when the questions go on and on."""
        self._unanswered += not self.answers
        if self._unanswered > PATIENCE:
            raise Hangup
        answer = self.answers.pop(0) if self.answers else ""
        self.output.append(f"{answer if echo else ''}\n")
        return answer

    async def read_key(self) -> str:
        """Give the next answer as one key; none left means Enter."""
        return (self.answers.pop(0) if self.answers else "")[:1] or "\r"

    def interrupted(self) -> bool:
        """Nobody is there to interrupt."""
        return False

    def close(self) -> None:
        """Nothing to close."""

    def text(self) -> str:
        """All output as text."""
        return "".join(self.output)
