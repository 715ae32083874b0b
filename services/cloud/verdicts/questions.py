"""What a verification asks of a firewall for a connection: what every device is asked, and the prefixes of both neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from ....checks.observations.observation import Observation
from ....checks.observations.questions import BGP, Particular, Question
from ....checks.routing.bgp import advertised_command, prefixes, received_command
from ....inventory.errors import NotKnown
from ..intents.intent import Cloud
from .view import OF_ROUTING, OF_TUNNELS, Told


def advertised(far: IPv4Address) -> Particular:
    """Which prefixes a neighbour is told."""
    return Particular(f"bgp-advertised {far}", f"the prefixes that {far} receives", BGP.name, advertised_command(far))


def received(far: IPv4Address) -> Particular:
    """Which prefixes were taken from a neighbour."""
    return Particular(f"bgp-received {far}", f"the prefixes that {far} tells", BGP.name, received_command(far))


def survey_of(site: Cloud) -> tuple[Question, ...]:
    """All of it."""
    return (*OF_TUNNELS, *OF_ROUTING, *_of_neighbours(site))


def _of_neighbours(site: Cloud) -> Iterator[Particular]:
    for _, end in site.tunnels:
        yield advertised(end.inner[1])
        yield received(end.inner[1])


def told_of(site: Cloud, seen: Observation) -> dict[IPv4Address, Told]:
    """By neighbour, what goes each way; None for what was not read whole."""
    far = [end.inner[1] for _, end in site.tunnels]
    return {address: Told(_prefixes(seen, advertised(address)), _prefixes(seen, received(address))) for address in far}


def _prefixes(seen: Observation, question: Particular) -> frozenset[IPv4Network] | None:
    answer = seen.answer(question)
    try:
        return prefixes(answer) if answer is not None else None
    except NotKnown:
        return None
