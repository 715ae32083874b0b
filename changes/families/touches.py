"""The blast radius: what else on the device shares what an object is, one sentence each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..configurations.look_up import by_object
from ..family import NOBODY, Touches

if TYPE_CHECKING:
    from ..objects import Config, ConfigObject

_BINDINGS = "crypto-map-binding"


def _policy_created(item: ConfigObject, running: Config) -> Iterator[str]:
    present = running.of(item.family.name)
    if present:
        behind = [other.title for other in present if int(other.groups["number"]) > int(item.groups["number"])]
        place = f"before {' and '.join(behind)}" if behind else "after the policies it has"
        yield f"{item.title} is offered to every IKE peer of the device from now on, {place}"


_GOES_FOR_ALL = "{title} goes for every IKE peer of the device, from its next negotiation"
#: An IKE proposal with a number.
POLICY = Touches(_policy_created, NOBODY, _GOES_FOR_ALL)
KEEPALIVE = Touches(
    "dead peer detection applies to every IKE peer of the device, from its next negotiation", NOBODY, _GOES_FOR_ALL
)
ENABLE = Touches("IKE answers on {nameif} from now on, for whoever asks", NOBODY, NOBODY)
ENABLE2 = Touches(
    "IKEv2 answers on {nameif} from now on, for whoever asks", NOBODY, "IKEv2 does not answer on {nameif} any more, whoever asks"
)
KEY = Touches(NOBODY, "{title} has no key for a moment; a tunnel that is up stays up until it negotiates again", NOBODY)


def _binding_created(item: ConfigObject, _running: Config) -> Iterator[str]:
    yield f"{item.groups['interface']} starts to encrypt what crypto map {item.map_name} selects; it had no crypto map"


BINDING = Touches(_binding_created, NOBODY, "{interface} has no crypto map any more")


def _entry_created(item: ConfigObject, running: Config) -> tuple[str, ...]:
    name = item.groups["map"]
    at_work = (one.groups["interface"] for one in running.of(_BINDINGS) if one.map_name == name)
    said = (f"{interface} has map {name}: what the new entry selects is encrypted there from now on" for interface in at_work)
    return (*_neighbours(item, running), *said)


def _interrupted(item: ConfigObject) -> str:
    peers = " and ".join(item.peers) or "none"
    return f"the tunnel to {peers} is interrupted until both ends have the change and have negotiated again"


def _entry_edited(item: ConfigObject, running: Config) -> Iterator[str]:
    yield _interrupted(item)
    yield from _others(item, running)


def _entry_removed(item: ConfigObject, running: Config) -> Iterator[str]:
    yield f"the tunnel to {' and '.join(item.peers) or 'no peer'} goes down, and what it selects is not encrypted any more"
    yield from _others(item, running)


ENTRY = Touches(_entry_created, _entry_edited, _entry_removed)


def _others(entry: ConfigObject, running: Config) -> Iterator[str]:
    """The neighbours of an entry that is there itself."""
    own = f"entry {entry.groups['sequence']} of {entry.groups['map']} "
    yield from (sentence for sentence in _neighbours(entry, running) if not sentence.startswith(own))


def _neighbours(entry: ConfigObject, running: Config) -> tuple[str, ...]:
    name = entry.groups["map"]
    lines = (line.split() for line in running.map_lines if line.startswith(f"crypto map {name} ") and " dynamic " in line)
    return (*running.kept(_ON_MAPS).get(name, ()), *(_clients(words[3], name, words[-1]) for words in lines))


def _on_maps(running: Config) -> dict[str, tuple[str, ...]]:
    """A sentence for each entry of each crypto map."""
    found: dict[str, list[str]] = {}
    for item in running.of("crypto-map-entry"):
        found.setdefault(item.groups["map"], []).append(_on_map(item))
    return {name: tuple(sentences) for name, sentences in found.items()}


def _on_map(item: ConfigObject) -> str:
    sequence, name = item.groups["sequence"], item.groups["map"]
    if item.dynamic:
        return _clients(sequence, name, item.dynamic)
    return f"entry {sequence} of {name} (peer {' and '.join(item.peers) or 'none'}) is on the same map; its SAs are not touched"


_ON_MAPS = by_object(_on_maps)


def _clients(sequence: str, name: str, dynamic: str) -> str:
    return f"dynamic entry {sequence} of {name} ({dynamic}, VPN clients) is on the same map; its SAs are not touched"


def _tunnel_edited(item: ConfigObject, _running: Config) -> Iterator[str]:
    yield _interrupted(item)


def _tunnel_removed(item: ConfigObject, _running: Config) -> Iterator[str]:
    yield (
        f"the tunnel to {' and '.join(item.peers) or 'no peer'} goes down, and what is routed to {item.groups['interface']} "
        "takes another way, or none"
    )


TUNNEL = Touches("{interface} is a new interface: what is routed to it is encrypted from now on", _tunnel_edited, _tunnel_removed)
ROUTE = Touches(
    "packets to {network} {mask} go by {hop} from now on, whoever sends them",
    NOBODY,
    "packets to {network} {mask} do not go by {hop} any more, whoever sends them",
)
