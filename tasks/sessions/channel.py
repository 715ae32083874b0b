"""The connection to one device: write lines, and read up to an expected end, with a bound on silence."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from ...inventory.errors import SessionLost
from ...inventory.hiding.secrets import Secrets
from .dialects import Dialect
from .messages import may_stand, standing, without_messages
from .transcript import Prompts, echoed
from .transport import Transport

_PAGER = re.compile(r"\s*(?:-+ ?More ?-+|<-+ ?More ?-+>)\s*")
#: What was typed at the pager is echoed behind it.
_PAGED = re.compile(rf"^{_PAGER.pattern}", re.MULTILINE)

#: No answer takes so long, at 9600 baud either: a device that goes on printing (debug on a console) must not hold a run for ever.
LONGEST_SECONDS = 600.0
_TAIL = 4096  # how many characters at the end of what arrived are searched
#: Whether a text is all that was waited for, and the unfinished line at its end.
Done = Callable[[str, str], bool]


class Channel:
    """Writes and reads text without interpreting it. Not safe for several threads."""

    def __init__(self, name: str, driver: Transport, secrets: Secrets, timeout_seconds: float, dialect: Dialect) -> None:
        """``timeout_seconds`` is how long the device may say nothing before the session counts as lost."""
        self.name = name
        self.dialect = dialect
        self._driver = driver
        self._secrets = secrets
        self._timeout = timeout_seconds
        self._prompts = Prompts("#")
        #: The unfinished line (prompt or question) at which the device waits.
        self._last = ""
        #: True while a line with a secret in it is under way: what comes back may hold a part of it, which nobody would find.
        self._delicate = False
        self.open = True

    def close(self) -> None:
        """Close the transport; the device ends the vty and, with it, configuration mode."""
        self.open = False
        self._driver.disconnect()

    @property
    def configuring(self) -> bool:
        """True if the last prompt was one of configuration mode."""
        return self._prompts.is_configuration(self._last)

    def _is_prompt(self, line: str) -> bool:
        return self._prompts.is_exec(line) or self._prompts.is_configuration(line)

    def _settle(self, line: str, wanted: Callable[[str], bool], *, echo: bool = True) -> str:
        """Type a line before the prompt is known, and read up to an expected unfinished line; returns all that came."""
        self._write([line])
        begun = re.compile(echoed(line) if echo else r"")

        def done(text: str, last: str) -> bool:
            return bool(begun.search(without_messages(text))) and (wanted(last.rstrip()) or wanted(last))

        return self._read_until(done, by_sign=False)

    def _write(self, lines: list[str]) -> None:
        if not self.open:
            raise self._lost("has ended")
        try:
            self._driver.write_channel("".join(f"{line}{self._driver.line_end}" for line in lines))
        except (OSError, EOFError):
            raise self._lost("ended") from None

    def _read_until(self, done: Done, patience_seconds: float | None = None, *, by_sign: bool = True) -> str:
        """All text up to an expected end. The timeout runs from the last byte; in all, LONGEST_SECONDS are allowed."""
        patience = patience_seconds or self._timeout
        parts: list[str] = []
        tail = ""
        deadline = time.monotonic() + patience
        end = time.monotonic() + max(LONGEST_SECONDS, patience)
        while time.monotonic() < deadline:
            try:
                arrived = self._driver.read_channel()
            except (OSError, EOFError):
                raise self._lost("ended", tail) from None
            if not arrived:
                self._driver.wait(deadline - time.monotonic())
                continue
            parts.append(arrived)
            tail = (tail + arrived)[-_TAIL:]
            deadline = min(time.monotonic() + patience, end)
            if by_sign and not may_stand(tail):
                continue
            self._last = standing(tail)
            if _PAGER.fullmatch(self._last):
                raise self._lost(f"waits at its pager, because {self.dialect.preparation[0]!r} was refused")
            if done(tail, self._last):
                return "".join(parts)
        if time.monotonic() >= end:
            raise self._lost("did not finish an answer")
        if _PAGED.search(tail):
            raise self._lost(f"stopped at its pager, because {self.dialect.preparation[0]!r} was refused")
        raise self._lost(f"gave no answer for {patience:.0f} seconds", tail)

    def _lost(self, how: str, seen: str = "") -> SessionLost:
        """Close the session; returns an error that quotes the question at which the device stands."""
        self.close()
        last = standing(seen).strip()
        said = "" if self._delicate or not last or self._prompts.pattern.match(last) else f"; its last output is {last[-160:]!r}"
        return SessionLost(self._secrets.hide(f"{self.name}: the session {how} in the middle of the work{said}"))
