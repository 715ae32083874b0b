"""A new login beside the open session: it proves that a device can be managed with the change on it and what was built up.

What has to be proved is that somebody can get in anew: connection, keys, password and first prompt have to come behind the
change, and behind what only then comes about, as a route through a tunnel that is up. What a run asks of the device meanwhile
over its own session takes nothing away from that. So the login may begin as soon as that is reached, and go on beside it; and it
has to have come to its end before a rollback timer is cancelled.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

from nornir.core.task import Result, Task

from ..inventory.errors import Unreachable
from .access.connection import log_in
from .access.credentials import login_of
from .access.drivers import LeanDriver
from .access.lease import clock
from .device import CONNECTION

#: After this time a login no longer shows that the device is manageable.
FRESH_SECONDS = 30.0


class FreshLogin:
    """A login in a thread of its own, which closes the connection at its first prompt."""

    def __init__(self, log_in_and_out: Callable[[], None]) -> None:
        """It begins now."""
        self._work, self._error, self._ended = log_in_and_out, None, 0.0
        self._thread = threading.Thread(target=self._run, name="fresh-login", daemon=True)
        self._thread.start()

    _error: Exception | None

    def _run(self) -> None:
        try:
            self._work()
        except Exception as error:  # noqa: BLE001 - whoever asks for it is given it
            self._error = error
        self._ended = clock()

    def succeeded(self) -> bool:
        """Wait for its end. False where that was too long ago. Raises what it has raised."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return clock() - self._ended <= FRESH_SECONDS


def begin(task: Task) -> Result:
    """Nornir task: log in anew while other work goes on; manageable() asks what came of it.

    Over telnet nothing begins: a console server has one line, and takes what is typed there for the other session's.
    """
    driver = _driver(task)
    if driver is not None and not driver.login.is_telnet:
        driver.fresh_login = FreshLogin(_logging_in(task))
    return Result(host=task.host)


def forget(task: Task) -> None:
    """The device is about to be changed: a login that was begun before proves nothing of what comes now."""
    driver = _driver(task)
    if driver is not None:
        driver.fresh_login = None


def manageable(task: Task) -> Callable[[], None]:
    """What waits for a new login to come to its end: the one that was begun beside this session, or one that is made now.

    It raises Unreachable.
    """
    driver = _driver(task)
    begun = driver.fresh_login if driver is not None else None
    if driver is not None:
        driver.fresh_login = None
    anew = _logging_in(task)
    if begun is None:
        anew()
        return lambda: None

    def wait() -> None:
        # Where it failed, one that is made now decides: a route, or the server of passwords, may have come into reach since.
        with suppress(Unreachable):
            if begun.succeeded():
                return
        anew()

    return wait


def _driver(task: Task) -> LeanDriver | None:
    driver = getattr(task.host.connections.get(CONNECTION), "connection", None)
    return driver if isinstance(driver, LeanDriver) else None


def _logging_in(task: Task) -> Callable[[], None]:
    at, name, login = task.host.get_connection_parameters(CONNECTION), task.host.name, login_of(task.host)

    def anew() -> None:
        log_in(name, at.hostname, at.port, login).disconnect()

    return anew
