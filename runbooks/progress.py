"""What a run is doing now: one live line per device on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import threading
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text


class PlainProgress:
    """Lines on standard error, as they come."""

    def __enter__(self) -> PlainProgress:
        """Nothing to begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        """Nothing to end."""

    def phase(self, host: str, words: str) -> None:
        """A device enters a phase."""
        print(f"{host}: {words}", file=sys.stderr, flush=True)

    def say(self, words: str) -> None:
        """Something that concerns the run as a whole."""
        print(words, file=sys.stderr, flush=True)

    def pause(self) -> None:
        """Nothing is in the way of a question."""


class LiveProgress(PlainProgress):
    """One line per device that is written over."""

    def __init__(self, console: Console) -> None:
        """``console`` is a terminal on standard error."""
        self._console = console
        self._live: Live | None = None
        self._phases: dict[str, str] = {}
        self._lock = threading.Lock()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        """Take the lines off the screen; the recap says the rest."""
        self.pause()

    def phase(self, host: str, words: str) -> None:
        """A device enters a phase."""
        with self._lock:
            self._phases[host] = words
            if self._live is None:
                self._live = Live(console=self._console, transient=True, refresh_per_second=8)
                self._live.start()
            self._live.update(self._table())

    def say(self, words: str) -> None:
        """Something that concerns the run as a whole, above the live lines."""
        self._console.print(Text(words, style="yellow"))

    def pause(self) -> None:
        """Take the live lines away, for a question or for good."""
        with self._lock:
            if self._live is not None:
                self._live.stop()
                self._live = None

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        for host, words in sorted(self._phases.items()):
            table.add_row(Text(host, style="bold cyan"), words)
        return table
