"""Readings that one deployment leaves for the next one on the same device, which then need not be read again.

A reading is kept only where it is verified to be true still: the deployment went well to its end, what the device runs was read
back whole after our last line, and nothing of ours was typed since; or where the run began a moment ago, and does nothing else on
any device of the deployment. It is used once, by the next deployment on that device, and
within seconds, those included in which the other devices of that deployment were read; whoever begins on a device takes its
reading away. All else is read again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec import Struct, field

from ....tasks.access.lease import clock

if TYPE_CHECKING:
    from ....tasks.gather import Snapshot

#: What was read longer ago than so many seconds, those included in which this machine slept, is read again: others may work on
#: the device too.
FRESH_SECONDS = 10.0
#: The first deployment of a run begins when all devices were read, the slowest one too: for it so many seconds are a moment.
FIRST_SECONDS = 60.0


class Readings(Struct):
    """The last reading of each device that more than one deployment of the run is on."""

    shared: frozenset[str] = frozenset()
    #: When the run began to read its devices.
    begun: float = float("-inf")
    _kept: dict[str, tuple[float, Snapshot]] = field(default_factory=dict)

    def share(self, hosts: Iterable[str]) -> None:
        """``hosts`` has each device once for each deployment that is on it."""
        self.shared = frozenset(host for host, number in Counter(hosts).items() if number > 1)

    def begin(self) -> None:
        """All devices are read from now on."""
        self.begun = clock()

    def first_serves(self, hosts: Iterable[str], *, leads: bool = False) -> bool:
        """Whether what these devices showed first is what they are: it is as young, and nothing else of the run is on them.

        ``leads`` is for the first deployment, before which nothing of the run can have been there.
        """
        age = clock() - self.begun
        return age <= FIRST_SECONDS if leads else self.shared.isdisjoint(hosts) and age <= FRESH_SECONDS

    def keep(self, snapshot: Snapshot) -> None:
        """What a device showed just now, after the last line of a deployment that went well."""
        if snapshot.host in self.shared:
            self._kept[snapshot.host] = (clock(), snapshot)

    def has(self, host: str) -> bool:
        """Whether there is a reading of a device that may be used now."""
        read, _ = self._kept.get(host, (float("-inf"), None))
        return clock() - read <= FRESH_SECONDS

    def take(self, host: str) -> Snapshot | None:
        """The reading of a device, if there is one that may still be used; it is gone then."""
        read, snapshot = self._kept.pop(host, (0.0, None))
        return snapshot if snapshot is not None and clock() - read <= FRESH_SECONDS else None
