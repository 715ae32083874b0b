"""BGP at a far end that is played from data: what was ordered of its speaker, and what it tells with the faults that are on.

An order is ``{"as": 65534, "address": "169.254.10.1/30", "peer_as": 65530, "prefixes": ["172.16.0.0/16"]}``, with ``keepalive``
and ``hold`` in seconds where they are not 60 and 180.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Interface, IPv4Network
from typing import Any

from msgspec.structs import replace

from ..core.errors import LabError, nearest
from ..core.faults import Faults
from ..core.wire.speaker import Speaker

NEEDED = ("as", "address", "peer_as")
OPTIONAL = ("prefixes", "keepalive", "hold")


def read_speaker(order: Mapping[str, Any]) -> Speaker:
    """A speaker out of what was ordered. LabError for what it has not or needs, ValueError for what cannot be read."""
    strange = [word for word in order if word not in (*NEEDED, *OPTIONAL)]
    missing = [word for word in NEEDED if word not in order]
    if strange:
        raise LabError(f"BGP at a far end has no {strange[0]}.{nearest(strange[0], (*NEEDED, *OPTIONAL))}")
    if missing:
        raise LabError(f"BGP at a far end needs: {', '.join(missing)}.")
    return Speaker(
        system=int(order["as"]),
        address=IPv4Interface(order["address"]),
        peer_system=int(order["peer_as"]),
        networks=tuple(IPv4Network(prefix) for prefix in order.get("prefixes", ())),
        keepalive=int(order.get("keepalive") or 60),
        hold=int(order.get("hold") or 180),
    )


def as_it_is(speaker: Speaker, faults: Faults) -> Speaker | None:
    """The speaker with the faults that are on; None for one that answers nobody."""
    if "bgp-down" in faults:
        return None
    if "bgp-wrong-as" in faults:
        speaker = replace(speaker, system=speaker.system + 1)
    if "bgp-flap" in faults:
        speaker = replace(speaker, flaps=max(1, faults.number("bgp-flap")))
    if "bgp-untold" in faults:
        which = faults.argument("bgp-untold", "PREFIX")
        speaker = replace(speaker, networks=tuple(net for net in speaker.networks if which and str(net) != which))
    return speaker
