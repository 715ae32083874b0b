"""A bound for the part of an SSH login in which Paramiko waits for an hour, and for ever, for a device that says nothing more."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import paramiko  # type: ignore[import-untyped]

LOOK_SECONDS = 0.2
#: Key exchange and password of a slow device, whose server of passwords may be slow too, take so many times as long at most.
UNTIL_PASSWORD = 5


class LoginWatch(threading.Thread):
    """Gives a login up that takes too long: behind the password only the first prompt has to come, and that soon.

    A device that is lost between the password and its first prompt, as one that boots just then, would else hold a rollback
    for longer than the other end has.
    """

    def __init__(self, transport: Callable[[], paramiko.Transport | None], give_up: Callable[[], None], seconds: float) -> None:
        """``seconds`` may pass from the password to the session, and UNTIL_PASSWORD times as many in all before that."""
        super().__init__(daemon=True, name="login-watch")
        self._transport, self._give_up, self._seconds = transport, give_up, seconds
        self._over = threading.Event()

    def run(self) -> None:
        """Look every now and then, until it is cancelled or the time is over."""
        deadline, inside = time.monotonic() + UNTIL_PASSWORD * self._seconds, False
        while time.monotonic() < deadline:
            if self._over.wait(min(LOOK_SECONDS, self._seconds)):
                return
            transport = self._transport()
            if not inside and transport is not None and transport.is_authenticated():
                inside, deadline = True, min(deadline, time.monotonic() + self._seconds)
        if not self._over.is_set():
            self._give_up()

    def cancel(self) -> None:
        """The login has finished."""
        self._over.set()
