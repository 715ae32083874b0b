"""Clear the SAs of one peer, so that the next negotiation is done with the configuration as it is now."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address

from nornir.core.task import Result, Task

from ..checks.observation import PHASE_1
from ..inventory.errors import DeviceRefused, ParseError
from ..parsers import parse
from .device import session
from .session import Session


def clear_peer(device: Session, peer: IPv4Address) -> None:
    """Phase 2, then phase 1, of this peer only: without an argument every tunnel of the box would go."""
    lines = [line.format(peer=peer) for line in device.dialect.clear]
    if device.dialect.os != "ios":
        device.exchange(lines)
        return
    shown = device.exchange([*lines, PHASE_1])[-1].text
    try:
        rows = parse(device.dialect.os, PHASE_1, shown).state
    except (ParseError, DeviceRefused):
        return  # which row is the peer's cannot be told, and clearing all of them would drop other tunnels
    # IOS knows an IKE SA by a number of its own.
    ids = [row.connection_id for row in rows if peer in (row.dst, row.src)]
    if ids:
        device.exchange([f"clear crypto isakmp {number}" for number in ids])


def clear(task: Task, peers: Sequence[IPv4Address]) -> Result:
    """Nornir task: clear the SAs of these peers."""
    for peer in peers:
        clear_peer(session(task), peer)
    return Result(host=task.host)
