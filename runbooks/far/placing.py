"""Which far process does the work of which device: the one that has its session, else the one with the least to do.

A device that nobody has yet waits here where every process has as much as it can do at a time: one that joins meanwhile takes its
share of what waits. One that was at work on a device is never waited for in this way, and what ends a change is not held up.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct, field

from ...inventory.errors import SessionLost, Unreachable
from .doing import AT_ONCE
from .messages import Process


class Far(Struct):
    """One far process, as the engine's side knows it."""

    process: Process
    known: set[str]
    heard: float = field(default_factory=time.monotonic)
    #: When it was acknowledged last that it may type: not earlier than when it asked.
    acked: float = field(default_factory=time.monotonic)
    lost: str = ""
    #: Devices that it has had, and jobs that it is at work on.
    hosts: int = 0
    jobs: int = 0


class NoneLeft(Unreachable):
    """All processes are lost."""


class Places:
    """All processes of a run, and what each has."""

    def __init__(self, where: str, over: Callable[[], bool], types_on: Callable[[Far], bool] = lambda _far: False) -> None:
        """``where`` is for sentences; ``over`` says that the run has ended, so that nobody has to wait any more.

        ``types_on``: whether one that is lost may still type on its devices, so that nobody else may be at work on them yet.
        """
        self._where, self._over, self._types_on = where, over, types_on
        self._changed = threading.Condition()
        self._far: dict[Process, Far] = {}
        self._of_host: dict[str, Far] = {}
        #: Host to the others that are to be where it is.
        self._beside: dict[str, tuple[str, ...]] = {}

    def keep_together(self, groups: Iterable[tuple[str, ...]]) -> None:
        """Devices of a group that nobody has yet come to the process that has the first of them. A host is in one group."""
        with self._changed:
            self._beside.update({host: group for group in groups for host in group})

    def one_of(self, hosts: Iterable[str]) -> Far | None:
        """The process that has all these devices, for one more job, of which done() is told; None where no one has them all."""
        with self._changed:
            found = {id(far): far for far in map(self._of_host.get, hosts)}
            chosen = next(iter(found.values())) if len(found) == 1 else None
            if chosen is None or chosen.lost:
                return None
            chosen.jobs += 1
            return chosen

    def by_process(self, groups: Sequence[Iterable[str]]) -> list[list[int]]:
        """Numbers of the groups of devices that one process has, for each process; a group that no one has whole is in none."""
        with self._changed:
            found: dict[int, list[int]] = {}
            for number, hosts in enumerate(groups):
                who = {id(far) for far in map(self._of_host.get, hosts) if far is None or not far.lost}
                if len(who) == 1 and who != {id(None)}:
                    found.setdefault(who.pop(), []).append(number)
            return list(found.values())

    def add(self, process: Process, known: set[str]) -> None:
        """One more, which takes what waits."""
        with self._changed:
            self._far[process] = Far(process, known)
            self._changed.notify_all()

    def of(self, process: Process) -> Far | None:
        """None for one that was not ready yet."""
        with self._changed:
            return self._far.get(process)

    def had(self, host: str) -> Far | None:
        """The one that was at work on a device last; it may be lost."""
        with self._changed:
            return self._of_host.get(host)

    @property
    def all(self) -> list[Far]:
        """Those that are lost as well."""
        with self._changed:
            return list(self._far.values())

    def take(self, host: str, *, urgent: bool) -> Far:
        """The process for the next job of a device; ``urgent`` waits for nobody. Raises NoneLeft, SessionLost at the end."""
        with self._changed:
            while True:
                had = self._of_host.get(host)
                left = [far for far in self._far.values() if not far.lost]
                if had is not None and not had.lost:
                    chosen = had
                    break
                if not left:
                    why = "; ".join(f"{far.process.name}: {far.lost}" for far in self._far.values())
                    raise NoneLeft(f"{host}: no worker of {self._where} is left ({why or 'there was none'})")
                free = left if urgent or had is not None else [far for far in left if far.jobs < AT_ONCE]
                # Asked here, where it is chosen: one may be lost, or another join, since who asks looked how long to wait.
                if free and not (had is not None and self._types_on(had)):
                    beside = (self._of_host.get(other) for other in self._beside.get(host, ()) if other != host)
                    there = next((far for far in beside if far in left), None)
                    chosen = there or min(free, key=lambda far: (far.jobs, far.hosts))
                    chosen.hosts += 1
                    self._of_host[host] = chosen
                    break
                if self._over():
                    raise SessionLost(f"{host}: the run has ended")
                self._changed.wait(0.5)
            chosen.jobs += 1
            return chosen

    def done(self, far: Far) -> None:
        """A job that was taken is over, or did not begin."""
        with self._changed:
            far.jobs -= 1
            self._changed.notify_all()

    def wake(self) -> None:
        """A process is lost, or the run is over."""
        with self._changed:
            self._changed.notify_all()
