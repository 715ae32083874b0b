"""Clear the SAs of one peer, so that the next negotiation is done with the configuration as it is now."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address

from nornir.core.task import Result, Task

from ..checks.observation import PHASE_1
from ..inventory.errors import ParseError
from ..parsers import parse
from .device import session
from .session import Session


def clear_peer(device: Session, peer: IPv4Address, os: str) -> None:
    """Phase 2, then phase 1, of this peer only: without an argument every tunnel of the box would go."""
    shown = device.exchange([f"clear crypto sa peer {peer}", PHASE_1])[-1].text
    try:
        rows = parse(os, PHASE_1, shown).state
    except ParseError:
        return  # which row is the peer's cannot be told, and clearing all of them would drop other tunnels
    ids = [row.connection_id for row in rows if peer in (row.dst, row.src)]
    if ids:
        device.exchange([f"clear crypto isakmp {number}" for number in ids])


def clear(task: Task, peers: Sequence[IPv4Address], os: str) -> Result:
    """Nornir task: clear the SAs of these peers."""
    for peer in peers:
        clear_peer(session(task), peer, os)
    return Result(host=task.host)
