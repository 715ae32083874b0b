"""Do packets of full size pass the tunnels of one device, where small ones do? Pure.

A path that takes less than a tunnel believes, with nobody who says so, lets pings and handshakes pass and no data: every table
says up. Where nothing answers small pings nothing is claimed: a target that answers its own kind of probe alone is no fault.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...checks.finding import FULL_SIZE, Cause, Evidence, Finding, Status
from ...checks.observations.looks import Look
from ...checks.proof import Traffic
from ..l2l.diagnosis.causes import CAUSES

#: Why, as it is told of every tunnel.
MTU: Cause = CAUSES["mtu"]


def large_lost(host: str, role: str, traffic: Traffic, looks: Sequence[Look]) -> tuple[Finding, ...]:
    """A finding where the last pings of full size were tried: failed where all small ones passed and of these none did."""
    of = f"{role}: " if role else ""
    for look in reversed(looks):
        small, large = look.pings.get(traffic), look.large.get(traffic)
        if small is None or large is None or not large.sent or small.received != small.sent:
            continue
        evidence = (Evidence(host, str(traffic), "answers of full size", f"{large.received}/{large.sent}", look.seen.time),)
        if large.received:
            words = f"{of}packets of full size pass to {traffic.target}"
            return (Finding(FULL_SIZE, host, Status.OK, words, evidence),)
        words = f"{of}{traffic.target} answers small packets, and none of {large.sent} of full size: they are lost on the way"
        return (Finding(FULL_SIZE, host, Status.FAILED, words, evidence, MTU),)
    return ()
