"""What a run is doing now, on a terminal."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from ...history.moments import age
from .progress import PlainProgress


class LiveProgress(PlainProgress):
    """One line per device that is written over."""

    def __init__(self, console: Console) -> None:
        """``console`` is a terminal on standard error."""
        super().__init__()
        self._console = console
        #: How many are done, of how many; nothing is shown of it for one alone.
        self._count = (0, 0)
        self._live: Live | None = None
        self._phases: dict[str, str] = {}
        self._lock = threading.Lock()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        """Take the lines off the screen; the recap says the rest."""
        self.pause()

    def phase(self, host: str, words: str) -> None:
        """A device enters a phase."""
        with self._lock, suppress(OSError, ValueError):
            self._phases[host] = words
            if self._live is None:
                self._live = Live(console=self._console, transient=True, refresh_per_second=8, get_renderable=self._table)
                self._live.start()

    def say(self, words: str) -> None:
        """Something that concerns the run as a whole, above the live lines."""
        with suppress(OSError, ValueError):
            self._console.print(Text(words, style="yellow"))

    def ended(self, name: str, word: str, number: int, total: int) -> None:
        """Above the live lines, which count along."""
        self._count = (number, total)
        super().ended(name, word, number, total)

    def pause(self) -> None:
        """Take the live lines away, for a question or for good."""
        with self._lock, suppress(OSError, ValueError):
            live, self._live = self._live, None
            if live is not None:
                live.stop()

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        done, total = self._count
        count = f"{done} of {total}" if total > 1 else ""
        table.add_row(Text(count, style="dim"), Text(age(time.monotonic() - self.began, fine=True), style="dim"))
        for host, words in sorted(dict(self._phases).items()):
            table.add_row(Text(host, style="bold cyan"), Text(words))
        return table
