"""Two readings over two logins at the same time, for devices that print no size by which a single reading is verified.

Noise on a line does not come twice in one form, whether the lines are used one behind the other or beside each other. Where the
second login is not let in, or reads nothing, or the two do not agree, they are read one behind the other as ever.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from nornir.core.task import Task

from ..inventory.errors import NrRunError, Unreachable
from .access.connection import log_in
from .access.credentials import login_of
from .answers import Reading, asked, settled
from .device import CONNECTION
from .sessions.session import Session

T = TypeVar("T")


def settled_side_by_side(task: Task, reading: Reading[T]) -> T:
    """As settled(); the second reading is of a login of its own, which ends then. Raises as settled() does."""
    if login_of(task.host).is_telnet:
        # A console server has one line.
        return settled(task, reading)
    with ThreadPoolExecutor(1, thread_name_prefix="second-login") as pool:
        other = pool.submit(_elsewhere, task, reading.ask)
        try:
            first = asked(task, reading.ask)
        except Unreachable:
            # The other one may have taken the last line; it has given it back when its reading is there.
            seen = other.result()
            if seen is None:
                raise
            return settled(task, reading, seen)
        second = other.result()
    if second is not None and (reading.proved(first) or reading.agree(second, first)):
        return first
    return settled(task, reading, first)


def _elsewhere(task: Task, ask: Callable[[Session], T]) -> T | None:
    """What is learnt over a login beside the session of the device; None where that is nothing."""
    at = task.host.get_connection_parameters(CONNECTION)
    try:
        driver = log_in(task.host.name, at.hostname, at.port, login_of(task.host), privileged=True)
    except NrRunError:
        return None
    try:
        return ask(driver.at_prompt())
    except NrRunError:
        return None
    finally:
        driver.disconnect()
