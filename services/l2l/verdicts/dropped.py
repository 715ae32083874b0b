"""How many packets of a flow the anti-replay window dropped while pings were sent, as the device counts its drops. Pure."""

from __future__ import annotations

from ....checks.observations.looks import DROPS, Look
from ....checks.observations.observation import Observation
from ....checks.observations.questions import IPSEC
from ....inventory.errors import DeviceRefused, ParseError
from ....parsers import parse
from ..endpoint import Endpoint, Pair, flow_of


def replayed(end: Endpoint, pair: Pair, look: Look) -> int | None:
    """The number of packets; None if the device was not asked or its answers cannot be read."""
    counts = [_count(end, pair, look.seen, text) for text in look.drops]
    before, after = counts if len(counts) == 2 else (None, None)
    return after - before if before is not None and after is not None and after >= before else None


def _count(end: Endpoint, pair: Pair, seen: Observation, text: str) -> int | None:
    try:
        parsed = parse(seen.os, DROPS, text)
    except (ParseError, DeviceRefused):
        return None
    flow = flow_of(end, Observation(seen.host, seen.time, seen.os, {IPSEC.name: parsed}), pair)
    count = getattr(flow, "replay_failed_packets", None)
    return count if isinstance(count, int) else None
