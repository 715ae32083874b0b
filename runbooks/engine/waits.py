"""How long a run waits for what."""

from __future__ import annotations

from msgspec import Struct

from . import wait_defaults


class Timeouts(Struct, frozen=True):
    """How long to wait, in seconds, and how many pings verify a tunnel.

    IKE on a Cisco 2611 takes 3 to 15 seconds of software Diffie-Hellman and gives up after about 60: five retransmissions,
    ten seconds apart.
    """

    ike: float = wait_defaults.IKE
    poll: float = wait_defaults.POLL
    reconnect: float = wait_defaults.RECONNECT
    reconnect_pause: float = wait_defaults.RECONNECT_PAUSE
    pings: int = 10
    #: Minutes after which a device rolls itself back unless this run cancels it; 0 for none.
    revert_in_minutes: int = wait_defaults.REVERT_IN_MINUTES
    #: How long a device takes to boot.
    boot: float = wait_defaults.BOOT
    #: Real seconds per device second: below 1 in a rehearsal whose clocks run fast.
    scale: float = 1.0
