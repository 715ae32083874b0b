"""Clear the SAs of one peer, so that the next negotiation is done with the configuration as it is now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address

from nornir.core.task import Result, Task

from ..checks.observations.questions import IKE, IKEV2, IkeRow, Question
from ..inventory.errors import DeviceRefused, NotKnown, ParseError
from ..inventory.systems import System
from .device import session
from .gather import observation, texts
from .sessions.session import Session


def clear_peer(device: Session, peer: IPv4Address) -> None:
    """Phase 2, then phase 1, of this peer only: without an argument every tunnel of the device would go.

    What has an address in its command is cleared by it. An IKE SA that only goes by its number, and those of IKEv2, are cleared
    where the device shows one with the peer. Phase 2 comes once more at the end: a tunnel interface negotiates by itself, and
    what the old IKE SA brought up in between would stay, with no IKE SA above it.
    """
    system = device.dialect
    lines = [line.format(peer=peer) for line in system.clear]
    asks = [question for question in (IKE, IKEV2) if question.command(system) and _by_row(device, question)]
    commands = dict.fromkeys(command for question in asks if (command := question.command(system)))
    replies = device.send_batch([*lines, *commands])
    seen = texts(replies[len(lines) :])
    more: list[str] = []
    for question in asks:
        for row in _rows(device, question, seen, peer):
            if question is IKEV2:
                more += (line.format(peer=peer) for line in system.clear_ikev2)
            elif row.number is not None:
                more.append(system.clear_ikev1_row.format(number=row.number))
    if more or lines[1:]:
        device.send_batch([*dict.fromkeys(more), lines[0]])


def by_hand(system: System, peers: Iterable[str], change: str) -> tuple[str, ...]:
    """What a person types to clear the SAs of these peers, those of IKEv2 too where the text of the change speaks of it."""
    lines = (*system.clear, *(system.clear_ikev2 if "ikev2" in change else ()))
    return tuple(line.format(peer=peer) for peer in peers for line in lines)


def _by_row(device: Session, question: Question) -> bool:
    """True if the command needs the number of an SA from show output."""
    return bool(device.dialect.clear_ikev1_row if question is IKE else device.dialect.clear_ikev2)


def _rows(device: Session, question: Question, seen: dict[str, str], peer: IPv4Address) -> tuple[IkeRow, ...]:
    """The rows of the peer; none where that cannot be told, since clearing all of them would drop other tunnels."""
    try:
        view: tuple[IkeRow, ...] = observation(device.name, device.dialect.os, seen, (question,)).view(question)
    except (ParseError, DeviceRefused, NotKnown):
        return ()
    return tuple(row for row in view if peer in row.addresses)


def clear(task: Task, peers: Sequence[IPv4Address]) -> Result:
    """Nornir task: clear the SAs of these peers."""
    for peer in peers:
        clear_peer(session(task), peer)
    return Result(host=task.host, changed=bool(peers))
