"""How long this process may type on a device that another process may be given when this one gives no sign of life.

It asks, and who has given it the device acknowledges. An acknowledgement is good for so many seconds from when it was *asked*
for: so one that lay in a queue while this process was frozen is worth nothing, and who has acknowledged knows when the other side
can type nothing more. Before each piece that is given to a socket the time is looked at.

What is in the socket already is the kernel's, which goes on sending it, and so is a piece whose look at the time was just before
the process was frozen. Whoever rolls back therefore reads until the device is quiet (undo.py).
"""

from __future__ import annotations

import math
import socket
import time
from contextlib import suppress
from typing import Any

from ...inventory.errors import SessionLost

#: What a socket is given at a time: one that blocks takes all of it, however long the other side does not read.
PIECE = 4096


def clock() -> float:
    """Seconds that pass while the machine is asleep as well, where the system has such a clock."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Lease:
    """Of all devices of one run in this process. Without ``seconds`` it never ends: nobody else is given the devices."""

    def __init__(self, seconds: float = math.inf) -> None:
        """It begins now."""
        self.seconds = seconds
        self._until = clock() + seconds

    def renew(self, asked: float) -> None:
        """It was acknowledged: ``asked`` is when that was asked for, by clock(). What is over stays over."""
        if not self.over:
            self._until = max(self._until, asked + self.seconds)

    def end(self) -> None:
        """Nothing more is typed, whatever is acknowledged."""
        self._until = -math.inf

    @property
    def over(self) -> bool:
        """True when nothing may be typed any more; that does not change again."""
        if clock() > self._until:
            self._until = -math.inf
            return True
        return False

    def check(self, name: str) -> None:
        """Raise SessionLost, for the device of this name, when it is over."""
        if self.over:
            raise SessionLost(f"{name}: {self.sentence}")

    @property
    def sentence(self) -> str:
        """Why nothing is typed."""
        return "the machine on which this run began has acknowledged nothing for too long; nothing more is typed from here"


class Leased:
    """A socket to which nothing is given when the lease is over; all else is the socket's own."""

    def __init__(self, line: Any, lease: Lease) -> None:
        """What waits in the kernel for a network that is away is dropped with the lease, where the system can do that."""
        self._line, self._lease = line, lease
        with suppress(OSError, AttributeError):  # a jump host is reached over a pipe
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(1000 * lease.seconds))

    def __getattr__(self, name: str) -> Any:
        """As of the socket."""
        return getattr(self._line, name)

    def send(self, data: Any, *flags: int) -> int:
        """As of a socket. Raises OSError when the lease is over."""
        if self._lease.over:
            raise OSError(self._lease.sentence)
        return int(self._line.send(data, *flags))

    def sendall(self, data: Any, *flags: int) -> None:
        """As of a socket, with a look at the time before each piece that it takes: it may wait for the device in between."""
        left = memoryview(data)
        while left:
            left = left[self.send(left[:PIECE], *flags) :]


def leased(line: Any, lease: Lease) -> Any:
    """The socket, guarded where the lease may end."""
    return line if math.isinf(lease.seconds) else Leased(line, lease)
