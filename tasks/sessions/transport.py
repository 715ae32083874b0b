"""What a Session needs of a transport; the drivers are such (drivers.py)."""

from __future__ import annotations

from typing import Protocol


class Transport(Protocol):
    """A connection that is logged in, up to its first prompt."""

    login_prompt: str
    line_end: str

    def wait(self, seconds: float) -> None:
        """Sleep until something arrives, for ``seconds`` at most."""

    def write_channel(self, out_data: str) -> None:
        """Write; raises OSError or EOFError when the session has ended."""

    def read_channel(self) -> str:
        """Whatever has arrived, with LF line ends; raises OSError or EOFError when the session has ended."""

    def disconnect(self) -> None:
        """Close the transport."""
