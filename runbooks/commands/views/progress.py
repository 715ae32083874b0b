"""What a run is doing now, in plain lines; on a terminal it is one live line a device (live_progress.py)."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from types import TracebackType

from ...history.moments import age
from .printable import printable


class PlainProgress:
    """Lines on standard error, as they come."""

    def __init__(self) -> None:
        """The clock begins to run."""
        self.began = time.monotonic()
        self._last: dict[str, str] = {}

    def __enter__(self) -> PlainProgress:
        """Nothing to begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        """Nothing to end."""

    def phase(self, host: str, words: str) -> None:
        """A device enters a phase; one that it is in already, as one that is polled, is not told again."""
        if self._last.get(host) != words:
            self._last[host] = words
            self._print(f"{host}: {words}")

    def say(self, words: str) -> None:
        """Something that concerns the run as a whole."""
        self._print(words)

    def ended(self, name: str, word: str, number: int, total: int) -> None:
        """Of several, each with how many are done and how long it took so far; one alone is told by the recap."""
        if total > 1:
            self.say(f"{name}: {word} ({number} of {total}, {age(time.monotonic() - self.began, fine=True)})")

    def pause(self) -> None:
        """Nothing is in the way of a question."""

    def _print(self, line: str) -> None:
        # Nobody may be there any more to read it; a change that is under way has to be finished all the same.
        if sys.stderr is not None:
            with suppress(OSError, ValueError):
                print(printable(line), file=sys.stderr, flush=True)
