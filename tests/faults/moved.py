"""An address behind which another device can be put, as after a renumbering or at a console server."""

from __future__ import annotations

import select
import socket
import threading
from contextlib import suppress
from typing import Self


class Address:
    """A port of this machine that leads to one device, and later to another. Sessions that are open are cut by the move."""

    def __init__(self, port: int) -> None:
        """It leads to the device on ``port`` at first."""
        self._target = port
        self._line = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._line.getsockname()[1]
        self._wake, self._woken = socket.socketpair()
        self._other: dict[socket.socket, socket.socket] = {}
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._wake.close()
        self._thread.join()

    def move(self, port: int) -> None:
        """From now on it leads to the device on this port."""
        self._target = port
        self._wake.send(b"!")

    def _serve(self) -> None:
        while True:
            for line in select.select([self._line, self._woken, *self._other], [], [])[0]:
                if line is self._line:
                    self._lead()
                elif line is self._woken:
                    self._cut(*self._other)
                    if not line.recv(64):
                        self._line.close()
                        self._woken.close()
                        return
                elif line in self._other:
                    self._carry(line)

    def _lead(self) -> None:
        near, _ = self._line.accept()
        try:
            far = socket.create_connection(("127.0.0.1", self._target))
        except OSError:
            near.close()
        else:
            self._other |= {near: far, far: near}

    def _carry(self, line: socket.socket) -> None:
        data = b""
        with suppress(OSError):
            data = line.recv(65536)
            self._other[line].sendall(data)
        if not data:
            self._cut(line, self._other[line])

    def _cut(self, *lines: socket.socket) -> None:
        for line in lines:
            self._other.pop(line, None)
            line.close()
