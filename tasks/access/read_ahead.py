"""What arrives for an SSH session is read all at once, and handed on all at once.

Paramiko reads the first block of a packet and then the rest, a system call each, and wakes whoever waits for each packet. A
device sends an answer as many small ones: for each the reader looked whether the answer had ended, and for each the two threads
took the interpreter from each other. Here whatever the system has is taken at once, its packets are opened, and the reader is
woken when the last of them has been: that is as soon as it would have been woken for the last one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from paramiko import Channel, Message  # type: ignore[import-untyped]
from paramiko.common import MSG_CHANNEL_DATA  # type: ignore[import-untyped]

#: The most that is taken at once.
AHEAD = 65536


class ReadAhead:
    """A socket of which all is read that is there, and given out in the pieces that are asked for; all else is the socket's own.

    ``idle`` is called before it waits for more. For one reader.
    """

    def __init__(self, line: Any, idle: Callable[[], None]) -> None:
        """Nothing is read yet."""
        self._line, self._idle = line, idle
        self._held, self._at = b"", 0

    def __getattr__(self, name: str) -> Any:
        """As of the socket."""
        return getattr(self._line, name)

    def recv(self, size: int) -> bytes:
        """As of a socket."""
        if self._at >= len(self._held):
            self._idle()
            self._held, self._at = self._line.recv(max(size, AHEAD)), 0
        part = self._held[self._at : self._at + size]
        self._at += len(part)
        return part


class Arrived:
    """What has arrived for channels and was not handed to them yet."""

    def __init__(self) -> None:
        """Nothing."""
        self._parts: dict[Channel, list[bytes]] = {}

    def keep(self, channel: Channel, data: bytes) -> None:
        """Hand it on later."""
        self._parts.setdefault(channel, []).append(data)

    def hand_over(self) -> None:
        """Hand all of it on; who waits for it wakes."""
        while self._parts:
            channel, parts = self._parts.popitem()
            channel._feed(b"".join(parts))


def _keep(channel: Channel, message: Message) -> None:
    channel.transport.arrived.keep(channel, message.get_binary())


def _after(handler: Callable[[Channel, Message], None]) -> Callable[[Channel, Message], None]:
    """What says something of a channel comes after what was sent on it before."""

    def handled(channel: Channel, message: Message) -> None:
        channel.transport.arrived.hand_over()
        handler(channel, message)

    return handled


def kept_back(handlers: dict[int, Any]) -> dict[int, Any]:
    """Paramiko's table of what is done with the messages of a channel, with data handed on when all was read."""
    return {**{kind: _after(handler) for kind, handler in handlers.items()}, MSG_CHANNEL_DATA: _keep}
