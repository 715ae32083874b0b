"""What a device shows when it is looked at and not changed: looks in order of time, and the pings between them. Plain records.

What a device did not show is not known, and nothing may be concluded from it.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from ...changes.configurations.configuration import Configuration
from ...inventory.models.platforms import Platform
from ...inventory.systems import system_of
from ..proof import Traffic
from .observation import Observation, Probe
from .questions import ROUTE

#: Tells why packets of a flow were dropped; asked where pings are lost though SAs are there.
DROPS = "show crypto ipsec sa detail"


class Stimulus(Struct, frozen=True):
    """Traffic that may be sent from a device. ``likely``: SAs are there, so the answer will come at once.

    ``waits``: another device of ours brings it up, and is given a moment for that. Two ends that begin at once cost each other
    their first tries.
    """

    traffic: Traffic
    likely: bool
    waits: bool = False
    #: Bytes of what has to pass uncut, beside small packets; None where that is not tried.
    full_bytes: int | None = None


class Look(Struct, frozen=True):
    """What a device showed at one moment, and the pings that it sent between the look before and this one."""

    seen: Observation
    pings: Mapping[Traffic, Probe] = field(default_factory=dict)
    #: Pings of full size, which may not be cut in pieces.
    large: Mapping[Traffic, Probe] = field(default_factory=dict)
    #: The answers to `DROPS` before the pings and behind them; none where it was not asked, or did not answer.
    drops: tuple[str, ...] = ()
    #: What it printed, by command, for what no question has a view of.
    outputs: Mapping[str, str] = field(default_factory=dict)


class Shown(Struct, frozen=True):
    """One device as far as it was looked at.

    ``problem`` is one sentence where it was not reached, or not looked at to the end. ``running`` is None where it did not show a
    whole configuration, and ``unread`` says why. ``unsent`` has a sentence for each traffic that was wanted and not sent.
    ``changing`` says who is changing the device. ``trips`` are exchanges, the login not counted; ``over``: no more will come.
    """

    host: str
    platform: Platform
    looks: tuple[Look, ...] = ()
    running: Configuration | None = None
    unread: str = ""
    problem: str = ""
    unsent: Mapping[Traffic, str] = field(default_factory=dict)
    #: Seconds that were missing to send all of it, were each packet lost; 0 where time was not what was missing.
    short: float = 0.0
    changing: str = ""
    trips: int = 0
    seconds: float = 0.0
    over: bool = False
    #: The flows for which it was last asked to send and then show; None as long as each exchange was for all of it.
    sending: frozenset[Traffic] | None = None
    #: True where our deadline came while it was still answering, so that nothing says that the device was lost.
    late: bool = False

    @property
    def reached(self) -> bool:
        """True if it showed anything."""
        return bool(self.looks)

    @property
    def routes(self) -> str | None:
        """Its routing table as it printed it; None where it was not asked, or printed nothing."""
        command = ROUTE.command(system_of(self.platform))
        return self.looks[0].outputs.get(command) or None if self.looks and command else None

    @property
    def why_not(self) -> str:
        """What keeps it from being known, in one sentence; empty where nothing does."""
        return self.problem or self.unread
