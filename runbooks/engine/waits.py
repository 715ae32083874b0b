"""How long a run waits for what, and for how many tunnels at a time: what the options of a command are made of."""

from __future__ import annotations

from dataclasses import dataclass

#: Tunnels at a time where nobody says otherwise. A tunnel waits for its devices most of its time, so some share an interpreter
#: well; beyond that they only wait for each other.
WORKERS = 8


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait, in seconds, and how many pings verify a tunnel.

    IKE on a Cisco 2611 takes 3 to 15 seconds of software Diffie-Hellman and gives up after about 60: five retransmissions,
    ten seconds apart.
    """

    ike: float = 60.0
    poll: float = 2.0
    reconnect: float = 90.0
    reconnect_pause: float = 3.0
    pings: int = 10
    #: Minutes after which a device rolls itself back unless this run cancels it; 0 for none.
    revert_in_minutes: int = 15
    #: How long a device takes to boot.
    boot: float = 300.0
    #: Real seconds per device second: below 1 in a rehearsal whose clocks run fast.
    scale: float = 1.0
